// What a message carries, of every type that Botpress documents, reaches the schema whole.

import { describe, expect, it } from 'vitest';
import { at, textAt } from '../support/answer.ts';
import { startParlance } from '../support/parlance.ts';
import { messagesTold } from '../support/told.ts';

describe('the content of a message', () => {
  it('says what its payload says, in the schema’s words', async () => {
    const parlance = await startParlance();

    const told = await messagesTold(parlance, 'website', `text content { __typename ${CONTENT} }`);

    const { messages } = parlance.world.botpress.store;
    const seen = new Set<string>();
    for (const [id, message] of told) {
      const row = messages.get(id);
      seen.add(row?.type ?? '');
      expect(at(message, 'content')).toEqual(contentOf(row?.type ?? '', row?.payload ?? {}));
    }
    expect(seen).toEqual(
      new Set([
        'text',
        'markdown',
        'choice',
        'dropdown',
        'card',
        'carousel',
        'bloc',
        'image',
        'audio',
        'video',
        'file',
        'location',
        'supportTicket',
      ]),
    );
  });

  it('can be read as plain text, whatever it is', async () => {
    const parlance = await startParlance();

    const told = await messagesTold(parlance, 'website', 'text');

    const rows = [...parlance.world.botpress.store.messages.values()];
    const worded = rows.flatMap(({ id, payload }) => {
      const words = payload['text'] ?? payload['markdown'];
      return typeof words === 'string' ? [[id, words]] : [];
    });
    expect(worded.length).toBeGreaterThan(100);
    expect(worded.map(([id = '']) => [id, at(told.get(id), 'text')])).toEqual(worded);
    expect([...told.values()].filter((message) => at(message, 'text') === null)).toEqual([]);
  });
});

// Under a name of its own: another content's title may be absent, and one query asks for both.
const CARD = 'heading: title subtitle imageUrl actions { action label value }';
const MEDIA = 'url title';

const CONTENT = `
  ... on TextContent { text } ... on MarkdownContent { markdown }
  ... on ImageContent { ${MEDIA} } ... on AudioContent { ${MEDIA} }
  ... on VideoContent { ${MEDIA} } ... on FileContent { ${MEDIA} }
  ... on LocationContent { latitude longitude address place: title }
  ... on ChoiceContent { question: text options { label value } dropdown }
  ... on CardContent { ${CARD} } ... on CarouselContent { cards { ${CARD} } }
  ... on BlocContent { items { __typename ... on TextContent { text } ... on ImageContent { ${MEDIA} } } }
  ... on UnknownContent { type payload }
`;

/** A payload of Botpress' as the schema is to show it, worked out from its documents. */
function contentOf(type: string, payload: Readonly<Record<string, unknown>>): unknown {
  const title = payload['title'] ?? null;
  switch (type) {
    case 'text':
      return { __typename: 'TextContent', text: payload['text'] };
    case 'markdown':
      return { __typename: 'MarkdownContent', markdown: payload['markdown'] };
    case 'image':
      return { __typename: 'ImageContent', url: payload['imageUrl'], title };
    case 'audio':
      return { __typename: 'AudioContent', url: payload['audioUrl'], title };
    case 'video':
      return { __typename: 'VideoContent', url: payload['videoUrl'], title };
    case 'file':
      return { __typename: 'FileContent', url: payload['fileUrl'], title };
    case 'location': {
      const { latitude, longitude, address = null } = payload;
      return { __typename: 'LocationContent', latitude, longitude, address, place: title };
    }
    case 'choice':
    case 'dropdown':
      return {
        __typename: 'ChoiceContent',
        question: payload['text'],
        options: payload['options'],
        dropdown: type === 'dropdown',
      };
    case 'card':
      return { __typename: 'CardContent', ...cardOf(payload) };
    case 'carousel':
      return { __typename: 'CarouselContent', cards: listOf(payload['items']).map(cardOf) };
    case 'bloc':
      return {
        __typename: 'BlocContent',
        items: listOf(payload['items']).map((item) => {
          const inner = at(item, 'payload');
          return contentOf(textAt(item, 'type'), Object(inner));
        }),
      };
    default:
      return { __typename: 'UnknownContent', type, payload };
  }
}

function cardOf(payload: unknown) {
  return {
    heading: at(payload, 'title'),
    subtitle: at(payload, 'subtitle') ?? null,
    imageUrl: at(payload, 'imageUrl') ?? null,
    actions: at(payload, 'actions'),
  };
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

// Contents of every kind at Botpress: what is sent is what is read, and what is not understood is kept whole.

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CardContent, MessageContent } from '../../src/domain/message.ts';
import type { SendOptions } from '../../src/domain/native.ts';
import { toContent } from '../../src/providers/botpress/content.ts';
import { toConversation, toMessage } from '../../src/providers/botpress/mapping.ts';
import { WireConversation, WireMessage } from '../../src/providers/botpress/wire.ts';
import {
  aCall,
  botpressAccount,
  firstOf,
  ref,
  saying,
  TALES,
  valueOf,
  WEBSITE,
  wrongPaths,
} from './botpress-account.ts';

const URL = 'https://media.example.com/a';

const CARD: CardContent = {
  type: 'card',
  title: 'Pro',
  subtitle: 'For teams',
  imageUrl: URL,
  actions: [
    { action: 'url', label: 'Read', value: URL },
    { action: 'say', label: 'Yes', value: 'yes' },
  ],
};

const BARE_CARD: CardContent = { ...CARD, subtitle: null, imageUrl: null, actions: [] };

const CARD_PAYLOAD = {
  title: 'Pro',
  subtitle: 'For teams',
  imageUrl: URL,
  actions: CARD.actions,
};

const OPTIONS = [
  { label: 'Yes', value: 'y' },
  { label: 'No', value: 'n' },
];

/** A content, what is stored of it, and how it reads in plain text. */
const CONTENTS: readonly (readonly [MessageContent, string, unknown, string | null])[] = [
  [{ type: 'text', text: 'Hello' }, 'text', { text: 'Hello' }, 'Hello'],
  [{ type: 'markdown', markdown: '**Hi**' }, 'markdown', { markdown: '**Hi**' }, '**Hi**'],
  [{ type: 'image', url: URL, title: 'A' }, 'image', { imageUrl: URL, title: 'A' }, 'A'],
  [{ type: 'audio', url: URL, title: null }, 'audio', { audioUrl: URL }, URL],
  [{ type: 'video', url: URL, title: null }, 'video', { videoUrl: URL }, URL],
  [{ type: 'file', url: URL, title: 'a.pdf' }, 'file', { fileUrl: URL, title: 'a.pdf' }, 'a.pdf'],
  [
    { type: 'location', latitude: 45.5, longitude: -73.5, address: '1 Main', title: null },
    'location',
    { latitude: 45.5, longitude: -73.5, address: '1 Main' },
    '1 Main',
  ],
  [
    { type: 'choice', text: 'Well?', options: OPTIONS, dropdown: false },
    'choice',
    { text: 'Well?', options: OPTIONS },
    'Well?',
  ],
  [
    { type: 'choice', text: 'Well?', options: OPTIONS, dropdown: true },
    'dropdown',
    { text: 'Well?', options: OPTIONS },
    'Well?',
  ],
  [CARD, 'card', CARD_PAYLOAD, 'Pro: For teams'],
  [BARE_CARD, 'card', { title: 'Pro', actions: [] }, 'Pro'],
  [
    { type: 'carousel', cards: [CARD, BARE_CARD] },
    'carousel',
    { items: [CARD_PAYLOAD, { title: 'Pro', actions: [] }] },
    'Pro: For teams\nPro',
  ],
  [
    {
      type: 'bloc',
      items: [
        { type: 'text', text: 'Look' },
        { type: 'image', url: URL, title: null },
      ],
    },
    'bloc',
    {
      items: [
        { type: 'text', payload: { text: 'Look' } },
        { type: 'image', payload: { imageUrl: URL } },
      ],
    },
    `Look\n${URL}`,
  ],
  [
    { type: 'unknown', said: 'supportTicket', payload: { text: 'Done', ticket: [1] } },
    'supportTicket',
    { text: 'Done', ticket: [1] },
    'Done',
  ],
  [{ type: 'unknown', said: 'typing', payload: {} }, 'typing', {}, null],
];

describe('a content', () => {
  it.each(CONTENTS)(
    'is stored as documented and read back the same: %j',
    async (content, type, payload, text) => {
      const { send, message, store } = await botpressAccount({ tales: TALES });
      const conversation = ref(firstOf(store.conversations.keys()));

      const sent = valueOf(await send.does({ ...saying(conversation, ''), content }, aCall()));
      const nativeId = sent.message?.nativeId ?? '';
      const read = valueOf(await message.does({ conversation, nativeId }, aCall()));

      expect(store.messages.get(nativeId)).toMatchObject({ type, payload });
      expect(read.content).toEqual(content);
      expect(read.text).toBe(text);
      expect(sent.message).toEqual(read);
    },
  );

  it('covers every kind that the table says is taken', async () => {
    const { send } = await botpressAccount();

    expect([...send.contentKinds].toSorted()).toEqual(
      [...new Set(CONTENTS.map(([{ type }]) => type))].toSorted(),
    );
  });

  it('gives way to the type and payload of the group', async () => {
    const { send, store } = await botpressAccount({ tales: TALES });
    const conversation = ref(firstOf(store.conversations.keys()));
    const options: SendOptions = { kind: 'botpress', type: 'mine', payload: { any: ['thing'] } };
    const none: MessageContent = { type: 'unknown', said: '', payload: undefined };

    const sent = [
      await send.does({ ...saying(conversation, ''), content: none, options }, aCall()),
      await send.does(
        saying(conversation, 'Hi', { options: { kind: 'botpress', type: 'mine' } }),
        aCall(),
      ),
    ];

    expect(sent.map(valueOf).map(({ message }) => message?.content)).toEqual([
      { type: 'unknown', said: 'mine', payload: { any: ['thing'] } },
      { type: 'unknown', said: 'mine', payload: { text: 'Hi' } },
    ]);
  });

  it('that lacks a type or a payload is a mistake named by its path', async () => {
    const { send, asked } = await botpressAccount();
    const none: MessageContent = { type: 'unknown', said: '', payload: undefined };
    const asking = (content: MessageContent, options?: SendOptions) =>
      send.does({ ...saying(ref('c'), ''), content, ...(options && { options }) }, aCall());

    const outcomes = [
      await asking(none),
      await asking(none, { kind: 'botpress', type: 'mine' }),
      await asking(none, { kind: 'botpress', payload: {} }),
      await asking({ type: 'unknown', said: 'mine', payload: ['no', 'object'] }),
    ];

    expect(outcomes.map(wrongPaths)).toEqual([
      ['botpress.type', 'botpress.payload'],
      ['botpress.payload'],
      ['botpress.type'],
      ['botpress.payload'],
    ]);
    expect(asked()).toEqual([]);
  });

  it('that no bloc can hold is refused by its place in it', async () => {
    const { send } = await botpressAccount();
    const content: MessageContent = {
      type: 'bloc',
      items: [{ type: 'text', text: 'Look' }, CARD, { type: 'bloc', items: [] }],
    };

    const outcome = await send.does({ ...saying(ref('c'), ''), content }, aCall());

    expect(wrongPaths(outcome)).toEqual(['content.bloc.items.1', 'content.bloc.items.2']);
  });
});

describe('a payload', () => {
  it('of a bloc may have its items flattened, as the Chat API does', () => {
    const payload = {
      items: [
        { type: 'markdown', markdown: '*a*' },
        { type: 'file', fileUrl: URL, title: 'a' },
        { type: 'text', payload: { text: 'b' } },
        { type: 'text', payload: 'broken' },
        { type: 'sticker', name: 'cat' },
        { type: 'bloc', items: [] },
      ],
    };

    expect(toContent('bloc', payload)).toEqual({
      type: 'bloc',
      items: [
        { type: 'markdown', markdown: '*a*' },
        { type: 'file', url: URL, title: 'a' },
        { type: 'text', text: 'b' },
        { type: 'unknown', said: 'text', payload: 'broken' },
        { type: 'unknown', said: 'sticker', payload: { name: 'cat' } },
        { type: 'unknown', said: 'bloc', payload: { items: [] } },
      ],
    });
  });

  it.each([
    ['text', {}],
    ['text', { text: 3 }],
    ['text', null],
    ['text', 'hello'],
    ['markdown', { text: 'a' }],
    ['image', { url: URL }],
    ['location', { latitude: '45', longitude: 3 }],
    ['choice', { options: [] }],
    ['choice', { text: 'a', options: ['b'] }],
    ['card', { subtitle: 'a' }],
    ['carousel', { items: [{}] }],
    ['carousel', { items: 'none' }],
    ['bloc', { items: [{ text: 'no type' }] }],
    ['constructor', {}],
    ['', {}],
  ])('that does not hold what a %s needs is kept whole: %j', (said, payload) => {
    expect(toContent(said, payload)).toEqual({ type: 'unknown', said, payload });
  });

  it('may leave out, or garble, what is optional', () => {
    expect(toContent('choice', { text: 'a' })).toMatchObject({ type: 'choice', options: [] });
    expect(toContent('card', { title: 'a', subtitle: 3 })).toEqual({ ...BARE_CARD, title: 'a' });
    expect(toContent('image', { imageUrl: URL, title: {} })).toMatchObject({ title: null });
  });

  it('of any shape whatever is read without a throw', () => {
    const type = fc.oneof(fc.constantFrom(...CONTENTS.map(([, said]) => said)), fc.string());
    const key = fc.constantFrom('text', 'items', 'type', 'payload', 'title', 'options', 'imageUrl');
    const payload = fc.oneof(
      fc.anything(),
      fc.dictionary(
        key,
        fc.oneof(fc.string(), fc.anything(), fc.array(fc.dictionary(key, fc.anything()))),
      ),
    );

    fc.assert(
      fc.property(type, payload, (said, sent) => {
        expect(toContent(said, sent)).toHaveProperty('type');
      }),
    );
  });
});

describe('a row', () => {
  it('of any shape whatever, so long as it has an id, becomes a conversation and a message', () => {
    const names = [
      ...Object.keys(WireConversation.out.shape),
      ...Object.keys(WireMessage.out.shape),
    ];
    const rows = fc.record(Object.fromEntries(names.map((name) => [name, fc.anything()])), {
      requiredKeys: [],
    });

    fc.assert(
      fc.property(rows, (row) => {
        const said = { ...row, id: 'x' };
        const conversation = toConversation(WireConversation.parse(said), WEBSITE);
        const message = toMessage(WireMessage.parse(said), ref('c'), {});
        expect([conversation.nativeId, message.nativeId]).toEqual(['x', 'x']);
        expect(Number.isNaN(conversation.sortedAt.getTime())).toBe(false);
      }),
    );
  });

  it('with a direction nobody knows, no author and no type stays a message', () => {
    const said = WireMessage.parse({ id: 'm', direction: 'sideways', payload: { text: 'a' } });

    expect(toMessage(said, ref('c'), {})).toMatchObject({
      role: 'UNKNOWN',
      author: null,
      text: 'a',
      content: { type: 'unknown', said: '', payload: { text: 'a' } },
      createdAt: null,
      native: { direction: 'sideways', type: '', userId: '' },
    });
  });
});

// What cannot be meant is answered with its place and its mend, asks nothing of any provider that could change it, and harms nobody.

import { describe, expect, it } from 'vitest';
import { decodeId } from '../../src/domain/ids.ts';
import { at, listAt, textAt } from '../support/answer.ts';
import {
  CREATE,
  FEW,
  GET_OR_CREATE,
  INBOX,
  idsOf,
  MESSAGES,
  refusal,
  SEND,
  UPDATE,
} from '../support/hostile.ts';
import { startParlance } from '../support/parlance.ts';

describe('a page', () => {
  it.each([-1, 101, 1_000_000])('of %i is refused, with how many there may be', async (first) => {
    const parlance = await startParlance(FEW);
    const { website } = await idsOf(parlance);
    const refused = {
      code: 'INVALID_INPUT',
      path: 'first',
      message: expect.stringContaining(
        'from 0 to 100; ask for more with after: pageInfo.endCursor.',
      ),
    };

    expect(await refusal(parlance, INBOX, { first })).toEqual(refused);
    expect(await refusal(parlance, MESSAGES, { id: website, first })).toEqual(refused);
  });

  it('of none is empty, and can be gone on from', async () => {
    const parlance = await startParlance(FEW);

    const { data, errors } = await parlance.ask(INBOX, { first: 0 });

    expect(errors).toEqual([]);
    expect(at(data, 'conversations.edges')).toEqual([]);
    const after = textAt(data, 'conversations.pageInfo.endCursor');
    const next = await parlance.ask(INBOX, { first: 3, after });
    expect(listAt(next.data, 'conversations.edges')).toHaveLength(3);
  });

  it.each(['"3"', '1.5', '3000000000', 'true', '[1]'])(
    'of %s is no number of rows',
    async (first) => {
      const parlance = await startParlance(FEW);

      const inQuery = await refusal(
        parlance,
        `{ conversations(first: ${first}) { nodes { id } } }`,
      );
      const inVariables = await refusal(parlance, INBOX, { first: JSON.parse(first) });

      expect(inQuery).toMatchObject({ message: expect.stringContaining('Int cannot represent') });
      expect(inVariables).toMatchObject({
        message: expect.stringContaining('Variable "$first"'),
      });
    },
  );
});

describe('words that are too long, or none', () => {
  const LONG = 'x'.repeat(501);

  it('are refused in a tag, wherever tags are given', async () => {
    const parlance = await startParlance(FEW);
    const { support } = await idsOf(parlance);
    const tags = [
      { tag: { key: LONG }, at: 'key', because: /500 characters; it has 501/ },
      { tag: { key: 'plan', value: LONG }, at: 'value', because: /500 characters; it has 501/ },
      { tag: { key: '' }, at: 'key', because: /must not be empty/ },
      { tag: { key: ' ' }, at: 'key', because: /must not be empty/ },
      { tag: { key: 'plan', value: '' }, at: 'value', because: /must not be empty/ },
    ];

    for (const { tag, at: place, because } of tags) {
      const refused = (path: string) => ({
        code: 'INVALID_INPUT',
        path: `${path}.0.${place}`,
        message: expect.stringMatching(because),
      });
      const creating = { input: { provider: 'website', channel: 'channel', tags: [tag] } };
      const updating = { input: { id: support, tags: { set: [tag] } } };
      const filter = { tags: [tag] };
      expect.soft(await refusal(parlance, CREATE, creating)).toMatchObject(refused('tags'));
      expect.soft(await refusal(parlance, GET_OR_CREATE, creating)).toMatchObject(refused('tags'));
      expect.soft(await refusal(parlance, UPDATE, updating)).toMatchObject(refused('tags.set'));
      expect.soft(await refusal(parlance, INBOX, { filter })).toMatchObject(refused('filter.tags'));
    }
  });

  it('are refused as a text', async () => {
    const parlance = await startParlance(FEW);
    const { website } = await idsOf(parlance);

    for (const empty of ['', '   ', '\n']) {
      const inputs = [
        { input: { text: empty }, path: 'text' },
        { input: { content: { text: empty } }, path: 'content.text' },
        { input: { content: { markdown: empty } }, path: 'content.markdown' },
      ];
      for (const { input, path } of inputs) {
        const sending = { input: { conversationId: website, ...input } };
        expect.soft(await refusal(parlance, SEND, sending)).toMatchObject({
          code: 'INVALID_INPUT',
          path,
          message: expect.stringContaining('must not be empty'),
        });
      }
    }
    const nothing = await refusal(parlance, SEND, { input: { conversationId: website } });
    expect(nothing).toMatchObject({ code: 'INVALID_INPUT', path: 'text' });
  });

  it.each([
    [{ location: { latitude: 90.1, longitude: 0 } }, 'content.location.latitude'],
    [{ location: { latitude: 0, longitude: -181 } }, 'content.location.longitude'],
    [{ location: { latitude: 0, longitude: 0, title: '' } }, 'content.location.title'],
    [{ image: { url: 'https://a.example/b.png', title: ' ' } }, 'content.image.title'],
    [{ choice: { text: '', options: [{ label: 'a', value: 'a' }] } }, 'content.choice.text'],
    [{ choice: { text: 'Which?', options: [] } }, 'content.choice.options'],
    [
      { choice: { text: 'Which?', options: [{ label: 'a', value: '' }] } },
      'content.choice.options.0.value',
    ],
    [{ card: { title: '' } }, 'content.card.title'],
    [{ card: { title: 'a', imageUrl: 'b.png' } }, 'content.card.imageUrl'],
    [{ carousel: [] }, 'content.carousel'],
    [
      {
        carousel: [
          { title: 'a' },
          { title: 'b', actions: [{ action: 'say', label: '', value: 'x' }] },
        ],
      },
      'content.carousel.1.actions.0.label',
    ],
  ])('are refused within a content (%j), as is a place off the map', async (content, path) => {
    const parlance = await startParlance(FEW);
    const { website } = await idsOf(parlance);

    const refused = await refusal(parlance, SEND, { input: { conversationId: website, content } });

    expect(refused).toMatchObject({ code: 'INVALID_INPUT', path });
  });

  it('are refused as an update that changes nothing', async () => {
    const parlance = await startParlance(FEW);

    for (const id of Object.values(await idsOf(parlance))) {
      const refused = await refusal(parlance, UPDATE, { input: { id } });
      expect.soft(refused).toMatchObject({ code: 'INVALID_INPUT', path: '' });
    }
  });
});

describe('what belongs to another provider', () => {
  it('is refused as a group, by the name the schema gives it', async () => {
    const parlance = await startParlance(FEW);
    const { website, help, assistant, support } = await idsOf(parlance);
    const groups = {
      botpress: { userId: 'user_1' },
      chatling: { temperature: 0.5 },
      chatBotKit: { meta: { plan: 'pro' } },
    };
    const own = { botpress: website, chatling: help, chatBotKit: assistant };

    for (const [group, given] of Object.entries(groups)) {
      for (const conversationId of [website, help, assistant, support]) {
        if (Object.entries(own).some(([name, id]) => name === group && id === conversationId))
          continue;
        const sending = { input: { conversationId, text: 'hello', [group]: given } };
        expect.soft(await refusal(parlance, SEND, sending)).toMatchObject({
          code: 'INVALID_INPUT',
          path: group,
          message: expect.stringContaining('is for another kind of provider'),
        });
      }
    }
    const two = { input: { conversationId: website, text: 'hello', ...groups } };
    expect(await refusal(parlance, SEND, two)).toMatchObject({ code: 'INVALID_INPUT' });
  });

  it('is refused as a name, with the names there are', async () => {
    const parlance = await startParlance(FEW);
    const names = ['elsewhere', 'Website', '', '__proto__', 'constructor', 'toString'];

    for (const name of names) {
      const known = expect.stringContaining('website, help, assistant, support');
      const creating = { input: { provider: name, channel: 'channel' } };
      expect
        .soft(await refusal(parlance, CREATE, creating))
        .toMatchObject({ code: 'INVALID_INPUT', path: 'provider', message: known });
      expect
        .soft(await refusal(parlance, INBOX, { filter: { providers: ['website', name] } }))
        .toMatchObject({ code: 'INVALID_INPUT', path: 'filter.providers.1', message: known });
      expect
        .soft(
          await refusal(parlance, 'query P($name: String!) { provider(name: $name) { id } }', {
            name,
          }),
        )
        .toMatchObject({ code: 'NOT_FOUND' });
    }
  });
});

describe('a key named like something of JavaScript', () => {
  it('is no field of any input', async () => {
    const parlance = await startParlance(FEW);
    const { website } = await idsOf(parlance);

    for (const key of ['__proto__', 'constructor', 'prototype', 'toString']) {
      const input = JSON.parse(`{ "conversationId": "${website}", "text": "x", "${key}": {} }`);
      const variables = { input };
      expect
        .soft([key, await refusal(parlance, SEND, variables)])
        .toMatchObject([
          key,
          { message: expect.stringContaining(`Field "${key}" is not defined`) },
        ]);
    }
  });

  it('is a tag like another in a filter', async () => {
    const parlance = await startParlance(FEW);

    for (const key of ['__proto__', 'constructor', 'toString', 'hasOwnProperty']) {
      for (const tag of [{ key }, { key, value: 'x' }]) {
        const { data, errors } = await parlance.ask(INBOX, { filter: { tags: [tag] } });
        expect.soft([key, errors, at(data, 'conversations.edges')]).toEqual([key, [], []]);
      }
    }
  });

  it('is refused in a JSON input where the provider would drop it', async () => {
    const parlance = await startParlance(FEW);
    const { assistant } = await idsOf(parlance);
    const meta: unknown = JSON.parse('{ "plan": "pro", "__proto__": { "polluted": true } }');

    for (const [query, variables] of [
      [UPDATE, { input: { id: assistant, chatBotKit: { meta } } }],
      [SEND, { input: { conversationId: assistant, text: 'x', chatBotKit: { meta } } }],
      [CREATE, { input: { provider: 'assistant', chatBotKit: { meta } } }],
    ] as const) {
      expect
        .soft(await refusal(parlance, query, variables))
        .toMatchObject({ code: 'INVALID_INPUT', path: 'chatBotKit.meta.__proto__' });
    }
    expect(at({}, 'polluted')).toBeUndefined();
  });

  it('is data in a JSON input where the provider takes it', async () => {
    const parlance = await startParlance(FEW);
    const { assistant } = await idsOf(parlance);
    const meta = { constructor: { prototype: { polluted: true } }, toString: 'no function' };

    const { errors } = await parlance.ask(UPDATE, {
      input: { id: assistant, chatBotKit: { meta } },
    });

    expect(errors).toEqual([]);
    expect(at({}, 'polluted')).toBeUndefined();
    const kept = parlance.world.chatbotkit.store.conversations.get(nativeIdOf(assistant));
    expect(kept?.meta).toMatchObject(meta);
  });
});

describe('what the schema does not have', () => {
  it.each([
    ['a field', '{ nonsense }', 'Cannot query field "nonsense"'],
    ['an argument', '{ conversations(last: 1) { nodes { id } } }', 'Unknown argument "last"'],
    ['a type', 'query Q($a: Nonsense) { __typename }', 'Unknown type "Nonsense"'],
    [
      'a value',
      '{ conversations(filter: { status: [MAYBE] }) { nodes { id } } }',
      'does not exist',
    ],
    ['an operation', 'subscription { nonsense }', 'nonsense'],
    [
      'a moment',
      '{ conversations(filter: { createdAfter: "tomorrow" }) { nodes { id } } }',
      'ISO 8601',
    ],
    ['a variable', '{ conversations(first: $first) { nodes { id } } }', '"$first" is not defined'],
  ])('is refused as %s, in a sentence that names it', async (_what, query, sentence) => {
    const parlance = await startParlance(FEW);

    const refused = await refusal(parlance, query);

    expect(refused.message).toContain(sentence);
    expect(['INVALID_INPUT', 'GRAPHQL_VALIDATION_FAILED', undefined]).toContain(refused.code);
  });
});

function nativeIdOf(id: string): string {
  const known = decodeId(id);
  if (known?.type !== 'Conversation') throw new Error(`${id} is no conversation`);
  return known.conversation.nativeId;
}

// What a client that listens is told, over WebSocket as over SSE.

import { describe, expect, it, vi } from 'vitest';
import type { Fact } from '../../src/domain/event.ts';
import { encodeId, providerName } from '../../src/domain/ids.ts';
import { rowsOf } from '../gateway/hand-made.ts';
import { at, listAt, textAt } from '../support/answer.ts';
import {
  aMessage,
  ask,
  brief,
  conversationNamed,
  idOf,
  listen,
  startDesk,
  TRANSPORTS,
} from '../support/desk.ts';

const EVENT = `
  __typename
  ... on Event { cursor }
  ... on MessageAdded { message { text } }
  ... on Gap { scope conversationId from to reason }
`;
const ADDED = `subscription ($conversation: ID, $filter: EventFilter, $after: String, $confirm: Boolean! = true) {
  messageAdded(conversationId: $conversation, filter: $filter, after: $after, confirm: $confirm) { ${EVENT} }
}`;
const EVENTS = ADDED.replace('messageAdded', 'conversationEvents');

describe.each(TRANSPORTS)('over %s a client', (transport) => {
  it('is told a message as it comes, with its conversation', async () => {
    const { url, say } = await startDesk();
    const query = `subscription {
      messageAdded(confirm: true) {
        __typename
        ... on MessageAdded { at message { id text role conversation { id } } conversation { id nativeId } }
      }
    }`;
    const listening = await listen(transport, url, query);

    await say('hello', 'one-1');

    expect(await listening.next()).toEqual({
      __typename: 'MessageAdded',
      at: '2026-03-02T10:00:00.000Z',
      message: {
        id: encodeId({
          type: 'Message',
          message: { conversation: conversationNamed('one-1'), nativeId: 'message hello' },
        }),
        text: 'hello',
        role: 'USER',
        conversation: { id: idOf('one-1') },
      },
      conversation: { id: idOf('one-1'), nativeId: 'one-1' },
    });
  });

  it('is told nothing but messages that were added, where it asked for these', async () => {
    const { url, say, happen } = await startDesk();
    const listening = await listen(transport, url, ADDED);

    await happen({ kind: 'MESSAGE_DELETED', nativeId: 'gone' });
    await happen({ kind: 'REPLY_DELTA', replyId: 'r', index: 0, text: 'I' });
    await say('hello');

    expect(brief(await listening.next())).toBe('added: hello');
  });

  it('is told of one conversation only, where it asked for one', async () => {
    const { url, say } = await startDesk();
    const listening = await listen(transport, url, ADDED, { conversation: idOf('one-1') });

    await say('elsewhere', 'one-0');
    await say('here', 'one-1');

    expect(brief(await listening.next())).toBe('added: here');
  });

  it('is told by provider, kind and tag', async () => {
    const { url, take, say } = await startDesk();
    const added = (text: string, tags: { key: string; value: string | null }[] | null) =>
      take([{ type: 'message', message: aMessage(text), tags }]);
    const vip = await listen(transport, url, EVENTS, {
      filter: { tags: [{ key: 'plan', value: 'pro' }] },
    });
    const two = await listen(transport, url, EVENTS, { filter: { providers: ['two'] } });
    const deleted = await listen(transport, url, EVENTS, {
      filter: { kinds: ['MESSAGE_DELETED'] },
    });

    await added('of nobody', null);
    await added('of a guest', [{ key: 'plan', value: 'free' }]);
    await added('of a friend', [{ key: 'plan', value: 'pro' }]);
    await say('once more');
    await take([
      {
        type: 'message-deleted',
        message: { conversation: conversationNamed('one-0'), nativeId: 'gone' },
      },
      {
        type: 'conversation-deleted',
        conversation: { provider: providerName('two'), nativeId: 'two-0' },
      },
    ]);

    expect(brief(await vip.next())).toBe('added: of a friend');
    expect(brief(await two.next())).toBe('ConversationDeleted');
    expect(brief(await deleted.next())).toBe('MessageDeleted');
  });

  it('is told rows that steer a bot only where it asks for them', async () => {
    const { url, take, say } = await startDesk();
    const usual = await listen(transport, url, ADDED);
    const curious = await listen(transport, url, ADDED, { filter: { includeHidden: true } });

    const hidden = aMessage('be polite', { kind: 'INSTRUCTION' });
    await take([{ type: 'message', message: hidden, tags: null }]);
    await say('hello');

    expect(brief(await usual.next())).toBe('added: hello');
    expect(brief(await curious.next())).toBe('added: be polite');
  });

  it('that comes back with a cursor is told what it missed, and then what comes, each once', async () => {
    const desk = await startDesk();
    const first = await listen(transport, desk.url, ADDED);
    await desk.say('0');
    const after = textAt(await first.next(), 'cursor');
    await first.stop();
    for (const text of ['1', '2', '3']) await desk.say(text, `one-${Number(text) % 2}`);

    const second = ask(transport, desk.url, ADDED, { after, confirm: false });
    const missed = [await second.next(), await second.next(), await second.next()];
    await desk.say('4');
    const come = await second.next();

    expect(missed.map(brief).toSorted()).toEqual(['added: 1', 'added: 2', 'added: 3']);
    expect(brief(come)).toBe('added: 4');
  });

  it('that went before the first event comes back with the cursor it was let in with', async () => {
    const desk = await startDesk();
    const first = ask(transport, desk.url, ADDED);
    const after = textAt(await first.next(), 'cursor');
    await first.stop();
    await desk.say('meanwhile');

    const second = ask(transport, desk.url, ADDED, { after, confirm: false });

    expect(brief(await second.next())).toBe('added: meanwhile');
  });

  it('is told by another gateway of the same log what it missed', async () => {
    const desk = await startDesk();
    const other = await startDesk({ events: desk.events });
    const first = await listen(transport, desk.url, ADDED);
    await desk.say('0');
    const after = textAt(await first.next(), 'cursor');
    await desk.close();
    await other.say('1');

    const second = ask(transport, other.url, ADDED, { after, confirm: false });

    expect(brief(await second.next())).toBe('added: 1');
  });

  it('is told of a gap where the log no longer reaches back', async () => {
    const retention = { ageMs: 3_600_000, length: 2 };
    const desk = await startDesk({ retention });
    const conversation = idOf('one-0');
    const first = await listen(transport, desk.url, ADDED, { conversation });
    await desk.say('0');
    const after = textAt(await first.next(), 'cursor');
    await first.stop();
    for (const text of ['1', '2', '3', '4']) await desk.say(text);

    const second = ask(transport, desk.url, ADDED, { conversation, after, confirm: false });
    const told = [await second.next(), await second.next(), await second.next()];

    expect(told.map(brief)).toEqual(['gap: TRIMMED', 'added: 3', 'added: 4']);
    expect(told[0]).toMatchObject({
      scope: 'CONVERSATION',
      conversationId: conversation,
      from: expect.stringMatching(/Z$/),
      to: expect.stringMatching(/Z$/),
    });
  });

  it('is told of a gap in all it listens to where the log began anew', async () => {
    const desk = await startDesk();
    const first = await listen(transport, desk.url, ADDED);
    await desk.say('0');
    const after = textAt(await first.next(), 'cursor');
    const anew = await startDesk({ epoch: 'another' });
    await anew.say('1');

    const second = ask(transport, anew.url, ADDED, { after, confirm: false });
    const told = [];
    for (let index = 0; index < 4; index += 1) told.push(await second.next());

    // One for each lane of the log: what a lane still has follows its gap.
    expect(told.map(brief).toSorted()).toEqual(['added: 1', ...Array(3).fill('gap: RESET')]);
    expect(told.find((event) => brief(event) === 'gap: RESET')).toMatchObject({
      scope: 'SUBSCRIPTION',
      conversationId: null,
    });
  });

  it('reads each event for itself: what was read for one is not shown for the next', async () => {
    const { url, say, rows, asked } = await startDesk();
    const query = `subscription {
      messageAdded(confirm: true) {
        __typename
        ... on MessageAdded { a: conversation { title } b: message { conversation { title } } }
      }
    }`;
    const listening = await listen(transport, url, query);
    const [row] = rowsOf('one', 1);
    if (!row) throw new Error('there is no row');

    rows.set('one-0', { ...row, title: 'before' });
    await say('0');
    const before = await listening.next();
    rows.set('one-0', { ...row, title: 'after' });
    await say('1');
    const after = await listening.next();

    expect([at(before, 'a.title'), at(before, 'b.conversation.title')]).toEqual([
      'before',
      'before',
    ]);
    expect([at(after, 'a.title'), at(after, 'b.conversation.title')]).toEqual(['after', 'after']);
    expect(asked).toEqual(['one-0', 'one-0']);
  });

  it('is told an event also where its conversation cannot be had', async () => {
    const { url, say } = await startDesk();
    const query = `subscription {
      messageAdded(confirm: true) { __typename ... on MessageAdded { message { text } conversation { id title } } }
    }`;
    const listening = await listen(transport, url, query);

    await say('hello', 'one-9');
    const answer = await listening.answer();

    expect(at(answer, 'data.messageAdded')).toMatchObject({
      message: { text: 'hello' },
      conversation: null,
    });
    expect(listAt(answer, 'errors')).toMatchObject([
      { path: ['messageAdded', 'conversation'], extensions: { code: 'NOT_FOUND' } },
    ]);
  });

  it('that goes ends its own listening and nobody else’s', async () => {
    const { url, gateway, say } = await startDesk();
    const stays = await listen(transport, url, ADDED);
    const goes = await listen(transport, url, ADDED, { conversation: idOf('one-0') });
    expect(gateway.listeners).toBe(2);

    await goes.stop();

    await vi.waitFor(() => expect(gateway.listeners).toBe(1));
    await say('still here');
    expect(brief(await stays.next())).toBe('added: still here');
    await stays.stop();
    await vi.waitFor(() => expect(gateway.listeners).toBe(0));
  });

  it('is told why it is told no more, where the log goes out of reach while it catches up', async () => {
    const failure = { kind: 'gateway-unavailable', because: 'it does not answer' } as const;
    let out = false;
    const desk = await startDesk({
      hears: (log) => ({
        ...log,
        read: (...asked) => (out ? Promise.resolve({ ok: false, failure }) : log.read(...asked)),
      }),
    });
    const first = await listen(transport, desk.url, ADDED);
    await desk.say('0');
    const after = textAt(await first.next(), 'cursor');
    out = true;

    const second = ask(transport, desk.url, ADDED, { after, confirm: false });
    const said = await second.answer();
    const over = await second.answer();

    expect(listAt(said, 'errors')).toMatchObject([{ extensions: { code: 'GATEWAY_UNAVAILABLE' } }]);
    expect(over).toBeUndefined();
    expect(desk.logged).toEqual([]);
  });

  const kept = { replyId: 'r1', message: null, usage: { tokens: 7, endReason: 'stop' } };
  const row = { ...(rowsOf('one', 1)[0] ?? never()), title: 'A lost parcel' };
  const FACTS: readonly (readonly [Fact, string, object])[] = [
    [
      { kind: 'MESSAGE_ADDED', message: aMessage('a') },
      'message { text }',
      { message: { text: 'a' } },
    ],
    [
      { kind: 'MESSAGE_UPDATED', message: aMessage('b') },
      'message { text }',
      { message: { text: 'b' } },
    ],
    [
      { kind: 'MESSAGE_DELETED', nativeId: 'm' },
      'deletedId conversationId',
      {
        deletedId: encodeId({
          type: 'Message',
          message: { conversation: conversationNamed('one-0'), nativeId: 'm' },
        }),
        conversationId: idOf('one-0'),
      },
    ],
    [
      { kind: 'CONVERSATION_CREATED', row },
      'conversation { title }',
      { conversation: { title: 'A lost parcel' } },
    ],
    [
      { kind: 'CONVERSATION_UPDATED', row },
      'conversation { title }',
      { conversation: { title: 'A lost parcel' } },
    ],
    [{ kind: 'CONVERSATION_DELETED' }, 'deletedId', { deletedId: idOf('one-0') }],
    [
      { kind: 'REPLY_DELTA', replyId: 'r1', index: 3, text: ' parcel' },
      'replyId index text conversation { nativeId }',
      { replyId: 'r1', index: 3, text: ' parcel', conversation: { nativeId: 'one-0' } },
    ],
    [
      { kind: 'REPLY_COMPLETED', ...kept, message: aMessage('c') },
      'replyId message { text } usage { tokens endReason }',
      { ...kept, message: { text: 'c' } },
    ],
    [
      {
        kind: 'REPLY_FAILED',
        replyId: 'r1',
        failure: {
          kind: 'outcome-unknown',
          provider: providerName('one'),
          because: 'it broke off',
        },
      },
      'replyId error { __typename code }',
      { replyId: 'r1', error: { __typename: 'OutcomeUnknownError', code: 'OUTCOME_UNKNOWN' } },
    ],
    [
      { kind: 'DELIVERY_SETTLED', idempotencyKey: 'k', delivery: 'NOT_SENT', message: null },
      'idempotencyKey delivery message { id }',
      { idempotencyKey: 'k', delivery: 'NOT_SENT', message: null },
    ],
  ];

  it.each(FACTS)('is told a fact as a type of its own: $kind', async (fact, fields, expected) => {
    const { url, happen } = await startDesk();
    const name = fact.kind.replaceAll(
      /_?([A-Z])([A-Z]*)/g,
      (_all, first: string, rest: string) => first + rest.toLowerCase(),
    );
    const query = `subscription {
      conversationEvents(confirm: true) { __typename ... on Event { cursor } ... on ${name} { at ${fields} } }
    }`;
    const listening = await listen(transport, url, query);

    await happen(fact);

    expect(await listening.next()).toEqual({
      __typename: name,
      cursor: expect.stringMatching(/^[\w-]{20,}$/),
      at: '1970-01-01T00:00:00.000Z',
      ...expected,
    });
  });

  const BAD: readonly (readonly [string, object, string])[] = [
    ['an unknown provider', { filter: { providers: ['one', 'three'] } }, 'filter.providers.1'],
    ['no provider', { filter: { providers: [] } }, 'filter.providers'],
    ['no kind', { filter: { kinds: [] } }, 'filter.kinds'],
    ['a tag without a name', { filter: { tags: [{ key: ' ' }] } }, 'filter.tags.0.key'],
    ['another kind', { filter: { kinds: ['REPLY_DELTA'] } }, 'filter.kinds'],
    ['no id', { conversation: 'nonsense' }, 'conversationId'],
    ['an empty id', { conversation: '' }, 'conversationId'],
    [
      'the id of a provider',
      { conversation: encodeId({ type: 'Provider', provider: providerName('one') }) },
      'conversationId',
    ],
    [
      'a conversation of an unknown provider',
      {
        conversation: encodeId({
          type: 'Conversation',
          conversation: { provider: providerName('three'), nativeId: 'x' },
        }),
      },
      'conversationId',
    ],
    [
      'a conversation and the provider of another',
      { conversation: idOf('one-0'), filter: { providers: ['two'] } },
      'filter.providers',
    ],
    ['a forged cursor', { after: 'bm9uc2Vuc2U' }, 'after'],
    ['an empty cursor', { after: '' }, 'after'],
  ];

  it.each(BAD)(
    'that asks for %s is refused before anything is told',
    async (_what, variables, path) => {
      const { url, gateway } = await startDesk();

      const refused = ask(transport, url, ADDED, { ...variables });
      const said = await refused.answer();

      expect(at(said, 'data')).toBeFalsy();
      expect(listAt(said, 'errors')).toMatchObject([
        { extensions: { code: 'INVALID_INPUT', issues: [{ path }] } },
      ]);
      expect(await refused.answer()).toBeUndefined();
      expect(gateway.listeners).toBe(0);
    },
  );

  it('that comes with the cursor of another subscription is refused', async () => {
    const { url } = await startDesk();
    const first = ask(transport, url, ADDED);
    const after = textAt(await first.next(), 'cursor');

    const refused = ask(transport, url, ADDED, { after, conversation: idOf('one-0') });

    expect(listAt(await refused.answer(), 'errors')).toMatchObject([
      { extensions: { issues: [{ path: 'after', message: expect.stringContaining('another') }] } },
    ]);
  });

  it('may write the same filter down in another order', async () => {
    const { url } = await startDesk();
    const tags = [{ key: 'a' }];
    const providers = ['one'];
    const first = ask(transport, url, ADDED, { filter: { tags, providers } });
    const after = textAt(await first.next(), 'cursor');

    const second = ask(transport, url, ADDED, { after, filter: { providers, tags } });

    expect(brief(await second.next())).toBe('Listening');
  });
});

function never(): never {
  throw new Error('there is no row');
}

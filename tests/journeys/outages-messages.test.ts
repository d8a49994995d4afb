// Conversations stand where their messages cannot be had: null, an error that says so, and siblings that are whole.

import { describe, expect, it } from 'vitest';
import type { World } from '../../emulators/world.ts';
import { ACCOUNTS, type AccountName, emulatorOf } from '../support/accounts.ts';
import { at, listAt, textAt } from '../support/answer.ts';
import { startParlance } from '../support/parlance.ts';

// Four conversations of each: Chatling's are all longer than what comes along with the list.
const COUNT = 4;

const THREADS = `{
  conversations(first: 100) {
    edges { node { id nativeId sortedAt provider { name } messages(first: 100) { nodes { id } } } }
    sources { provider { name } status }
  }
}`;

describe.each(ACCOUNTS)('while %s gives no messages', (account) => {
  it.each([
    { kind: 'status', status: 500 },
    { kind: 'cut' },
    { kind: 'malformed' },
    { kind: 'hang' },
  ] as const)('by $kind, its conversations are listed and the others are whole', async (fault) => {
    const { ask, world } = await startParlance({ count: COUNT, deadlineMs: 1800 });
    const whole = await ask(THREADS);
    emulatorOf(world, account).inject({
      ...fault,
      match: { path: pathOfMessages(world, account) },
    });

    const { data, errors } = await ask(THREADS);

    const before = listAt(whole.data, 'conversations.edges');
    const edges = listAt(data, 'conversations.edges');
    expect(whole.errors).toEqual([]);
    expect(edges).toHaveLength(COUNT * 4);
    expect(edges).toEqual(
      before.map((edge) => (isAt(edge, account) ? withoutMessages(edge) : edge)),
    );
    expect(at(data, 'conversations.sources')).toEqual(
      ACCOUNTS.map((name) => ({ provider: { name }, status: 'FRESH' })),
    );
    const indexes = [...edges.keys()].filter((index) => isAt(edges[index], account));
    expect(errors.map((error) => listAt(error, 'path').join('.')).toSorted()).toEqual(
      indexes.map((index) => `conversations.edges.${index}.node.messages`).toSorted(),
    );
    for (const error of errors) {
      expect(error).toMatchObject({
        // Null until it has failed so often that it is left in peace, which here is a matter of who asked first.
        extensions: { code: 'PROVIDER_UNAVAILABLE', provider: account },
      });
      expect(textAt(error, 'message')).toMatch(
        new RegExp(`^${account} cannot be had: .*\\. Try again (?:in a moment|after \\S+)\\.$`),
      );
    }
  });

  it('because it was asked too often, the error says until when', async () => {
    const nowMs = Date.UTC(2026, 4, 4, 9, 30);
    const { ask, world } = await startParlance({ count: COUNT, clock: () => nowMs });
    const match = { path: pathOfMessages(world, account) };
    emulatorOf(world, account).inject({ kind: 'status', status: 429, retryAfter: 5, match });

    const { data, errors } = await ask(THREADS);

    const mine = listAt(data, 'conversations.edges').filter((edge) => isAt(edge, account));
    expect(mine.map((edge) => at(edge, 'node.messages'))).toEqual([null, null, null, null]);
    expect(errors.map((error) => at(error, 'extensions'))).toEqual(
      mine.map(() => ({
        code: 'RATE_LIMITED',
        provider: account,
        retryAt: new Date(nowMs + 5000).toISOString(),
      })),
    );
  });

  it('for one conversation, the others of the same provider are whole', async () => {
    const { ask, world } = await startParlance({ count: COUNT });
    const whole = listAt((await ask(THREADS)).data, 'conversations.edges');
    const silent = whole.find((edge) => isAt(edge, account));
    emulatorOf(world, account).inject({
      kind: 'status',
      // Where a 503 would be asked again.
      status: 500,
      ...(account === 'website'
        ? // Flat at Botpress: no path names a conversation, so it is the first that is asked for.
          { times: 1, match: { path: pathOfMessages(world, account) } }
        : { match: { path: pathOfConversation(world, account, textAt(silent, 'node.nativeId')) } }),
    });

    const { data, errors } = await ask(THREADS);

    const edges = listAt(data, 'conversations.edges');
    const missing = edges.filter((edge) => at(edge, 'node.messages') === null);
    expect(missing).toHaveLength(1);
    expect(isAt(missing[0], account)).toBe(true);
    expect(errors).toHaveLength(1);
    const others = edges.filter((edge) => at(edge, 'node.messages') !== null);
    const missingId = textAt(missing[0], 'node.id');
    expect(others).toEqual(whole.filter((edge) => textAt(edge, 'node.id') !== missingId));
  });
});

describe('one conversation whose messages cannot be had', () => {
  // At Stack Auth there is no such thing: both come in one call.
  it.each(['website', 'help', 'assistant'] as const)(
    'is answered without them at %s',
    async (account) => {
      const { ask, world } = await startParlance({ count: COUNT });
      const inbox = listAt((await ask(THREADS)).data, 'conversations.edges');
      const edge = inbox.find((one) => isAt(one, account));
      const id = textAt(edge, 'node.id');
      const path = {
        website: pathOfMessages(world, account),
        help: `${pathOfConversation(world, account, textAt(edge, 'node.nativeId'))}/messages`,
        assistant: `${pathOfConversation(world, account, textAt(edge, 'node.nativeId'))}/message/list`,
      }[account];
      emulatorOf(world, account).inject({ kind: 'status', status: 500, match: { path } });

      const { data, errors } = await ask(
        'query ($id: ID!) { conversation(id: $id) { id nativeId messages(first: 100) { nodes { id } } } }',
        { id },
      );

      const nativeId = textAt(edge, 'node.nativeId');
      expect(at(data, 'conversation')).toEqual({ id, nativeId, messages: null });
      expect(errors).toMatchObject([
        {
          path: ['conversation', 'messages'],
          extensions: { code: 'PROVIDER_UNAVAILABLE', provider: account },
        },
      ]);
    },
  );
});

function withoutMessages(edge: unknown): unknown {
  return { node: { ...Object(at(edge, 'node')), messages: null } };
}

function isAt(edge: unknown, account: AccountName): boolean {
  return at(edge, 'node.provider.name') === account;
}

/** Below which nothing lies that a list of conversations needs. */
function pathOfMessages(world: World, account: AccountName): string {
  return account === 'website' ? '/v1/chat/messages' : pathOfConversation(world, account, '');
}

function pathOfConversation(world: World, account: AccountName, nativeId: string): string {
  switch (account) {
    case 'website':
      return `/v1/chat/conversations/${nativeId}`;
    case 'help':
      return `/v2/chatbots/${world.credentials.chatling.chatbotId}/conversations/${nativeId}`;
    case 'assistant':
      // Its list is at the same place, under a word; its ids all begin with this letter.
      return `/v1/conversation/${nativeId || 'c'}`;
    case 'support':
      return `/api/v1/internal/conversations/${nativeId}`;
  }
}

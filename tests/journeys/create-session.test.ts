// One conversation is opened to a browser, for a time, with a token that is in the answer and nowhere else.

import { describe, expect, it } from 'vitest';
import { textAt } from '../support/answer.ts';
import { testClock } from '../support/clock.ts';
import { contactId, conversationId, mutate } from '../support/mutations.ts';
import { startParlance } from '../support/parlance.ts';
import { expectMistakes, expectUnsupported } from '../support/refused.ts';
import { rowsAdded, watchStores, writes } from '../support/stores.ts';

async function oneConversation() {
  const clock = testClock();
  const parlance = await startParlance({ count: 6, clock });
  const { store } = parlance.world.chatbotkit;
  const [row, other] = store.conversations.values();
  const id = conversationId('assistant', row?.id ?? '');
  return {
    parlance,
    clock,
    store,
    id,
    nativeId: row?.id ?? '',
    otherId: other?.id ?? '',
    changes: watchStores(parlance.world),
    open: (input: object = {}) =>
      mutate(parlance, 'createConversationSession', { conversationId: id, ...input }),
  };
}

type Standing = Awaited<ReturnType<typeof oneConversation>>;

/** As a browser would, past the gateway. */
function speak({ parlance }: Standing, token: string, nativeId: string): Promise<Response> {
  const { url } = parlance.world.credentials.chatbotkit;
  return fetch(`${url}/v1/conversation/${nativeId}/send`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ text: 'From a browser' }),
  });
}

describe('creating a session of a conversation', () => {
  it('gives a token that speaks in this conversation, and in no other', async () => {
    const standing = await oneConversation();
    const { open, store, id, nativeId, otherId, changes } = standing;

    const result = await open();

    expect(changes()).toEqual({});
    expect(result).toMatchObject({
      __typename: 'CreateConversationSessionPayload',
      conversation: { id },
    });
    const added = rowsAdded(store.messages);
    const token = textAt(result, 'token');
    expect((await speak(standing, token, nativeId)).status).toBe(200);
    expect((await speak(standing, token, otherId)).status).toBe(403);
    expect(added()).toMatchObject([
      { conversationId: nativeId, type: 'user', text: 'From a browser' },
    ]);
  });

  it.each([
    [undefined, 3_600],
    [1_800, 1_800],
    [86_400, 86_400],
  ])(
    'asked for %s seconds is good for %i, and says until when',
    async (durationSeconds, seconds) => {
      const standing = await oneConversation();
      const { open, clock, nativeId } = standing;
      const endMs = clock() + seconds * 1_000;

      const result = await open({ durationSeconds });

      const expiresAtMs = Date.parse(textAt(result, 'expiresAt'));
      expect(Math.abs(expiresAtMs - endMs)).toBeLessThan(1_000);
      const token = textAt(result, 'token');
      clock.pass(expiresAtMs - clock() - 2_000);
      expect((await speak(standing, token, nativeId)).status).toBe(200);
      clock.pass(4_000);
      expect((await speak(standing, token, nativeId)).status).toBe(401);
    },
  );

  it('writes the token into no log', async () => {
    const { open, parlance } = await oneConversation();

    const token = textAt(await open(), 'token');

    const [, payload = ''] = token.split('.');
    expect(JSON.stringify(parlance.logged)).not.toContain(payload);
    expect(payload.length).toBeGreaterThan(20);
  });

  it('of a conversation that is not there says that there is none', async () => {
    const { parlance } = await oneConversation();

    const result = await mutate(parlance, 'createConversationSession', {
      conversationId: conversationId('assistant', 'conv_nowhere'),
    });

    expect(result).toMatchObject({ __typename: 'NotFoundError' });
  });

  it('whose answer was lost is told so, and not asked for again', async () => {
    const { parlance, open } = await oneConversation();
    parlance.world.chatbotkit.inject({ kind: 'cut', match: { method: 'POST' } });

    expect(await open()).toMatchObject({
      __typename: 'OutcomeUnknownError',
      provider: { name: 'assistant' },
    });
    expect(writes(parlance.world, 'assistant')).toHaveLength(1);
  });

  it('refuses what cannot be meant, by its place, before anybody is asked', async () => {
    const { parlance, id } = await oneConversation();

    await expectMistakes(parlance, 'createConversationSession', [
      ...[0, -1].map((durationSeconds) => ({
        input: { conversationId: id, durationSeconds },
        path: 'durationSeconds',
        because: /number of seconds above 0; leave it out/,
      })),
      ...[1, 1_799, 86_401].map((durationSeconds) => ({
        input: { conversationId: id, durationSeconds },
        path: 'durationSeconds',
        because: /from 1800 .* to 86400/,
      })),
      {
        input: { conversationId: 'nonsense' },
        path: 'conversationId',
        because: /not an id of this gateway/,
      },
      {
        input: { conversationId: contactId('assistant', 'contact_1') },
        path: 'conversationId',
        because: /the id of a Contact; give the id of a Conversation/,
      },
    ]);
  });

  it.each([
    ['website', 'botpress'],
    ['help', 'chatling'],
    ['support', 'stackAuth'],
  ] as const)('is not to be had at %s: the browser asks this gateway', async (account, place) => {
    const { parlance } = await oneConversation();
    const [nativeId = ''] = parlance.world[place].store.conversations.keys();

    await expectUnsupported(parlance, 'createConversationSession', {
      input: { conversationId: conversationId(account, nativeId), durationSeconds: 3_600 },
      account,
      verb: 'SESSION_CREATE',
      note: /let the browser ask this gateway/,
    });
  });
});

// Who takes part in a conversation is listed where its provider keeps a list, and can be added and removed there alone.

import { describe, expect, it } from 'vitest';
import type { World } from '../../emulators/world.ts';
import { encodeId, providerName } from '../../src/domain/ids.ts';
import { at, listAt, textAt } from '../support/answer.ts';
import { idsOf, refusal } from '../support/hostile.ts';
import { contactId, conversationId, mutate } from '../support/mutations.ts';
import { startParlance, type TestParlance } from '../support/parlance.ts';
import { expectMistakes, expectUnsupported } from '../support/refused.ts';
import { rowWhere, watchStores, writes } from '../support/stores.ts';

const FEW = { count: 6 };

const PARTICIPANTS = `query P($id: ID!, $first: Int, $after: String) {
  conversation(id: $id) {
    id
    participants(first: $first, after: $after) {
      edges { cursor node { id nativeId role name email imageUrl } }
      nodes { nativeId }
      pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    }
  }
}`;

/** A conversation in which everybody takes part whom the bot knows, with their ids in the order they joined. */
async function crowd() {
  const parlance = await startParlance({ count: 12 });
  const { store } = parlance.world.botpress;
  const { id: nativeId } = rowWhere(store.conversations);
  const users = [...store.users.keys()].toSorted();
  const joined = users.map((user, index): [string, string] => [
    user,
    new Date(Date.UTC(2026, 0, 1, 0, index)).toISOString(),
  ]);
  store.participants.set(nativeId, new Map(joined));
  return { parlance, nativeId, users, id: conversationId('website', nativeId) };
}

async function walk(
  { ask }: Pick<TestParlance, 'ask'>,
  id: string,
  { first, between }: { readonly first: number; readonly between?: () => void },
): Promise<string[]> {
  const seen: string[] = [];
  for (let after: string | null = null; ; between?.()) {
    const { data, errors } = await ask(PARTICIPANTS, { id, first, after });
    expect(errors).toEqual([]);
    const page = at(data, 'conversation.participants');
    const edges = listAt(page, 'edges');
    expect(edges.length).toBeLessThanOrEqual(first);
    seen.push(...edges.map((edge) => textAt(edge, 'node.nativeId')));
    if (at(page, 'pageInfo.hasNextPage') !== true) return seen;
    after = textAt(page, 'pageInfo.endCursor');
  }
}

describe('the participants of a conversation', () => {
  it.each([1, 5, 100])('are all there once, in their order, by pages of %i', async (first) => {
    const { parlance, id, users } = await crowd();
    expect(users.length).toBeGreaterThan(10);

    expect(await walk(parlance, id, { first })).toEqual(users);
  });

  it('who stayed are all there once, whoever leaves and joins during the walk', async () => {
    const { parlance, id, nativeId, users } = await crowd();
    const joined = parlance.world.botpress.store.participants.get(nativeId);
    const leaving = users.filter((_, index) => index % 3 === 0);

    const seen = await walk(parlance, id, {
      first: 2,
      between: () => {
        const one = leaving.pop();
        if (one) joined?.delete(one);
      },
    });

    expect(new Set(seen).size).toBe(seen.length);
    const stayed = users.filter((user) => joined?.has(user));
    expect(seen.filter((user) => joined?.has(user))).toEqual(stayed);
  });

  it('are told by name and by an id that is good wherever a participant is asked for', async () => {
    const { parlance, id, users } = await crowd();
    const [user = ''] = users;
    const row = parlance.world.botpress.store.users.get(user);

    const { data } = await parlance.ask(PARTICIPANTS, { id, first: 1 });

    const page = at(data, 'conversation.participants');
    expect(at(page, 'edges.0.node')).toEqual({
      id: participantGlobalId(user),
      nativeId: user,
      role: 'USER',
      name: row?.name ?? null,
      email: null,
      imageUrl: row?.pictureUrl ?? null,
    });
    expect(at(page, 'nodes')).toEqual([{ nativeId: user }]);
    const cursor = textAt(page, 'edges.0.cursor');
    expect(at(page, 'pageInfo')).toEqual({
      hasNextPage: true,
      hasPreviousPage: false,
      startCursor: cursor,
      endCursor: cursor,
    });
  });

  it('are none where nobody takes part', async () => {
    const { parlance, id, nativeId } = await crowd();
    parlance.world.botpress.store.participants.set(nativeId, new Map());

    expect(await walk(parlance, id, { first: 5 })).toEqual([]);
  });

  it('are null without an error where the provider keeps no list of them, and it is not asked', async () => {
    const parlance = await startParlance(FEW);
    const { help, assistant, support } = await idsOf(parlance);

    for (const id of [help, assistant, support]) {
      const alone = await askedFor(
        parlance,
        'query C($id: ID!) { conversation(id: $id) { id } }',
        id,
      );
      const both = await askedFor(parlance, PARTICIPANTS, id);

      expect(both.errors).toEqual([]);
      expect(both.data).toEqual({ conversation: { id, participants: null } });
      expect(both.calls).toEqual(alone.calls);
    }
  });

  it('are null with an error where the provider fails, and the conversation stands', async () => {
    const { parlance, id, nativeId } = await crowd();
    parlance.world.botpress.inject({
      kind: 'status',
      status: 503,
      match: { path: `/v1/chat/conversations/${nativeId}/participants` },
    });

    const { data, errors } = await parlance.ask(PARTICIPANTS, { id, first: 5 });

    expect(data).toEqual({ conversation: { id, participants: null } });
    expect(errors).toMatchObject([
      {
        path: ['conversation', 'participants'],
        extensions: { code: 'PROVIDER_UNAVAILABLE', provider: 'website' },
      },
    ]);
  });

  it.each([-1, 101])('of %i at once are refused, whoever is asked', async (first) => {
    const parlance = await startParlance(FEW);

    for (const id of Object.values(await idsOf(parlance))) {
      expect.soft(await refusal(parlance, PARTICIPANTS, { id, first })).toMatchObject({
        code: 'INVALID_INPUT',
        path: 'first',
        message: expect.stringContaining('from 0 to 100; ask for more with after'),
      });
    }
  });

  it('are walked with a cursor of that very list', async () => {
    const { parlance, id, users } = await crowd();
    const messages = await parlance.ask(
      'query M($id: ID!) { conversation(id: $id) { messages(first: 1) { pageInfo { endCursor } } } }',
      { id },
    );
    const own = await parlance.ask(PARTICIPANTS, { id, first: 1 });
    const after = textAt(own.data, 'conversation.participants.pageInfo.endCursor');
    const other = [...parlance.world.botpress.store.conversations.keys()].find(
      (each) => conversationId('website', each) !== id,
    );

    const ofMessages = textAt(messages.data, 'conversation.messages.pageInfo.endCursor');
    for (const [cursor, where] of [
      [ofMessages, id],
      [after, conversationId('website', other ?? '')],
      ['nonsense', id],
    ]) {
      expect
        .soft(await refusal(parlance, PARTICIPANTS, { id: where, first: 1, after: cursor }))
        .toMatchObject({ code: 'INVALID_INPUT', path: 'after' });
    }
    const empty = await parlance.ask(PARTICIPANTS, { id, first: 0, after });
    const begun = textAt(empty.data, 'conversation.participants.pageInfo.endCursor');
    const next = await parlance.ask(PARTICIPANTS, { id, first: 1, after: begun });
    expect(at(next.data, 'conversation.participants.nodes')).toEqual([{ nativeId: users[1] }]);
  });

  it('cost what a page of messages does', async () => {
    const parlance = await startParlance(FEW);

    const refused = await refusal(
      parlance,
      `{ conversations(first: 100) { nodes { participants(first: 100) { nodes { id nativeId name email imageUrl } } } } }`,
    );

    expect(refused.message).toMatch(/This operation costs \d+, and 500 is the most/);
  });
});

describe('adding a participant', () => {
  it.each([
    ['the provider’s own id', (id: string) => id],
    ['the id of a Contact', (id: string) => contactId('website', id)],
    ['the id of a Participant', participantGlobalId],
  ])('named by %s puts them into the conversation, and does nothing else', async (_, named) => {
    const { parlance, absent, id, nativeId } = await absentUser();
    const changes = watchStores(parlance.world);

    const result = await mutate(parlance, 'addParticipant', {
      conversationId: id,
      participantId: named(absent.id),
    });

    expect(changes()).toEqual({
      [`website/participants/${nativeId}/${absent.id}`]: { is: expect.any(String) },
    });
    expect(result).toMatchObject({
      __typename: 'AddParticipantPayload',
      participant: { id: participantGlobalId(absent.id), nativeId: absent.id },
      conversation: { id },
    });
  });

  it('of whom nobody knows is not found, and changes nothing', async () => {
    const { parlance, id } = await absentUser();
    const changes = watchStores(parlance.world);

    for (const participantId of ['user_0123456789ABCDEFGHJKMNPQRS', 'nobody']) {
      const result = await mutate(parlance, 'addParticipant', {
        conversationId: id,
        participantId,
      });
      expect.soft(result).toMatchObject({ __typename: 'NotFoundError', code: 'NOT_FOUND' });
    }
    expect(changes()).toEqual({});
  });

  it('whose answer was lost is told so, and not sent again', async () => {
    const { parlance, absent, id } = await absentUser();
    const path = '/v1/chat/conversations';
    parlance.world.botpress.inject({ kind: 'cut', match: { method: 'POST', path } });

    const result = await mutate(parlance, 'addParticipant', {
      conversationId: id,
      participantId: absent.id,
    });

    expect(result).toMatchObject({
      __typename: 'OutcomeUnknownError',
      provider: { name: 'website' },
    });
    expect(writes(parlance.world, 'website')).toHaveLength(1);
  });
});

describe('removing a participant', () => {
  it.each([
    ['the provider’s own id', (id: string) => id],
    ['the id of a Contact', (id: string) => contactId('website', id)],
    ['the id of a Participant', participantGlobalId],
  ])('named by %s takes them out of the conversation, and does nothing else', async (_, named) => {
    const { parlance, users, id, nativeId } = await crowd();
    const [gone = ''] = users;
    const changes = watchStores(parlance.world);

    const result = await mutate(parlance, 'removeParticipant', {
      conversationId: id,
      participantId: named(gone),
    });

    expect(changes()).toEqual({
      [`website/participants/${nativeId}/${gone}`]: { was: expect.any(String) },
    });
    expect(result).toEqual({
      __typename: 'RemoveParticipantPayload',
      removedId: participantGlobalId(gone),
      conversation: { id },
    });
  });

  it('who does not take part is not found, and changes nothing', async () => {
    const { parlance, absent, id } = await absentUser();
    const changes = watchStores(parlance.world);

    const result = await mutate(parlance, 'removeParticipant', {
      conversationId: id,
      participantId: absent.id,
    });

    expect(result).toMatchObject({ __typename: 'NotFoundError' });
    expect(changes()).toEqual({});
  });

  it('by an id that is an address of something else removes nothing else', async () => {
    const { parlance, id, users } = await crowd();
    const [user = ''] = users;
    const changes = watchStores(parlance.world);
    const climbing = [`../${user}`, '../../messages', '%2e%2e', '..%2F..', `${user}/..`, '?a', '#'];

    for (const participantId of [...climbing, '../'.repeat(10), `${user}?x=1&y=22222222222`]) {
      const input = { conversationId: id, participantId };
      for (const mutation of ['addParticipant', 'removeParticipant'] as const) {
        const result = await mutate(parlance, mutation, input);
        expect.soft([participantId, at(result, '__typename')]).not.toContain(PAYLOADS[mutation]);
      }
    }
    expect(changes()).toEqual({});
  });
});

describe('adding and removing participants', () => {
  const MUTATIONS = ['addParticipant', 'removeParticipant'] as const;

  it.each(MUTATIONS)('refuses in %s what cannot be meant, by its place', async (mutation) => {
    const parlance = await startParlance(FEW);
    const id = firstAt(parlance.world, 'website');
    const someone = rowWhere(parlance.world.botpress.store.users).id;

    await expectMistakes(parlance, mutation, [
      ...['', ' ', '.', '..'].map((participantId) => ({
        input: { conversationId: id, participantId },
        path: 'participantId',
        because: /names nobody; give the id of a Participant or a Contact/,
      })),
      {
        input: { conversationId: id, participantId: id },
        path: 'participantId',
        because: /the id of a Conversation/,
      },
      {
        input: { conversationId: id, participantId: contactId('help', 'contact_1') },
        path: 'participantId',
        because: /is a contact at help; give one at website/,
      },
      {
        input: { conversationId: 'nonsense', participantId: someone },
        path: 'conversationId',
        because: /not an id of this gateway/,
      },
      {
        input: { conversationId: contactId('website', someone), participantId: someone },
        path: 'conversationId',
        because: /the id of a Contact; give the id of a Conversation/,
      },
    ]);
  });

  it.each([
    ['help', /contactId with updateConversation/, /contactId with updateConversation/],
    ['assistant', /use upsertContact/, /set contactId to null with updateConversation/],
    ['support', /set assignee with updateConversation/, /set assignee to null/],
  ] as const)(
    'is not to be had at %s, and what to do instead is said',
    async (account, add, remove) => {
      const parlance = await startParlance(FEW);
      const input = { conversationId: firstAt(parlance.world, account), participantId: 'somebody' };

      await expectUnsupported(parlance, 'addParticipant', {
        input,
        account,
        verb: 'PARTICIPANT_ADD',
        note: add,
      });
      await expectUnsupported(parlance, 'removeParticipant', {
        input,
        account,
        verb: 'PARTICIPANT_REMOVE',
        note: remove,
      });
    },
  );

  it.each(MUTATIONS)('in %s at a provider that is not configured says so', async (mutation) => {
    const parlance = await startParlance(FEW);

    const result = await mutate(parlance, mutation, {
      conversationId: conversationId('nobody', 'conv_1'),
      participantId: 'user_1',
    });

    expect(result).toMatchObject({
      __typename: 'NotFoundError',
      message: expect.stringContaining('provider named nobody'),
    });
  });
});

const PAYLOADS = {
  addParticipant: 'AddParticipantPayload',
  removeParticipant: 'RemoveParticipantPayload',
} as const;

function participantGlobalId(nativeId: string): string {
  return encodeId({ type: 'Participant', provider: providerName('website'), nativeId });
}

/** A user who takes part in other conversations only. */
async function absentUser() {
  const parlance = await startParlance(FEW);
  const { store } = parlance.world.botpress;
  const { id: nativeId } = rowWhere(store.conversations);
  const absent = rowWhere(store.users, ({ id }) => !store.participants.get(nativeId)?.has(id));
  return { parlance, absent, nativeId, id: conversationId('website', nativeId) };
}

function firstAt(world: World, account: 'website' | 'help' | 'assistant' | 'support'): string {
  const stores = {
    website: world.botpress.store,
    help: world.chatling.store,
    assistant: world.chatbotkit.store,
    support: world.stackAuth.store,
  };
  const [id = ''] = stores[account].conversations.keys();
  return conversationId(account, id);
}

async function askedFor({ ask, world }: TestParlance, query: string, id: string) {
  const journals = [world.chatling, world.chatbotkit, world.stackAuth].map(
    ({ journal }) => journal,
  );
  const before = journals.map(({ length }) => length);
  const { data, errors } = await ask(query, { id, first: 5 });
  const calls = journals.flatMap((journal, index) =>
    journal.slice(before[index]).map(({ method, path }) => `${method} ${path}`),
  );
  return { data, errors, calls };
}

// The token of a Stack Auth account runs out while clients ask: they learn of it only where no other one is to be had.

import { describe, expect, it } from 'vitest';
import { at, listAt, textAt } from '../support/answer.ts';
import { testClock } from '../support/clock.ts';
import { conversationId, mutate } from '../support/mutations.ts';
import { startParlance } from '../support/parlance.ts';

/** Longer than a token of the account lives. */
const QUARTER_MS = 15 * 60_000;

const TOKENS = '/api/v1/auth/oauth/token';

const READ = `query ($id: ID!) { conversation(id: $id) { title } }`;

const INBOX = `{
  conversations(first: 5, filter: { providers: ["support"] }) {
    nodes { id }
    sources { provider { name } status error { __typename code message } }
  }
}`;

describe('a token that runs out', () => {
  it('is renewed once for all who ask at the same time, and nobody notices', async () => {
    const { ask, support, ids, runOut } = await midRun();
    const rows = ids.map((id) => support.store.conversations.get(id));
    runOut();

    const answers = await Promise.all([
      ...ids.map((id) => ask(READ, { id: conversationId('support', id) })),
      ask(INBOX),
    ]);

    expect(answers.flatMap(({ errors }) => errors)).toEqual([]);
    expect(answers.slice(0, -1).map(({ data }) => at(data, 'conversation.title'))).toEqual(
      rows.map((row) => row?.subject),
    );
    expect(renewalsAt(support)).toHaveLength(1);
    // Not one of them was sent with the old token.
    expect(support.journal.filter(({ status }) => status !== 200)).toEqual([]);
    expect(support.journal).toHaveLength(ids.length + 2);
  });

  it('costs no message, and doubles none', async () => {
    const parlance = await midRun();
    const { support, ids, runOut } = parlance;
    runOut();

    const sent = await Promise.all(
      ids.map((id, place) =>
        mutate(parlance, 'sendMessage', {
          conversationId: conversationId('support', id),
          text: `We are on it (${place}).`,
        }),
      ),
    );

    expect(sent.map((result) => at(result, 'delivery'))).toEqual(ids.map(() => 'SENT'));
    const texts = ids.flatMap((id) =>
      (support.store.messages.get(id) ?? [])
        .map(({ body }) => body)
        .filter((body) => body?.startsWith('We are on it')),
    );
    expect(texts).toEqual(ids.map((_, place) => `We are on it (${place}).`));
    expect(renewalsAt(support)).toHaveLength(1);
  });

  it('is renewed again each time that it does, whoever is first to ask', async () => {
    const { ask, support, ids, runOut } = await midRun();
    const [id = ''] = ids;
    runOut();

    for (let renewals = 1; renewals <= 3; renewals += 1) {
      const { errors } = await ask(READ, { id: conversationId('support', id) });
      expect(errors).toEqual([]);
      expect(renewalsAt(support)).toHaveLength(renewals);
      runOut({ forgetting: false });
    }
  });
});

describe('a renewal that is refused', () => {
  it('is a ProviderAuthError of the account to a write, and nothing is written', async () => {
    const parlance = await midRun();
    const { support, ids, runOut, signOut } = parlance;
    const [id = ''] = ids;
    const before = structuredClone(support.store.conversations.get(id));
    runOut();
    signOut();

    const result = await mutate(parlance, 'updateConversation', {
      id: conversationId('support', id),
      priority: 'URGENT',
    });

    expect(result).toMatchObject({
      __typename: 'ProviderAuthError',
      code: 'PROVIDER_AUTH',
      provider: { name: 'support' },
      message: expect.stringMatching(/^support .*refreshToken in the config/),
    });
    expect(support.store.conversations.get(id)).toEqual(before);
    expect(support.journal.map(({ path }) => path)).toEqual([TOKENS]);
  });

  it('is said of the account in a read and in its part of a merged page', async () => {
    const { ask, ids, runOut, signOut } = await midRun();
    const [id = ''] = ids;
    runOut();
    signOut();

    const read = await ask(READ, { id: conversationId('support', id) });
    const page = await ask(INBOX);

    expect(read.data).toEqual({ conversation: null });
    expect(at(read, 'errors.0.extensions.code')).toBe('PROVIDER_AUTH');
    expect(textAt(read, 'errors.0.message')).toMatch(/^support /);
    expect(listAt(page.data, 'conversations.sources')).toMatchObject([
      {
        provider: { name: 'support' },
        status: 'FAILED',
        error: { __typename: 'ProviderAuthError', code: 'PROVIDER_AUTH' },
      },
    ]);
  });

  it('tells no secret, to a client or to the log', async () => {
    const parlance = await midRun();
    const { ask, ids, runOut, signOut, logged, world } = parlance;
    const { refreshToken, accessToken, publishableClientKey } = world.credentials.stackAuth;
    runOut();
    signOut();

    const told = await Promise.all([
      ...ids.map((id) => ask(READ, { id: conversationId('support', id) })),
      ask(INBOX),
      ask('{ provider(name: "support") { health { state lastError { message } } } }'),
      mutate(parlance, 'sendMessage', {
        conversationId: conversationId('support', ids[0] ?? ''),
        text: 'Hello?',
      }),
    ]);

    const seen = JSON.stringify([told, logged]);
    expect(seen).toContain('PROVIDER_AUTH');
    expect(logged.length).toBeGreaterThan(0);
    for (const secret of [refreshToken, accessToken, publishableClientKey]) {
      expect(seen).not.toContain(secret);
    }
    // Nor any other token of the kind: their first part is always the same.
    expect(seen).not.toContain(accessToken.split('.')[0]);
  });

  it('is over as soon as the account is signed in again', async () => {
    const { ask, ids, runOut, signOut, signIn } = await midRun();
    const variables = { id: conversationId('support', ids[0] ?? '') };
    runOut();
    signOut();
    const out = await ask(READ, variables);
    signIn();

    const back = await ask(READ, variables);

    expect(out.errors).toHaveLength(1);
    expect(back.errors).toEqual([]);
  });
});

/** A gateway whose account has a token and has used it. */
async function midRun() {
  const clock = testClock();
  const parlance = await startParlance({ count: 8, clock });
  const { stackAuth: support } = parlance.world;
  const { refreshToken } = parlance.world.credentials.stackAuth;
  const session = support.store.sessions.get(refreshToken);
  if (!session) throw new Error('Expected the account to be signed in.');
  await parlance.ask(INBOX);
  return {
    ...parlance,
    support,
    ids: [...support.store.conversations.keys()].slice(0, 8),
    runOut: ({ forgetting = true } = {}) => {
      clock.pass(QUARTER_MS);
      if (forgetting) support.forget();
    },
    /** As if somebody had ended the session in the dashboard. */
    signOut: () => support.store.sessions.delete(refreshToken),
    signIn: () => support.store.sessions.set(refreshToken, session),
  };
}

type Standing = Awaited<ReturnType<typeof midRun>>;

function renewalsAt({ journal }: Standing['support']) {
  return journal.filter(({ path }) => path === TOKENS);
}

// A write whose answer was lost is told as such and never sent again; one that cannot have arrived is told as that.

import { describe, expect, it } from 'vitest';
import type { Fault } from '../../emulators/emulator.ts';
import { ACCOUNTS, type AccountName, emulatorOf } from '../support/accounts.ts';
import { at, textAt } from '../support/answer.ts';
import { ATTEMPTS, type Attempt, attemptsAt, standingAt } from '../support/attempts.ts';
import { testClock } from '../support/clock.ts';
import { mutate } from '../support/mutations.ts';
import { type StartOptions, startParlance } from '../support/parlance.ts';
import { type Changes, watchStores, writes } from '../support/stores.ts';
import { vacate } from '../support/vacant.ts';

const NAMED = ATTEMPTS.map(
  (attempt) => [attempt.mutation, attempt.account, attempt.title, attempt] as const,
);

async function tried(
  { account, mutation, write, input }: Attempt,
  fault?: Fault,
  options: StartOptions = {},
) {
  const clock = testClock();
  const parlance = await startParlance({ count: 2, clock, ...options });
  const { world } = parlance;
  // One and the same key wherever it is tried: what is left of it at a provider is the same then, too.
  const key = mutation === 'sendMessage' ? { idempotencyKey: 'tried' } : {};
  const given = { ...input(world), ...key };
  clock.pass(60_000);
  const changes = watchStores(world);
  if (fault) emulatorOf(world, account).inject({ match: write, ...fault });
  const result = await mutate(parlance, mutation, given);
  return { parlance, result, changes: changes(), writes: writes(world, account) };
}

/** What the work leaves behind where nothing goes wrong. */
async function workDone(attempt: Attempt): Promise<Changes> {
  const { result, changes } = await tried(attempt);
  expect(textAt(result, '__typename')).toMatch(/Payload$/);
  expect(changes).not.toEqual({});
  return changes;
}

/** How an answer says that what became of the write is not known. */
function unknown({ mutation, account }: Attempt): unknown {
  if (mutation === 'sendMessage') {
    return {
      __typename: 'SendMessagePayload',
      delivery: 'UNKNOWN',
      sent: null,
      reply: null,
      usage: null,
    };
  }
  return expect.objectContaining({
    __typename: 'OutcomeUnknownError',
    code: 'OUTCOME_UNKNOWN',
    provider: { name: account },
    message: expect.stringMatching(
      new RegExp(
        `^Whether ${account} did it is not known: .*Read it again before asking once more`,
      ),
    ),
  });
}

/** The same of one that was done: a message is looked for at once, and found, and so is what is got or created. */
function lostOnTheWay(attempt: Attempt): unknown {
  const { mutation, account } = attempt;
  if (mutation === 'sendMessage') return account === 'help' ? SENT_AND_ANSWERED : SENT;
  const isComposed = mutation === 'getOrCreateConversation' && account !== 'website';
  return isComposed ? CREATED : unknown(attempt);
}

const SENT_AND_ANSWERED: unknown = expect.objectContaining({
  delivery: 'SENT',
  sent: expect.objectContaining({ text: 'Any news?' }),
  reply: expect.objectContaining({ role: 'BOT' }),
});

const SENT: unknown = expect.objectContaining({
  delivery: 'SENT',
  sent: expect.objectContaining({ text: 'Any news?' }),
  reply: null,
});

const CREATED: unknown = expect.objectContaining({
  created: true,
  conversation: expect.objectContaining({ id: expect.any(String) }),
});

describe('a write that was done, and whose answer was lost on the way,', () => {
  it.each(NAMED)(
    'is done once, and not known to be done where it cannot be found: %s at %s (%s)',
    async (...[, , , attempt]) => {
      const undisturbed = await workDone(attempt);

      const lost = await tried(attempt, { kind: 'cut-after-accept', times: 1 });

      expect(lost.result).toEqual(lostOnTheWay(attempt));
      expect(lost.changes).toEqual(undisturbed);
      const { method } = attempt.write;
      expect(lost.writes[0]).toMatchObject({ method, status: null });
      // Tags may take a call of their own; what was lost is not sent again.
      expect(lost.writes.filter((row) => row.method === method)).toHaveLength(1);
    },
  );

  it.each(NAMED)(
    'is the same where it came back broken: %s at %s (%s)',
    async (...[, , , attempt]) => {
      // Its deletion is answered without anything to break.
      const undisturbed = await workDone(attempt);

      const broken = await tried(attempt, { kind: 'malformed', times: 1 });

      expect(broken.result).toEqual(lostOnTheWay(attempt));
      expect(broken.changes).toEqual(undisturbed);
      expect(broken.writes.filter(({ method }) => method === attempt.write.method)).toHaveLength(1);
    },
  );
});

describe('a write that may have been seen', () => {
  const SEEN: readonly (readonly [string, Fault])[] = [
    ['the connection broke before any answer', { kind: 'cut' }],
    ['no answer came within the deadline', { kind: 'hang' }],
    ['a gateway on the way had no answer (502)', { kind: 'status', status: 502 }],
    ['a gateway on the way had no answer (504)', { kind: 'status', status: 504 }],
  ];

  it.each(
    ACCOUNTS.flatMap((account) => SEEN.map(([how, fault]) => [account, how, fault] as const)),
  )('at %s is not known to be done, and not sent again, where %s', async (account, _, fault) => {
    for (const attempt of oneOfEach(account)) {
      const seen = await tried(attempt, fault, { deadlineMs: 400, replyDeadlineMs: 400 });

      expect(seen.result).toEqual(unknown(attempt));
      expect(seen.changes).toEqual({});
      expect(seen.writes).toHaveLength(1);
    }
  });

  it('at assistant is done where its engine failed within the call, and shows what it had said', async () => {
    const parlance = await startParlance({ count: 1 });
    parlance.world.chatbotkit.stage({
      reply: 'None so far.',
      failure: { beforeToken: 2, code: 'INTERNAL_SERVER_ERROR', message: 'The model fell over' },
    });

    const result = await mutate(parlance, 'sendMessage', {
      conversationId: standingAt(parlance.world, 'assistant'),
      text: 'Any news?',
      expectReply: true,
    });

    expect(result).toMatchObject({
      delivery: 'SENT',
      sent: { role: 'USER', text: 'Any news?' },
      reply: { role: 'BOT', nativeId: null, text: 'None so' },
    });
    expect(writes(parlance.world, 'assistant')).toHaveLength(1);
  });

  /** A hidden wait for each is enough. */
  function oneOfEach(account: AccountName): Attempt[] {
    const attempts = attemptsAt(account);
    return attempts.filter(
      ({ mutation }, index) =>
        ['updateConversation', 'sendMessage'].includes(mutation) &&
        attempts.findIndex((other) => other.mutation === mutation) === index,
    );
  }
});

describe('a write that was done, and cannot be looked at,', () => {
  it.each([
    ['createConversation', 'begins'],
    ['updateConversation', 'changes title and tags'],
  ] as const)('by %s at assistant says that it was done', async (mutation, title) => {
    const attempt = attemptsAt('assistant').find((one) => one.title === title);
    if (!attempt) throw new Error(`there is no attempt that ${title}`);
    const undisturbed = await workDone(attempt);

    const unseen = await tried(attempt, { kind: 'status', status: 500, match: { method: 'GET' } });

    expect(unseen.result).toMatchObject({
      __typename: 'OutcomeUnknownError',
      message: expect.stringMatching(
        mutation === 'createConversation' ? /was created and/ : /was updated and/,
      ),
    });
    expect(unseen.changes).toEqual(undisturbed);
  });

  it('is success at Chatling, where all that matters is in the answer', async () => {
    const [begins, , , , sends] = attemptsAt('help');
    const fault: Fault = { kind: 'status', status: 500, match: { method: 'GET' } };
    if (!begins || !sends) throw new Error('there is nothing to attempt');

    const begun = await tried(begins, fault);
    const sent = await tried(sends, fault);

    expect(begun.result).toMatchObject({ conversation: { nativeId: expect.any(String) } });
    expect(begun.changes).toEqual(await workDone(begins));
    expect(sent.result).toMatchObject({
      delivery: 'SENT',
      sent: null,
      reply: { role: 'BOT', text: expect.stringContaining('Any news?'), createdAt: null },
    });
    expect(sent.changes).toEqual(await workDone(sends));
  });

  it('is success at Stack Auth where only the answer to its tags was lost', async () => {
    const [begins] = attemptsAt('support');
    if (!begins) throw new Error('there is nothing to attempt');
    const tagged: Attempt = {
      ...begins,
      write: { method: 'PATCH', path: '/api/v1/internal/conversations' },
      input: (world) => ({ ...begins.input(world), tags: [{ key: 'vip' }] }),
    };

    const settled = await tried(tagged, { kind: 'cut-after-accept', times: 1 });

    expect(settled.result).toMatchObject({ conversation: { tags: [{ key: 'vip', value: null }] } });
    expect(settled.changes).toEqual(await workDone(tagged));
    expect(settled.writes).toHaveLength(2);
  });
});

describe('a write that surely never arrived', () => {
  it.each(NAMED)('says so and leaves nothing: %s at %s (%s)', async (...[, , , attempt]) => {
    const { account, mutation } = attempt;
    const parlance = await startParlance({ count: 2 });
    const input = attempt.input(parlance.world);
    const changes = watchStores(parlance.world);
    await vacate(emulatorOf(parlance.world, account));

    const result = await mutate(parlance, mutation, input);

    expect(result).toMatchObject({
      __typename: 'ProviderUnavailableError',
      code: 'PROVIDER_UNAVAILABLE',
      provider: { name: account },
      message: expect.stringMatching(
        new RegExp(
          `^${account} cannot be had: .*\\(ECONNREFUSED\\)\\. Try again (?:in a moment|after .*Z)\\.$`,
        ),
      ),
    });
    expect(changes()).toEqual({});
    expect(writes(parlance.world, account)).toEqual([]);
  });

  it('says since when its provider has not answered', async () => {
    const parlance = await startParlance({ count: 1 });
    const conversationId = standingAt(parlance.world, 'website');
    await vacate(parlance.world.botpress);

    const { data } = await parlance.ask(
      `mutation ($input: SendMessageInput!) {
        sendMessage(input: $input) { ... on ProviderUnavailableError { since provider { health { state } } } }
      }`,
      { input: { conversationId, text: 'Any news?' } },
    );

    expect(Date.parse(textAt(data, 'sendMessage.since'))).toBeLessThanOrEqual(Date.now());
    expect(at(data, 'sendMessage.provider.health.state')).toBe('DOWN');
  });
});

describe('a look before a write that fails', () => {
  it.each(['help', 'assistant', 'support'] as const)(
    'keeps getOrCreateConversation at %s from beginning a second one',
    async (account) => {
      const attempt = attemptsAt(account).find(
        ({ mutation }) => mutation === 'getOrCreateConversation',
      );
      if (!attempt) throw new Error('there is nothing to attempt');

      const blind = await tried(attempt, { kind: 'cut', match: { method: 'GET' } });

      expect(blind.result).toMatchObject({
        __typename: 'ProviderUnavailableError',
        provider: { name: account },
      });
      expect(blind.changes).toEqual({});
      expect(blind.writes).toEqual([]);
    },
  );
});

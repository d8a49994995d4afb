// A write that is asked twice under one key is done once, and both are told the same of it.

import { describe, expect, it } from 'vitest';
import type { World } from '../../emulators/world.ts';
import { type AccountName, emulatorOf } from '../support/accounts.ts';
import { at, textAt } from '../support/answer.ts';
import { ATTEMPTS, type Attempt, standingAt } from '../support/attempts.ts';
import { testClock } from '../support/clock.ts';
import { ownRedis } from '../support/cluster.ts';
import { startCutting } from '../support/cutting.ts';
import { type SharedGateway, shareGateways } from '../support/gateways.ts';
import { mutateKeyed } from '../support/mutations.ts';
import { startParlance } from '../support/parlance.ts';
import { asked, watchStores, writes } from '../support/stores.ts';

type KeyedWrite = Pick<Attempt, 'account' | 'mutation' | 'title' | 'input'>;

const inConversation = (more: object) => (world: World) => ({
  conversationId: standingAt(world, 'assistant'),
  ...more,
});

/** Every mutation that takes a key, at every account that has it. */
const WRITES: readonly KeyedWrite[] = [
  ...ATTEMPTS.filter(({ mutation }) =>
    ['sendMessage', 'createConversation', 'getOrCreateConversation'].includes(mutation),
  ),
  {
    account: 'assistant',
    mutation: 'sendMessage',
    title: 'sends, and is answered',
    input: inConversation({ text: 'Any news?', expectReply: true }),
  },
  {
    account: 'assistant',
    mutation: 'requestReply',
    title: 'has it answered',
    input: inConversation({}),
  },
  {
    account: 'assistant',
    mutation: 'completeConversation',
    title: 'has it completed',
    input: () => ({ provider: 'assistant', messages: [{ role: 'USER', text: 'Any news?' }] }),
  },
  {
    account: 'assistant',
    mutation: 'uploadAttachment',
    title: 'uploads a file',
    input: inConversation({ url: 'data:text/plain;base64,SGVsbG8=' }),
  },
  {
    account: 'assistant',
    mutation: 'uploadAttachment',
    title: 'announces a file',
    input: inConversation({ file: { type: 'image/png', size: 5, name: 'a.png' } }),
  },
];

const NAMED = WRITES.map((write) => [write.mutation, write.account, write.title, write] as const);

const KEY = 'order 4711, “first” \u{1f511}';

async function scene() {
  const clock = testClock();
  const parlance = await startParlance({ count: 2, clock });
  return { ...parlance, clock, changes: watchStores(parlance.world) };
}

async function send(gateway: Pick<SharedGateway, 'ask'>, world: World, more: object = {}) {
  const conversationId = standingAt(world, 'website');
  return mutateKeyed(gateway, 'sendMessage', { conversationId, text: 'Any news?', ...more });
}

describe('a write under a key', () => {
  it.each(NAMED)('is done once: %s at %s (%s)', async (...[mutation, account, , write]) => {
    const control = await scene();
    await mutateKeyed(control, mutation, { ...write.input(control.world), idempotencyKey: KEY });
    const parlance = await scene();
    const input = { ...write.input(parlance.world), idempotencyKey: KEY };

    const first = await mutateKeyed(parlance, mutation, input);
    parlance.clock.pass(60_000);
    const again = await mutateKeyed(parlance, mutation, input);

    expect(first).toMatchObject({
      __typename: expect.stringMatching(/Payload$/),
      idempotencyKey: KEY,
    });
    expect(again).toEqual(first);
    expect(Object.keys(parlance.changes()).length).toBe(Object.keys(control.changes()).length);
    expect(writes(parlance.world, account)).toHaveLength(writes(control.world, account).length);
  });

  it.each(NAMED)(
    'is done once of fifty at once through two gateways: %s at %s (%s)',
    async (...[mutation, account, , write]) => {
      const control = await scene();
      await mutateKeyed(control, mutation, { ...write.input(control.world), idempotencyKey: KEY });
      const { world, start } = await shareGateways({ count: 2, clock: testClock() });
      const gateways = [await start(), await start()] as const;
      const input = { ...write.input(world), idempotencyKey: KEY };

      const results = await Promise.all(
        Array.from({ length: 50 }, (_, index) =>
          mutateKeyed(gateways[index % 2 ? 1 : 0], mutation, input),
        ),
      );

      expect(textAt(results[0], '__typename')).toMatch(/Payload$/);
      expect(new Set(results.map((result) => JSON.stringify(result))).size).toBe(1);
      expect(writes(world, account)).toHaveLength(writes(control.world, account).length);
    },
  );

  it('is done once whatever the order of what is in its fields', async () => {
    const { changes, ...parlance } = await scene();
    const begin = (meta: object) =>
      mutateKeyed(parlance, 'createConversation', {
        provider: 'assistant',
        chatBotKit: { meta },
        idempotencyKey: KEY,
      });

    const first = await begin({ plan: 'pro', since: { year: 2020, month: 1 } });
    const again = await begin({ since: { month: 1, year: 2020 }, plan: 'pro' });

    expect(textAt(first, '__typename')).toBe('CreateConversationPayload');
    expect(again).toEqual(first);
    expect(Object.keys(changes())).toHaveLength(1);
  });

  it('is another under another key, and under another mutation', async () => {
    const { world, ask } = await scene();
    await send({ ask }, world, { idempotencyKey: KEY });

    await send({ ask }, world, { idempotencyKey: `${KEY}!` });
    const answered = await mutateKeyed({ ask }, 'createConversation', {
      provider: 'website',
      channel: 'channel',
      idempotencyKey: KEY,
    });

    expect(textAt(answered, '__typename')).toBe('CreateConversationPayload');
    expect(writes(world, 'website')).toHaveLength(3);
  });

  it('is asked without one by a key that is made, and known by it from then on', async () => {
    const { world, ask } = await scene();

    const first = await send({ ask }, world);
    const other = await send({ ask }, world);
    const again = await send({ ask }, world, { idempotencyKey: at(first, 'idempotencyKey') });

    expect(textAt(first, 'idempotencyKey')).toMatch(/^[0-9a-f-]{36}$/);
    expect(textAt(other, 'idempotencyKey')).not.toBe(textAt(first, 'idempotencyKey'));
    expect(again).toEqual(first);
    expect(writes(world, 'website')).toHaveLength(2);
  });

  it.each([
    ['another text', { text: 'Good news!' }],
    ['another conversation', { conversationId: 'another' }],
  ])('is refused for %s, and it is said what to do', async (_of, other) => {
    const { world, ask, changes } = await scene();
    await send({ ask }, world, { idempotencyKey: KEY });
    const before = changes();
    const more = 'conversationId' in other ? { conversationId: standingAt(world, 'help') } : other;

    const refused = await send({ ask }, world, { ...more, idempotencyKey: KEY });

    expect(refused).toEqual({
      __typename: 'ConflictError',
      code: 'CONFLICT',
      message:
        'This idempotencyKey was used for another sendMessage. Take a new key for what you ask now, or repeat the first input to be told what became of it.',
    });
    expect(changes()).toEqual(before);
  });

  it.each([
    ['is empty', '', /^must not be empty/],
    ['has 256 characters', 'k'.repeat(256), /^has 256 characters, and 255 are the most/],
    ['has a line break', 'a\nb', /control characters/],
    ['has a NUL', 'a\u0000b', /control characters/],
    ['has a C1 control', 'a\u0085b', /control characters/],
  ])('is not taken where the key %s', async (_how, idempotencyKey, message) => {
    const { world, ask } = await scene();
    const inputs = WRITES.map(({ mutation, input }) => [mutation, input(world)] as const);
    const changes = watchStores(world);

    for (const [mutation, input] of inputs) {
      const refused = await mutateKeyed({ ask }, mutation, { ...input, idempotencyKey });

      expect(refused).toMatchObject({
        __typename: 'InvalidInputError',
        issues: [{ path: 'idempotencyKey', message: expect.stringMatching(message) }],
      });
    }
    expect(changes()).toEqual({});
  });

  it.each(['k', '🔑'])('is taken with a key of 255 characters such as %s', async (character) => {
    const { world, ask } = await scene();
    const idempotencyKey = character.repeat(255);

    expect(await send({ ask }, world, { idempotencyKey })).toMatchObject({ idempotencyKey });
  });
});

describe('a key', () => {
  it('is free again where the input could not be meant', async () => {
    const { world, ask } = await scene();
    const refused = await send({ ask }, world, { text: '', idempotencyKey: KEY });
    expect(textAt(refused, '__typename')).toBe('InvalidInputError');

    expect(await send({ ask }, world, { idempotencyKey: KEY })).toMatchObject({ delivery: 'SENT' });
  });

  it('is free again where the provider said no', async () => {
    const { world, ask } = await scene();
    world.botpress.inject({ kind: 'status', status: 403, times: 1, match: { method: 'POST' } });
    const refused = await send({ ask }, world, { idempotencyKey: KEY });
    expect(textAt(refused, '__typename')).toBe('ForbiddenError');

    expect(await send({ ask }, world, { idempotencyKey: KEY })).toMatchObject({ delivery: 'SENT' });
  });

  it.each(['sendMessage', 'createConversation'] as const)(
    'is free again where the connection was refused: %s',
    async (mutation) => {
      let url = '';
      const { world, start } = await shareGateways({
        count: 2,
        account: (account) => (account.name === 'website' ? { ...account, url } : account),
      });
      const cutting = await startCutting(world.botpress.url);
      url = cutting.url;
      const gateway = await start();
      const input = {
        ...(mutation === 'sendMessage'
          ? { conversationId: standingAt(world, 'website'), text: 'Any news?' }
          : { provider: 'website', channel: 'channel' }),
        idempotencyKey: KEY,
      };
      await cutting.close();
      const refused = await mutateKeyed(gateway, mutation, input);
      expect(textAt(refused, '__typename')).toBe('ProviderUnavailableError');

      await cutting.open();

      // An account that could not be had is left in peace for a moment.
      await expect
        .poll(async () => textAt(await mutateKeyed(gateway, mutation, input), '__typename'), {
          timeout: 8000,
        })
        .toMatch(/Payload$/);
      expect(writes(world, 'website')).toHaveLength(1);
    },
  );

  it('is kept where the answer was lost, and nothing is done again', async () => {
    const { world, ask, changes } = await scene();
    const begin = () =>
      mutateKeyed({ ask }, 'createConversation', {
        provider: 'website',
        channel: 'channel',
        idempotencyKey: KEY,
      });
    world.botpress.inject({ kind: 'cut-after-accept', times: 1, match: { method: 'POST' } });

    const lost = await begin();
    const again = await begin();

    expect(textAt(lost, '__typename')).toBe('OutcomeUnknownError');
    expect(again).toEqual(lost);
    expect(Object.keys(changes())).toHaveLength(1);
    expect(writes(world, 'website')).toHaveLength(1);
  });

  it.each([429, 500, 503])(
    'is kept where a provider turned it away with a %i, which proves nothing',
    async (status) => {
      const { world, ask } = await scene();
      const begin = () =>
        mutateKeyed({ ask }, 'createConversation', {
          provider: 'website',
          channel: 'channel',
          idempotencyKey: KEY,
        });
      world.botpress.inject({ kind: 'status', status, times: 1, match: { method: 'POST' } });

      await begin();
      const again = await begin();

      expect(again).toMatchObject({
        __typename: 'OutcomeUnknownError',
        message: expect.stringMatching(/no proof that it was not made.*ask with a new key/),
      });
      expect(writes(world, 'website')).toHaveLength(1);
    },
  );

  it('holds although whoever brought it has gone before the answer came', async () => {
    const { world, ask, url } = await scene();
    const { emulator, reached } = slow(world, 'website');
    const client = new AbortController();
    const conversationId = standingAt(world, 'website');
    const left = fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        query: 'mutation ($input: SendMessageInput!) { sendMessage(input: $input) { __typename } }',
        variables: { input: { conversationId, text: 'Any news?', idempotencyKey: KEY } },
      }),
      signal: client.signal,
    });
    await reached();
    client.abort();
    await expect(left).rejects.toThrow('abort');

    const again = await send({ ask }, world, { idempotencyKey: KEY });

    expect(again).toMatchObject({ delivery: 'SENT', idempotencyKey: KEY });
    expect(emulator.journal.filter(({ method }) => method === 'POST')).toMatchObject([
      { status: 201 },
    ]);
  });
});

describe('keys in Redis', () => {
  it('outlive the gateway they were brought to', async () => {
    const { world, start } = await shareGateways({ count: 2 });
    const before = await start();
    const first = await send(before, world, { idempotencyKey: KEY });
    await before.close();

    const after = await start();
    const again = await send(after, world, { idempotencyKey: KEY });

    expect(first).toMatchObject({ delivery: 'SENT' });
    expect(again).toEqual(first);
    expect(writes(world, 'website')).toHaveLength(1);
  });

  it('are refused while it is out of reach, with nothing sent; who brings none is served', async () => {
    const redis = await ownRedis();
    const { world, start } = await shareGateways({ count: 2, redisUrl: redis.url });
    const gateway = await start();
    await send(gateway, world, { idempotencyKey: 'before' });
    await redis.kill();
    const before = asked(world, 'website').length;

    const refused = await send(gateway, world, { idempotencyKey: KEY });
    expect(refused).toMatchObject({
      __typename: 'GatewayUnavailableError',
      code: 'GATEWAY_UNAVAILABLE',
      message: expect.stringMatching(/memory is out of reach.*Nothing was done; try again/),
    });
    expect(asked(world, 'website')).toHaveLength(before);
    expect(await send(gateway, world)).toMatchObject({
      delivery: 'SENT',
      idempotencyKey: expect.stringMatching(/^[0-9a-f-]{36}$/),
    });

    await redis.restart();
    // It has forgotten all it knew, so the promise begins anew.
    await expect
      .poll(() => send(gateway, world, { idempotencyKey: KEY }), { timeout: 8000 })
      .toMatchObject({ delivery: 'SENT', idempotencyKey: KEY });
    const sent = writes(world, 'website').length;
    expect(await send(gateway, world, { idempotencyKey: KEY })).toMatchObject({ delivery: 'SENT' });
    expect(writes(world, 'website')).toHaveLength(sent);
  });

  it('show nothing of an account to another of its name', async () => {
    let version = '';
    const { world, start } = await shareGateways({
      count: 2,
      account: (account) => ({ ...account, url: `${account.url}${version}` }),
    });
    await send(await start(), world, { idempotencyKey: KEY });
    version = '/';

    const refused = await send(await start(), world, { idempotencyKey: KEY });

    expect(refused).toMatchObject({
      __typename: 'ConflictError',
      message: expect.stringMatching(/another one, or had another credential/),
    });
    expect(writes(world, 'website')).toHaveLength(1);
  });
});

/** Its next write takes a while; told when it has begun. */
function slow(world: World, account: AccountName) {
  const emulator = emulatorOf(world, account);
  emulator.inject({ kind: 'delay', ms: 1500, times: 1, match: { method: 'POST' } });
  const reached = async () =>
    await expect
      .poll(() => emulator.journal.some(({ method }) => method === 'POST'), {
        interval: 5,
        timeout: 5000,
      })
      .toBe(true);
  return { emulator, reached };
}

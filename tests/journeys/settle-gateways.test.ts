// What was in doubt when its gateway went away is settled by another one, and nothing is delivered twice for it.

import { randomUUID } from 'node:crypto';
import { describe, expect, inject, it, onTestFinished } from 'vitest';
import { environmentOf, startGateway } from '../../cluster/process.ts';
import { startWorld, type World } from '../../emulators/world.ts';
import { redisLog } from '../../src/state/events/redis.ts';
import { openRedis } from '../../src/state/redis.ts';
import { ACCOUNTS, type AccountName, emulatorOf } from '../support/accounts.ts';
import { at } from '../support/answer.ts';
import { standingAt } from '../support/attempts.ts';
import { builtCommand } from '../support/built.ts';
import { type Cutting, startCutting } from '../support/cutting.ts';
import { listen } from '../support/desk.ts';
import { appendedTo } from '../support/event-log.ts';
import { mutate } from '../support/mutations.ts';
import { ask } from '../support/parlance.ts';
import { SETTLED, sendingScene, TEXT, textsAt, WAYS, type Way } from './sending.ts';

const KEY = 'tell-me-what-became-of-it';

describe('a gateway that is killed while its messages are answered', () => {
  it('leaves them to another, which finds each where it is, and says so once', async () => {
    const { world, cuttings, gateways, events } = await processes();
    const [one, other] = gateways;
    const sends = ACCOUNTS.map((account) => ({
      account,
      input: { conversationId: standingAt(world, account), text: TEXT, idempotencyKey: KEY },
    }));
    const settlings = await Promise.all(
      sends.map(({ input }) =>
        listen('WebSocket', other.url, SETTLED, { conversation: input.conversationId }),
      ),
    );
    const struck = sends.map(({ account }) =>
      cuttings[account].cut('withheld', {
        method: account === 'support' ? 'PATCH' : 'POST',
        path: '/',
        body: TEXT,
      }),
    );

    const unanswered = Promise.allSettled(
      sends.map(({ input }, index) =>
        through(one.url, { ...input, idempotencyKey: `${KEY}-${index}` }),
      ),
    );
    await Promise.all(struck);
    await one.end('SIGKILL');

    const answers = await unanswered;
    expect(answers.map(({ status }) => status)).toEqual(sends.map(() => 'rejected'));
    const told = await Promise.all(settlings.map((listening) => listening.next()));
    expect(told).toEqual(
      sends.map((_, index) => ({
        __typename: 'DeliverySettled',
        idempotencyKey: `${KEY}-${index}`,
        delivery: 'SENT',
        message: { text: TEXT },
      })),
    );
    const again = await Promise.all(
      sends.map(({ input }, index) =>
        through(other.url, { ...input, idempotencyKey: `${KEY}-${index}` }),
      ),
    );
    expect(again).toMatchObject(sends.map(() => ({ delivery: 'SENT', sent: { text: TEXT } })));
    for (const account of ACCOUNTS) {
      expect(textsAt(world, account).filter((text) => text === TEXT)).toHaveLength(1);
    }
    const settled = (await appendedTo(events)).filter(
      ({ fact }) => fact.kind === 'DELIVERY_SETTLED',
    );
    expect(settled).toHaveLength(sends.length);
  });
});

describe.each(WAYS.map((way) => [way.title, way] as const))(
  'a message to %s',
  (_title, way: Way) => {
    const match = { method: way.method, path: '/', body: TEXT };

    it('is not delivered again after a restart', async () => {
      const { cutting, gateway, another, stored } = await sendingScene(way, { redis: true });
      void cutting.cut('after-accept', match);
      const first = await gateway.send({ idempotencyKey: KEY });
      await gateway.close();

      const again = await (await another()).send({ idempotencyKey: KEY });

      expect(first).toMatchObject({ delivery: 'SENT', sent: { text: TEXT } });
      expect(again).toEqual(first);
      expect(stored()).toBe(1);
    });
  },
);

describe.each(WAYS.filter(({ tag }) => !tag).map((way) => [way.title, way] as const))(
  'a message to %s that never arrived',
  (_title, way: Way) => {
    it('is settled by a gateway that was started after it, for the key that was left', async () => {
      const { cutting, gateway, another, stored } = await sendingScene(way, { redis: true });
      void cutting.cut('in-body', { method: way.method, path: '/', body: TEXT });
      const first = await gateway.send({ idempotencyKey: KEY });
      await gateway.close();

      const next = await another();
      const settlings = await next.settlings();

      expect(at(first, 'delivery')).toBe('UNKNOWN');
      expect(await settlings.next()).toMatchObject({ idempotencyKey: KEY, delivery: 'NOT_SENT' });
      expect(stored()).toBe(0);
      expect(await next.send({ idempotencyKey: KEY })).toMatchObject({ delivery: 'SENT' });
      expect(stored()).toBe(1);
    });
  },
);

function through(url: string, input: object): Promise<unknown> {
  return mutate({ ask: (query, variables) => ask(url, query, variables) }, 'sendMessage', input);
}

/** Two gateways over one Redis, each account behind what can withhold its answers. */
async function processes() {
  const world = await startWorld({ count: 2 });
  onTestFinished(() => world.close());
  const cuttings: Record<AccountName, Cutting> = {
    website: await cuttingTo(world, 'website'),
    help: await cuttingTo(world, 'help'),
    assistant: await cuttingTo(world, 'assistant'),
    support: await cuttingTo(world, 'support'),
  };
  const { botpress, chatling, chatbotkit, stackAuth } = world.credentials;
  const credentials = {
    ...world.credentials,
    botpress: { ...botpress, url: cuttings.website.url },
    chatling: { ...chatling, url: cuttings.help.url },
    chatbotkit: { ...chatbotkit, url: cuttings.assistant.url },
    stackAuth: { ...stackAuth, url: cuttings.support.url },
  };
  const redisUrl = inject('redisUrl');
  const prefix = `test:${randomUUID()}:`;
  const secret = 'a secret of the tests';
  const environment = environmentOf(credentials, { redisUrl, prefix, secret });
  const begin = async () => {
    const gateway = await startGateway({ environment, command: builtCommand() });
    onTestFinished(() => void gateway.end('SIGKILL'));
    return gateway;
  };
  const gateways = await Promise.all([begin(), begin()] as const);
  const quiet = () => undefined;
  const log = { debug: quiet, info: quiet, warn: quiet, error: quiet };
  const door = openRedis({ url: redisUrl, prefix, log });
  const retention = { ageMs: 3_600_000, length: 10_000 };
  const events = await redisLog({ door, lanes: 8, retention, log });
  onTestFinished(() => events.close());
  return { world, cuttings, gateways, events };
}

function cuttingTo(world: World, account: AccountName): Promise<Cutting> {
  return startCutting(emulatorOf(world, account).url);
}

// Two hundred clients ask three gateways for one and the same conversation, and one gateway is paused or killed on the way.

import { randomUUID } from 'node:crypto';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startWorld, type World, type WorldOptions } from '../../emulators/world.ts';
import type { Conversation } from '../../src/domain/conversation.ts';
import { providerName } from '../../src/domain/ids.ts';
import { type AccountName, emulatorOf } from '../support/accounts.ts';
import { at } from '../support/answer.ts';
import { kindOf, openHalt, POINTS, type Point } from '../support/halting.ts';
import { rowsAdded, rowWhere } from '../support/stores.ts';
import {
  type AGateway,
  type Asked,
  aGateway,
  ask,
  conversationsOf,
  valueIn,
} from '../support/three-gateways.ts';

/** Where all who ask must wait to the end, so that the test does not; elsewhere nobody waits for as long. */
const SHORT = { deadlineMs: 1000, replyDeadlineMs: 2000 };
const LONG = { deadlineMs: 10_000, replyDeadlineMs: 10_000 };
/** Of a machine that has others to serve. */
const SLACK_MS = 5000;
const TIMEOUT_MS = 60_000;

const COMPOSED = ['help', 'assistant', 'support'] as const;

const CREATES = {
  help: { method: 'POST', path: '/v2/chatbots' },
  assistant: { method: 'POST' },
  support: { method: 'POST', path: '/api/v1/internal/conversations' },
} as const;

type Fate = 'paused' | 'killed';
const FATES: readonly Fate[] = ['paused', 'killed'];

/** Nothing was sent that anybody knows of: only who was struck could say so. */
const DARK: ReadonlySet<Point> = new Set(['after the intent', 'before the create']);

describe.each(FATES)('with one of three gateways %s', { timeout: TIMEOUT_MS }, (fate) => {
  it.each(POINTS)(
    '%s there is one conversation at most, on each provider that has no such call',
    async (point) => {
      const told = await Promise.all(COMPOSED.map((account) => run(account, point, fate)));

      expect(told).toEqual(COMPOSED.map((account) => expectedOf(account, point, fate)));
    },
  );

  it('in the middle of Botpress’ own get-or-create there is one conversation', async () => {
    const told = await run('website', 'after the create', fate);

    expect(told).toMatchObject({ stored: 1, ids: 1, overdue: 0, others: ['ok'] });
    expect(told.created).toBeLessThanOrEqual(1);
    expect(told.after.stored).toBe(1);
  });
});

describe('three gateways that are all well', { timeout: TIMEOUT_MS }, () => {
  it.each([...COMPOSED, 'website'] as const)(
    'make one conversation of two hundred, at %s',
    async (account) => {
      const world = await aWorld();
      const wanted = await wantedAt(world, account);
      const added = rowsAdded(conversationsOf(world, account));
      const gateways = await three(world, LONG);

      const asked = await Promise.all(
        gateways.flatMap((gateway, index) => ask(gateway, wanted, index === 0 ? 68 : 66)),
      );

      expect(asked.map(({ outcome }) => kindOf(outcome))).toEqual(Array(200).fill('ok'));
      expect(idsIn(asked).size).toBe(1);
      expect(asked.filter(({ outcome }) => valueIn(outcome).created)).toHaveLength(1);
      expect(added()).toHaveLength(1);
    },
  );
});

describe('a create whose answer does not come in time', { timeout: TIMEOUT_MS }, () => {
  it.each(COMPOSED)(
    'is found by whoever looks, and is the one that all get, at %s',
    async (account) => {
      const world = await aWorld();
      const wanted = await wantedAt(world, account);
      const added = rowsAdded(conversationsOf(world, account));
      const gateways = await three(world, SHORT);
      // It is made when its asker hangs up.
      const match = CREATES[account];
      emulatorOf(world, account).inject({ kind: 'delay', ms: 60_000, times: 1, match });

      const asked = await Promise.all(gateways.flatMap((gateway) => ask(gateway, wanted, 20)));

      expect(asked.map(({ outcome }) => kindOf(outcome))).toEqual(Array(60).fill('ok'));
      expect(idsIn(asked).size).toBe(1);
      expect(asked.filter(({ outcome }) => valueIn(outcome).created).length).toBeLessThanOrEqual(1);
      expect(added()).toHaveLength(1);
    },
  );
});

describe('an intent that nothing came of', { timeout: TIMEOUT_MS }, () => {
  it('stands in the way for as long as a create may be under way', async () => {
    const told = await Promise.all(COMPOSED.map(overTime));

    expect(told).toEqual(
      COMPOSED.map((account) => ({
        account,
        after: ['outcome-unknown', 'ok'],
        created: true,
        stored: 1,
      })),
    );
  });
});

/** A gateway is killed before it creates; others ask a quarter of an hour later, and a little after that. */
async function overTime(account: (typeof COMPOSED)[number]) {
  const world = await aWorld();
  const wanted = await wantedAt(world, account);
  const added = rowsAdded(conversationsOf(world, account));
  let nowMs = Date.now();
  const halt = openHalt('before the create');
  const [sick, well] = await three(world, { ...SHORT, halt, clock: () => nowMs });
  void Promise.all(ask(sick, wanted, 1));
  await halt.struck;

  nowMs += 14 * 60_000;
  const [early] = await Promise.all(ask(well, wanted, 1));
  nowMs += 2 * 60_000;
  const [late] = await Promise.all(ask(well, wanted, 1));

  return {
    account,
    after: [early, late].map((asked) => asked && kindOf(asked.outcome)),
    created: late?.outcome.ok && late.outcome.value.created,
    stored: added().length,
  };
}

interface Told {
  readonly stored: number;
  readonly created: number;
  readonly ids: number;
  readonly overdue: number;
  /** What the clients of the other two were told. */
  readonly others: readonly string[];
  /** Once all is quiet, and somebody asks again. */
  readonly after: { readonly told: string; readonly stored: number };
}

function expectedOf(account: (typeof COMPOSED)[number], point: Point, fate: Fate): object {
  const isDark = DARK.has(point);
  const isLost = isDark && fate === 'killed';
  // Whoever made it says so, if it lives to; where it never came to that, one of the others makes it.
  const created = isDark || (fate === 'killed' && point !== 'after the lease') ? 0 : 1;
  return {
    account,
    // Whoever wakes past its deadline sends nothing any more.
    stored: isDark ? 0 : 1,
    created,
    ids: isDark ? 0 : 1,
    overdue: 0,
    others: [isDark ? 'outcome-unknown' : 'ok'],
    after: { told: isLost ? 'outcome-unknown' : 'ok', stored: isLost ? 0 : 1 },
    tags: account === 'support' && !isLost ? [{ key: 'order', value: '4711' }] : undefined,
  };
}

async function run(account: AccountName, point: Point, fate: Fate) {
  const world = await aWorld();
  const wanted = await wantedAt(world, account);
  const added = rowsAdded(conversationsOf(world, account));
  const halt = openHalt(point);
  const patience = DARK.has(point) ? SHORT : LONG;
  const longestMs = patience.deadlineMs + patience.replyDeadlineMs + SLACK_MS;
  const [sick, ...well] = await three(world, { halt, ...patience });

  const theirs = ask(sick, wanted, 68);
  await halt.struck;
  const others = await Promise.all(well.flatMap((gateway) => ask(gateway, wanted, 66)));
  if (fate === 'paused') halt.wake();
  const all = [...others, ...(fate === 'paused' ? await Promise.all(theirs) : [])];
  const stored = added().length;

  const [again] = await Promise.all(ask(well[0], wanted, 1));
  const last = again?.outcome;
  const told: Told = {
    stored,
    created: all.filter(({ outcome }) => outcome.ok && outcome.value.created).length,
    ids: idsIn(all).size,
    overdue: all.filter(({ tookMs }) => tookMs > longestMs).length,
    others: [...new Set(others.map(({ outcome }) => kindOf(outcome)))],
    after: { told: last ? kindOf(last) : 'nothing', stored: added().length },
  };
  const row: Conversation | undefined = last?.ok ? last.value.conversation : undefined;
  return { account, ...told, tags: account === 'support' ? row?.tags : undefined };
}

function idsIn(asked: readonly Asked[]): ReadonlySet<string> {
  return new Set(
    asked.flatMap(({ outcome }) => (outcome.ok ? [outcome.value.conversation.nativeId] : [])),
  );
}

async function aWorld(options: WorldOptions = {}): Promise<World> {
  const world = await startWorld({ count: 3, ...options });
  onTestFinished(() => world.close());
  return world;
}

/** All alike, but that the first may be sick. */
async function three(
  world: World,
  { halt, ...shared }: Parameters<typeof aGateway>[1],
): Promise<[AGateway, AGateway, AGateway]> {
  const alike = { prefix: `test:${randomUUID()}:`, ...shared };
  return [
    await aGateway(world, { ...alike, ...(halt && { halt }) }),
    await aGateway(world, alike),
    await aGateway(world, alike),
  ];
}

/** One that is not there yet. */
async function wantedAt(world: World, account: AccountName) {
  const provider = providerName(account);
  const order = [{ key: 'order', value: '4711' }];
  switch (account) {
    case 'website':
      return { provider, channel: 'channel', tags: order };
    case 'assistant':
      return { provider, tags: order };
    case 'help':
      return { provider, tags: [], contactId: await lead(world), message: 'How do I start?' };
    case 'support': {
      const { projectId } = world.credentials.stackAuth;
      const user = rowWhere(world.stackAuth.store.users, (one) => one.projectId === projectId);
      return {
        provider,
        tags: order,
        title: 'A broken import',
        contactId: user.id,
        message: 'We saw your import fail.',
      };
    }
  }
}

/** A contact without a conversation. */
async function lead({ credentials: { chatling } }: World): Promise<string> {
  const answer = await fetch(`${chatling.url}/v2/chatbots/${chatling.chatbotId}/contacts`, {
    method: 'POST',
    headers: { authorization: `Bearer ${chatling.token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ properties: { first_name: 'Nova' } }),
  });
  const said: unknown = await answer.json();
  const id = at(said, 'data.id');
  if (typeof id !== 'string') throw new Error(`no contact was made: ${JSON.stringify(said)}`);
  return id;
}

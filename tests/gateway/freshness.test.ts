// Whoever was told of a change, or made it, reads nothing of before it: however reads, writes, news and slow answers fall
// together, at the gateway they are at, and with the event's cursor at any.

import { randomUUID } from 'node:crypto';
import { array, assert, asyncProperty, constantFrom, nat, record, tuple } from 'fast-check';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { failed, type Outcome } from '../../src/domain/failure.ts';
import type { Operation } from '../../src/gateway/dispatch.ts';
import type { Told } from '../../src/gateway/live/subscribe.ts';
import type { Cache } from '../../src/state/cache/cache.ts';
import { layeredCache } from '../../src/state/cache/layered.ts';
import { memoryCache } from '../../src/state/cache/memory.ts';
import { redisCache } from '../../src/state/cache/redis.ts';
import type { EventLog } from '../../src/state/events/log.ts';
import { memoryLog } from '../../src/state/events/memory.ts';
import { redisLog } from '../../src/state/events/redis.ts';
import { openRedis } from '../../src/state/redis.ts';
import {
  type Account,
  aName,
  type Changes,
  changingAccount,
  gatewayAt,
  hearingLate,
  type Lateness,
  refOf,
  turns,
  type Watching,
} from './changing-account.ts';

const quiet = () => undefined;
const log = { debug: quiet, info: quiet, warn: quiet, error: quiet };
const retention = { ageMs: 3_600_000, length: 100_000 };
const LONG_MS = 600_000;

/** Each answer is kept all the time, or only long enough to be shown while it is asked for again. */
const TIMES = {
  kept: { freshMs: LONG_MS, staleMs: LONG_MS, graceMs: LONG_MS },
  'always asked again': { freshMs: 0, staleMs: LONG_MS, graceMs: LONG_MS },
};

interface Storage {
  readonly events: EventLog;
  readonly cache: Cache;
}

interface Opened {
  /** Of two gateways. */
  readonly storages: readonly [Storage, Storage];
  close(): Promise<void>;
}

function inMemory(): Promise<Opened> {
  // Two gateways that hear one log, as those that share a Redis do.
  const events = memoryLog({ lanes: 3, retention, clock: Date.now, epoch: randomUUID() });
  const near = () => memoryCache({ mostBytes: 10_000_000, clock: () => performance.now() });
  const storages = [
    { events, cache: near() },
    { events, cache: near() },
  ] as const;
  return Promise.resolve({ storages, close: () => events.close() });
}

async function inRedis(over: (shared: Awaited<ReturnType<typeof redisCache>>) => Cache) {
  const prefix = `test:${randomUUID()}:`;
  const open = async () => {
    const door = openRedis({ url: inject('redisUrl'), prefix, log });
    const shared = await redisCache({ door, clock: Date.now, log, patienceMs: 5000 });
    const events = await redisLog({ door, lanes: 3, retention, log });
    return { events, cache: over(shared) };
  };
  const storages = [await open(), await open()] as const;
  const close = async () => {
    for (const { events } of storages) await events.close();
  };
  return { storages, close };
}

const STORAGES = {
  memory: { open: inMemory, runs: 300 },
  Redis: { open: () => inRedis((shared) => shared), runs: 60 },
  'memory over Redis': {
    open: () =>
      inRedis((shared) =>
        layeredCache({
          near: memoryCache({ mostBytes: 10_000_000, clock: () => performance.now() }),
          shared,
        }),
      ),
    runs: 60,
  },
};

const GATEWAYS = [0, 1] as const;
type At = (typeof GATEWAYS)[number];

/** What happens next, where, and how many turns of the loop later. */
interface Step {
  readonly what: (typeof WHATS)[number];
  readonly at: At;
  readonly conversation: 0 | 1;
  readonly delays: { readonly before: number; readonly after: number };
  /** How late each gateway hears of it. */
  readonly late: readonly [number, number];
  readonly pause: number;
}

const WHATS = [
  'read conversation',
  'read list',
  'read messages',
  'read after an event',
  'read twice in one operation',
  'change here',
  'say here',
  'change elsewhere',
  'say elsewhere',
  'change, told there before it is answered here',
  'lose the log',
  'find the log again',
  'come back',
  'fail',
  'work',
] as const;

const aStep = record<Step>({
  what: constantFrom(...WHATS),
  at: constantFrom(...GATEWAYS),
  conversation: constantFrom(0, 1),
  delays: record({ before: nat(4), after: nat(4) }),
  late: tuple(nat(12), nat(12)),
  pause: nat(3),
});

interface World {
  readonly account: Account;
  readonly gateways: readonly [Watching, Watching];
  /** Whether the log takes nothing of a gateway. */
  readonly lost: [boolean, boolean];
  /** How late each hears what is appended now. */
  readonly lateness: readonly [Lateness, Lateness];
  close(): Promise<void>;
}

describe.each(Object.entries(STORAGES))('on %s', (_name, { open, runs }) => {
  describe.each(Object.entries(TIMES))('%s', (_times, times) => {
    let world: World;

    beforeAll(async () => {
      const opened = await open();
      const account = changingAccount();
      const lost: [boolean, boolean] = [false, false];
      const lateness = [{ turns: 0 }, { turns: 0 }] as const;
      const watching = (at: At) => {
        const { events, cache } = opened.storages[at];
        const append: EventLog['append'] = (asked) =>
          lost[at]
            ? Promise.resolve(failed({ kind: 'gateway-unavailable', because: 'it is lost' }))
            : events.append(asked);
        return gatewayAt(account, {
          events: hearingLate({ ...events, append }, lateness[at]),
          keeping: {
            cache,
            times: { conversations: times, conversation: times, messages: times, message: times },
          },
        });
      };
      const gateways = [watching(0), watching(1)] as const;
      world = {
        account,
        gateways,
        lost,
        lateness,
        async close() {
          for (const { gateway } of gateways) await gateway.close();
          await opened.close();
        },
      };
    });
    afterAll(() => world.close());

    it('nobody reads what they know to be old', { timeout: 120_000 }, async () => {
      await assert(
        asyncProperty(array(aStep, { minLength: 4, maxLength: 24 }), async (steps) => {
          const wrong = await played(world, steps);
          expect(wrong).toEqual([]);
        }),
        { numRuns: runs },
      );
    });
  });
});

/** What somebody read that they knew to be old. */
async function played(world: World, steps: readonly Step[]): Promise<readonly string[]> {
  const { account, gateways, lost } = world;
  const names = [aName(), aName()];
  account.begin(names);
  account.isOut = false;
  for (const at of GATEWAYS) world.lateness[at].turns = 0;
  const known = GATEWAYS.map(() => new Map<string, Changes>());
  const told: { readonly cursor: string; readonly name: string; readonly changes: Changes }[] = [];
  const wrong: string[] = [];
  const gone = new AbortController();
  const running: Promise<unknown>[] = [];

  const knownAt = (at: At, name: string): Changes => known[at]?.get(name) ?? { state: 0, said: 0 };

  function learn(at: At, name: string, { state = 0, said = 0 }: Partial<Changes>): void {
    const before = knownAt(at, name);
    known[at]?.set(name, {
      state: Math.max(before.state, state),
      said: Math.max(before.said, said),
    });
  }

  function note(at: At, one: Told): void {
    if (one.type !== 'event') return;
    const { nativeId: name } = one.event.conversation;
    const changes = changesIn(one);
    if (!names.includes(name) || !changes) return;
    learn(at, name, changes);
    told.push({ cursor: one.cursor(), name, changes: { state: 0, said: 0, ...changes } });
  }

  async function listen(at: At, after: string | null): Promise<void> {
    const listening = await gateways[at].gateway.subscribe(
      { conversation: null, filter: {}, after },
      gone.signal,
    );
    if (!listening.ok) return;
    for await (const one of listening.value) note(at, one);
  }

  function check(what: string, seen: Partial<Changes>, least: Changes): void {
    for (const part of ['state', 'said'] as const) {
      const had = seen[part];
      if (had !== undefined && had < least[part]) {
        wrong.push(`${what}: ${part} ${had}, though ${least[part]} was known`);
      }
    }
  }

  async function read(step: Step, what: Step['what'], after?: (typeof told)[number]) {
    const { at } = step;
    const name = after?.name ?? names[step.conversation] ?? '';
    const least = after ? later(after.changes, knownAt(at, name)) : knownAt(at, name);
    const seen = await seenAt(gateways[at], { what, name, after: after?.cursor });
    if (seen) check(`${what} at ${at}${after ? ' after an event' : ''}`, seen, least);
  }

  async function readTwice({ at, conversation, pause, late }: Step): Promise<void> {
    const name = names[conversation] ?? '';
    const operation = anOperation();
    const { gateway } = gateways[at];
    for (const wait of [pause + late[at], 0]) {
      const least = knownAt(at, name);
      const row = valueIn(await gateway.getConversation(refOf(name), operation));
      if (row) check('one of two reads', { state: Number(row.title) }, least);
      await turns(wait);
    }
  }

  async function write(step: Step, what: 'change' | 'say'): Promise<void> {
    const { at } = step;
    const name = names[step.conversation] ?? '';
    const operation = anOperation();
    const { gateway } = gateways[at];
    if (what === 'say') {
      const sent = await gateway.sendMessage(
        { conversation: refOf(name), text: 'x', tags: [] },
        operation,
      );
      const text = sent.ok ? sent.value.message?.text : undefined;
      if (text) learn(at, name, { said: Number(text) });
      return;
    }
    await gateway.getConversation(refOf(name), operation);
    const changed = await gateway.updateConversation(
      { conversation: refOf(name), changes: { title: 'x' } },
      operation,
    );
    if (changed.ok) learn(at, name, { state: Number(changed.value.conversation.title) });
    // As a payload does that leads back to its conversation.
    const least = knownAt(at, name);
    const after = valueIn(await gateway.getConversation(refOf(name), operation));
    if (after) check('in the same operation', { state: Number(after.title) }, least);
  }

  /** At the service itself; this gateway is told, by a webhook or by looking. */
  async function elsewhere({ at, conversation, pause }: Step, what: 'change' | 'say') {
    const name = names[conversation] ?? '';
    const { ingest } = gateways[at];
    if (what === 'say') {
      const message = account.say(name);
      await turns(pause);
      await ingest.take([{ type: 'message', message, tags: null }]);
    } else {
      const row = account.change(name);
      await turns(pause);
      await ingest.take([{ type: 'conversation', row, known: true }]);
    }
  }

  function begin(step: Step): Promise<unknown> | undefined {
    const { what, at } = step;
    account.delays = step.delays;
    for (const one of GATEWAYS) world.lateness[one].turns = step.late[one];
    switch (what) {
      case 'read conversation':
      case 'read list':
      case 'read messages':
        return read(step, what);
      case 'read after an event':
        return read(step, READS[step.pause % READS.length] ?? 'read list', told.at(-1));
      case 'read twice in one operation':
        return readTwice(step);
      case 'change here':
        return write(step, 'change');
      case 'say here':
        return write(step, 'say');
      case 'change elsewhere':
        return elsewhere(step, 'change');
      case 'say elsewhere':
        return elsewhere(step, 'say');
      case 'change, told there before it is answered here':
        return Promise.all([
          write(step, 'say'),
          turns(step.delays.before + 1).then(() => toldOfLast(step)),
        ]);
      case 'come back':
        running.push(listen(at, told[0]?.cursor ?? null));
        return undefined;
      case 'lose the log':
        lost[at] = true;
        return undefined;
      case 'find the log again':
        lost[at] = false;
        return undefined;
      case 'fail':
        account.isOut = true;
        return undefined;
      case 'work':
        account.isOut = false;
        return undefined;
    }
  }

  /** What was just said here is posted to the other gateway first. */
  async function toldOfLast({ at, conversation }: Step): Promise<void> {
    const name = names[conversation] ?? '';
    const message = account.last(name);
    const other = gateways[at === 0 ? 1 : 0];
    if (message) await other.ingest.take([{ type: 'message', message, tags: null }]);
  }

  for (const at of GATEWAYS) running.push(listen(at, null));
  await turns(1);
  const asked: Promise<unknown>[] = [];
  for (const step of steps) {
    const begun = begin(step);
    if (begun) asked.push(begun);
    await turns(step.pause);
  }
  await Promise.all(asked);
  lost.fill(false);
  account.isOut = false;
  // And once all is quiet.
  await Promise.all(
    GATEWAYS.flatMap((at) =>
      READS.flatMap((what) =>
        ([0, 1] as const).map((conversation) =>
          read(
            { what, at, conversation, delays: { before: 0, after: 0 }, late: [0, 0], pause: 0 },
            what,
          ),
        ),
      ),
    ),
  );
  gone.abort();
  await Promise.all(running);
  return wrong;
}

const READS = ['read conversation', 'read list', 'read messages'] as const;

function changesIn(told: Told): Partial<Changes> | undefined {
  if (told.type !== 'event') return undefined;
  const { fact } = told.event;
  switch (fact.kind) {
    case 'CONVERSATION_CREATED':
    case 'CONVERSATION_UPDATED':
      return { state: Number(fact.row.title) };
    case 'MESSAGE_ADDED':
      return { said: Number(fact.message.text) };
    default:
      return undefined;
  }
}

function later(one: Changes, other: Changes): Changes {
  return { state: Math.max(one.state, other.state), said: Math.max(one.said, other.said) };
}

function anOperation(after?: string): Operation {
  const { signal } = new AbortController();
  return { signal, reads: new Map(), ...(after === undefined ? {} : { after }) };
}

/** Undefined where nothing could be had. */
async function seenAt(
  { gateway }: Watching,
  {
    what,
    name,
    after,
  }: { readonly what: Step['what']; readonly name: string; readonly after: string | undefined },
): Promise<Partial<Changes> | undefined> {
  const operation = anOperation(after);
  if (what === 'read list') {
    const page = valueIn(
      await gateway.listConversations({ first: 50, after: null, filter: {} }, operation),
    );
    const isHad = page?.sources.every(({ status }) => status !== 'FAILED');
    const row = page?.edges.find(({ node }) => node.nativeId === name)?.node;
    if (!isHad) return undefined;
    return { state: Number(row?.title ?? 0), said: row?.messageCount ?? 0 };
  }
  const row = valueIn(await gateway.getConversation(refOf(name), operation));
  if (!row) return undefined;
  if (what === 'read conversation')
    return { state: Number(row.title), said: row.messageCount ?? 0 };
  const messages = valueIn(
    await gateway.listMessages(row, { first: 50, after: null, includeHidden: true }, operation),
  );
  return messages && { said: messages.edges.length };
}

function valueIn<T>(outcome: Outcome<T>): T | undefined {
  return outcome.ok ? outcome.value : undefined;
}

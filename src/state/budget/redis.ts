// Budgets that all gateways of one Redis share. Where it is out of reach each goes on by itself, with its share of what was
// last known: slower rather than faster.

import { randomUUID } from 'node:crypto';
import type { RedisDoor } from '../redis.ts';
import type { Budgets, Facts } from './budget.ts';
import { type BudgetsParts, openBudgets, realTimer } from './budgets.ts';
import type { Asks, Settled, Told } from './rules.ts';
import { EXCHANGE } from './script.ts';
import { openTally } from './tally.ts';
import type { Count, Timer } from './turns.ts';

export interface RedisBudgetsParts extends BudgetsParts {
  /** Closed by whoever opened it. */
  readonly door: RedisDoor;
}

export function redisBudgets({ door, ...parts }: RedisBudgetsParts): Budgets {
  const word = randomUUID();
  const { timer = realTimer } = parts;
  return openBudgets((scope, countedAs, facts) => {
    // All keys of a count in one slot, as scripts on a cluster need them.
    const key = `${door.prefix}{budget:${scope}:${countedAs}}:`;
    return redisCount({ door, key, word, facts, timer });
  }, parts);
}

export interface RedisCountParts {
  readonly door: RedisDoor;
  readonly key: string;
  /** Of this gateway. */
  readonly word: string;
  readonly facts: Facts;
  readonly timer: Timer;
  /** Milliseconds; absent, the server's own time. */
  readonly now?: () => number;
}

/** Nobody waits for a Redis that did not answer: it is asked again beside, so often. */
const ASK_AGAIN_MS = 1000;
/** Of what is to be told to it then. */
const MOST_OWED = 2000;
/** Who knows nothing of the others is one of two at least. */
const FEWEST_SHARERS = 2;

export function redisCount(parts: RedisCountParts): Count {
  const { door, key, word, facts, timer, now } = parts;
  const { limit, windowMs, tellsAlways } = facts;
  const own = openTally(facts);
  const keys = [`${key}state`, `${key}flying`, `${key}counted`];
  let epoch = '';
  let sharers = 1;
  /** Since when nobody else is heard; null where they are. */
  let isAlone = false;
  let askAgainAt = 0;
  let owed: Settled[] = [];

  async function shared(asks: Asks, settled: readonly Settled[], kept: readonly Kept[]) {
    const asked = { word, epoch, asks, settled: settled.map(named), kept, tellsAlways };
    const numbers = { ...(limit !== null && { limit }), ...(windowMs !== null && { windowMs }) };
    const at = now && { now: now() };
    const json = JSON.stringify({ ...asked, ...numbers, ...at });
    const told = await door.run(EXCHANGE, keys, [json]);
    if (!told.ok || !Array.isArray(told.value)) return undefined;
    const [said, ...rest] = told.value.map((one: unknown) => one);
    if (typeof said !== 'string') return undefined;
    const figures = rest.filter((one) => typeof one === 'number');
    return { epoch: said, figures };
  }

  /** Undefined where it is out of reach. */
  async function ask(asks: Asks, settled: readonly Settled[]): Promise<Told | undefined> {
    let answer = await shared(asks, settled, []);
    if (answer && answer.figures.length === 0) {
      // It lost what it knew: it is told what we know, and what came since.
      epoch = answer.epoch;
      answer = await shared(asks, [...rested(), ...settled], keptOf());
    }
    if (!answer || answer.figures.length === 0) return undefined;
    epoch = answer.epoch;
    const { told, peers } = read(answer.epoch, answer.figures);
    sharers = peers;
    return told;
  }

  function keptOf(): readonly Kept[] {
    return own.kept(nowMs()).map((one) => ({ ...one, key: `${word}/${one.key}` }));
  }

  /** The rest that nobody but us may know of. */
  function rested(): readonly Settled[] {
    const resetsInMs = own.restMs(nowMs());
    if (resetsInMs === null) return [];
    return [{ key: 'rest', doneBefore: 0, came: 'refused', said: { refused: true, resetsInMs } }];
  }

  /** A permit of our own count is one among others there. */
  function named(one: Settled): Settled {
    return one.key.includes('@') || one.key === 'rest'
      ? one
      : { ...one, key: `${word}/${one.key}`, doneBefore: 0 };
  }

  const nowMs = () => Math.floor(timer.now());

  function note(settled: readonly Settled[]): void {
    own.exchange(NOBODY, settled, nowMs());
  }

  async function lookAgain(): Promise<void> {
    askAgainAt = nowMs() + ASK_AGAIN_MS;
    const telling = owed;
    owed = [];
    const told = await ask(NOBODY, [...rested(), ...telling.flatMap(longAgo)]);
    if (!told) {
      owed = [...telling, ...owed].slice(-MOST_OWED);
      return;
    }
    own.share(1);
    own.mirror([], told.known, nowMs());
    isAlone = false;
  }

  function byOurselves(asks: Asks, settled: readonly Settled[]): Told {
    owed = [...owed, ...settled].slice(-MOST_OWED);
    if (nowMs() >= askAgainAt) void lookAgain();
    return own.exchange(asks, settled, nowMs());
  }

  return {
    async exchange(asks, settled) {
      if (isAlone) return byOurselves(asks, settled);
      const told = await ask(asks, settled);
      if (told) {
        note(settled);
        own.mirror(told.permits, told.known, nowMs());
        return told;
      }
      isAlone = true;
      askAgainAt = nowMs() + ASK_AGAIN_MS;
      own.share(Math.max(FEWEST_SHARERS, sharers));
      return byOurselves(asks, settled);
    },
  };
}

/** It still counts; but what it told of the limit is no longer so. A refusal is told by how long we rest. */
function longAgo(one: Settled): Settled[] {
  if (one.came === 'refused') return [];
  return [{ ...one, came: one.came === 'good' ? 'lost' : one.came, said: {} }];
}

const NOBODY: Asks = [0, 0, 0];

/** A call that still counts, for how long. */
interface Kept {
  readonly key: string;
  readonly forMs: number;
}

function read(epoch: string, figures: readonly number[]): { told: Told; peers: number } {
  const [writes = 0, reads = 0, looks = 0, first = 0, done = 0, waitMs = 0, ...more] = figures;
  const [short0 = 0, short1 = 0, short2 = 0, limit = -1, remaining = -1, resets = -1, ...last] =
    more;
  const [restsInMs = 0, careful = 0, peers = 1, ...frees] = last;
  const permits = Array.from({ length: writes + reads + looks }, (_, at) => ({
    key: `${first + at}@${epoch}`,
    doneBefore: done,
  }));
  const known = {
    limit: unlessNegative(limit),
    remaining: unlessNegative(remaining),
    resetsInMs: unlessNegative(resets),
    restsInMs,
    isCareful: careful === 1,
  };
  const granted: Asks = [writes, reads, looks];
  return {
    told: { granted, permits, waitMs, short: [short0, short1, short2], frees, known },
    peers,
  };
}

function unlessNegative(figure: number): number | null {
  return figure < 0 ? null : figure;
}

// Leases that many gateways share: a key that expires by itself, and a word of its own for each who takes it.

import { randomUUID } from 'node:crypto';
import { failed, mapOutcome, type Outcome, success } from '../../domain/failure.ts';
import { type RedisDoor, type Script, script } from '../redis.ts';
import type { Hold, LeaseParts, Leases } from './lease.ts';

/**
 * KEYS: holder, tokens. ARGV: word, lease, how long notes last. The token it was taken under, or nothing. The count is
 * forgotten with the notes: names are made of questions and conversations, of which there is no end.
 */
const TAKE = script(`
if redis.call('EXISTS', KEYS[1]) == 1 then return false end
local token = redis.call('INCR', KEYS[2])
redis.call('PEXPIRE', KEYS[2], ARGV[3])
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return token
`);

/** KEYS: holder. ARGV: word, lease. */
const RENEW = script(`
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return 1
`);

/** KEYS: holder. ARGV: word. */
const RELEASE = script(`
if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end
return 1
`);

/** KEYS: holder, notes. ARGV: word, how long notes last, n, then (key, value)… to write, then keys to take away… */
const NOTE = script(`
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
local at = 4
for _ = 1, tonumber(ARGV[3]) do
  redis.call('HSET', KEYS[2], ARGV[at], ARGV[at + 1])
  at = at + 2
end
for gone = at, #ARGV do redis.call('HDEL', KEYS[2], ARGV[gone]) end
redis.call('PEXPIRE', KEYS[2], ARGV[2])
return 1
`);

/** KEYS: notes. */
const RECALL = script(`return redis.call('HGETALL', KEYS[1])`);

// The server's time counts, so that gateways of different clocks mean the same.
const NOW = `
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
`;

/** KEYS: wanted. ARGV: how long, subjects… */
const WANT = script(`${NOW}
local till = now + tonumber(ARGV[1])
for at = 2, #ARGV do
  local known = redis.call('ZSCORE', KEYS[1], ARGV[at])
  if not known or tonumber(known) < till then redis.call('ZADD', KEYS[1], till, ARGV[at]) end
end
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
local last = redis.call('ZRANGE', KEYS[1], -1, -1, 'WITHSCORES')
if last[2] then redis.call('PEXPIREAT', KEYS[1], string.format('%.0f', tonumber(last[2]) + 1)) end
return 1
`);

/** KEYS: wanted. */
const WANTED = script(`${NOW}
return redis.call('ZRANGEBYSCORE', KEYS[1], '(' .. string.format('%.0f', now), '+inf')
`);

/** The door is closed by whoever opened it. */
export function redisLeases({
  door,
  leaseMs,
  notesMs,
}: LeaseParts & { readonly door: RedisDoor }): Leases {
  // All keys of a lease in one slot, as scripts on a cluster need them.
  const keyOf = (name: string, what: string) => `${door.prefix}{lease:${name}}:${what}`;

  async function isTrue(of: Script, keys: string[], args: string[]): Promise<Outcome<boolean>> {
    return mapOutcome(await door.run(of, keys, args), (told) => told === 1);
  }

  function holdOf(name: string, word: string, token: number): Hold {
    const holder = keyOf(name, 'holder');
    const notesKey = keyOf(name, 'notes');
    return {
      token,
      renew: () => isTrue(RENEW, [holder], [word, String(leaseMs)]),
      async recall() {
        const told = await door.run(RECALL, [notesKey], []);
        if (!told.ok) return told;
        const notes = new Map<string, string>();
        const flat = textsOf(told.value);
        for (let at = 0; at + 1 < flat.length; at += 2) {
          notes.set(flat[at] ?? '', flat[at + 1] ?? '');
        }
        return success(notes);
      },
      note(notes) {
        const written = [...notes].flatMap(([key, value]) => (value === null ? [] : [key, value]));
        const gone = [...notes].flatMap(([key, value]) => (value === null ? [key] : []));
        const args = [word, String(notesMs), String(written.length / 2), ...written, ...gone];
        return isTrue(NOTE, [holder, notesKey], args);
      },
      async release() {
        // Where it cannot be said it runs out by itself.
        await door.run(RELEASE, [holder], [word]);
      },
    };
  }

  return {
    leaseMs,
    async take(name) {
      const word = randomUUID();
      const keys = [keyOf(name, 'holder'), keyOf(name, 'tokens')];
      const told = await door.run(TAKE, keys, [
        word,
        String(leaseMs),
        String(Math.max(notesMs, leaseMs)),
      ]);
      if (!told.ok) return told;
      if (told.value === null) return success(null);
      if (typeof told.value === 'number') return success(holdOf(name, word, told.value));
      return failed({ kind: 'gateway-unavailable', because: 'its answer could not be read' });
    },
    async want(name, subjects, forMs) {
      if (subjects.length === 0) return success(null);
      const told = await door.run(WANT, [keyOf(name, 'wanted')], [String(forMs), ...subjects]);
      return mapOutcome(told, () => null);
    },
    async wanted(name) {
      return mapOutcome(await door.run(WANTED, [keyOf(name, 'wanted')], []), textsOf);
    },
    close: () => Promise.resolve(),
  };
}

function textsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
}

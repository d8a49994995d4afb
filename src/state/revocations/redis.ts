// Revocations that gateways share: one hash, read whole when it is another than the one that is known.

import { randomUUID } from 'node:crypto';
import { type Outcome, success } from '../../domain/failure.ts';
import { type RedisDoor, script } from '../redis.ts';
import type { Revocations } from './revocations.ts';

/** KEYS: until, word. ARGV: a new word, then subjects and moments. The later moment counts. */
const REVOKE = script(`
for at = 2, #ARGV, 2 do
  local known = redis.call('HGET', KEYS[1], ARGV[at])
  if not known or tonumber(known) < tonumber(ARGV[at + 1]) then
    redis.call('HSET', KEYS[1], ARGV[at], ARGV[at + 1])
  end
end
redis.call('SET', KEYS[2], ARGV[1])
return 1
`);

/** KEYS: until, word. ARGV: the word that is known. Nothing where it is that one still. */
const READ = script(`
local word = redis.call('GET', KEYS[2]) or ''
if word == ARGV[1] then return false end
return {word, redis.call('HGETALL', KEYS[1])}
`);

/** The door is closed by whoever opened it. */
export function redisRevocations({ door }: { readonly door: RedisDoor }): Revocations {
  const keys = ['until', 'word'].map((what) => `${door.prefix}{revocations}:${what}`);
  const known = new Map<string, number>();
  let word = '';
  let looking: Promise<void> | undefined;

  async function say(moments: Iterable<readonly [string, number]>): Promise<Outcome<null>> {
    const said = [...moments].flatMap(([subject, untilMs]) => [subject, String(untilMs)]);
    const told = await door.run(REVOKE, keys, [randomUUID(), ...said]);
    return told.ok ? success(null) : told;
  }

  async function lookOnce(): Promise<void> {
    const told = await door.run(READ, keys, [word]);
    if (!told.ok || !Array.isArray(told.value)) return;
    const [next, flat] = told.value;
    const there = momentsIn(flat);
    for (const [subject, untilMs] of there) {
      if ((known.get(subject) ?? 0) < untilMs) known.set(subject, untilMs);
    }
    // A Redis that lost what it had is told again: whoever starts after that must hear of it too.
    const lost = [...known].filter(([subject, untilMs]) => (there.get(subject) ?? 0) < untilMs);
    // Where it could not be told, the next look finds it as this one did.
    if (lost.length > 0 && !(await say(lost)).ok) return;
    word = typeof next === 'string' ? next : '';
  }

  return {
    known: () => known,
    async revoke(subject, untilMs) {
      const said = await say([[subject, untilMs]]);
      if (said.ok) known.set(subject, Math.max(untilMs, known.get(subject) ?? 0));
      return said;
    },
    look() {
      looking ??= lookOnce().finally(() => {
        looking = undefined;
      });
      return looking;
    },
  };
}

function momentsIn(flat: unknown): Map<string, number> {
  const texts = Array.isArray(flat) ? flat.map(String) : [];
  const moments = new Map<string, number>();
  for (let at = 0; at + 1 < texts.length; at += 2) {
    const untilMs = Number(texts[at + 1]);
    if (Number.isFinite(untilMs)) moments.set(texts[at] ?? '', untilMs);
  }
  return moments;
}

// The ledger that many gateways share: each key a hash that one script changes at a time. What is open is listed beside it, in
// a slot of its own, before it can be left open.

import { createHash, randomUUID } from 'node:crypto';
import { failed, mapOutcome, type Outcome, success } from '../../domain/failure.ts';
import { type AccountScope, accountScope, providerName } from '../../domain/ids.ts';
import { dated, undated } from '../dated.ts';
import { type RedisDoor, type Script, script } from '../redis.ts';
import type { AttemptKey, Claim, Doubt, Hold, Ledger, LedgerParts, Standing } from './ledger.ts';
import { openWaiting } from './waiting.ts';

// The server's time counts, so that gateways of different clocks mean the same.
const NOW = `
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
`;

// How one stands: nothing where it is not there, or was left before it could have begun.
const STANDING = `${NOW}
local function standing()
  local state, till, note, answer = unpack(redis.call('HMGET', KEYS[1], 'state', 'until', 'note', 'answer'))
  if not state then return nil end
  if state ~= 'running' then return state, answer end
  if tonumber(till) > now then return 'running', false end
  if note then return 'doubt', false end
  return nil
end
`;

/** KEYS: attempt. ARGV: word, lease, how long it is kept, its key, scope, fingerprint. */
const CLAIM = script(`${STANDING}
local state, answer = standing()
if state then
  if redis.call('HGET', KEYS[1], 'fingerprint') ~= ARGV[6] then return {'other-input'} end
  if redis.call('HGET', KEYS[1], 'scope') ~= ARGV[5] then return {'other-account'} end
  return {state, answer}
end
redis.call('DEL', KEYS[1])
redis.call('HSET', KEYS[1], 'state', 'running', 'word', ARGV[1],
  'until', string.format('%.0f', now + tonumber(ARGV[2])), 'key', ARGV[4], 'scope', ARGV[5],
  'fingerprint', ARGV[6], 'claimed', string.format('%.0f', now), 'looks', '0')
redis.call('PEXPIRE', KEYS[1], ARGV[3])
return {'ours'}
`);

/** KEYS: attempt. */
const LOOK = script(`${STANDING}
local state, answer = standing()
if state then return {state, answer} end
return {'free'}
`);

/** KEYS: attempt. ARGV: word, for how long, fields and values… */
const CHANGE = script(`${NOW}
if redis.call('HGET', KEYS[1], 'word') ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], 'until', string.format('%.0f', now + tonumber(ARGV[2])))
for at = 3, #ARGV, 2 do redis.call('HSET', KEYS[1], ARGV[at], ARGV[at + 1]) end
return 1
`);

/** KEYS: attempt. ARGV: word. */
const FREE = script(`
if redis.call('HGET', KEYS[1], 'word') ~= ARGV[1] then return 0 end
redis.call('DEL', KEYS[1])
return 1
`);

/** KEYS: attempt. ARGV: word, lease. Ours now, or when to come again, or that there is nothing left. */
const ADOPT = script(`${NOW}
local state, till, note = unpack(redis.call('HMGET', KEYS[1], 'state', 'until', 'note'))
if not state or state == 'done' then return {'gone'} end
if tonumber(till) > now then return {'later', tonumber(till) - now} end
if not note then
  redis.call('DEL', KEYS[1])
  return {'gone'}
end
local looks = redis.call('HINCRBY', KEYS[1], 'looks', 1)
redis.call('HSET', KEYS[1], 'state', 'doubt', 'word', ARGV[1], 'until', string.format('%.0f', now + tonumber(ARGV[2])))
local told = redis.call('HMGET', KEYS[1], 'key', 'scope', 'fingerprint', 'note', 'answer', 'claimed')
return {'ours', looks - 1, told[1], told[2], told[3], told[4], told[5], told[6]}
`);

/** KEYS: list. ARGV: when, from now, member. */
const LIST = script(`${NOW}
redis.call('ZADD', KEYS[1], string.format('%.0f', now + tonumber(ARGV[1])), ARGV[2])
return 1
`);

/** KEYS: list. ARGV: members… */
const UNLIST = script(`redis.call('ZREM', KEYS[1], unpack(ARGV)) return 1`);

/** KEYS: list. ARGV: how many, lease. Those that are due; whoever asks next is told others. */
const DUE = script(`${NOW}
local due = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', string.format('%.0f', now), 'LIMIT', '0', ARGV[1])
for _, member in ipairs(due) do
  redis.call('ZADD', KEYS[1], string.format('%.0f', now + tonumber(ARGV[2])), member)
end
return due
`);

/** The door is closed by whoever opened it. */
export function redisLedger({
  door,
  leaseMs,
  keptMs,
}: LedgerParts & { readonly door: RedisDoor }): Ledger {
  const list = `${door.prefix}{ledger}:open`;
  const keyOf = (id: string) => `${door.prefix}{attempt:${id}}`;
  const waiting = openWaiting();

  async function isTrue(of: Script, keys: string[], args: string[]): Promise<Outcome<boolean>> {
    return mapOutcome(await door.run(of, keys, args), (told) => told === 1);
  }

  function handOf(id: string, claim: string, word: string) {
    const at = [keyOf(id)];
    // Another one for each claim: what ends late takes nothing off the list but itself.
    const member = `${id} ${claim}`;
    const listed = (inMs: number) => door.run(LIST, [list], [String(inMs), member]);
    // Nobody waits for it: where it cannot be said, whoever looks there finds it out.
    const unlisted = () => void door.run(UNLIST, [list], [member]);
    const change = (forMs: number, ...fields: string[]) =>
      isTrue(CHANGE, at, [word, String(forMs), ...fields]);

    return {
      async note(note: unknown): Promise<Outcome<boolean>> {
        // First, so that there is no moment in which it could be left, and nobody would find it.
        const found = await listed(leaseMs);
        return found.ok ? change(leaseMs, 'note', textOf(note)) : found;
      },
      renew: () => change(leaseMs),
      async end(state: 'done' | 'doubt', answer: unknown): Promise<Outcome<boolean>> {
        const ended = await change(0, 'state', state, 'answer', textOf(answer), 'word', '');
        if (!ended.ok || !ended.value) return ended;
        waiting.wake(id);
        if (state === 'doubt') await listed(0);
        else unlisted();
        return ended;
      },
      async release(): Promise<Outcome<boolean>> {
        const freed = await isTrue(FREE, at, [word]);
        if (!freed.ok || !freed.value) return freed;
        waiting.wake(id);
        unlisted();
        return freed;
      },
      async again(afterMs: number, note?: unknown): Promise<Outcome<boolean>> {
        const noted = note === undefined ? [] : ['note', textOf(note)];
        const left = await change(afterMs, 'word', '', ...noted);
        if (left.ok && left.value) await listed(afterMs);
        return left;
      },
    };
  }

  async function adopt(member: string): Promise<Outcome<Doubt | null>> {
    const [id = '', claim = ''] = member.split(' ');
    const word = randomUUID();
    const told = await door.run(ADOPT, [keyOf(id)], [word, String(leaseMs)]);
    if (!told.ok) return told;
    const [how, looks, key, scope, fingerprint, note, answer, claimed] = listOf(told.value);
    if (how === 'later') await door.run(LIST, [list], [String(looks), member]);
    if (how === 'gone') await door.run(UNLIST, [list], [member]);
    if (how !== 'ours') return success(null);
    const { renew, end, release, again } = handOf(id, claim, word);
    return success({
      key: readKey(key),
      scope: readScope(scope),
      fingerprint: String(fingerprint),
      note: valueOf(note),
      answer: valueOf(answer),
      claimedAtMs: Number(claimed),
      looks: Number(looks),
      renew,
      settle: (settled) => end('done', settled),
      release,
      again,
    });
  }

  return {
    leaseMs,
    async claim(key, { scope, fingerprint }): Promise<Outcome<Claim>> {
      const id = idOf(key);
      const word = randomUUID();
      const asked = [word, String(leaseMs), String(keptMs), wordsOf(key), scope, fingerprint];
      const told = await door.run(CLAIM, [keyOf(id)], asked);
      if (!told.ok) return told;
      const [how, answer] = listOf(told.value);
      if (how === 'other-input' || how === 'other-account') return success({ kind: how });
      if (how === 'ours') {
        const { note, renew, end, release } = handOf(id, word, word);
        const hold: Hold = {
          key,
          note,
          renew,
          done: (given) => end('done', given),
          doubt: (given) => end('doubt', given),
          release,
        };
        return success({ kind: 'ours', hold });
      }
      const standing = standingOf(how, answer);
      return standing ? success({ kind: 'theirs', standing }) : unreadable();
    },
    wait: (key, signal) =>
      waiting.until(idOf(key), signal, async () => {
        const told = await door.run(LOOK, [keyOf(idOf(key))], []);
        if (!told.ok) return told;
        const [how, answer] = listOf(told.value);
        if (how === 'free') return success(null);
        const standing = standingOf(how, answer);
        return standing ? success(standing) : unreadable();
      }),
    async adopt(most) {
      const due = await door.run(DUE, [list], [String(most), String(leaseMs)]);
      if (!due.ok) return due;
      const doubts: Doubt[] = [];
      for (const member of listOf(due.value)) {
        const adopted = await adopt(String(member));
        // Those that were taken are not lost by it: they are due again when their time is up.
        if (!adopted.ok) break;
        if (adopted.value) doubts.push(adopted.value);
      }
      return success(doubts);
    },
    close: () => Promise.resolve(),
  };
}

function standingOf(how: unknown, answer: unknown): Standing | undefined {
  if (how === 'running') return { state: how };
  return how === 'done' || how === 'doubt' ? { state: how, answer: valueOf(answer) } : undefined;
}

/** To be raised whenever what is kept becomes something that an older gateway would take wrongly. */
const VERSION = 1;

function textOf(value: unknown): string {
  return JSON.stringify([VERSION, dated(value)]);
}

/** Undefined for nothing, and for what another version of this gateway wrote. */
function valueOf(text: unknown): unknown {
  if (typeof text !== 'string') return undefined;
  const said: unknown = JSON.parse(text);
  return Array.isArray(said) && said[0] === VERSION ? undated(said[1]) : undefined;
}

function idOf(key: AttemptKey): string {
  return createHash('sha256').update(wordsOf(key)).digest('base64url');
}

function wordsOf({ caller, mutation, key }: AttemptKey): string {
  return JSON.stringify([caller, mutation, key]);
}

function readKey(words: unknown): AttemptKey {
  const [caller, mutation, key] = listOf(JSON.parse(String(words)));
  return { caller: String(caller), mutation: String(mutation), key: String(key) };
}

/** A fingerprint has no colon; a name may. */
function readScope(said: unknown): AccountScope {
  const text = String(said);
  const cut = text.lastIndexOf(':');
  return accountScope(providerName(text.slice(0, cut)), text.slice(cut + 1));
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function unreadable(): ReturnType<typeof failed> {
  return failed({ kind: 'gateway-unavailable', because: 'its answer could not be read' });
}

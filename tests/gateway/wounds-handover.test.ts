// The wound of others: a message that comes while the past is told is lost, or told twice. Ten thousand ways to come in between.

import { expect, it } from 'vitest';
import { between, type Chance, pick, seededChance } from '../../emulators/story/chance.ts';
import { openBroadcast } from '../../src/gateway/live/broadcast.ts';
import { eventCursors } from '../../src/gateway/live/event-cursor.ts';
import { subscribe, type Told } from '../../src/gateway/live/subscribe.ts';
import { memoryLog } from '../../src/state/events/memory.ts';
import { saying, valueOf } from '../state/event-log.ts';

const SEEDS = 10_000;
const LANES = 3;
const PLENTY = 1000;

it('whoever comes back is told everything once and in order, whenever the past ends and the present begins', async () => {
  const wrong: string[] = [];
  let replayedAndLive = 0;

  for (let seed = 0; seed < SEEDS; seed += 1) {
    const { written, told, before } = await comeBack(seededChance(`handover ${seed}`), PLENTY);
    if (before > 0 && written.length > before) replayedAndLive += 1;
    const isTold = ordered(told).join() === ordered(written).join();
    if (!isTold) wrong.push(`${seed}: ${told.join(' ')}`);
  }

  expect(wrong).toEqual([]);
  expect(replayedAndLive).toBeGreaterThan(SEEDS / 2);
}, 60_000);

it('a queue that is too short for what comes meanwhile costs a gap at most, and nothing is told twice', async () => {
  const wrong: string[] = [];

  for (let seed = 0; seed < 2000; seed += 1) {
    const chance = seededChance(`short ${seed}`);
    const { written, told } = await comeBack(chance, between(chance, 1, 4));
    const texts = told.filter((text) => text !== 'OVERFLOW');
    const isTold = texts.length === written.length || texts.length < told.length;
    const isInOrder = isSubsequence(ordered(texts), ordered(written));
    if (!isTold || !isInOrder) wrong.push(`${seed}: ${told.join(' ')}`);
  }

  expect(wrong).toEqual([]);
});

/** Some is written while somebody is away, and some while they come back, between any two turns of what goes on. */
async function comeBack(chance: Chance, most: number) {
  const clock = () => 1_700_000_000_000;
  const retention = { ageMs: 1e9, length: 10_000 };
  const log = memoryLog({ lanes: LANES, retention, clock, epoch: 'e' });
  const parts = {
    log,
    broadcast: openBroadcast(log),
    cursors: eventCursors('a secret'),
    clock,
    most,
  };
  const asked = { conversation: null, filter: {} };
  const written: string[] = [];
  const write = async (text: string) => {
    const conversation = `c${between(chance, 0, 3)}`;
    written.push(`${conversation}/${text}`);
    await log.append([saying(conversation, text)]);
  };
  const left = new AbortController();
  const once = valueOf(
    await subscribe(parts, { ...asked, after: null, confirm: true }, left.signal),
  );
  const [cursor] = await firstOf(once);

  const before = between(chance, 0, 8);
  for (let index = 0; index < before; index += 1) await write(`before ${index}`);
  const told: string[] = [];
  const back = valueOf(await subscribe(parts, { ...asked, after: cursor ?? null }, left.signal));
  const ended = (async () => {
    for await (const one of back) {
      const text = textOf(one);
      if (text === END) return;
      told.push(text);
    }
  })();
  for (let index = between(chance, 0, 12); index > 0; index -= 1) {
    for (let turns = pick(chance, [0, 0, 1, 2, 3, 5, 8]) ?? 0; turns > 0; turns -= 1) {
      await Promise.resolve();
    }
    await write(`after ${index}`);
  }
  // A queue that is too short for anything would let go of the end as well.
  await new Promise((resolve) => setImmediate(resolve));
  await log.append([saying('end', 'end')]);
  await ended;
  left.abort();
  return { written, told, before };
}

const END = 'end/end';

async function firstOf(told: AsyncIterable<Told>): Promise<string[]> {
  for await (const one of told) return 'cursor' in one ? [one.cursor()] : [];
  return [];
}

/** By conversation: there is no order between them. */
function ordered(texts: readonly string[]): readonly string[] {
  return ['c0', 'c1', 'c2', 'c3'].flatMap((which) =>
    texts.filter((text) => text.startsWith(which)),
  );
}

function isSubsequence(part: readonly string[], whole: readonly string[]): boolean {
  let at = 0;
  for (const text of whole) if (text === part[at]) at += 1;
  return at === part.length;
}

function textOf(told: Told): string {
  if (told.type === 'gap') return told.gap.reason;
  if (told.type !== 'event') return told.type;
  const { conversation, fact } = told.event;
  return `${conversation.nativeId}/${fact.kind === 'REPLY_DELTA' ? fact.text : fact.kind}`;
}

// What a listener is told: all that was appended since its cursor, once and in order, wherever the past ends and the present begins.

import * as fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Outcome } from '../../src/domain/failure.ts';
import { openBroadcast } from '../../src/gateway/broadcast.ts';
import { eventCursors } from '../../src/gateway/event-cursor.ts';
import { type EventsAsked, subscribe, type Told } from '../../src/gateway/subscribe.ts';
import { memoryLog } from '../../src/state/events/memory.ts';
import { saying } from '../state/event-log.ts';

const LANES = 3;

function scene({ most = 1000, length = 10_000, ageMs = 1e9 } = {}) {
  let nowMs = 1_700_000_000_000;
  const clock = () => nowMs;
  const log = memoryLog({ lanes: LANES, retention: { ageMs, length }, clock, epoch: 'e' });
  const broadcast = openBroadcast(log);
  const cursors = eventCursors('a secret');
  const gone = new AbortController();
  onTestFinished(() => gone.abort());
  return {
    log,
    broadcast,
    pass: (ms: number) => {
      nowMs += ms;
    },
    append: (conversation: string, text: string) => log.append([saying(conversation, text)]),
    listen: async (asked: Partial<EventsAsked> = {}, signal: AbortSignal = gone.signal) =>
      valueOf(
        await subscribe(
          { log, broadcast, cursors, clock, most },
          { conversation: null, filter: {}, after: null, ...asked },
          signal,
        ),
      )[Symbol.asyncIterator](),
  };
}

describe('a listener', () => {
  it('is told everything once and in order, across the seam between past and present', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.nat(3), { maxLength: 12 }),
        fc.array(fc.nat(3), { minLength: 1, maxLength: 20 }),
        fc.infiniteStream(fc.nat(4)),
        fc.constantFrom(2, 5, 1000),
        async (before, after, pauses, most) => {
          const { append, listen } = scene({ most });
          await append('c0', 'begin');
          const first = await listen({ filter: { kinds: ['REPLY_DELTA'] } });
          const told = first.next();
          await append('c0', 'cursor');
          const cursor = cursorOf(await told);
          for (const [index, which] of before.entries())
            await append(`c${which}`, `before ${index}`);

          const listening = await listen({ filter: { kinds: ['REPLY_DELTA'] }, after: cursor });
          const wanted = [
            ...before.map((which, index) => `c${which}/before ${index}`),
            ...after.map((which, index) => `c${which}/after ${index}`),
          ];
          const heard: string[] = [];
          const hearing = (async () => {
            for (;;) {
              const text = textOf(await listening.next());
              if (text === 'END') return;
              heard.push(text);
            }
          })();
          for (const [index, which] of after.entries()) {
            for (let turns = pauses.next().value ?? 0; turns > 0; turns -= 1)
              await Promise.resolve();
            await append(`c${which}`, `after ${index}`);
          }
          await later();
          await listening.return?.();
          await hearing;

          // A short queue may overflow, and then says so; what is told is in order all the same, and never told twice.
          const texts = heard.filter((text) => text !== 'OVERFLOW');
          const hasGap = texts.length < heard.length;
          for (const which of [0, 1, 2, 3]) {
            const of = (all: readonly string[]) =>
              all.filter((text) => text.startsWith(`c${which}/`));
            expect(isSubsequence(of(texts), of(wanted))).toBe(true);
          }
          expect(new Set(texts).size).toBe(texts.length);
          expect(hasGap || texts.length === wanted.length).toBe(true);
          expect(hasGap && most === 1000).toBe(false);
        },
      ),
      { numRuns: 2000 },
    );
  });
});

function isSubsequence(part: readonly string[], whole: readonly string[]): boolean {
  let at = 0;
  for (const text of whole) if (text === part[at]) at += 1;
  return at === part.length;
}

function textOf(result: IteratorResult<Told>): string {
  if (result.done) return 'END';
  const told: Told = result.value;
  switch (told.type) {
    case 'event': {
      const { conversation, fact } = told.event;
      return `${conversation.nativeId}/${fact.kind === 'REPLY_DELTA' ? fact.text : fact.kind}`;
    }
    case 'listening':
      return 'LISTENING';
    case 'gap':
      return told.gap.reason;
    case 'failed':
      return told.failure.kind;
  }
}

function cursorOf(result: IteratorResult<Told>): string {
  const told: Told | undefined = result.done ? undefined : result.value;
  if (!told || told.type === 'failed') throw new Error('nothing was told');
  return told.cursor();
}

function valueOf<T>(outcome: Outcome<T>): T {
  if (outcome.ok) return outcome.value;
  throw new Error(JSON.stringify(outcome.failure));
}

function later(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

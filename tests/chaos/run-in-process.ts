// A run of chaos over gateways in one process, whose messages are heard of on several roads.

import { seededChance } from '../../emulators/story/chance.ts';
import type { GapReason } from '../../src/domain/event.ts';
import { type Gateway, marksIn } from './in-process.ts';
import { type Harm, type Outcome, runChaos } from './run-chaos.ts';
import type { Time } from './time.ts';
import { openWriter } from './writers.ts';

export interface InProcessRun {
  readonly seed: string;
  readonly time: Time;
  readonly gateways: readonly Gateway[];
  readonly lastsMs: number;
  readonly writerPauseMs: number;
  readonly gaps?: readonly GapReason[];
  readonly harms?: readonly Harm[];
}

const CONVERSATIONS = 5;

export function runInProcess(run: InProcessRun): Promise<Outcome> {
  const { seed, time, gateways, lastsMs, gaps = [], harms = [] } = run;
  const conversations = Array.from({ length: CONVERSATIONS }, (_, index) => `c${index}`);
  const writers = conversations.map((conversation) =>
    openWriter({
      conversation,
      hearers: gateways,
      chance: seededChance(`${seed} writer ${conversation}`),
      time,
      longestPauseMs: run.writerPauseMs,
    }),
  );
  const watched = [null, null, ...conversations.slice(0, 3)];
  return runChaos({
    seed,
    time,
    watchers: watched.flatMap((conversation, index) =>
      (['promptly', 'slowly'] as const).map((manner) => ({
        name: `watcher ${index} of ${conversation ?? 'all'}, ${manner}`,
        conversation,
        desks: gateways.map(({ desk, slowDesk }) => (manner === 'slowly' ? slowDesk : desk)),
      })),
    ),
    marksIn,
    longestVisitMs: 2000,
    longestPauseMs: 500,
    stopWriting: async () => void (await Promise.all(writers.map((writer) => writer.close()))),
    written: () => writers.flatMap(({ written }) => written),
    latenessMs: () => Math.max(...writers.map((writer) => writer.longestMs())),
    disorderMs: () => 0,
    gaps,
    harms,
    harmEveryMs: 700,
    lastsMs,
    patienceMs: 15_000,
    calmMs: 500,
  });
}

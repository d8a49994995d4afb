// A run of chaos over gateways in one process: who writes, who listens, what goes wrong, and what is left of it.

import { between, type Chance, pick, seededChance } from '../../emulators/story/chance.ts';
import type { GapReason } from '../../src/domain/event.ts';
import { type Breach, check } from './checker.ts';
import type { History } from './history.ts';
import { type Gateway, marksIn } from './in-process.ts';
import type { Time } from './time.ts';
import { openWatcher } from './watchers.ts';
import { openWriter } from './writers.ts';

export interface InProcessRun {
  readonly seed: string;
  readonly time: Time;
  /** Another each time where it was begun anew. */
  readonly gateways: readonly Gateway[];
  /** What may go wrong; each is over by itself. */
  readonly harms: readonly Harm[];
  readonly lastsMs: number;
  /** How often something goes wrong, on average. */
  readonly harmEveryMs: number;
  readonly writerPauseMs: number;
  /** What may be announced though nothing went wrong. */
  readonly gaps?: readonly GapReason[];
}

export interface Harm {
  readonly name: string;
  /** What it gives cause to announce. */
  readonly gaps: readonly GapReason[];
  happen(chance: Chance): Promise<void>;
}

export interface Outcome {
  readonly history: History;
  readonly breaches: readonly Breach[];
  /** In words, in order. */
  readonly harmed: readonly string[];
}

const CONVERSATIONS = 5;
const PATIENCE_MS = 15_000;

export async function runInProcess(run: InProcessRun): Promise<Outcome> {
  const { seed, time, gateways, harms, lastsMs } = run;
  const chanceOf = (who: string) => seededChance(`${seed} ${who}`);
  const conversations = Array.from({ length: CONVERSATIONS }, (_, index) => `c${index}`);
  const writers = conversations.map((conversation) =>
    openWriter({
      conversation,
      hearers: gateways,
      chance: chanceOf(`writer ${conversation}`),
      time,
      longestPauseMs: run.writerPauseMs,
    }),
  );
  const watched = [null, null, ...conversations.slice(0, 3)];
  const watchers = watched.flatMap((conversation, index) =>
    (['promptly', 'slowly'] as const).map((manner) =>
      openWatcher({
        name: `watcher ${index} of ${conversation ?? 'all'}, ${manner}`,
        conversation,
        desks: gateways.map(({ desk, slowDesk }) => (manner === 'slowly' ? slowDesk : desk)),
        chance: chanceOf(`watcher ${index} ${manner}`),
        time,
        marksIn,
        longestVisitMs: 2000,
        longestPauseMs: 500,
      }),
    ),
  );
  const gaps = new Set<GapReason>(run.gaps);
  const harmed: string[] = [];
  const over = new AbortController();
  const harming = harm();

  async function harm(): Promise<void> {
    const chance = chanceOf('nemesis');
    while (harms.length > 0) {
      // oxlint-disable-next-line no-await-in-loop -- one thing after the other
      await time.pause(between(chance, 0, 2 * run.harmEveryMs), over.signal);
      if (over.signal.aborted) return;
      const one = pick(chance, harms);
      if (!one) return;
      harmed.push(one.name);
      for (const reason of one.gaps) gaps.add(reason);
      // oxlint-disable-next-line no-await-in-loop
      await one.happen(chance);
    }
  }

  const judged = (): Outcome => {
    const history: History = {
      written: writers.flatMap(({ written }) => written),
      subscribers: watchers.map(({ subscriber }) => subscriber),
    };
    const latenessMs = Math.max(...writers.map((writer) => writer.longestMs()));
    return { history, breaches: check(history, { latenessMs, gaps }), harmed };
  };

  await time.pass(lastsMs);
  over.abort();
  let written = false;
  void Promise.all([harming, ...writers.map((writer) => writer.close())]).then(() => {
    written = true;
  });
  for (const watcher of watchers) watcher.settle();
  const until = time.now() + PATIENCE_MS;
  const isWhole = () => written && !judged().breaches.some(({ rule }) => rule === 'missing');
  // oxlint-disable-next-line no-await-in-loop -- until all is told, or patience ends
  while (!isWhole() && time.now() < until) await time.pass(200);
  await time.pass(500);
  await Promise.all(watchers.map((watcher) => watcher.close()));
  return judged();
}

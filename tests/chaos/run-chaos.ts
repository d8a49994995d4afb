// A run of chaos: some write, some listen, things go wrong; then all is healed, and what everybody was told is checked.

import { between, type Chance, pick, seededChance } from '../../emulators/story/chance.ts';
import type { GapReason } from '../../src/domain/event.ts';
import { type Breach, check, isWhole, type Terms } from './checker.ts';
import type { History, Written } from './history.ts';
import type { Time } from './time.ts';
import { openWatcher, type WatcherParts } from './watchers.ts';

export interface Stage {
  /** All chance comes from it. */
  readonly seed: string;
  readonly time: Time;
  readonly watchers: readonly Pick<WatcherParts, 'name' | 'conversation' | 'desks'>[];
  readonly marksIn: WatcherParts['marksIn'];
  readonly longestVisitMs: number;
  readonly longestPauseMs: number;
  /** Resolves when they have written what they write. */
  stopWriting(): Promise<void>;
  written(): readonly Written[];
  /** Where clients do more than to listen and to write. */
  besides?(): Omit<History, 'written' | 'subscribers'>;
  /** As the checker has them. */
  latenessMs(): number;
  disorderMs(): number;
  /** What may be announced though nothing went wrong. */
  readonly gaps: readonly GapReason[];
  readonly harms: readonly Harm[];
  /** How often something goes wrong, on average. */
  readonly harmEveryMs: number;
  /** Resolves when nothing is wrong any longer. */
  heal?(): Promise<void>;
  readonly lastsMs: number;
  /** How long after that all must have been told. */
  readonly patienceMs: number;
  /** And for how long that must hold. */
  readonly calmMs: number;
  /** Told each thing that goes wrong, as it begins. */
  readonly note?: (harm: string) => void;
}

export interface Harm {
  readonly name: string;
  /** What it gives cause to announce. */
  readonly gaps: readonly GapReason[];
  /** Resolves when it is over. */
  happen(chance: Chance): Promise<void>;
}

export interface Outcome {
  readonly history: History;
  readonly breaches: readonly Breach[];
  /** What went wrong, in order. */
  readonly harmed: readonly string[];
}

export async function runChaos(stage: Stage): Promise<Outcome> {
  const { seed, time, harms } = stage;
  const watchers = stage.watchers.map((one) =>
    openWatcher({
      ...one,
      chance: seededChance(`${seed} ${one.name}`),
      time,
      marksIn: stage.marksIn,
      longestVisitMs: stage.longestVisitMs,
      longestPauseMs: stage.longestPauseMs,
    }),
  );
  const gaps = new Set<GapReason>(stage.gaps);
  const harmed: string[] = [];
  const over = new AbortController();
  const harming = harm();

  async function harm(): Promise<void> {
    const chance = seededChance(`${seed} nemesis`);
    while (harms.length > 0) {
      await time.pause(between(chance, 0, 2 * stage.harmEveryMs), over.signal);
      const one = pick(chance, harms);
      if (over.signal.aborted || !one) return;
      harmed.push(one.name);
      stage.note?.(one.name);
      for (const reason of one.gaps) gaps.add(reason);
      await one.happen(chance);
    }
  }

  const historyNow = (): History => {
    const subscribers = watchers.map(({ subscriber }) => subscriber);
    const besides = stage.besides?.() ?? { reads: [], sends: [], losses: [] };
    return { written: stage.written(), subscribers, ...besides };
  };
  const termsNow = (): Terms => ({
    latenessMs: stage.latenessMs(),
    disorderMs: stage.disorderMs(),
    gaps,
  });

  await time.pass(stage.lastsMs);
  over.abort();
  const healing = Promise.all([harming, stage.stopWriting()])
    .then(() => stage.heal?.())
    .then(() => 'healed' as const);
  for (;;) {
    if ((await Promise.race([healing, time.pass(100)])) === 'healed') break;
  }
  for (const watcher of watchers) watcher.settle();
  const until = time.now() + stage.patienceMs;
  // What is told twice is told late, and what was sent through a frozen process is written late.
  for (let wholeSince: number | null = null; time.now() < until; ) {
    await time.pass(250);
    wholeSince = isWhole(historyNow(), termsNow()) ? (wholeSince ?? time.now()) : null;
    if (wholeSince !== null && time.now() - wholeSince >= stage.calmMs) break;
  }
  await Promise.all(watchers.map((watcher) => watcher.close()));
  const history = historyNow();
  return { history, breaches: check(history, termsNow()), harmed };
}

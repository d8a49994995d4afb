// `npm run chaos -- --minutes N --seed S`: chaos for as long as one likes, in rounds; what a round did wrong is told with its seed.

import { parseArgs } from 'node:util';
import { GAP_REASONS } from '../../src/domain/event.ts';
import { check } from './checker.ts';
import { type History, storyOf } from './history.ts';
import { runGateways } from './run-gateways.ts';

/** A lease lasts ten seconds. */
const LONGEST_FREEZE_MS = 15_000;
const ROUND_MS = 60_000;

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '1' },
    seed: { type: 'string', default: String(Date.now()) },
    /** Begins with this round, as its failure said. */
    round: { type: 'string', default: '1' },
  },
});

const minutes = Number(values.minutes);
if (!(minutes > 0)) {
  process.stderr.write('chaos: --minutes must be a number above 0, such as 0.5.\n');
  process.exit(2);
}
await run();

async function run(): Promise<void> {
  const until = Date.now() + minutes * 60_000;
  let round = Number(values.round);
  do {
    const seed = `${values.seed} ${round}`;
    say(`round ${round} of seed ${values.seed}`);
    const { breaches, history, harmed } = await runGateways({
      seed,
      lastsMs: Math.min(ROUND_MS, Math.max(5000, until - Date.now())),
      harmEveryMs: 2000,
      longestFreezeMs: LONGEST_FREEZE_MS,
      note: say,
    });
    const gaps = history.subscribers.flatMap(({ moments }) =>
      moments.filter(({ type }) => type === 'gap'),
    );
    say(
      `${history.written.length} written, ${history.sends.length} of them under a key, ${history.reads.length} looks, ${harmed.length} harms, ${gaps.length} gaps announced, ${disorderIn(history)} told after one that was written later`,
    );
    if (breaches.length > 0) {
      const struck = new Set(breaches.map(({ subscriber }) => subscriber));
      for (const one of history.subscribers) {
        if (struck.has(one.name)) process.stdout.write(`${storyOf(one).join('\n')}\n`);
      }
      for (const { rule, subscriber, sentence } of breaches) {
        say(`${rule}: ${subscriber}: ${sentence}`);
      }
      say(`again: npm run chaos -- --minutes 1 --seed ${values.seed} --round ${round}`);
      process.exitCode = 1;
      return;
    }
    round += 1;
  } while (Date.now() < until);
  say('everything that was written was told or announced');
}

/** What is told by a slower road comes later, within bounds; how often it did. */
function disorderIn(history: History): number {
  const terms = { latenessMs: 0, disorderMs: 0, gaps: new Set(GAP_REASONS) };
  return check(history, terms).filter(({ rule }) => rule === 'out-of-order').length;
}

function say(line: string): void {
  process.stdout.write(`${new Date().toISOString()} ${line}\n`);
}

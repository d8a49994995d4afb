// What a soak came to, as a page for the docs: what was done, what each gateway held, and the verdict.

import type { Soaked, SoakOutcome } from './run-soak.ts';
import { type Growth, handlesIn, inMegabytes, type Reading } from './verdict.ts';

export interface Around {
  readonly minutes: number;
  readonly seed: string;
  readonly machine: string;
  readonly on: Date;
  readonly complaints: readonly string[];
}

/** What one thing that went wrong breaks is broken many times over. */
const MOST_SHOWN = 10;

export function pageOf(
  { gateways, harmed, written, asked, answered, visits, breaches }: SoakOutcome,
  { minutes, seed, machine, on, complaints }: Around,
): string {
  const harms = [...new Set(harmed)].map(
    (name) => `${name} (${harmed.filter((one) => one === name).length} times)`,
  );
  return `# Soak

Printed by \`npm run soak -- --minutes ${minutes} --seed ${seed}\` on ${on.toISOString().slice(0, 10)}, ${machine}. Two gateways, each a
process, over one Redis and emulated services, with caches on and callers who sign in with tokens that expire after
20 seconds.

**${complaints.length === 0 ? 'Flat, and every promise kept.' : 'Not as it should be.'}**
${complaints.length === 0 ? '' : `\n${shownOf(complaints).join('\n')}\n`}
| what was done | |
| --- | --- |
| questions asked, and answered | ${asked}, ${answered} |
| messages written | ${written} |
| times somebody came to listen | ${visits} |
| what went wrong meanwhile | ${harms.join(', ') || 'nothing'} |
| promises broken | ${breaches.length} |

${gateways.map(sectionOf).join('\n')}
Memory is read after a full garbage collection. The line is fitted to the last two thirds of the readings; what it says
lies between the two numbers behind it 95 times of 100. It counts as growing where even the lower one is above zero and
the line rose by more than is allowed in that time.
`;
}

function shownOf(complaints: readonly string[]): readonly string[] {
  const lines = complaints.slice(0, MOST_SHOWN).map((one) => `- ${one}`);
  const more = complaints.length - lines.length;
  return more > 0 ? [...lines, `- and ${more} more`] : lines;
}

function sectionOf({ readings, verdict, errors }: Soaked, index: number): string {
  const { heap, rss, handles, longestDelayMs } = verdict;
  return `## Gateway ${index + 1}

| | after a tenth | after a third | at the end | an hour, by the line |
| --- | --- | --- | --- | --- |
${rowOf('heap and buffers', readings, ({ heapUsed, external }) => heapUsed + external, heap, inMegabytes)}
${rowOf('the process (RSS)', readings, (reading) => reading.rss, rss, inMegabytes)}
${rowOf('handles', readings, handlesIn, handles, (count) => count.toFixed(0))}

Longest turn of the event loop, 99 of 100: ${longestDelayMs.toFixed(0)} ms. Lines of its log that are errors: ${errors.length}.
`;
}

function rowOf(
  name: string,
  readings: readonly Reading[],
  of: (reading: Reading) => number,
  { perHour, from, to }: Growth,
  inWords: (amount: number) => string,
): string {
  const at = (part: number) => {
    const reading = readings[Math.floor(part * (readings.length - 1))];
    return reading ? inWords(of(reading)) : '';
  };
  return `| ${name} | ${at(0.1)} | ${at(1 / 3)} | ${at(1)} | ${inWords(perHour)} (${inWords(from)} to ${inWords(to)}) |`;
}

// `npm run soak -- --minutes N`: two gateways under load for so long; what they held is written to docs/soak.md, with a verdict.

import { writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { pageOf } from './page.ts';
import { runSoak } from './run-soak.ts';
import { inMegabytes } from './verdict.ts';

const MB = 1024 * 1024;
/** Readings of a run are at least so many. */
const READINGS = 30;

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '30' },
    seed: { type: 'string', default: String(Date.now()) },
    /** Where the page goes. */
    out: { type: 'string', default: 'docs/soak.md' },
    /** The first gateway forgets nothing: to see that it is found out. */
    leaky: { type: 'boolean', default: false },
  },
});
const minutes = Number(values.minutes);
if (!(minutes >= 1)) {
  process.stderr.write('soak: --minutes must be a number from 1 on, such as 30.\n');
  process.exit(2);
}
const lastsMs = minutes * 60_000;
const outcome = await runSoak({
  seed: values.seed,
  lastsMs,
  readEveryMs: Math.min(10_000, lastsMs / READINGS),
  harmEveryMs: Math.max(20_000, lastsMs / 30),
  allowed: allowedFor(minutes),
  leaky: values.leaky,
  note: say,
});
const { gateways, breaches } = outcome;
const complaints = [
  ...gateways.flatMap(({ verdict, errors, died }, index) =>
    [
      ...verdict.complaints,
      ...errors,
      ...(died ? ['it printed what is no line of its log'] : []),
    ].map((complaint) => `gateway ${index + 1}: ${complaint}`),
  ),
  ...breaches,
];
await writeFile(
  values.out,
  pageOf(outcome, {
    minutes,
    seed: values.seed,
    complaints,
    machine: `${cpus().length} cores, Node ${process.version}`,
    on: new Date(),
  }),
);
for (const { readings } of gateways) {
  const last = readings.at(-1);
  if (last) say(`${readings.length} readings, the last ${inMegabytes(last.heapUsed)} of heap`);
}
for (const complaint of complaints) say(complaint);
say(complaints.length === 0 ? 'flat, and every promise kept' : 'not as it should be');
process.exit(complaints.length === 0 ? 0 : 1);

/** What is compiled and learned in the first minutes stays; over a longer time less is forgiven. */
function allowedFor(time: number) {
  const isLong = time >= 10;
  return { heap: (isLong ? 3 : 8) * MB, rss: (isLong ? 16 : 48) * MB, handles: isLong ? 10 : 30 };
}

function say(line: string): void {
  process.stdout.write(`${new Date().toISOString()} ${line}\n`);
}

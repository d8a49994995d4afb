// `npm run rolling -- --rounds N`: gateways are begun anew for as long as one likes while people ask, write and listen.

import { parseArgs } from 'node:util';
import { startRedis } from '../support/redis/server.ts';
import { runRolling } from './run-rolling.ts';

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '5' } } });
const rounds = Number(values.rounds);
if (!(rounds >= 1)) {
  process.stderr.write('rolling: --rounds must be a number from 1 on, such as 10.\n');
  process.exit(2);
}
const redis = await startRedis();
try {
  const { failed, amiss, doubled, codes, asked, written, reconnected } = await runRolling({
    rounds,
    redisUrl: redis.url,
    leaveAfterMs: 1000,
    note: say,
  });
  for (const line of [...failed, ...amiss, ...doubled]) say(line);
  say(
    `${codes.length} times a gateway left, ${asked} requests, of which ${written} writes, and ${reconnected} times somebody connected again: ${failed.length} failed, ${amiss.length} times something was amiss, ${doubled.length} doubled or lost`,
  );
  const isGood =
    failed.length + amiss.length + doubled.length === 0 && codes.every((code) => code === 0);
  process.exitCode = isGood ? 0 : 1;
} finally {
  await redis.close();
}

function say(line: string): void {
  process.stdout.write(`${new Date().toISOString()} ${line}\n`);
}

// `npm run crowd -- --count 10000`: so many connections that say nothing, plain ones and WebSockets, and what they cost.

import { parseArgs } from 'node:util';
import { startRedis } from '../support/redis/server.ts';
import { runCrowd } from './run-crowd.ts';

const { values } = parseArgs({ options: { count: { type: 'string', default: '10000' } } });
const count = Number(values.count);
if (!(count >= 1)) {
  process.stderr.write('crowd: --count must be a number from 1 on, such as 10000.\n');
  process.exit(2);
}
const redis = await startRedis();
try {
  for (const kind of ['http', 'websocket'] as const) {
    const { standing, lost, before, during, after, tookMs, longestAnswerMs, usualAnswerMs } =
      await runCrowd({ kind, count, redisUrl: redis.url });
    process.stdout.write(
      `${kind}: ${standing} stand after ${(tookMs / 1000).toFixed(1)} s, ${lost} were cut; ${megabytes(before)} before, ${megabytes(during)} with them, ${megabytes(after)} after: ${((during - before) / standing / 1024).toFixed(1)} KB each; others waited ${usualAnswerMs.toFixed(0)} ms as a rule and ${longestAnswerMs.toFixed(0)} ms at most\n`,
    );
    if (standing < count || lost > 0) process.exitCode = 1;
  }
} finally {
  await redis.close();
}

function megabytes(bytes: number): string {
  return `${(bytes / 1024 / 1024).toFixed(0)} MB`;
}

// `npm run cluster`: a Redis, the emulators and two gateways, each a process, ended together by Ctrl-C.

import { randomBytes } from 'node:crypto';
import { findRedis } from '../tests/support/redis/find.ts';
import { startRedis } from '../tests/support/redis/server.ts';
import { environmentOf, startEmulators, startGateway } from './process.ts';

/** In the order in which they were started. */
const running: { readonly what: string; end(): Promise<unknown> }[] = [];
const gone = new AbortController();
let leaving = false;

try {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void leave());
  await start();
} catch (error) {
  if (!leaving) {
    process.stderr.write(`cluster: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
    await leave();
  }
}

async function start(): Promise<void> {
  const found = await findRedis();
  const redis = found.kind === 'elsewhere' ? undefined : await startRedis();
  if (redis) running.push({ what: 'redis', end: () => redis.close() });
  const redisUrl = redis?.url ?? (found.kind === 'elsewhere' ? found.url : '');

  const emulators = await startEmulators(gone.signal);
  running.push({ what: 'emulators', end: emulators.end });
  const environment = environmentOf(emulators.credentials, {
    redisUrl,
    prefix: 'parlance-cluster:',
    secret: randomBytes(32).toString('hex'),
  });

  const gateways = await Promise.all(
    [0, 1].map(() => startGateway({ environment, signal: gone.signal })),
  );
  for (const gateway of gateways) {
    running.push({ what: 'gateway', end: () => gateway.end('SIGTERM') });
  }

  const { botpress, chatling, chatbotkit, stackAuth } = emulators.credentials;
  const rows = [
    ...gateways.map(({ url, pid }) => ['gateway', `${url}/graphql`, `pid ${pid}`]),
    ['redis', redis?.url ?? 'REDIS_URL', found.how],
    ['botpress', botpress.url, ''],
    ['chatling', chatling.url, ''],
    ['chatbotkit', chatbotkit.url, ''],
    ['stack-auth', stackAuth.url, ''],
  ];
  const lines = rows.map(([what = '', url = '', more]) =>
    `${what.padEnd(11)}${url.padEnd(36)}${more}`.trimEnd(),
  );
  process.stdout.write(`${lines.join('\n')}\nCtrl-C ends all of them.\n`);
}

/** The last that was started goes first. */
async function leave(): Promise<void> {
  if (leaving) return;
  leaving = true;
  for (const { end } of running.toReversed()) {
    await end();
  }
  // Whoever is still on the way up.
  gone.abort();
  process.exit();
}

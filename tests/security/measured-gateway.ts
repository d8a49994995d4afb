// A gateway in a process of its own, which tells how much it has computed and how much it holds: what an attack cost is then
// the gateway's alone.

import { compose } from '../../src/compose.ts';
import type { Config } from '../../src/config/config.ts';
import { accounts } from '../../src/sandbox.ts';
import { at, textAt } from '../support/answer.ts';

const quiet = () => undefined;
const errors: string[] = [];

process.once('message', (told: unknown) => void start(told));

async function start(told: unknown): Promise<void> {
  const text = textAt(told, 'credentials');
  const parlance = await compose(
    {
      kind: 'configured',
      providers: accounts(JSON.parse(text)),
      server: { host: '127.0.0.1', port: 0, leaveAfterMs: 0 },
      limits: limitsIn(told),
      cache: false,
      log: { level: 'silent' },
    },
    {
      log: {
        debug: quiet,
        info: quiet,
        warn: quiet,
        error: (_fields, sentence) => void errors.push(sentence),
      },
      clock: Date.now,
      randomSecret: () => 'a secret of the tests',
    },
  );
  process.on('message', (asked: unknown) => {
    if (asked === 'collect') globalThis.gc?.();
    const { user, system } = process.cpuUsage();
    process.send?.({
      cpuMs: (user + system) / 1000,
      heapBytes: process.memoryUsage().heapUsed,
      errors,
    });
  });
  process.send?.({ url: parlance.url });
}

function limitsIn(told: unknown): NonNullable<Config['limits']> {
  return { ...Object(at(told, 'limits')) };
}

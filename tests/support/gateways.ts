// Gateways in one process over one set of emulators and one Redis, any of which may be closed and begun again.

import { randomUUID } from 'node:crypto';
import { inject, onTestFinished } from 'vitest';
import { startWorld, type World, type WorldOptions } from '../../emulators/world.ts';
import { compose, type Parlance } from '../../src/compose.ts';
import type { ProviderConfig } from '../../src/config/config.ts';
import { secret } from '../../src/config/secret.ts';
import { accounts } from '../../src/sandbox.ts';
import { type Asked, ask } from './parlance.ts';

export interface SharedGateway extends Pick<Parlance, 'url' | 'close'> {
  ask(query: string, variables?: object): Promise<Asked>;
}

export interface Gateways {
  readonly world: World;
  /** One more that shares what the others remember. */
  start(): Promise<SharedGateway>;
}

export interface GatewaysOptions extends WorldOptions {
  /** Of the test's own; the shared one where absent. */
  readonly redisUrl?: string;
  /** What is other than in the sandbox. */
  readonly account?: (account: ProviderConfig) => ProviderConfig;
}

export async function shareGateways(options: GatewaysOptions = {}): Promise<Gateways> {
  const {
    redisUrl = inject('redisUrl'),
    account = (as: ProviderConfig) => as,
    ...worldOptions
  } = options;
  const world = await startWorld(worldOptions);
  onTestFinished(() => world.close());
  const prefix = `test:${randomUUID()}:`;
  const quiet = () => undefined;
  const log = { debug: quiet, info: quiet, warn: quiet, error: quiet };

  async function start(): Promise<SharedGateway> {
    const parlance = await compose(
      {
        kind: 'sandbox',
        providers: accounts(world.credentials).map(account),
        server: { host: '127.0.0.1', port: 0 },
        redis: { url: secret(redisUrl), prefix },
        log: { level: 'silent' },
      },
      { log, clock: options.clock ?? Date.now, randomSecret: () => 'a secret of the tests' },
    );
    let closed: Promise<void> | undefined;
    const close = () => {
      closed ??= parlance.close();
      return closed;
    };
    onTestFinished(close);
    return {
      url: parlance.url,
      close,
      ask: (query, variables) => ask(parlance.url, query, variables),
    };
  }

  return { world, start };
}

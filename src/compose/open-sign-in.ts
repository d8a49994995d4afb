// Who lets in whoever asks, as the config says it, and loudly where that is everybody.

import type { Config } from '../config/config.ts';
import type { Log } from '../observability/log.ts';
import { type Doorkeeper, openHouse } from '../security/doorkeeper.ts';
import { openDoorkeeper } from '../security/open-doorkeeper.ts';
import type { RedisDoor } from '../state/redis.ts';
import { redisRevocations } from '../state/revocations/redis.ts';

/** Throws, with a sentence for the operator, where a file it needs cannot be read. */
export async function openSignIn(
  { kind, auth }: Pick<Config, 'kind' | 'auth'>,
  {
    redis,
    clock,
    log,
  }: {
    readonly redis: RedisDoor | undefined;
    /** Milliseconds since the epoch. */
    readonly clock: () => number;
    readonly log: Log;
  },
): Promise<Doorkeeper> {
  if (!auth) {
    // The sandbox says so in its banner.
    if (kind === 'configured') log.warn({ path: 'auth' }, OPEN);
    return openHouse();
  }
  return openDoorkeeper({
    ...auth,
    revocations: redis && redisRevocations({ door: redis }),
    fetch: (url, init) => fetch(url, init),
    clock,
    log,
  });
}

const OPEN =
  'NOBODY HAS TO SIGN IN: whoever reaches this gateway may do all it can. Its accounts are emulators of this machine, so it started; docs/sign-in.md says how to close it';

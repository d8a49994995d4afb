// What `parlance check` asks: one cheap question of each provider, of Redis and of whoever says who is let in, and what the
// answer means for the config.

import { errorOf } from '../../schema/failure.ts';
import type { Composed } from '../compose.ts';
import type { AuthConfig, JwtConfig } from '../config/config.ts';
import type { Gateway } from '../gateway/gateway.ts';
import { NO_LOG } from '../observability/log.ts';
import { parseKeyFile } from '../security/key-file.ts';
import { type KeySet, openFileKeySet, openRemoteKeySet } from '../security/key-set.ts';
import { type Read, watchFile } from '../security/watched-file.ts';

export interface Checked {
  readonly good: boolean;
  readonly sentence: string;
}

export function checkProviders(gateway: Gateway): Promise<Checked[]> {
  return Promise.all(
    gateway.providers.map(async ({ name, kind }) => {
      const page = await gateway.listConversations(
        { first: 1, after: null, filter: { providers: [name] } },
        { signal: new AbortController().signal, reads: new Map() },
      );
      const failure = page.ok ? page.value.sources[0]?.failure : page.failure;
      // A list is what is asked for; who has none was not asked.
      if (page.ok && page.value.sources[0]?.status === 'SKIPPED') {
        return {
          good: true,
          sentence: `${name} (${kind}): opens; it has no list to be asked for.`,
        };
      }
      return failure
        ? { good: false, sentence: `${name} (${kind}): ${errorOf(failure).message}` }
        : { good: true, sentence: `${name} (${kind}): answers.` };
    }),
  );
}

/** Nothing where no Redis is configured. */
export async function checkRedis({
  events,
  redis,
}: Pick<Composed, 'events' | 'redis'>): Promise<Checked[]> {
  if (!redis) return [];
  const ends = await events.ends();
  if (ends.ok) return [{ good: true, sentence: 'redis: answers.' }];
  const because = redis.complaint() ?? 'it is not there yet';
  const sentence = `redis: does not answer (${because}). Start it, or correct REDIS_URL or the section redis.`;
  return [{ good: false, sentence }];
}

/** Nothing where nobody has to sign in. */
export async function checkSignIn({ keys, jwt }: AuthConfig = {}): Promise<Checked[]> {
  return [
    ...(keys === undefined ? [] : [await checkKeys(keys)]),
    ...(jwt ? [await checkKeySet(jwt)] : []),
  ];
}

async function checkKeys(path: string): Promise<Checked> {
  const file = await watchFile({ path, read: parseKeyFile, log: NO_LOG });
  if (!file.ok) {
    return {
      good: false,
      sentence: `auth.keys: ${path} ${file.complaint}. Mend it, or make a key with \`parlance keys create\`, which writes it.`,
    };
  }
  const good = file.value
    .current()
    .keys.filter(
      ({ revokedAt, expiresAt }) =>
        revokedAt === null && (expiresAt === null || Date.parse(expiresAt) > Date.now()),
    );
  return good.length > 0
    ? { good: true, sentence: `auth.keys: ${good.length} of its keys let somebody in.` }
    : {
        good: false,
        sentence: `auth.keys: ${path} has no key that is good. Make one with \`parlance keys create\`.`,
      };
}

async function checkKeySet({ jwks }: JwtConfig): Promise<Checked> {
  const read = await ('url' in jwks ? askedFor(jwks.url) : openFileKeySet(jwks.file, NO_LOG));
  const size = read.ok ? (read.value.current()?.fingerprints.size ?? 0) : 0;
  if (size > 0) return { good: true, sentence: `auth.jwt.jwks: has ${size} public keys.` };
  const place = 'url' in jwks ? jwks.url : jwks.file;
  const because = read.ok ? 'holds no key' : read.complaint;
  return {
    good: false,
    sentence: `auth.jwt.jwks: ${place} ${because}. Correct it, or see why its signer does not publish them.`,
  };
}

async function askedFor(url: string): Promise<Read<KeySet>> {
  const value = await openRemoteKeySet({ url, fetch, clock: Date.now, log: NO_LOG });
  const complaint = value.complaint();
  return complaint === null ? { ok: true, value } : { ok: false, complaint };
}

// What `parlance check` asks: one cheap question of each provider and of Redis, and what its answer means for the config.

import { errorOf } from '../schema/failure.ts';
import type { Composed } from './compose.ts';
import type { Gateway } from './gateway/gateway.ts';

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

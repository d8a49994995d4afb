// What `parlance check` asks: one cheap question of each provider, and what its answer means for the config.

import { errorOf } from '../schema/failure.ts';
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

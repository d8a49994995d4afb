// What may not be asked of the events: judged before anything is told, each mistake by its path and with its mend.

import type { Issue } from '../../domain/failure.ts';
import type { ProviderName } from '../../domain/ids.ts';
import { tagIssues, unknownProvider } from '../inputs.ts';
import type { EventsAsked } from './subscribe.ts';

export function eventIssues(
  { conversation, filter }: EventsAsked,
  known: readonly ProviderName[],
): Issue[] {
  const { providers, kinds, tags = [] } = filter;
  const nowhere =
    conversation && !known.includes(conversation.provider)
      ? [unknownProvider(conversation.provider, 'conversationId', known)]
      : [];
  const unknown = (providers ?? []).flatMap((name, index) =>
    known.includes(name) ? [] : [unknownProvider(name, `filter.providers.${index}`, known)],
  );
  const empty = Object.entries({ providers, kinds }).flatMap(([field, names]) =>
    names?.length === 0
      ? [{ path: `filter.${field}`, message: 'must name at least one; leave it out for all.' }]
      : [],
  );
  const elsewhere =
    conversation && providers && providers.length > 0 && !providers.includes(conversation.provider)
      ? [
          {
            path: 'filter.providers',
            message: `leaves out ${conversation.provider}, where this conversation is; leave providers out.`,
          },
        ]
      : [];
  return [...nowhere, ...unknown, ...empty, ...elsewhere, ...tagIssues(tags, 'filter.tags')];
}

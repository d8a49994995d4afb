// Who takes part in one conversation, where its provider keeps a list of them.

import type { Conversation } from '../../domain/conversation.ts';
import { checked, failed, type Outcome, success } from '../../domain/failure.ts';
import type { Participant } from '../../domain/participant.ts';
import { deadlineAfter } from '../deadline.ts';
import { ableTo, type Dispatch, type Operation } from '../dispatch.ts';
import { MAX_PAGE, pageIssues } from '../inputs.ts';
import type { Reads } from '../reads/reads.ts';
import type { CursorSeal } from './cursor.ts';
import { pageOfOne } from './page-of-one.ts';
import type { EdgePage, PageAsked } from './pages.ts';

/** Null where the provider has no such list: that is how it is there, and no failure. */
export async function listParticipants(
  {
    dispatch,
    reads,
    seal,
  }: { readonly dispatch: Dispatch; readonly reads: Reads; readonly seal: CursorSeal },
  { provider: name, nativeId }: Conversation,
  { first, after }: PageAsked,
  operation: Operation,
): Promise<Outcome<EdgePage<Participant> | null>> {
  const provider = dispatch.provider(name);
  if (!provider) return failed({ kind: 'not-found', what: `provider named ${name}` });
  const able = ableTo(provider, 'PARTICIPANT_LIST');
  if (!able.ok) {
    const good = checked(first, pageIssues(first));
    return good.ok ? success(null) : good;
  }
  const question = `participants ${name} ${nativeId}`;
  const deadline = deadlineAfter(provider.deadlineMs);
  return pageOfOne<Participant>(seal, { first, after, question }, (sinceMs) => {
    const ages = reads.ages(sinceMs);
    return success({
      ages,
      key: name,
      paging: able.value.paging,
      order: able.value.order,
      size: Math.min(MAX_PAGE, first + 1),
      isOld: () => ages.isOld,
      read: async (at, size, how) => {
        const input = { conversation: { provider: name, nativeId }, at, size };
        const within = { operation, deadline, sinceMs: ages.since(how) };
        return ages.note(await reads.participants(name, input, within));
      },
      matches: () => true,
      // Whoever has no id there goes by a name.
      idOf: (participant) => participant.nativeId ?? participant.name ?? '',
      timeOf: () => null,
    });
  });
}

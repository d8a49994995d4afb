// Changes status, priority, assignee and tags: a status by a call of its own, after the others.

import { checked, type Failure, type Issue, type Outcome, success } from '../../domain/failure.ts';
import type { Call } from '../provider.ts';
import type { ConversationChanges, UpdateConversation, UpdatedConversation } from '../verbs.ts';
import { changeAttributes } from './attributes.ts';
import { priorityIssues } from './create.ts';
import type { Inbox } from './inbox.ts';
import { statusWord, toConversation } from './mapping.ts';
import { removeIssues, tagIssues } from './tags.ts';
import type { WireDetail } from './wire.ts';

/**
 * A status alone is one call; attributes are a read and a write, and a status besides is one more, whose failure
 * is `unfinished`.
 */
export async function updateConversation(
  inbox: Inbox,
  { conversation: { nativeId }, changes }: UpdateConversation,
  call: Call,
): Promise<Outcome<UpdatedConversation>> {
  const { client } = inbox;
  const good = checked(null, issuesOf(changes));
  if (!good.ok) return good;

  // Attributes first: their answer tells the present status, and if the second call fails, what was written is
  // quiet and the same when it is written again, where a change of status is a row the customer sees.
  const attributes = changesAttributes(changes)
    ? await changeAttributes(inbox, { nativeId, changes }, call)
    : success(null);
  if (!attributes.ok) return attributes;

  let seen = attributes.value?.detail;
  const status = changes.status && statusWord(changes.status);
  if (status !== undefined && seen?.conversation.status !== status) {
    const outcome = await client.setStatus(call, nativeId, status);
    if (!outcome.ok && attributes.value?.written) {
      const { detail } = attributes.value;
      return success(await unfinished(inbox, { detail, failure: outcome.failure }, call));
    }
    if (!outcome.ok) return outcome;
    // A status that it already has is what was asked for, whatever the service calls it.
    seen = outcome.value === 'already' ? undefined : outcome.value;
  }
  if (seen) return success(finished(inbox, seen));
  const detail = await client.getConversation(call, nativeId);
  return detail.ok ? success(finished(inbox, detail.value)) : detail;
}

async function unfinished(
  inbox: Inbox,
  { detail, failure }: { readonly detail: WireDetail; readonly failure: Failure },
  call: Call,
): Promise<UpdatedConversation> {
  // After an answer that was lost the status may be either; after a refusal it is known.
  const again =
    failure.kind === 'outcome-unknown'
      ? await inbox.client.getConversation(call, detail.conversation.conversationId)
      : undefined;
  return { ...finished(inbox, again?.ok ? again.value : detail), unfinished: failure };
}

function finished({ account }: Inbox, detail: WireDetail): UpdatedConversation {
  return { conversation: toConversation(detail, account.name), ignored: [], unfinished: null };
}

function changesAttributes({ priority, assignee, tags }: ConversationChanges): boolean {
  return priority !== undefined || assignee !== undefined || tags !== undefined;
}

function issuesOf({ status, priority, tags }: ConversationChanges): Issue[] {
  return [
    ...tagIssues(tags?.set ?? [], 'tags.set'),
    ...removeIssues(tags?.remove ?? [], 'tags.remove'),
    ...(status === 'UNKNOWN'
      ? [{ path: 'status', message: 'must be OPEN, PENDING or CLOSED.' }]
      : []),
    ...priorityIssues(priority),
  ];
}

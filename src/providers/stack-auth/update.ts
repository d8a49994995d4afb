// Changes status, priority, assignee and tags, of which the service replaces the last two as a whole: so they are read,
// changed and written back, one write to a conversation at a time.

import {
  checked,
  type Failure,
  failed,
  type Issue,
  type Outcome,
  success,
} from '../../domain/failure.ts';
import type { Call } from '../provider.ts';
import type { ConversationChanges, UpdateConversation, UpdatedConversation } from '../verbs.ts';
import { misshapen } from '../wire-reading.ts';
import { priorityIssues } from './create.ts';
import type { Inbox } from './inbox.ts';
import { priorityWord, statusWord, toConversation } from './mapping.ts';
import { changedLabels, removeIssues, tagIssues } from './tags.ts';
import type { WireDetail, WireTrio } from './wire.ts';

/**
 * A status alone is one call; attributes are a read and a write, and a status besides is one more, whose failure
 * is `unfinished`.
 */
export async function updateConversation(
  inbox: Inbox,
  { conversation: { nativeId }, changes }: UpdateConversation,
  call: Call,
): Promise<Outcome<UpdatedConversation>> {
  const { client, inTurn } = inbox;
  const good = checked(null, issuesOf(changes));
  if (!good.ok) return good;

  // Attributes first: their answer tells the present status, and if the second call fails, what was written is
  // quiet and the same when it is written again, where a change of status is a row the customer sees.
  const attributes = changesAttributes(changes)
    ? await inTurn(nativeId, call.signal, () =>
        changeAttributes(inbox, { nativeId, changes }, call),
      )
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

async function changeAttributes(
  { account, client }: Inbox,
  { nativeId, changes }: { readonly nativeId: string; readonly changes: ConversationChanges },
  call: Call,
): Promise<Outcome<{ readonly detail: WireDetail; readonly written: boolean }>> {
  // Whatever this operation read before may be older than the write that was in front in the queue.
  const before = await client.getConversation({ signal: call.signal, reads: new Map() }, nativeId);
  if (!before.ok) return before;
  const { trio, conversation } = before.value;
  if (!trio) {
    return failed(misshapen('conversation.metadata', { provider: account.name, effect: 'read' }));
  }
  const changed = changedTrio(trio, changes);
  const priority = changes.priority && priorityWord(changes.priority);
  if (isSame(trio, changed) && (priority === undefined || priority === conversation.priority)) {
    return success({ detail: before.value, written: false });
  }
  // The whole trio every time: the service empties what is left out of it. Only the priority is spared.
  const wanted = priority === undefined ? changed : { ...changed, priority };
  const after = await client.changeConversation(call, nativeId, { type: 'metadata', ...wanted });
  return after.ok ? success({ detail: after.value, written: true }) : after;
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

interface Trio {
  readonly assignedToUserId: string | null;
  readonly assignedToDisplayName: string | null;
  readonly tags: string[];
}

function changedTrio(trio: WireTrio, { assignee, tags }: ConversationChanges): Trio {
  const { assignedToUserId = null, assignedToDisplayName = null } = trio;
  const kept = { assignedToUserId, assignedToDisplayName };
  return {
    ...(assignee === undefined ? kept : assigned(assignee, kept)),
    tags: tags ? changedLabels(trio.tags, tags) : trio.tags,
  };
}

function assigned(
  assignee: NonNullable<ConversationChanges['assignee']> | null,
  before: Omit<Trio, 'tags'>,
): Omit<Trio, 'tags'> {
  if (assignee === null) return { assignedToUserId: null, assignedToDisplayName: null };
  const { id, name } = assignee;
  // Assigned again without a name, the one it has is still theirs; anybody else's is not.
  const known = id === before.assignedToUserId ? before.assignedToDisplayName : null;
  return { assignedToUserId: id, assignedToDisplayName: name ?? known };
}

function isSame(trio: WireTrio, changed: Trio): boolean {
  return (
    (trio.assignedToUserId ?? null) === changed.assignedToUserId &&
    (trio.assignedToDisplayName ?? null) === changed.assignedToDisplayName &&
    trio.tags.length === changed.tags.length &&
    trio.tags.every((label, index) => label === changed.tags[index])
  );
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

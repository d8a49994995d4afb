// Changes status, priority, assignee and tags, of which the service replaces the last two as a whole: so they are read,
// changed and written back, one write to a conversation at a time.

import type { Conversation } from '../../domain/conversation.ts';
import { type Failure, failed, type Issue, type Outcome, success } from '../../domain/failure.ts';
import type { ProviderName } from '../../domain/ids.ts';
import { unavailable } from '../http.ts';
import type {
  Call,
  ConversationChanges,
  UpdateConversation,
  UpdatedConversation,
} from '../provider.ts';
import { type Client, nameOf } from './client.ts';
import { isUuid } from './ids.ts';
import { changedLabels, removeIssues, tagIssues } from './labels.ts';
import { toConversation } from './mapping.ts';
import { foreignOptions } from './options.ts';
import type { InTurn } from './waiting.ts';
import type { WireDetail, WireTrio } from './wire.ts';
import { priorityWord, statusWord } from './words.ts';

export interface UpdateParts {
  readonly provider: ProviderName;
  readonly client: Client;
  readonly inTurn: InTurn;
}

/**
 * A status alone is one call; attributes are a read and a write, and a status besides is one more, whose failure
 * is `unfinished`.
 */
export function updating({ provider, client, inTurn }: UpdateParts) {
  return async (
    { conversation: { nativeId: id }, changes }: UpdateConversation,
    call: Call,
  ): Promise<Outcome<UpdatedConversation>> => {
    const [issue, ...issues] = issuesOf(changes);
    if (issue) return failed({ kind: 'invalid-input', issues: [issue, ...issues] });
    if (!isUuid(id)) return failed({ kind: 'not-found', what: nameOf(id, provider) });

    // Attributes first: their answer tells the present status, and if the second call fails, what was written is
    // quiet and the same when it is written again, where a change of status is a row the customer sees.
    const attributes = changesAttributes(changes)
      ? await inTurn(id, call.signal, () => changeAttributes(id, changes, call))
      : success(null);
    if (!attributes.ok) return attributes;

    let seen = attributes.value?.detail;
    const status = changes.status && statusWord(changes.status);
    if (status !== undefined && seen?.conversation.status !== status) {
      const outcome = await client.setStatus(id, status, call);
      if (!outcome.ok && attributes.value?.written) {
        return success(await unfinished(attributes.value.detail, outcome.failure, call));
      }
      if (!outcome.ok) return outcome;
      // A status that it already has is what was asked for, whatever the service calls it.
      seen = outcome.value === 'already' ? undefined : outcome.value;
    }
    if (seen) return success(finished(seen));
    const detail = await client.read(id, call);
    return detail.ok ? success(finished(detail.value)) : detail;
  };

  async function changeAttributes(
    id: string,
    changes: ConversationChanges,
    call: Call,
  ): Promise<Outcome<{ readonly detail: WireDetail; readonly written: boolean }>> {
    // Whatever this operation read before may be older than the write that was in front in the queue.
    const before = await client.read(id, { signal: call.signal, reads: new Map() });
    if (!before.ok) return before;
    const { trio, conversation } = before.value;
    if (!trio) {
      const because = 'its answer was not shaped as expected: conversation.metadata';
      return failed(unavailable(provider, because));
    }
    const changed = changedTrio(trio, changes);
    const priority = changes.priority && priorityWord(changes.priority);
    if (isSame(trio, changed) && (priority === undefined || priority === conversation.priority)) {
      return success({ detail: before.value, written: false });
    }
    // The whole trio every time: the service empties what is left out of it. Only the priority is spared.
    const wanted = priority === undefined ? changed : { ...changed, priority };
    const after = await client.change(id, { type: 'metadata', ...wanted }, call);
    return after.ok ? success({ detail: after.value, written: true }) : after;
  }

  async function unfinished(
    written: WireDetail,
    failure: Failure,
    call: Call,
  ): Promise<UpdatedConversation> {
    // After an answer that was lost the status may be either; after a refusal it is known.
    const again =
      failure.kind === 'outcome-unknown'
        ? await client.read(written.conversation.conversationId, call)
        : undefined;
    const detail = again?.ok ? again.value : written;
    return { ...finished(detail), unfinished: failure };
  }

  function finished(detail: WireDetail): UpdatedConversation {
    const conversation: Conversation = toConversation(detail, provider);
    return { conversation, ignored: [], unfinished: null };
  }
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

function issuesOf({ status, priority, tags, options }: ConversationChanges): Issue[] {
  const issues = [
    ...foreignOptions(options),
    ...tagIssues(tags?.set ?? [], 'tags.set'),
    ...removeIssues(tags?.remove ?? [], 'tags.remove'),
  ];
  if (status === 'UNKNOWN') {
    issues.push({ path: 'status', message: 'Choose one of OPEN, PENDING and CLOSED.' });
  }
  if (priority === 'UNKNOWN') {
    issues.push({ path: 'priority', message: 'Choose one of LOW, NORMAL, HIGH and URGENT.' });
  }
  return issues;
}

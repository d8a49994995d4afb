// Assignee, tags and priority, which the service replaces as a whole: so they are read, changed and written back, one write to
// a conversation at a time among all gateways.

import { failed, type Outcome, success } from '../../domain/failure.ts';
import { unavailable } from '../http.ts';
import type { Call } from '../provider.ts';
import type { ConversationChanges } from '../verbs.ts';
import { misshapen } from '../wire-reading.ts';
import type { Inbox } from './inbox.ts';
import { priorityWord } from './mapping.ts';
import { changedLabels } from './tags.ts';
import type { WireDetail, WireTrio } from './wire.ts';

/** What the conversation is after it, and whether anything had to be written for that. */
export function changeAttributes(
  inbox: Inbox,
  asked: { readonly nativeId: string; readonly changes: ConversationChanges },
  call: Call,
): Promise<Outcome<{ readonly detail: WireDetail; readonly written: boolean }>> {
  return inbox.inTurn(asked.nativeId, call.signal, (isOurs) =>
    readChangeWrite(inbox, { ...asked, isOurs }, call),
  );
}

async function readChangeWrite(
  { account, client }: Inbox,
  {
    nativeId,
    changes,
    isOurs,
  }: {
    readonly nativeId: string;
    readonly changes: ConversationChanges;
    readonly isOurs: () => Promise<Outcome<boolean>>;
  },
  call: Call,
): Promise<Outcome<{ readonly detail: WireDetail; readonly written: boolean }>> {
  // Whatever this operation read before may be older than the write that was in front in the queue.
  const before = await client.getConversation({ ...call, reads: new Map() }, nativeId);
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
  const ours = await isOurs();
  if (!ours.ok) return ours;
  if (!ours.value) return failed(unavailable(account.name, OVERTAKEN));
  // The whole trio every time: the service empties what is left out of it. Only the priority is spared.
  const wanted = priority === undefined ? changed : { ...changed, priority };
  const after = await client.changeConversation(call, nativeId, { type: 'metadata', ...wanted });
  return after.ok ? success({ detail: after.value, written: true }) : after;
}

const OVERTAKEN =
  'another write to the same conversation took its turn while this one slept, and nothing was changed';

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

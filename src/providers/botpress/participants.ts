// Who takes part in a conversation. A participant is a user, and has neither a role nor a date of its own here.

import { conversationAt, failed, mapOutcome, type Outcome } from '../../domain/failure.ts';
import type { Page } from '../../domain/page.ts';
import type { Participant } from '../../domain/participant.ts';
import type { Call } from '../provider.ts';
import type { ListParticipants, NameParticipant } from '../verbs.ts';
import { withHints } from './conversations.ts';
import type { Inbox } from './inbox.ts';
import { toParticipant } from './mapping.ts';

/** In the service's own order, which is written down nowhere. */
export async function listParticipants(
  { account, client }: Inbox,
  { conversation, at, size }: ListParticipants,
  call: Call,
): Promise<Outcome<Page<Participant>>> {
  const from = at === null ? [] : [['nextToken', at] as const];
  const page = await withHints([['pageSize', String(size)]], (hints) =>
    client.listParticipants(call, {
      conversationId: conversation.nativeId,
      query: [...from, ...hints],
    }),
  );
  return mapOutcome(page, ({ rows, next }) => ({
    items: rows.map((row) => toParticipant(row, account)),
    next,
  }));
}

/** Somebody who takes part already is answered like somebody new. */
export async function addParticipant(
  { account, client }: Inbox,
  { conversation, participantId }: NameParticipant,
  call: Call,
): Promise<Outcome<Participant>> {
  if (!isUserId(participantId)) {
    return failed({ kind: 'not-found', what: `participant ${participantId} at ${account.name}` });
  }
  const named = { conversationId: conversation.nativeId, userId: participantId };
  return mapOutcome(await client.addParticipant(call, named), (user) =>
    toParticipant(user, account),
  );
}

export async function removeParticipant(
  { account, client }: Inbox,
  { conversation, participantId }: NameParticipant,
  call: Call,
): Promise<Outcome<null>> {
  const { nativeId } = conversation;
  if (!isUserId(participantId)) {
    const what = `participant ${participantId} in ${conversationAt(account.name, nativeId)}`;
    return failed({ kind: 'not-found', what });
  }
  const removed = await client.removeParticipant(call, {
    conversationId: nativeId,
    userId: participantId,
  });
  if (removed.ok || removed.failure.kind !== 'not-found') return removed;
  // The path names both and the error does not say which: where the conversation is there, it is the participant.
  const home = await client.getConversation(call, nativeId);
  return !home.ok && home.failure.kind === 'not-found' ? home : removed;
}

/** Ids of other lengths are refused as malformed, which says nothing to whoever looks for somebody. */
function isUserId(text: string): boolean {
  return text.length >= 28 && text.length <= 36;
}

// A conversation changed, which here is three things of it, and what became of them.

import { failed, mapOutcome, type Outcome } from '../../domain/failure.ts';
import type { Call } from '../provider.ts';
import type { ConversationChanges, UpdateConversation, UpdatedConversation } from '../verbs.ts';
import type { ChatlingAccount } from './account.ts';
import type { ConversationPatch } from './client.ts';
import type { Inbox } from './inbox.ts';
import { toConversation } from './mapping.ts';
import type { WireConversation } from './wire.ts';

/** Only what is given is written; with nothing given the conversation is read, because an empty change is refused. */
export async function updateConversation(
  { account, client }: Inbox,
  { conversation: { nativeId }, changes }: UpdateConversation,
  call: Call,
): Promise<Outcome<UpdatedConversation>> {
  if (changes.contactId === null) {
    return failed({
      kind: 'unsupported',
      provider: account.name,
      verb: 'CONVERSATION_UPDATE',
      note: 'Chatling documents no way to unlink a contact: give the id of another contact, or leave `contactId` out.',
    });
  }
  const patch: ConversationPatch = {
    ...(changes.archived === undefined ? {} : { archive: changes.archived }),
    ...(changes.important === undefined ? {} : { important: changes.important }),
    ...(changes.contactId === undefined ? {} : { contact_id: changes.contactId }),
  };
  const answer =
    Object.keys(patch).length === 0
      ? await client.getConversation(call, nativeId)
      : await client.updateConversation(call, nativeId, patch);
  return mapOutcome(answer, (row) => updated(row, changes, account));
}

/** The answer is the conversation as it is now, which tells what was accepted and not done. */
function updated(
  row: WireConversation,
  changes: ConversationChanges,
  account: ChatlingAccount,
): UpdatedConversation {
  const conversation = toConversation(row, account);
  const present: Pick<ConversationChanges, 'archived' | 'important' | 'contactId'> = {
    ...(conversation.archived === null ? {} : { archived: conversation.archived }),
    ...(conversation.important === null ? {} : { important: conversation.important }),
    contactId: conversation.contact?.nativeId ?? null,
  };
  const ignored = (['archived', 'important', 'contactId'] as const).filter(
    (field) =>
      changes[field] !== undefined &&
      present[field] !== undefined &&
      changes[field] !== present[field],
  );
  return { conversation, ignored, unfinished: null };
}

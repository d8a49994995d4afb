// A conversation begun, which takes a first message to the AI.

import type { Conversation } from '../../domain/conversation.ts';
import { failed, invalid, type Outcome, success } from '../../domain/failure.ts';
import type { Call } from '../provider.ts';
import type { CreateConversation } from '../verbs.ts';
import { misshapen } from '../wire-reading.ts';
import type { Inbox } from './inbox.ts';
import { toBegun, toConversation } from './mapping.ts';
import { answering } from './send.ts';

/** Begins a conversation with a first message to the AI: no other way is documented. */
export async function createConversation(
  { account, client, clock }: Inbox,
  { message, contactId, options, begun }: CreateConversation,
  call: Call,
): Promise<Outcome<Conversation>> {
  if (!message?.trim()) {
    return invalid(
      'message',
      'must not be empty: a Chatling conversation begins with a message to its AI; give `message` the text to begin with.',
    );
  }
  const how = answering(account, options);
  if (!how.ok) return how;
  const answer = await client.chat(call, {
    message,
    ...how.value,
    ...(contactId === undefined ? {} : { contact_id: contactId }),
  });
  if (!answer.ok) return answer;
  const { conversation_id: id, response } = answer.value;
  if (!id) {
    return failed(misshapen('data.conversation_id', { provider: account.name, effect: 'write' }));
  }
  await begun?.(id);
  const read = await client.getConversation(call, id);
  // It has begun whether or not it can be read: a failure here would invite to begin it twice.
  return success(
    read.ok
      ? toConversation(read.value, account)
      : toBegun({ id, contactId, preview: response ?? null, sortedAt: new Date(clock()) }, account),
  );
}

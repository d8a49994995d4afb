// What was thought of an AI answer: written in one coding, and read back in another.

import { conversationAt, invalid, type Outcome } from '../../domain/failure.ts';
import type { Message, Rating } from '../../domain/message.ts';
import type { Call } from '../provider.ts';
import type { RateMessage } from '../verbs.ts';
import { unseen } from '../wire-reading.ts';
import type { Rated } from './client.ts';
import type { Inbox } from './inbox.ts';
import { toConversation } from './mapping.ts';
import { isDerivedId } from './message-ids.ts';
import { getMessage } from './messages.ts';

/**
 * Looks first at the messages that the conversation carries, for one that cannot be rated; of an older one the service
 * is the judge. Its answer is empty, so the message is read back afterwards.
 */
export async function rateMessage(
  inbox: Inbox,
  { message, rating }: RateMessage,
  call: Call,
): Promise<Outcome<Message>> {
  const { account, client } = inbox;
  const { conversation, nativeId } = message;
  if (isDerivedId(nativeId)) return invalid('id', NAMELESS);
  const read = await client.getConversation(call, conversation.nativeId);
  if (!read.ok) return read;
  const carried = toConversation(read.value, account).embedded?.items ?? [];
  const seen = carried.find((item) => item.nativeId === nativeId);
  if (seen && !isRatable(seen)) return invalid('id', NO_ANSWER);

  const rated = await client.rateAnswer(call, {
    conversation: conversation.nativeId,
    message: nativeId,
    rating: ratingWord(rating),
  });
  if (!rated.ok) return rated;
  const after = await getMessage(inbox, message, call);
  if (after.ok) return after;
  const where = conversationAt(account.name, conversation.nativeId);
  return unseen(`message ${nativeId} in ${where} was rated`, account.name, after.failure);
}

/** An answer that does not say where it came from is left to the service. */
function isRatable({ role, native }: Message): boolean {
  return role === 'BOT' && !(native?.kind === 'chatling' && native.isAiKbResponse === false);
}

/** Not helpful is written as -1 and read as 0, which in turn is written to take a rating back. */
function ratingWord(rating: Rating | null): Rated['rating'] {
  switch (rating) {
    case 'HELPFUL':
      return '1';
    case 'UNHELPFUL':
      return '-1';
    case null:
      return '0';
  }
}

const NAMELESS =
  'is one that the gateway made, because Chatling gave this message none, and Chatling rates an answer by its own id alone; it can be rated in Chatling itself.';

const NO_ANSWER =
  'must be that of an answer which the AI gave from its knowledge base: Chatling rates nothing else; take a message of role BOT whose native isAiKbResponse is true.';

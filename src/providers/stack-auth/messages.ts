// Messages listed and read: the service gives all of a conversation's at once, so pages are cut here.

import type { Conversation } from '../../domain/conversation.ts';
import { failed, mapOutcome, messageIn, type Outcome, success } from '../../domain/failure.ts';
import type { ConversationRef, MessageRef } from '../../domain/ids.ts';
import type { Message } from '../../domain/message.ts';
import type { Call } from '../provider.ts';
import type { ListMessages, MessagePage } from '../verbs.ts';
import { misshapen } from '../wire-reading.ts';
import type { Inbox } from './inbox.ts';
import { newestFirst, toConversation } from './mapping.ts';

/** The rows after the one named by `at`; from the newest where there is none of that id. */
export async function listMessages(
  inbox: Inbox,
  { conversation, at, size }: ListMessages,
  call: Call,
): Promise<Outcome<MessagePage>> {
  return mapOutcome(await everyMessage(inbox, conversation, call), ({ messages, whole }) => {
    const start = messages.findIndex(({ nativeId }) => nativeId === at) + 1;
    const items = messages.slice(start, start + Math.max(1, size));
    const more = start + items.length < messages.length;
    return { items, next: more ? (items.at(-1)?.nativeId ?? null) : null, conversation: whole };
  });
}

export async function getMessage(
  inbox: Inbox,
  message: MessageRef,
  call: Call,
): Promise<Outcome<Message>> {
  const messages = await everyMessage(inbox, message.conversation, call);
  if (!messages.ok) return messages;
  const found = messages.value.messages.find(({ nativeId }) => nativeId === message.nativeId);
  return found ? success(found) : failed({ kind: 'not-found', what: messageIn(message) });
}

/** Newest first, and the conversation they came in one answer with. */
async function everyMessage(
  { account, client }: Inbox,
  conversation: ConversationRef,
  call: Call,
): Promise<Outcome<{ readonly messages: readonly Message[]; readonly whole: Conversation }>> {
  const detail = await client.getConversation(call, conversation.nativeId);
  if (!detail.ok) return detail;
  const { messages } = detail.value;
  return messages
    ? success({
        messages: newestFirst(messages, conversation),
        whole: toConversation(detail.value, account.name),
      })
    : failed(misshapen('messages', { provider: account.name, effect: 'read' }));
}

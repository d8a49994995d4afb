// The two nodes that refer to each other, each with its loader: had once per operation however often they are named.

import type { Conversation as DomainConversation } from '../src/domain/conversation.ts';
import type { Outcome } from '../src/domain/failure.ts';
import { encodeId } from '../src/domain/ids.ts';
import type { Message as DomainMessage } from '../src/domain/message.ts';
import { builder } from './builder.ts';
import type { Context } from './context.ts';
import { errorOf } from './failure.ts';
import { conversationRefOf, messageRefOf } from './global-id.ts';

export const Conversation = builder.loadableNodeRef('Conversation', {
  id: { resolve: conversationIdOf, description: 'The global id of this conversation.' },
  toKey: conversationIdOf,
  cacheResolved: true,
  load: (ids: string[], { gateway, operation }) =>
    Promise.all(
      ids.map(async (id) =>
        valueOrError(await gateway.getConversation(conversationRefOf(id, 'id'), operation)),
      ),
    ),
});

export const Message = builder.loadableNodeRef('Message', {
  id: { resolve: messageIdOf, description: 'The global id of this message.' },
  toKey: messageIdOf,
  cacheResolved: true,
  load: (ids: string[], { gateway, operation }) =>
    Promise.all(
      ids.map(async (id) =>
        valueOrError(await gateway.getMessage(messageRefOf(id, 'id'), operation)),
      ),
    ),
});

/** Has all of them loaded anew when they are named again. */
export function forgetNodes(context: Context): void {
  Conversation.getDataloader(context).clearAll();
  Message.getDataloader(context).clearAll();
}

function conversationIdOf({ provider, nativeId }: DomainConversation): string {
  return encodeId({ type: 'Conversation', conversation: { provider, nativeId } });
}

function messageIdOf({ conversation, nativeId }: DomainMessage): string {
  return encodeId({ type: 'Message', message: { conversation, nativeId } });
}

/** The schema marks what it is handed as of its type, and what was kept is everybody's. */
function valueOrError<T extends object>(outcome: Outcome<T>): T | Error {
  return outcome.ok ? { ...outcome.value } : errorOf(outcome.failure);
}

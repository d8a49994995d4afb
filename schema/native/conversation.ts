// The part of a conversation that only its provider has, as one union.

import type { Conversation } from '../../src/domain/conversation.ts';
import { builder } from '../builder.ts';
import { BotpressConversation } from './botpress.ts';
import { ChatBotKitConversation } from './chatbotkit.ts';
import { ChatlingConversation } from './chatling.ts';
import { GenericNative } from './generic.ts';
import { StackAuthConversation } from './stack-auth.ts';

export const ConversationNative = builder.unionType('ConversationNative', {
  description: 'What only one kind of provider has, typed.',
  types: [
    BotpressConversation,
    ChatlingConversation,
    ChatBotKitConversation,
    StackAuthConversation,
    GenericNative,
  ],
  resolveType: (part) => {
    if (!('kind' in part)) return 'StackAuthConversation';
    switch (part.kind) {
      case 'botpress':
        return 'BotpressConversation';
      case 'chatling':
        return 'ChatlingConversation';
      case 'chatbotkit':
        return 'ChatBotKitConversation';
      case 'generic':
        return 'GenericNative';
    }
  },
});

/** What the union's members resolve from. */
export function nativePart(conversation: Conversation) {
  const { native } = conversation;
  return native?.kind === 'stack-auth' ? { conversation, native } : native;
}

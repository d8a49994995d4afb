// The input that creating and getting-or-creating share.

import type { CreateInput } from '../../src/gateway/writes/create-conversations.ts';
import type { Keyed } from '../../src/gateway/writes/once.ts';
import { builder } from '../builder.ts';
import { ConversationPriority } from '../conversation.ts';
import { MessageRole } from '../participant.ts';
import { TagInput, tagsOf } from '../tag.ts';
import { genericOf, given, groupOf, withMeta } from './given.ts';
import {
  BotpressCreateInput,
  ChatBotKitCreateInput,
  ChatlingAnswerInput,
  PROVIDER_OPTIONS,
  StackAuthCreateInput,
} from './groups.ts';
import { IDEMPOTENCY_KEY } from './idempotency-key.ts';

const FirstMessageInput = builder.inputType('FirstMessageInput', {
  description: 'A message of the history a conversation begins with.',
  fields: (t) => ({
    role: t.field({ type: MessageRole, required: true, description: 'Whose voice it is in.' }),
    text: t.string({ required: true, description: 'What it says.' }),
  }),
});

function createInput(name: string, description: string) {
  return builder.inputType(name, {
    description,
    fields: (t) => ({
      provider: t.string({
        required: true,
        description: 'The name of the provider. Its `capabilities` say which fields it takes.',
      }),
      channel: t.string({ description: 'The way it comes in. Botpress must have it.' }),
      tags: t.field({ type: [TagInput], description: 'Tags for it to have.' }),
      ...(name === 'GetOrCreateConversationInput'
        ? {
            discriminateByTags: t.stringList({
              description:
                'Which of the tags must match for a conversation to be taken as the one; others are not compared. Left out, all tags must match exactly.',
            }),
          }
        : {}),
      title: t.string({ description: 'What it is about. Stack Auth must have it.' }),
      description: t.string({ description: 'More about it.' }),
      contactId: t.string({
        description:
          'The person outside: `Contact.id` or the provider’s own id. Stack Auth must have it.',
      }),
      priority: t.field({ type: ConversationPriority, description: 'How urgent it is.' }),
      message: t.string({
        description:
          'What it begins with. Stack Auth must have it, and so must Chatling, whose AI answers it at once.',
      }),
      messages: t.field({
        type: [FirstMessageInput],
        description: 'A history to begin with, oldest first.',
      }),
      botpress: t.field({ type: BotpressCreateInput, description: 'For Botpress only.' }),
      chatling: t.field({ type: ChatlingAnswerInput, description: 'For Chatling only.' }),
      chatBotKit: t.field({ type: ChatBotKitCreateInput, description: 'For ChatBotKit only.' }),
      stackAuth: t.field({ type: StackAuthCreateInput, description: 'For Stack Auth only.' }),
      providerOptions: t.field(PROVIDER_OPTIONS),
      idempotencyKey: t.string(IDEMPOTENCY_KEY),
    }),
  });
}

export const CreateConversationInput = createInput(
  'CreateConversationInput',
  'A conversation to begin.',
);

export const GetOrCreateConversationInput = createInput(
  'GetOrCreateConversationInput',
  'A conversation to find, or to begin where there is none.',
);

export function createOf(
  input: typeof CreateConversationInput.$inferInput,
): CreateInput & Partial<Keyed> {
  const { tags, botpress, chatling, chatBotKit, stackAuth, providerOptions, ...rest } = input;
  const options = groupOf({
    botpress: botpress ? { kind: 'botpress' as const, ...given(botpress) } : undefined,
    chatling: chatling ? { kind: 'chatling' as const, ...given(chatling) } : undefined,
    chatBotKit: chatBotKit
      ? { kind: 'chatbotkit' as const, ...withMeta(given(chatBotKit), 'chatBotKit.meta') }
      : undefined,
    stackAuth: stackAuth ? { kind: 'stack-auth' as const, ...given(stackAuth) } : undefined,
    providerOptions: genericOf(providerOptions),
  });
  return {
    ...given(rest),
    provider: input.provider,
    tags: tagsOf(tags),
    ...(options ? { options } : {}),
  };
}

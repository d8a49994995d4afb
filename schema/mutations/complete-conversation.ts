// Has a bot answer a conversation that is stored nowhere.

import type { CompleteOptions } from '../../src/domain/native.ts';
import type { CompleteInput } from '../../src/gateway/writes/complete-conversation.ts';
import type { Keyed } from '../../src/gateway/writes/once.ts';
import type { CompletedConversation } from '../../src/providers/verbs.ts';
import { builder } from '../builder.ts';
import { WRITE_ERRORS } from '../errors.ts';
import { unwrap } from '../failure.ts';
import { MessageKind } from '../message-words.ts';
import { MessageRole } from '../participant.ts';
import { ReplyUsage } from '../reply-usage.ts';
import { engineOf, genericOf, given, groupOf, withMeta } from './given.ts';
import { PROVIDER_OPTIONS } from './groups.ts';
import { IDEMPOTENCY_KEY, keyOf } from './idempotency-key.ts';

const CompletionMessageInput = builder.inputType('CompletionMessageInput', {
  description: 'A message of a conversation that is stored nowhere.',
  fields: (t) => ({
    role: t.field({ type: MessageRole, required: true, description: 'Whose voice it is in.' }),
    kind: t.field({ type: MessageKind, description: 'What it is; left out, a message.' }),
    text: t.string({ required: true, description: 'What it says.' }),
    name: t.string({ description: 'A name for it.' }),
    description: t.string({ description: 'A description of it.' }),
    meta: t.field({ type: 'JSON', description: 'Metadata of it, an object.' }),
  }),
});

const AttachmentInput = builder.inputType('AttachmentInput', {
  description: 'A file that is on the web already.',
  fields: (t) => ({
    url: t.string({ required: true, description: 'Where it is: a whole URL.' }),
  }),
});

const ChatBotKitComplete = builder.inputType('ChatBotKitCompleteInput', {
  description: 'What only ChatBotKit takes.',
  fields: (t) => ({
    functions: t.field({ type: ['JSON'], description: 'Functions the bot may call.' }),
    extensions: t.field({
      type: 'JSON',
      description: 'What the bot has besides its own, an object.',
    }),
    limits: t.field({
      type: 'JSON',
      description: 'How far the bot may go for its answer, an object.',
    }),
    botId: t.string({ description: 'The bot that answers; left out, the other fields make one.' }),
    model: t.string({ description: 'The model that answers.' }),
    backstory: t.string({ description: 'The part the bot plays.' }),
    datasetId: t.string({ description: 'The dataset it draws on.' }),
    skillsetId: t.string({ description: 'The skillset it uses.' }),
    privacy: t.boolean({ description: 'Whether personal data is masked.' }),
    moderation: t.boolean({ description: 'Whether what is said is moderated.' }),
  }),
});

const Input = builder.inputType('CompleteConversationInput', {
  description: 'A whole conversation for a bot to answer.',
  fields: (t) => ({
    provider: t.string({
      required: true,
      description: 'The name of the provider. Its `capabilities` say which fields it takes.',
    }),
    messages: t.field({
      type: [CompletionMessageInput],
      required: true,
      description: 'All that was said, oldest first: from 1 to 500.',
    }),
    contactId: t.string({
      description: 'The person outside: `Contact.id` or the provider’s own id.',
    }),
    attachments: t.field({
      type: [AttachmentInput],
      description: 'Files for the bot to look at, up to 20. No provider known here takes them.',
    }),
    chatBotKit: t.field({ type: ChatBotKitComplete, description: 'For ChatBotKit only.' }),
    providerOptions: t.field(PROVIDER_OPTIONS),
    idempotencyKey: t.string(IDEMPOTENCY_KEY),
  }),
});

const Payload = builder
  .objectRef<CompletedConversation & Keyed>('CompleteConversationPayload')
  .implement({
    description: 'What the bot answered. It is stored nowhere, so it has no id.',
    fields: (t) => ({
      text: t.exposeString('text', { description: 'What it said.' }),
      usage: t.expose('usage', { type: ReplyUsage, description: 'What the answer cost.' }),
      ...keyOf(t),
    }),
  });

builder.mutationField('completeConversation', (t) =>
  t.field({
    type: Payload,
    description: 'Has a bot answer a conversation that is sent along; nothing of it is stored.',
    complexity: 1,
    errors: {
      types: WRITE_ERRORS,
      union: {
        name: 'CompleteConversationResult',
        description: 'What the bot answered, or why it did not.',
      },
    },
    args: { input: t.arg({ type: Input, required: true, description: 'What to answer.' }) },
    resolve: async (_root, { input }, { gateway, operation }) =>
      unwrap(await gateway.completeConversation(completeOf(input), operation)),
  }),
);

function completeOf(input: typeof Input.$inferInput): CompleteInput & Partial<Keyed> {
  const { provider, messages, attachments, chatBotKit, providerOptions } = input;
  const { contactId, idempotencyKey } = given(input);
  const options: CompleteOptions | undefined = groupOf({
    chatBotKit: chatBotKit
      ? { kind: 'chatbotkit' as const, ...engineOf(given(chatBotKit)) }
      : undefined,
    providerOptions: genericOf(providerOptions),
  });
  return {
    provider,
    messages: messages.map(({ role, kind, text, ...rest }, index) => ({
      role,
      kind: kind ?? 'MESSAGE',
      text,
      ...withMeta(given(rest), `messages.${index}.meta`),
    })),
    attachments: attachments ?? [],
    ...(contactId === undefined ? {} : { contactId }),
    ...(options ? { options } : {}),
    ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
  };
}

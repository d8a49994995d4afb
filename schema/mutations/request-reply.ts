// Has a bot answer what is already there.

import type { ReplyOptions } from '../../src/domain/native.ts';
import type { Keyed } from '../../src/gateway/writes/once.ts';
import type { ReplyRequested } from '../../src/gateway/writes/request-reply.ts';
import type { RequestReply } from '../../src/providers/verbs.ts';
import { builder } from '../builder.ts';
import { ErrorInterface, shownError } from '../error.ts';
import { WRITE_ERRORS } from '../errors.ts';
import { unwrap } from '../failure.ts';
import { conversationRefOf } from '../global-id.ts';
import { Message } from '../nodes.ts';
import { ReplyUsage } from '../reply-usage.ts';
import { conversationAfter } from './conversation-after.ts';
import { engineOf, genericOf, given, groupOf } from './given.ts';
import { PROVIDER_OPTIONS } from './groups.ts';
import { IDEMPOTENCY_KEY, keyOf } from './idempotency-key.ts';

const ChatBotKitReply = builder.inputType('ChatBotKitReplyInput', {
  description: 'What only ChatBotKit takes.',
  fields: (t) => ({
    functions: t.field({ type: ['JSON'], description: 'Functions the bot may call.' }),
    extensions: t.field({
      type: 'JSON',
      description: 'What the bot has besides its own, an object.',
    }),
  }),
});

const Input = builder.inputType('RequestReplyInput', {
  description: 'Where a bot is to answer, and how.',
  fields: (t) => ({
    conversationId: t.id({ required: true, description: 'The conversation to be answered.' }),
    chatBotKit: t.field({ type: ChatBotKitReply, description: 'For ChatBotKit only.' }),
    providerOptions: t.field(PROVIDER_OPTIONS),
    idempotencyKey: t.string(IDEMPOTENCY_KEY),
  }),
});

const Payload = builder.objectRef<ReplyRequested & Keyed>('RequestReplyPayload').implement({
  description: 'What the bot answered.',
  fields: (t) => ({
    reply: t.expose('reply', {
      type: Message,
      nullable: true,
      description: 'The answer; null where the bot said nothing.',
    }),
    usage: t.expose('usage', {
      type: ReplyUsage,
      nullable: true,
      description: 'What the answer cost, where the provider says.',
    }),
    unfinished: t.field({
      type: ErrorInterface,
      nullable: true,
      description: 'Where the answer broke off: why. `reply` is what came before that.',
      resolve: ({ unfinished }) => unfinished && shownError(unfinished),
    }),
    conversation: conversationAfter(t),
    ...keyOf(t),
  }),
});

builder.mutationField('requestReply', (t) =>
  t.field({
    type: Payload,
    description:
      'Has the bot answer what is already there, within the call. Nothing is written but its answer.',
    complexity: 2,
    errors: {
      types: WRITE_ERRORS,
      union: {
        name: 'RequestReplyResult',
        description: 'What the bot answered, or why it was not asked.',
      },
    },
    args: { input: t.arg({ type: Input, required: true, description: 'What to have answered.' }) },
    resolve: async (_root, { input }, { gateway, operation }) =>
      unwrap(await gateway.requestReply(requestOf(input), operation)),
  }),
);

function requestOf({
  conversationId,
  chatBotKit,
  providerOptions,
  idempotencyKey,
}: typeof Input.$inferInput): RequestReply & Partial<Keyed> {
  const options: ReplyOptions | undefined = groupOf({
    chatBotKit: chatBotKit
      ? { kind: 'chatbotkit' as const, ...engineOf(given(chatBotKit)) }
      : undefined,
    providerOptions: genericOf(providerOptions),
  });
  return {
    conversation: conversationRefOf(conversationId, 'conversationId'),
    ...(options ? { options } : {}),
    ...given({ idempotencyKey }),
  };
}

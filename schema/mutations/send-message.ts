// Writes a message into a conversation.

import type { SendOptions } from '../../src/domain/native.ts';
import type { Keyed } from '../../src/gateway/writes/once.ts';
import type { MessageSent, SendInput } from '../../src/gateway/writes/send-message.ts';
import { builder } from '../builder.ts';
import { ErrorInterface, shownError } from '../error.ts';
import { WRITE_ERRORS } from '../errors.ts';
import { invalidInput, unwrap } from '../failure.ts';
import { conversationRefOf } from '../global-id.ts';
import { contentOf, MessageContentInput } from '../message-content.ts';
import { MessageKind, Visibility } from '../message-words.ts';
import { Message } from '../nodes.ts';
import { MessageRole } from '../participant.ts';
import { ReplyUsage } from '../reply-usage.ts';
import { TagInput, tagsOf } from '../tag.ts';
import { conversationAfter } from './conversation-after.ts';
import { engineOf, genericOf, given, groupOf, objectOf, objectsOf, withMeta } from './given.ts';
import { ChatlingAnswerInput, PROVIDER_OPTIONS } from './groups.ts';
import { IDEMPOTENCY_KEY, keyOf } from './idempotency-key.ts';

const Schedule = builder.inputType('BotpressScheduleInput', {
  description: 'When to send it; exactly one field.',
  isOneOf: true,
  fields: (t) => ({
    dateTime: t.field({ type: 'DateTime', description: 'At this moment.' }),
    delayMs: t.int({ description: 'So many milliseconds from now.' }),
  }),
});

const BotpressSend = builder.inputType('BotpressSendInput', {
  description: 'What only Botpress takes.',
  fields: (t) => ({
    userId: t.string({ description: 'Whose message it is; needed to write as USER.' }),
    type: t.string({ description: 'A message type of your own, in the place of `text`.' }),
    payload: t.field({ type: 'JSON', description: 'The payload of that type, an object.' }),
    schedule: t.field({ type: Schedule, description: 'When to send it; left out, now.' }),
    integrationId: t.string({ description: 'Acts as this integration rather than as the bot.' }),
    integrationAlias: t.string({ description: 'The alias under which that one is installed.' }),
  }),
});

const ChatBotKitSend = builder.inputType('ChatBotKitSendInput', {
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
    entities: t.field({ type: ['JSON'], description: 'Personal data known to be in the text.' }),
    meta: t.field({ type: 'JSON', description: 'Metadata of the message, an object.' }),
  }),
});

const Input = builder.inputType('SendMessageInput', {
  description:
    'What to write, and how. Exactly one of `text`, `content`, or Botpress’ own type and payload.',
  fields: (t) => ({
    conversationId: t.id({ required: true, description: 'The conversation to write into.' }),
    text: t.string({ description: 'Plain text.' }),
    content: t.field({ type: MessageContentInput, description: 'Anything richer.' }),
    kind: t.field({ type: MessageKind, description: 'What it is; left out, a message.' }),
    visibility: t.field({
      type: Visibility,
      description:
        'Who may see it; left out, everybody; colleagues only for a note or a hidden kind.',
    }),
    as: t.field({
      type: MessageRole,
      description:
        'The role to write as; left out, the provider’s natural one: Botpress BOT, Chatling USER, ChatBotKit USER, Stack Auth AGENT.',
    }),
    expectReply: t.boolean({
      description:
        'Whether the bot is to answer within the call. Chatling always does, ChatBotKit when asked, the others never.',
    }),
    tags: t.field({ type: [TagInput], description: 'Tags of the message.' }),
    name: t.string({ description: 'A name for the message, at ChatBotKit.' }),
    description: t.string({ description: 'A description of the message, at ChatBotKit.' }),
    botpress: t.field({ type: BotpressSend, description: 'For Botpress only.' }),
    chatling: t.field({ type: ChatlingAnswerInput, description: 'For Chatling only.' }),
    chatBotKit: t.field({ type: ChatBotKitSend, description: 'For ChatBotKit only.' }),
    providerOptions: t.field(PROVIDER_OPTIONS),
    idempotencyKey: t.string(IDEMPOTENCY_KEY),
  }),
});

const Delivery = builder.enumType('Delivery', {
  description: 'Whether a message reached its provider.',
  values: {
    SENT: { description: 'It did: its provider said so, or has it.' },
    NOT_SENT: {
      description: 'It did not: its provider was looked at, and does not have it. Send it again.',
    },
    UNKNOWN: {
      description:
        'It may have: the answer was lost. It is not sent again, but looked for. What is found is told as `DeliverySettled`; or ask once more with the same key.',
    },
  } satisfies Record<MessageSent['delivery'], object>,
});

const Payload = builder.objectRef<MessageSent & Keyed>('SendMessagePayload').implement({
  description: 'What became of a message.',
  fields: (t) => ({
    delivery: t.expose('delivery', { type: Delivery, description: 'Whether it arrived.' }),
    message: t.expose('message', {
      type: Message,
      nullable: true,
      description: 'As its provider has it; null where that cannot be told.',
    }),
    reply: t.expose('reply', {
      type: Message,
      nullable: true,
      description: 'What the bot answered, where it answers within the call.',
    }),
    usage: t.expose('usage', {
      type: ReplyUsage,
      nullable: true,
      description: 'What the answer cost, where the provider says.',
    }),
    unfinished: t.field({
      type: ErrorInterface,
      nullable: true,
      description:
        'Where the message is there and the answer to it broke off: why. `reply` is what came before that.',
      resolve: ({ unfinished }) => unfinished && shownError(unfinished),
    }),
    conversation: conversationAfter(t),
    ...keyOf(t),
  }),
});

builder.mutationField('sendMessage', (t) =>
  t.field({
    type: Payload,
    description: 'Writes a message into a conversation. It is never sent twice by the gateway.',
    complexity: 4,
    errors: {
      types: WRITE_ERRORS,
      union: {
        name: 'SendMessageResult',
        description: 'What became of it, or why it was not sent.',
      },
    },
    args: { input: t.arg({ type: Input, required: true, description: 'What to write.' }) },
    resolve: async (_root, { input }, { gateway, operation }) =>
      unwrap(await gateway.sendMessage(sendOf(input), operation)),
  }),
);

function sendOf(input: typeof Input.$inferInput): SendInput & Partial<Keyed> {
  const {
    conversationId,
    content,
    tags,
    botpress,
    chatling,
    chatBotKit,
    providerOptions,
    ...rest
  } = input;
  const options: SendOptions | undefined = groupOf({
    botpress: botpress ? { kind: 'botpress' as const, ...botpressOf(botpress) } : undefined,
    chatling: chatling ? { kind: 'chatling' as const, ...given(chatling) } : undefined,
    chatBotKit: chatBotKit
      ? { kind: 'chatbotkit' as const, ...chatBotKitOf(chatBotKit) }
      : undefined,
    providerOptions: genericOf(providerOptions),
  });
  const carried = content ? contentOf(content) : undefined;
  return {
    ...given(rest),
    conversation: conversationRefOf(conversationId, 'conversationId'),
    tags: tagsOf(tags),
    ...(carried ? { content: carried } : {}),
    ...(options ? { options } : {}),
  };
}

function botpressOf(group: typeof BotpressSend.$inferInput) {
  const { payload, schedule, ...rest } = given(group);
  if ((payload === undefined) !== (rest.type === undefined)) {
    const missing = payload === undefined ? 'payload' : 'type';
    throw invalidInput(`botpress.${missing}`, 'is missing; a type and its payload go together.');
  }
  if (schedule?.delayMs !== undefined && schedule.delayMs !== null && schedule.delayMs < 0) {
    throw invalidInput('botpress.schedule.delayMs', 'must not be negative.');
  }
  return {
    ...rest,
    ...(payload === undefined ? {} : { payload: objectOf(payload, 'botpress.payload') }),
    ...(schedule === undefined ? {} : { schedule: given(schedule) }),
  };
}

function chatBotKitOf(group: typeof ChatBotKitSend.$inferInput) {
  const { entities, ...rest } = withMeta(engineOf(given(group)), 'chatBotKit.meta');
  return {
    ...rest,
    ...(entities === undefined ? {} : { entities: objectsOf(entities, 'chatBotKit.entities') }),
  };
}

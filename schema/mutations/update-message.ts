// Changes a message.

import type { Issue } from '../../src/domain/failure.ts';
import type { UpdateMessageOptions } from '../../src/domain/native.ts';
import type { UpdateMessageInput } from '../../src/gateway/writes/update-message.ts';
import type { UpdatedMessage } from '../../src/providers/verbs.ts';
import { builder } from '../builder.ts';
import { WRITE_ERRORS } from '../errors.ts';
import { invalidInputs, unwrap } from '../failure.ts';
import { messageRefOf } from '../global-id.ts';
import { contentOf, MessageContentInput } from '../message-content.ts';
import { MessageKind } from '../message-words.ts';
import { Message } from '../nodes.ts';
import { MessageRole } from '../participant.ts';
import { tagsOf } from '../tag.ts';
import { genericOf, given, groupOf, objectOf, objectsOf, withMeta } from './given.ts';
import { PROVIDER_OPTIONS } from './groups.ts';
import { TagChangesInput } from './update-conversation.ts';

const BotpressUpdateMessage = builder.inputType('BotpressUpdateMessageInput', {
  description: 'What only Botpress takes.',
  fields: (t) => ({
    payload: t.field({
      type: 'JSON',
      description:
        'In the place of `text`: a whole payload of the type the message has, an object. The one it had is gone.',
    }),
    integrationId: t.string({ description: 'Acts as this integration rather than as the bot.' }),
    integrationAlias: t.string({ description: 'The alias under which that one is installed.' }),
  }),
});

const ChatBotKitUpdateMessage = builder.inputType('ChatBotKitUpdateMessageInput', {
  description: 'What only ChatBotKit takes.',
  fields: (t) => ({
    meta: t.field({
      type: 'JSON',
      description: 'Metadata to merge, an object: keys not named stay, null takes one away.',
    }),
    entities: t.field({ type: ['JSON'], description: 'Personal data known to be in the text.' }),
  }),
});

const Input = builder.inputType('UpdateMessageInput', {
  description:
    'What to change of a message. A field left out stays as it is; of the others only `name` and `description` can be cleared, with null.',
  fields: (t) => ({
    id: t.id({ required: true, description: 'Which message.' }),
    text: t.string({ description: 'What it is to say, as plain text.' }),
    content: t.field({
      type: MessageContentInput,
      description: 'Anything richer, in the place of `text`. Botpress keeps a message its type.',
    }),
    kind: t.field({ type: MessageKind, description: 'What it is to be.' }),
    as: t.field({ type: MessageRole, description: 'Whose voice it is to be in.' }),
    tags: t.field({ type: TagChangesInput, description: 'Tags to change.' }),
    name: t.string({ description: 'A name for it, at ChatBotKit; null clears.' }),
    description: t.string({ description: 'A description of it, at ChatBotKit; null clears.' }),
    botpress: t.field({ type: BotpressUpdateMessage, description: 'For Botpress only.' }),
    chatBotKit: t.field({ type: ChatBotKitUpdateMessage, description: 'For ChatBotKit only.' }),
    providerOptions: t.field(PROVIDER_OPTIONS),
  }),
});

const Payload = builder.objectRef<UpdatedMessage>('UpdateMessagePayload').implement({
  description: 'The message after the update.',
  fields: (t) => ({
    message: t.expose('message', { type: Message, description: 'As its provider has it now.' }),
    ignored: t.stringList({
      description: 'What the provider took and did not do, by the names of the input.',
      resolve: ({ ignored }) => [...ignored],
    }),
  }),
});

builder.mutationField('updateMessage', (t) =>
  t.field({
    type: Payload,
    description:
      'Changes what is given of a message and leaves the rest. A field its provider does not take is an error, never ignored.',
    complexity: 2,
    errors: {
      types: WRITE_ERRORS,
      union: {
        name: 'UpdateMessageResult',
        description: 'The message after the update, or why nothing was changed.',
      },
    },
    args: { input: t.arg({ type: Input, required: true, description: 'What to change.' }) },
    resolve: async (_root, { input }, { gateway, operation }) =>
      unwrap(await gateway.updateMessage(updateOf(input), operation)),
  }),
);

function updateOf(input: typeof Input.$inferInput): UpdateMessageInput {
  const [first, ...rest] = clearedIssues(input);
  if (first) throw invalidInputs([first, ...rest]);
  const { tags, name, description, botpress, chatBotKit } = input;
  const { text, content, kind, as: role } = given(input);
  const carried = content ? contentOf(content) : undefined;
  const options: UpdateMessageOptions | undefined = groupOf({
    botpress: botpress ? { kind: 'botpress' as const, ...botpressOf(botpress) } : undefined,
    chatBotKit: chatBotKit
      ? { kind: 'chatbotkit' as const, ...chatBotKitOf(chatBotKit) }
      : undefined,
    providerOptions: genericOf(input.providerOptions),
  });
  return {
    message: messageRefOf(input.id, 'id'),
    ...(text === undefined ? {} : { text }),
    changes: {
      ...(carried ? { content: carried } : {}),
      ...(kind === undefined ? {} : { kind }),
      ...(role === undefined ? {} : { as: role }),
      ...(tags ? { tags: { set: tagsOf(tags.set), remove: tags.remove ?? [] } } : {}),
      ...(name === undefined ? {} : { name }),
      ...(description === undefined ? {} : { description }),
      ...(options ? { options } : {}),
    },
  };
}

/** What a message cannot be without. */
function clearedIssues(input: typeof Input.$inferInput): Issue[] {
  const { botpress, chatBotKit } = input;
  return [
    ...(['text', 'content', 'kind', 'as', 'tags'] as const).filter(
      (field) => input[field] === null,
    ),
    ...(botpress?.payload === null ? ['botpress.payload'] : []),
    ...(chatBotKit?.meta === null ? ['chatBotKit.meta'] : []),
    ...(chatBotKit?.entities === null ? ['chatBotKit.entities'] : []),
  ].map((path) => ({ path, message: 'cannot be cleared; leave it out or give a value.' }));
}

function botpressOf(group: typeof BotpressUpdateMessage.$inferInput) {
  const { payload, ...identity } = given(group);
  return {
    ...identity,
    ...(payload === undefined ? {} : { payload: objectOf(payload, 'botpress.payload') }),
  };
}

function chatBotKitOf(group: typeof ChatBotKitUpdateMessage.$inferInput) {
  const { entities, ...rest } = withMeta(given(group), 'chatBotKit.meta');
  return {
    ...rest,
    ...(entities === undefined ? {} : { entities: objectsOf(entities, 'chatBotKit.entities') }),
  };
}

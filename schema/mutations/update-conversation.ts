// Changes a conversation.

import type { Issue } from '../../src/domain/failure.ts';
import type { ConversationChanges, UpdatedConversation } from '../../src/providers/verbs.ts';
import { builder } from '../builder.ts';
import { ConversationPriority, ConversationStatus } from '../conversation.ts';
import { ErrorInterface, shownError } from '../error.ts';
import { WRITE_ERRORS } from '../errors.ts';
import { invalidInputs, unwrap } from '../failure.ts';
import { conversationRefOf } from '../global-id.ts';
import { Conversation } from '../nodes.ts';
import { TagInput, tagsOf } from '../tag.ts';
import { genericOf, given, groupOf, withMeta } from './given.ts';
import { PROVIDER_OPTIONS } from './groups.ts';

export const TagChangesInput = builder.inputType('TagChangesInput', {
  description: 'Tags to change; those not named stay as they are.',
  fields: (t) => ({
    set: t.field({ type: [TagInput], description: 'Tags to add, or to give another value.' }),
    remove: t.stringList({ description: 'Names of tags to take away.' }),
  }),
});

const AssigneeInput = builder.inputType('AssigneeInput', {
  description: 'The colleague to give a conversation to.',
  fields: (t) => ({
    id: t.string({ required: true, description: 'Their id at the provider.' }),
    name: t.string({ description: 'Their name, shown beside it.' }),
  }),
});

const BotpressUpdate = builder.inputType('BotpressUpdateInput', {
  description: 'What only Botpress takes.',
  fields: (t) => ({
    currentTaskId: t.string({
      description:
        'The task it is in. Newer versions of the service ignore it, and `ignored` says so.',
    }),
    integrationId: t.string({ description: 'Acts as this integration rather than as the bot.' }),
    integrationAlias: t.string({ description: 'The alias under which that one is installed.' }),
  }),
});

const ChatBotKitUpdate = builder.inputType('ChatBotKitUpdateInput', {
  description: 'What only ChatBotKit takes.',
  fields: (t) => ({
    meta: t.field({
      type: 'JSON',
      description: 'Metadata to merge, an object: keys not named stay, null takes one away.',
    }),
    taskId: t.string({ description: 'The task to link it to; null unlinks.' }),
    spaceId: t.string({ description: 'The space to put it in; null takes it out.' }),
  }),
});

const Input = builder.inputType('UpdateConversationInput', {
  description:
    'What to change. A field left out stays as it is; null clears it, where it can be cleared.',
  fields: (t) => ({
    id: t.id({ required: true, description: 'Which conversation.' }),
    title: t.string({ description: 'What it is about.' }),
    description: t.string({ description: 'More about it.' }),
    status: t.field({ type: ConversationStatus, description: 'Where it stands.' }),
    priority: t.field({ type: ConversationPriority, description: 'How urgent it is.' }),
    archived: t.boolean({ description: 'Whether it is put away.' }),
    important: t.boolean({ description: 'Whether it is marked.' }),
    assignee: t.field({ type: AssigneeInput, description: 'Whom it is given to; null nobody.' }),
    contactId: t.string({
      description: 'The person outside: `Contact.id` or the provider’s own id.',
    }),
    tags: t.field({ type: TagChangesInput, description: 'Tags to change.' }),
    botpress: t.field({ type: BotpressUpdate, description: 'For Botpress only.' }),
    chatBotKit: t.field({ type: ChatBotKitUpdate, description: 'For ChatBotKit only.' }),
    providerOptions: t.field(PROVIDER_OPTIONS),
  }),
});

const Payload = builder.objectRef<UpdatedConversation>('UpdateConversationPayload').implement({
  description: 'The conversation after the update.',
  fields: (t) => ({
    conversation: t.expose('conversation', {
      type: Conversation,
      description: 'As its provider has it now.',
    }),
    ignored: t.stringList({
      description: 'What the provider took and did not do, by the names of the input.',
      resolve: ({ ignored }) => [...ignored],
    }),
    unfinished: t.field({
      type: ErrorInterface,
      nullable: true,
      description:
        'Where the update took two calls and the second failed: why. The conversation shows what was done.',
      resolve: ({ unfinished }) => unfinished && shownError(unfinished),
    }),
  }),
});

builder.mutationField('updateConversation', (t) =>
  t.field({
    type: Payload,
    description:
      'Changes what is given of a conversation and leaves the rest. A field its provider does not take is an error, never ignored.',
    complexity: 3,
    errors: {
      types: WRITE_ERRORS,
      union: {
        name: 'UpdateConversationResult',
        description: 'The conversation after the update, or why nothing was changed.',
      },
    },
    args: { input: t.arg({ type: Input, required: true, description: 'What to change.' }) },
    resolve: async (_root, { input }, { gateway, operation }) => {
      const conversation = conversationRefOf(input.id, 'id');
      const changes = changesOf(input);
      return unwrap(await gateway.updateConversation({ conversation, changes }, operation));
    },
  }),
);

function changesOf(input: typeof Input.$inferInput): ConversationChanges {
  const { title, description, assignee, contactId, tags, botpress, chatBotKit } = input;
  const [first, ...rest] = clearedIssues(input);
  if (first) throw invalidInputs([first, ...rest]);
  const { status, priority, archived, important } = given(input);
  const options = groupOf({
    botpress: botpress ? { kind: 'botpress' as const, ...botpressOf(botpress) } : undefined,
    chatBotKit: chatBotKit
      ? { kind: 'chatbotkit' as const, ...chatBotKitOf(chatBotKit) }
      : undefined,
    providerOptions: genericOf(input.providerOptions),
  });
  return {
    ...(title === undefined ? {} : { title }),
    ...(description === undefined ? {} : { description }),
    ...(status === undefined ? {} : { status }),
    ...(priority === undefined ? {} : { priority }),
    ...(archived === undefined ? {} : { archived }),
    ...(important === undefined ? {} : { important }),
    ...(assignee === undefined
      ? {}
      : { assignee: assignee && { id: assignee.id, name: assignee.name ?? null } }),
    ...(contactId === undefined ? {} : { contactId }),
    ...(tags ? { tags: { set: tagsOf(tags.set), remove: tags.remove ?? [] } } : {}),
    ...(options ? { options } : {}),
  };
}

/** What a conversation cannot be without. */
function clearedIssues(input: typeof Input.$inferInput): Issue[] {
  return (['status', 'priority', 'archived', 'important', 'tags'] as const)
    .filter((field) => input[field] === null)
    .map((field) => ({ path: field, message: 'cannot be cleared; leave it out or give a value.' }));
}

function botpressOf(group: typeof BotpressUpdate.$inferInput) {
  const { currentTaskId } = group;
  const { integrationId, integrationAlias } = given(group);
  return {
    ...(currentTaskId === undefined ? {} : { currentTaskId }),
    ...(integrationId === undefined ? {} : { integrationId }),
    ...(integrationAlias === undefined ? {} : { integrationAlias }),
  };
}

function chatBotKitOf({ meta, taskId, spaceId }: typeof ChatBotKitUpdate.$inferInput) {
  return {
    ...(meta === null || meta === undefined ? {} : withMeta({ meta }, 'chatBotKit.meta')),
    ...(taskId === undefined ? {} : { taskId }),
    ...(spaceId === undefined ? {} : { spaceId }),
  };
}

// What only Stack Auth has.

import type { Conversation } from '../../src/domain/conversation.ts';
import type {
  StackAuthConversation as NativeConversation,
  StackAuthEntryPoint as NativeEntryPoint,
  StackAuthMessage as NativeMessage,
} from '../../src/domain/native.ts';
import { builder } from '../builder.ts';
import { unwrap } from '../failure.ts';

const StackAuthEntryPoint = builder.objectRef<NativeEntryPoint>('StackAuthEntryPoint').implement({
  description: 'A channel by which a Stack Auth conversation is reached.',
  fields: (t) => ({
    id: t.exposeString('id', { description: "The service's own id of it." }),
    channelType: t.exposeString('channelType', {
      description: '`chat`, `email`, `api`, `manual`.',
    }),
    adapterKey: t.exposeString('adapterKey', { description: 'What connects it.' }),
    externalChannelId: t.exposeString('externalChannelId', {
      nullable: true,
      description: 'Its id over there.',
    }),
    isEntryPoint: t.exposeBoolean('isEntryPoint', {
      description: 'Whether the conversation came in this way.',
    }),
    metadata: t.expose('metadata', {
      type: 'JSON',
      nullable: true,
      description: 'What else the service keeps with it.',
    }),
    createdAt: t.expose('createdAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When it was added.',
    }),
    updatedAt: t.expose('updatedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When it was changed last.',
    }),
  }),
});

const StackAuthMetadata = builder
  .objectRef<NativeConversation['metadata']>('StackAuthMetadata')
  .implement({
    description: 'The workflow side of a Stack Auth conversation, with its service-level times.',
    fields: (t) => ({
      assignedToUserId: t.exposeString('assignedToUserId', {
        nullable: true,
        description: 'Whom it was given to.',
      }),
      assignedToDisplayName: t.exposeString('assignedToDisplayName', {
        nullable: true,
        description: 'Their name.',
      }),
      tags: t.field({
        type: ['String'],
        description: 'The labels as the service writes them.',
        resolve: ({ tags }) => [...tags],
      }),
      firstResponseDueAt: t.expose('firstResponseDueAt', {
        type: 'DateTime',
        nullable: true,
        description: 'When a first answer is due.',
      }),
      firstResponseAt: t.expose('firstResponseAt', {
        type: 'DateTime',
        nullable: true,
        description: 'When it was first answered.',
      }),
      nextResponseDueAt: t.expose('nextResponseDueAt', {
        type: 'DateTime',
        nullable: true,
        description: 'When the next answer is due.',
      }),
      lastCustomerReplyAt: t.expose('lastCustomerReplyAt', {
        type: 'DateTime',
        nullable: true,
        description: 'When the person outside last wrote.',
      }),
      lastAgentReplyAt: t.expose('lastAgentReplyAt', {
        type: 'DateTime',
        nullable: true,
        description: 'When a colleague last answered.',
      }),
    }),
  });

/** With the conversation it is part of, from which what a list leaves out can be read. */
export interface StackAuthPart {
  readonly conversation: Conversation;
  readonly native: NativeConversation;
}

export const StackAuthConversation = builder
  .objectRef<StackAuthPart>('StackAuthConversation')
  .implement({
    description: 'What only a Stack Auth conversation has.',
    fields: (t) => ({
      status: t.string({
        description: 'Its status, in the service’s word.',
        resolve: ({ native }) => native.status,
      }),
      priority: t.string({
        description: 'Its priority, in the service’s word.',
        resolve: ({ native }) => native.priority,
      }),
      source: t.string({
        description: 'How it came in.',
        resolve: ({ native }) => native.source,
      }),
      userId: t.string({
        nullable: true,
        description: 'The user it is with; stays when the user is deleted.',
        resolve: ({ native }) => native.userId,
      }),
      teamId: t.string({
        nullable: true,
        description: 'The team of that user.',
        resolve: ({ native }) => native.teamId,
      }),
      userDisplayName: t.string({
        nullable: true,
        description: 'The name of that user.',
        resolve: ({ native }) => native.userDisplayName,
      }),
      userPrimaryEmail: t.string({
        nullable: true,
        description: 'The address of that user.',
        resolve: ({ native }) => native.userPrimaryEmail,
      }),
      userProfileImageUrl: t.string({
        nullable: true,
        description: 'The picture of that user.',
        resolve: ({ native }) => native.userProfileImageUrl,
      }),
      lastMessageType: t.string({
        nullable: true,
        description: 'What its newest row is, in the service’s word.',
        resolve: ({ native }) => native.lastMessageType,
      }),
      metadata: t.field({
        type: StackAuthMetadata,
        description: 'Assignment, labels and service-level times.',
        resolve: ({ native }) => native.metadata,
      }),
      recordMetadata: t.field({
        type: 'JSON',
        nullable: true,
        description: 'The free object kept with it, which is another than `metadata`.',
        resolve: ({ native }) => native.recordMetadata,
      }),
      lastMessageAt: t.field({
        type: 'DateTime',
        nullable: true,
        description: 'When its newest row was written.',
        resolve: ({ native }) => native.lastMessageAt,
      }),
      lastInboundAt: t.field({
        type: 'DateTime',
        nullable: true,
        description: 'When something last came in.',
        resolve: ({ native }) => native.lastInboundAt,
      }),
      lastOutboundAt: t.field({
        type: 'DateTime',
        nullable: true,
        description: 'When something last went out.',
        resolve: ({ native }) => native.lastOutboundAt,
      }),
      closedAt: t.field({
        type: 'DateTime',
        nullable: true,
        description: 'When it was closed, while it is.',
        resolve: ({ native }) => native.closedAt,
      }),
      entryPoints: t.field({
        type: [StackAuthEntryPoint],
        nullable: true,
        description:
          'The channels it is reached by. In a list this costs one call a conversation; null, with an error, when that fails.',
        complexity: 1,
        resolve: async ({ conversation, native }, _args, { gateway, operation }) => {
          if (native.entryPoints) return [...native.entryPoints];
          const whole = unwrap(await gateway.getConversation(conversation, operation));
          return whole.native?.kind === 'stack-auth' ? [...(whole.native.entryPoints ?? [])] : [];
        },
      }),
    }),
  });

const StackAuthSender = builder.objectRef<NativeMessage['sender']>('StackAuthSender').implement({
  description: 'Who wrote a message, as they were when they wrote it.',
  fields: (t) => ({
    type: t.exposeString('type', { description: '`user`, `agent` or `system`.' }),
    id: t.exposeString('id', { nullable: true, description: 'Their id at the service.' }),
    displayName: t.exposeString('displayName', { nullable: true, description: 'Their name.' }),
    primaryEmail: t.exposeString('primaryEmail', {
      nullable: true,
      description: 'Their address.',
    }),
  }),
});

export const StackAuthMessage = builder.objectRef<NativeMessage>('StackAuthMessage').implement({
  description: 'What only a Stack Auth message has.',
  fields: (t) => ({
    messageType: t.exposeString('messageType', { description: 'Its type, in the service’s word.' }),
    metadata: t.expose('metadata', {
      type: 'JSON',
      nullable: true,
      description: 'What the service keeps with it; for a status change, the status.',
    }),
    sender: t.expose('sender', { type: StackAuthSender, description: 'Who wrote it.' }),
    subject: t.exposeString('subject', { description: 'The conversation’s subject as it is now.' }),
    status: t.exposeString('status', { description: 'The conversation’s status as it is now.' }),
    priority: t.exposeString('priority', {
      description: 'The conversation’s priority as it is now.',
    }),
    source: t.exposeString('source', { description: 'How the conversation came in.' }),
    userId: t.exposeString('userId', { nullable: true, description: 'The conversation’s user.' }),
    teamId: t.exposeString('teamId', { nullable: true, description: 'The conversation’s team.' }),
  }),
});

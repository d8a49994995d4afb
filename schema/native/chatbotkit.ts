// What only ChatBotKit has.

import type {
  ChatBotKitConversation as NativeConversation,
  ChatBotKitMessage as NativeMessage,
} from '../../src/domain/native.ts';
import { builder } from '../builder.ts';

export const ChatBotKitConversation = builder
  .objectRef<NativeConversation>('ChatBotKitConversation')
  .implement({
    description: 'What only a ChatBotKit conversation has.',
    fields: (t) => ({
      meta: t.expose('meta', {
        type: 'JSON',
        nullable: true,
        description: 'Its metadata, whole; values of the first level are also `tags`.',
      }),
      contactId: t.exposeString('contactId', {
        nullable: true,
        description: 'The contact it is linked to.',
      }),
      taskId: t.exposeString('taskId', {
        nullable: true,
        description: 'The task it is linked to.',
      }),
      spaceId: t.exposeString('spaceId', {
        nullable: true,
        description: 'The space it is in; the service says so only in a list.',
      }),
      botId: t.exposeString('botId', {
        nullable: true,
        description: 'The bot that answers; null where it is configured in place.',
      }),
      model: t.exposeString('model', { nullable: true, description: 'The model that answers.' }),
      backstory: t.exposeString('backstory', {
        nullable: true,
        description: 'The part the bot plays.',
      }),
      datasetId: t.exposeString('datasetId', {
        nullable: true,
        description: 'The dataset it draws on.',
      }),
      skillsetId: t.exposeString('skillsetId', {
        nullable: true,
        description: 'The skillset it uses.',
      }),
      privacy: t.exposeBoolean('privacy', {
        nullable: true,
        description: 'Whether personal data is masked.',
      }),
      moderation: t.exposeBoolean('moderation', {
        nullable: true,
        description: 'Whether what is said is moderated.',
      }),
      expiresAt: t.expose('expiresAt', {
        type: 'DateTime',
        nullable: true,
        description: 'When it will be deleted.',
      }),
    }),
  });

export const ChatBotKitMessage = builder.objectRef<NativeMessage>('ChatBotKitMessage').implement({
  description: 'What only a ChatBotKit message has.',
  fields: (t) => ({
    type: t.exposeString('type', { description: 'Its type, in the service’s word.' }),
    meta: t.expose('meta', { type: 'JSON', nullable: true, description: 'Its metadata, whole.' }),
    name: t.exposeString('name', {
      nullable: true,
      description: 'Its name; the service leaves it out of lists.',
    }),
    description: t.exposeString('description', {
      nullable: true,
      description: 'Its description; the service leaves it out of lists.',
    }),
  }),
});

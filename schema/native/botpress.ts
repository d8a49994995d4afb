// What only Botpress has.

import type {
  BotpressConversation as NativeConversation,
  BotpressMessage as NativeMessage,
} from '../../src/domain/native.ts';
import { builder } from '../builder.ts';

export const BotpressConversation = builder
  .objectRef<NativeConversation>('BotpressConversation')
  .implement({
    description: 'What only a Botpress conversation has.',
    fields: (t) => ({
      integration: t.exposeString('integration', {
        nullable: true,
        description: 'The integration whose channel it is in.',
      }),
      currentTaskId: t.exposeString('currentTaskId', {
        nullable: true,
        description: 'The task it is in. Newer versions of the service no longer say.',
      }),
      currentWorkflowId: t.exposeString('currentWorkflowId', {
        nullable: true,
        description: 'The workflow it is in.',
      }),
      properties: t.expose('properties', {
        type: 'JSON',
        nullable: true,
        description: 'Its properties, an experiment of the service.',
      }),
    }),
  });

export const BotpressMessage = builder.objectRef<NativeMessage>('BotpressMessage').implement({
  description: 'What only a Botpress message has.',
  fields: (t) => ({
    type: t.exposeString('type', {
      description: 'The type of its payload, in the service’s word.',
    }),
    payload: t.expose('payload', {
      type: 'JSON',
      nullable: true,
      description: 'The payload as the service has it.',
    }),
    direction: t.exposeString('direction', {
      description: '`incoming` from an integration, `outgoing` from the bot.',
    }),
    userId: t.exposeString('userId', { description: 'The user or bot who wrote it.' }),
    origin: t.exposeString('origin', {
      nullable: true,
      description: '`synthetic` where it was not really sent.',
    }),
  }),
});

// What only Chatling has.

import type {
  ChatlingConversation as NativeConversation,
  ChatlingMessage as NativeMessage,
} from '../../src/domain/native.ts';
import { builder } from '../builder.ts';

export const ChatlingConversation = builder
  .objectRef<NativeConversation>('ChatlingConversation')
  .implement({
    description: 'What only a Chatling conversation has.',
    fields: (t) => ({
      chatbotId: t.exposeString('chatbotId', {
        description: 'The chatbot it is with; ids are unique within one.',
      }),
      conversationType: t.exposeString('conversationType', {
        nullable: true,
        description: 'What kind it is, where the service says.',
      }),
    }),
  });

export const ChatlingMessage = builder.objectRef<NativeMessage>('ChatlingMessage').implement({
  description: 'What only a Chatling message has.',
  fields: (t) => ({
    role: t.exposeString('role', {
      description: '`bot`, `user` or `system`, in the service’s word.',
    }),
    isAiKbResponse: t.exposeBoolean('isAiKbResponse', {
      nullable: true,
      description: 'Whether an AI wrote it from the knowledge base.',
    }),
    helpfulValue: t.exposeInt('helpfulValue', {
      nullable: true,
      description: '1 helpful, 0 not helpful, null unrated, as the service reads it.',
    }),
    data: t.expose('data', {
      type: 'JSON',
      nullable: true,
      description: 'Everything else the service keeps with it.',
    }),
  }),
});

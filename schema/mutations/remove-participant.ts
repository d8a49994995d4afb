// Takes somebody out of a conversation.

import { type ConversationRef, encodeId } from '../../src/domain/ids.ts';
import { builder } from '../builder.ts';
import { WRITE_ERRORS } from '../errors.ts';
import { unwrap } from '../failure.ts';
import { conversationRefOf } from '../global-id.ts';
import { conversationAfter } from './conversation-after.ts';

const Input = builder.inputType('RemoveParticipantInput', {
  description: 'Whom to take out of which conversation.',
  fields: (t) => ({
    conversationId: t.id({ required: true, description: 'The conversation.' }),
    participantId: t.string({
      required: true,
      description:
        'Who: `Participant.id` or `Contact.id` of the same provider, or the provider’s own id of the person.',
    }),
  }),
});

interface Removed {
  readonly removedId: string;
  readonly conversation: ConversationRef;
}

const Payload = builder.objectRef<Removed>('RemoveParticipantPayload').implement({
  description: 'Who takes part no longer.',
  fields: (t) => ({
    removedId: t.exposeID('removedId', {
      description: 'Their `Participant.id`, to take them off a screen.',
    }),
    conversation: conversationAfter(t),
  }),
});

builder.mutationField('removeParticipant', (t) =>
  t.field({
    type: Payload,
    description:
      'Takes somebody out of a conversation, where its provider keeps a list of who takes part. What they said stays.',
    complexity: 1,
    errors: {
      types: WRITE_ERRORS,
      union: {
        name: 'RemoveParticipantResult',
        description: 'Who takes part no longer, or why nobody was removed.',
      },
    },
    args: { input: t.arg({ type: Input, required: true, description: 'Whom, and where.' }) },
    resolve: async (_root, { input }, { gateway, operation }) => {
      const conversation = conversationRefOf(input.conversationId, 'conversationId');
      const { provider } = conversation;
      const { participantId } = input;
      const asked = { conversation, participantId };
      const nativeId = unwrap(await gateway.removeParticipant(asked, operation));
      return { removedId: encodeId({ type: 'Participant', provider, nativeId }), conversation };
    },
  }),
);

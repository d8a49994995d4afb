// Takes somebody into a conversation.

import type { ConversationRef } from '../../src/domain/ids.ts';
import type { Participant as DomainParticipant } from '../../src/domain/participant.ts';
import { builder } from '../builder.ts';
import { WRITE_ERRORS } from '../errors.ts';
import { unwrap } from '../failure.ts';
import { conversationRefOf } from '../global-id.ts';
import { Participant } from '../participant.ts';
import { conversationAfter } from './conversation-after.ts';

const Input = builder.inputType('AddParticipantInput', {
  description: 'Whom to take into which conversation.',
  fields: (t) => ({
    conversationId: t.id({ required: true, description: 'The conversation.' }),
    participantId: t.string({
      required: true,
      description:
        'Who: `Participant.id` or `Contact.id` of the same provider, or the provider’s own id of the person.',
    }),
  }),
});

interface Added {
  readonly participant: DomainParticipant;
  readonly conversation: ConversationRef;
}

const Payload = builder.objectRef<Added>('AddParticipantPayload').implement({
  description: 'Who takes part now.',
  fields: (t) => ({
    participant: t.field({
      type: Participant,
      description: 'As its provider has them.',
      resolve: ({ participant, conversation: { provider } }) => ({ provider, person: participant }),
    }),
    conversation: conversationAfter(t),
  }),
});

builder.mutationField('addParticipant', (t) =>
  t.field({
    type: Payload,
    description:
      'Takes somebody into a conversation, where its provider keeps a list of who takes part.',
    complexity: 2,
    errors: {
      types: WRITE_ERRORS,
      union: {
        name: 'AddParticipantResult',
        description: 'Who takes part now, or why nobody was added.',
      },
    },
    args: { input: t.arg({ type: Input, required: true, description: 'Whom, and where.' }) },
    resolve: async (_root, { input }, { gateway, operation }) => {
      const conversation = conversationRefOf(input.conversationId, 'conversationId');
      const { participantId } = input;
      const asked = { conversation, participantId };
      return { participant: unwrap(await gateway.addParticipant(asked, operation)), conversation };
    },
  }),
);

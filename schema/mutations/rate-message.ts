// Rates an answer, or takes the rating back.

import type { Message as DomainMessage } from '../../src/domain/message.ts';
import type { RateMessage } from '../../src/providers/verbs.ts';
import { builder } from '../builder.ts';
import { WRITE_ERRORS } from '../errors.ts';
import { invalidInput, unwrap } from '../failure.ts';
import { messageRefOf } from '../global-id.ts';
import { Rating } from '../message-words.ts';
import { Message } from '../nodes.ts';

const Input = builder.inputType('RateMessageInput', {
  description: 'What a reader thought of a message.',
  fields: (t) => ({
    id: t.id({ required: true, description: 'Which message.' }),
    rating: t.field({
      type: Rating,
      description: 'What they thought of it; null takes a rating back. It cannot be left out.',
    }),
  }),
});

const Payload = builder.objectRef<{ message: DomainMessage }>('RateMessagePayload').implement({
  description: 'The message that was rated.',
  fields: (t) => ({
    message: t.expose('message', { type: Message, description: 'As its provider has it now.' }),
  }),
});

builder.mutationField('rateMessage', (t) =>
  t.field({
    type: Payload,
    description: 'Says whether a message was of help, or takes that back.',
    complexity: 2,
    errors: {
      types: WRITE_ERRORS,
      union: {
        name: 'RateMessageResult',
        description: 'The message that was rated, or why it was not.',
      },
    },
    args: { input: t.arg({ type: Input, required: true, description: 'What to say of what.' }) },
    resolve: async (_root, { input }, { gateway, operation }) => ({
      message: unwrap(await gateway.rateMessage(ratingOf(input), operation)),
    }),
  }),
);

function ratingOf({ id, rating }: typeof Input.$inferInput): RateMessage {
  const message = messageRefOf(id, 'id');
  if (rating !== undefined) return { message, rating };
  throw invalidInput('rating', 'is missing; give HELPFUL, UNHELPFUL, or null to take one back.');
}

// Deletes a message for good.

import { builder } from '../builder.ts';
import { WRITE_ERRORS } from '../errors.ts';
import { unwrap } from '../failure.ts';
import { messageRefOf } from '../global-id.ts';

const Input = builder.inputType('DeleteMessageInput', {
  description: 'Which message to delete.',
  fields: (t) => ({ id: t.id({ required: true, description: 'Its global id.' }) }),
});

const Payload = builder.objectRef<{ deletedId: string }>('DeleteMessagePayload').implement({
  description: 'What is gone.',
  fields: (t) => ({
    deletedId: t.exposeID('deletedId', { description: 'The id it had, to take it off a screen.' }),
  }),
});

builder.mutationField('deleteMessage', (t) =>
  t.field({
    type: Payload,
    description: 'Deletes a message for good, where its provider can.',
    complexity: 1,
    errors: {
      types: WRITE_ERRORS,
      union: { name: 'DeleteMessageResult', description: 'What is gone, or why it is not.' },
    },
    args: { input: t.arg({ type: Input, required: true, description: 'What to delete.' }) },
    resolve: async (_root, { input }, { gateway, operation }) => {
      unwrap(await gateway.deleteMessage(messageRefOf(input.id, 'id'), operation));
      return { deletedId: input.id };
    },
  }),
);

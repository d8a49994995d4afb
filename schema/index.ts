// The built schema. Every file below adds its types to the builder when it is imported.

import { builder } from './builder.ts';
import type { Context } from './context.ts';
import { forgetNodes } from './nodes.ts';
import './scalars.ts';
import './errors.ts';
import './message.ts';
import './conversation.ts';
import './mutations/create-conversation.ts';
import './mutations/get-or-create-conversation.ts';
import './mutations/update-conversation.ts';
import './mutations/delete-conversation.ts';
import './mutations/send-message.ts';
import './mutations/update-message.ts';
import './mutations/delete-message.ts';
import './mutations/rate-message.ts';
import './mutations/request-reply.ts';
import './mutations/complete-conversation.ts';
import './mutations/upsert-contact.ts';
import './mutations/add-participant.ts';
import './mutations/remove-participant.ts';
import './mutations/upload-attachment.ts';
import './mutations/create-conversation-session.ts';

builder.queryType({ description: 'What may be asked.' });
builder.mutationType({ description: 'What may be done.' });

export const schema = builder.toSchema();

// What was loaded before a write may no longer be so: every mutation of an operation begins with nothing loaded.
for (const field of Object.values(schema.getMutationType()?.getFields() ?? {})) {
  const { resolve } = field;
  field.resolve = (root, args, context: Context, info) => {
    forgetNodes(context);
    return resolve?.(root, args, context, info);
  };
}

// The built schema. Every file below adds its types to the builder when it is imported.

import { lacking } from '../src/domain/caller.ts';
import { builder } from './builder.ts';
import type { Context } from './context.ts';
import { errorOf } from './failure.ts';
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
import './subscriptions/message-added.ts';
import './subscriptions/conversation-events.ts';

builder.queryType({ description: 'What may be asked.' });
builder.mutationType({ description: 'What may be done.' });
builder.subscriptionType({ description: 'What may be listened to.' });

export const schema = builder.toSchema();

// Accounts are there for whoever may write to them too: that they may be asked for is a matter of the question.
for (const field of Object.values(schema.getQueryType()?.getFields() ?? {})) {
  const { resolve } = field;
  field.resolve = (root, args, context: Context, info) => {
    const refusal = lacking(context.caller, 'read');
    if (refusal) throw errorOf(refusal);
    return resolve?.(root, args, context, info);
  };
}

// What was loaded before a write may no longer be so: every mutation of an operation begins with nothing loaded.
for (const field of Object.values(schema.getMutationType()?.getFields() ?? {})) {
  const { resolve } = field;
  field.resolve = (root, args, context: Context, info) => {
    forgetNodes(context);
    return resolve?.(root, args, context, info);
  };
}

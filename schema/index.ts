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
import './subscriptions/message-added.ts';
import './subscriptions/conversation-events.ts';

builder.queryType({ description: 'What may be asked.' });
builder.mutationType({ description: 'What may be done.' });
builder.subscriptionType({ description: 'What may be listened to.' });

export const schema = builder.toSchema();

// What was loaded before a write may no longer be so: every mutation of an operation begins with nothing loaded.
for (const field of Object.values(schema.getMutationType()?.getFields() ?? {})) {
  const { resolve } = field;
  field.resolve = (root, args, context: Context, info) => {
    forgetNodes(context);
    return resolve?.(root, args, context, info);
  };
}

// The bounds of an operation are judged where its root field is resolved. A subscription that does so once for each event
// is judged once before as well, for it must not begin.
for (const field of Object.values(schema.getSubscriptionType()?.getFields() ?? {})) {
  const { subscribe, resolve } = field;
  field.subscribe = async (root, args, context: Context, info) => {
    await resolve?.({ type: 'listening' }, args, context, info);
    return subscribe?.(root, args, context, info);
  };
}

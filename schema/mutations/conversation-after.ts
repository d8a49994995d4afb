// The field by which a payload leads back to the conversation it was about.

import type { ConversationRef } from '../../src/domain/ids.ts';
import type { builder } from '../builder.ts';
import { unwrap } from '../failure.ts';
import { Conversation } from '../nodes.ts';

type Fields<Shape> = PothosSchemaTypes.ObjectFieldBuilder<typeof builder.$inferSchemaTypes, Shape>;

export function conversationAfter<Shape extends { readonly conversation: ConversationRef }>(
  t: Fields<Shape>,
) {
  return t.field({
    type: Conversation,
    nullable: true,
    description: 'The conversation after it. Asking for it costs one call.',
    complexity: 1,
    resolve: async ({ conversation }, _args, { gateway, operation }) =>
      unwrap(await gateway.getConversation(conversation, operation)),
  });
}

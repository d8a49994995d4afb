// Opens one conversation to a browser.

import type { ConversationRef } from '../../src/domain/ids.ts';
import type { Session } from '../../src/providers/verbs.ts';
import { builder } from '../builder.ts';
import { WRITE_ERRORS } from '../errors.ts';
import { unwrap } from '../failure.ts';
import { conversationRefOf } from '../global-id.ts';
import { conversationAfter } from './conversation-after.ts';
import { given } from './given.ts';

const Input = builder.inputType('CreateConversationSessionInput', {
  description: 'Which conversation to open, and for how long.',
  fields: (t) => ({
    conversationId: t.id({ required: true, description: 'The conversation.' }),
    durationSeconds: t.int({
      description:
        'How long the token is good for. ChatBotKit takes from 1800 to 86400, and an hour where it is left out.',
    }),
  }),
});

interface Opened extends Session {
  readonly conversation: ConversationRef;
}

const Payload = builder.objectRef<Opened>('CreateConversationSessionPayload').implement({
  description: 'What lets a browser speak to the provider itself, in this conversation alone.',
  fields: (t) => ({
    token: t.exposeString('token', {
      description:
        'A bearer token. Whoever has it can act in the conversation until it expires; it cannot be taken back.',
    }),
    expiresAt: t.expose('expiresAt', { type: 'DateTime', description: 'When it runs out.' }),
    conversation: conversationAfter(t),
  }),
});

builder.mutationField('createConversationSession', (t) =>
  t.field({
    type: Payload,
    description:
      'Opens one conversation to a browser: with the token it speaks to the provider itself, past this gateway.',
    complexity: 1,
    errors: {
      types: WRITE_ERRORS,
      union: {
        name: 'CreateConversationSessionResult',
        description: 'The token, or why there is none.',
      },
    },
    args: { input: t.arg({ type: Input, required: true, description: 'What to open.' }) },
    resolve: async (_root, { input }, { gateway, operation }) => {
      const { conversationId, ...rest } = input;
      const conversation = conversationRefOf(conversationId, 'conversationId');
      const session = unwrap(
        await gateway.createSession({ conversation, ...given(rest) }, operation),
      );
      return { ...session, conversation };
    },
  }),
);

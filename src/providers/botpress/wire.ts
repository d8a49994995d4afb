// What Botpress says, and only the part of it we read. A field gone wrong is absent; it never costs its row.

import { z } from 'zod';
import { withRaw } from '../wire-reading.ts';

const text = z.string().nullish().catch(null);

/** The service says tags are text by text; what is not is left to the mapping. */
const tags = z.record(z.string(), z.unknown()).nullish().catch(null);

export const WireConversation = withRaw({
  id: z.string().min(1),
  createdAt: text,
  updatedAt: text,
  channel: text,
  integration: text,
  tags,
  /** Since API 1.82. */
  messageCount: z.int().nullish().catch(null),
  /** Alive until API 1.70; newer generations take it, ignore it and do not show it. */
  currentTaskId: text,
  currentWorkflowId: text,
  properties: z.unknown().optional(),
});
export type WireConversation = z.infer<typeof WireConversation>;

export const WireMessage = withRaw({
  id: z.string().min(1),
  createdAt: text,
  updatedAt: text,
  type: text,
  payload: z.unknown().optional(),
  direction: text,
  userId: text,
  conversationId: text,
  tags,
  origin: text,
});
export type WireMessage = z.infer<typeof WireMessage>;

/** Somebody within one integration; a participant is one too. */
export const WireUser = z.object({
  id: z.string().min(1),
  name: text,
  pictureUrl: text,
  tags,
});
export type WireUser = z.infer<typeof WireUser>;

export const ConversationAnswer = z.object({ conversation: WireConversation });

/** Since API 1.82. */
const upsertMeta = z.object({ created: z.boolean().nullish() }).nullish().catch(null);

export const UpsertAnswer = z.object({ conversation: WireConversation, meta: upsertMeta });

export const UserUpsertAnswer = z.object({ user: WireUser, meta: upsertMeta });

export const UserAnswer = z.object({ user: WireUser });

export const ParticipantAnswer = z.object({ participant: WireUser });

export const MessageAnswer = z.object({ message: WireMessage });

const meta = z.object({ nextToken: text }).nullish().catch(null);

/** Rows are read one by one, so that one which cannot be understood costs no other. */
export const ConversationPage = z.object({ conversations: z.array(z.unknown()), meta });
export const MessagePage = z.object({ messages: z.array(z.unknown()), meta });
export const UserPage = z.object({ users: z.array(z.unknown()), meta });
export const ParticipantPage = z.object({ participants: z.array(z.unknown()), meta });

/** Both bodies the vendor documents: `{id, code, type, message}` and `{type, description, status}`. */
export const WireRefusal = z.object({ type: text, message: text, description: text });

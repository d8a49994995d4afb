// What Stack Auth says, and only the part of it we read. A field that is not of the type we know counts as absent, so
// that an odd field never costs its row, nor an odd row its list.

import { z } from 'zod';
import { readRows, withRaw } from '../wire-reading.ts';

const text = z.string().nullish().catch(null);
const flag = z.boolean().nullish().catch(null);
const anything = z.unknown().optional();
const rows = z.array(z.unknown()).nullish().catch(null);

const WorkflowMetadata = z.object({
  assignedToUserId: text,
  assignedToDisplayName: text,
  tags: rows,
  firstResponseDueAt: text,
  firstResponseAt: text,
  nextResponseDueAt: text,
  lastCustomerReplyAt: text,
  lastAgentReplyAt: text,
});

const conversationFields = {
  conversationId: z.string().min(1),
  userId: text,
  teamId: text,
  userDisplayName: text,
  userPrimaryEmail: text,
  userProfileImageUrl: text,
  subject: text,
  status: text,
  priority: text,
  source: text,
  lastMessageType: text,
  preview: text,
  lastActivityAt: text,
  metadata: WorkflowMetadata.nullish().catch(null),
  createdAt: text,
  updatedAt: text,
  lastMessageAt: text,
  lastInboundAt: text,
  lastOutboundAt: text,
  closedAt: text,
  recordMetadata: anything,
};
const WireConversation = withRaw(conversationFields);
export type WireConversation = z.infer<typeof WireConversation>;

const WireMessage = withRaw({
  id: z.string().min(1),
  userId: text,
  teamId: text,
  subject: text,
  status: text,
  priority: text,
  source: text,
  messageType: text,
  body: text,
  attachments: rows,
  metadata: anything,
  createdAt: text,
  sender: z
    .object({ type: text, id: text, displayName: text, primaryEmail: text })
    .nullish()
    .catch(null),
});
export type WireMessage = z.infer<typeof WireMessage>;

export const WireAttachment = z.object({
  name: text,
  type: text,
  contentType: text,
  url: text,
});

const WireEntryPoint = z.object({
  id: z.string().min(1),
  channelType: text,
  adapterKey: text,
  externalChannelId: text,
  isEntryPoint: flag,
  metadata: anything,
  createdAt: text,
  updatedAt: text,
});
export type WireEntryPoint = z.infer<typeof WireEntryPoint>;

/**
 * What a metadata change overwrites as a whole. As strict as it gets: what was not understood could not be written
 * back.
 */
const WireTrio = z.object({
  assignedToUserId: z.string().nullish(),
  assignedToDisplayName: z.string().nullish(),
  tags: z.array(z.string()),
});
export type WireTrio = z.infer<typeof WireTrio>;

export const WireList = z
  .object({ conversations: z.array(z.unknown()), hasMore: flag })
  .transform(({ conversations, hasMore }) => ({
    /** As they came: where a row stands in the list is known even where the row is not understood. */
    rows: conversations.map((row) => WireConversation.safeParse(row).data),
    /** Undefined before the service had pages. */
    hasMore: hasMore ?? undefined,
  }));
export type WireList = z.infer<typeof WireList>;

const WireWhole = withRaw({
  ...conversationFields,
  metadata: anything.transform((said) => ({
    shown: WorkflowMetadata.safeParse(said).data,
    trio: WireTrio.safeParse(said).data,
  })),
});

export const WireDetail = z
  .object({ conversation: WireWhole, messages: rows, entryPoints: rows })
  .transform(({ conversation, messages, entryPoints }) => ({
    conversation: { ...conversation, metadata: conversation.metadata.shown },
    trio: conversation.metadata.trio,
    /** Oldest first. Undefined where the answer held no list of them. */
    messages: messages ? readRows(WireMessage, messages) : undefined,
    /** How many messages there were, those not understood included. */
    messageCount: messages?.length ?? 0,
    /** Undefined where the answer held no list of them. */
    entryPoints: entryPoints ? readRows(WireEntryPoint, entryPoints) : undefined,
  }));
export type WireDetail = z.infer<typeof WireDetail>;

export const WireCreated = z.object({ conversationId: z.string().min(1) });

export const WireTokens = z.object({ access_token: z.string().min(1), refresh_token: text });

/** What an access token says of itself. */
export const WireClaims = z.object({ exp: z.number() });

export const WireRefusal = z.object({ code: text, error: text });

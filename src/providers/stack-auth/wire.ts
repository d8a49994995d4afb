// What Stack Auth says, and only the part of it we read. A field that is not of the type we know counts as absent, so
// that an odd field never costs its row, nor an odd row its list.

import { z } from 'zod';

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

const WireConversation = z.object({
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
});
export type WireConversation = z.infer<typeof WireConversation>;

const WireMessage = z.object({
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

const WireAttachment = z.object({ name: text, type: text, contentType: text, url: text });
type WireAttachment = z.infer<typeof WireAttachment>;

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

export interface WireList {
  /** As they came: where a row stands in the list is known even where the row is not understood. */
  readonly rows: readonly (WireConversation | undefined)[];
  /** Undefined before the service had pages. */
  readonly hasMore: boolean | undefined;
}

export interface WireDetail {
  readonly conversation: WireConversation;
  readonly trio: WireTrio | undefined;
  /** Oldest first. Undefined where the answer held no list of them. */
  readonly messages: readonly WireMessage[] | undefined;
  /** How many messages there were, those not understood included. */
  readonly messageCount: number;
  /** Undefined where the answer held no list of them. */
  readonly entryPoints: readonly WireEntryPoint[] | undefined;
}

/** A text instead of a value is the path at which the shape broke. */
export type Read<T> = { readonly value: T } | { readonly brokeAt: string };

const WireListBody = z.object({ conversations: z.array(z.unknown()), hasMore: flag });

export function readList(body: unknown): Read<WireList> {
  const parsed = WireListBody.safeParse(body);
  if (!parsed.success) return { brokeAt: 'conversations' };
  const { conversations, hasMore } = parsed.data;
  const inTheirPlaces = conversations.map((row) => WireConversation.safeParse(row).data);
  return { value: { rows: inTheirPlaces, hasMore: hasMore ?? undefined } };
}

const WireDetailBody = z.object({
  conversation: WireConversation,
  messages: rows,
  entryPoints: rows,
});
const WireTrioBody = z.object({ conversation: z.object({ metadata: WireTrio }) });

export function readDetail(body: unknown): Read<WireDetail> {
  const parsed = WireDetailBody.safeParse(body);
  if (!parsed.success) {
    return { brokeAt: parsed.error.issues[0]?.path.join('.') || 'conversation' };
  }
  const { conversation, messages, entryPoints } = parsed.data;
  return {
    value: {
      conversation,
      trio: WireTrioBody.safeParse(body).data?.conversation.metadata,
      messages: messages ? understood(WireMessage, messages) : undefined,
      messageCount: messages?.length ?? 0,
      entryPoints: entryPoints ? understood(WireEntryPoint, entryPoints) : undefined,
    },
  };
}

const WireCreated = z.object({ conversationId: z.string().min(1) });

export function readCreated(body: unknown): Read<string> {
  const parsed = WireCreated.safeParse(body);
  return parsed.success ? { value: parsed.data.conversationId } : { brokeAt: 'conversationId' };
}

const WireTokens = z.object({ access_token: z.string().min(1), refresh_token: text });

export function readTokens(body: unknown): Read<z.infer<typeof WireTokens>> {
  const parsed = WireTokens.safeParse(body);
  return parsed.success ? { value: parsed.data } : { brokeAt: 'access_token' };
}

const WireRefusal = z.object({ code: text, error: text });

/** A known error is JSON with a code; everything else is a bare sentence. */
export function readRefusal(body: unknown): {
  readonly code: string | null;
  readonly said: string;
} {
  if (typeof body === 'string') return { code: null, said: body.trim() };
  const parsed = WireRefusal.safeParse(body);
  return { code: parsed.data?.code ?? null, said: parsed.data?.error?.trim() ?? '' };
}

export function readAttachment(value: unknown): WireAttachment | undefined {
  return WireAttachment.safeParse(value).data;
}

const WireClaims = z.object({ exp: z.number() });

/** Milliseconds since the epoch; undefined where the token does not say. Nothing is verified: the service does that. */
export function readExpiryMs(token: string): number | undefined {
  const [, payload = ''] = token.split('.');
  try {
    const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'));
    const parsed = WireClaims.safeParse(claims);
    return parsed.success ? parsed.data.exp * 1000 : undefined;
  } catch {
    return undefined;
  }
}

function understood<Schema extends z.ZodType>(
  schema: Schema,
  values: readonly unknown[],
): z.infer<Schema>[] {
  return values.flatMap((value) => {
    const parsed = schema.safeParse(value);
    return parsed.success ? [parsed.data] : [];
  });
}

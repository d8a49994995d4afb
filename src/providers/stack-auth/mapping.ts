// From what Stack Auth says to what a client reads: conversations and messages. Pure, and total: a word added tomorrow
// becomes UNKNOWN and keeps its original in `native`.

import type {
  Conversation,
  ConversationPriority,
  ConversationStatus,
} from '../../domain/conversation.ts';
import type { ConversationRef, ProviderName } from '../../domain/ids.ts';
import type { Message, MessageKind, Visibility } from '../../domain/message.ts';
import type { StackAuthConversation } from '../../domain/native.ts';
import type { Contact, MessageRole, Participant } from '../../domain/participant.ts';
import { timesInPlace, toDate } from '../wire-reading.ts';
import { toTag } from './tags.ts';
import {
  WireAttachment,
  type WireConversation,
  type WireDetail,
  type WireEntryPoint,
  type WireMessage,
} from './wire.ts';

/** Rows of a list that descends by the latest activity; those that were not understood are left out. */
export function toConversations(
  rows: readonly (WireConversation | undefined)[],
  provider: ProviderName,
): Conversation[] {
  const times = timesInPlace(rows.map((row) => (row ? listedAt(row) : null)));
  return rows.flatMap((row, index) =>
    row ? [toSummary(row, { provider, sortedAt: times[index] ?? EPOCH })] : [],
  );
}

/** With all its messages and its entry points, which a list leaves out. */
export function toConversation(detail: WireDetail, provider: ProviderName): Conversation {
  const { conversation: wire, messages, messageCount, entryPoints } = detail;
  const summary = toSummary(wire, { provider, sortedAt: listedAt(wire) ?? EPOCH });
  const items = messages && newestFirst(messages, { provider, nativeId: wire.conversationId });
  return {
    ...summary,
    messageCount: items ? messageCount : null,
    embedded: items ? { items, complete: items.length === messageCount } : null,
    native: { ...toNative(wire), entryPoints: entryPoints?.map(toEntryPoint) ?? null },
  };
}

/** Total: a kind or a sender that is not known here keeps its word in `native`. */
export function toMessage(wire: WireMessage, conversation: ConversationRef): Message {
  const kind = toKind(wire.messageType);
  const role = toRole(wire.sender?.type);
  const text = wire.body ?? null;
  return {
    conversation,
    nativeId: wire.id,
    derivedId: false,
    role,
    kind,
    visibility: toVisibility(kind),
    // As they were when they wrote: the service keeps a snapshot, which outlives the user.
    author: wire.sender
      ? {
          nativeId: wire.sender.id ?? null,
          role,
          name: wire.sender.displayName ?? null,
          email: wire.sender.primaryEmail ?? null,
          imageUrl: null,
        }
      : null,
    text,
    // A change of status has no body; what it says is in its metadata.
    content:
      text === null
        ? { type: 'unknown', said: wire.messageType ?? '', payload: wire.metadata ?? null }
        : { type: 'text', text },
    citations: [],
    rating: null,
    attachments: (wire.attachments ?? []).flatMap((said) => {
      const attachment = WireAttachment.safeParse(said).data;
      if (!attachment) return [];
      const { name, type, contentType, url } = attachment;
      return [{ name: name ?? null, type: contentType ?? type ?? null, url: url ?? null }];
    }),
    tags: [],
    createdAt: toDate(wire.createdAt),
    updatedAt: null,
    raw: wire.raw,
    native: {
      kind: 'stack-auth',
      messageType: wire.messageType ?? '',
      metadata: wire.metadata ?? null,
      sender: {
        type: wire.sender?.type ?? '',
        id: wire.sender?.id ?? null,
        displayName: wire.sender?.displayName ?? null,
        primaryEmail: wire.sender?.primaryEmail ?? null,
      },
      subject: wire.subject ?? '',
      status: wire.status ?? '',
      priority: wire.priority ?? '',
      source: wire.source ?? '',
      userId: wire.userId ?? null,
      teamId: wire.teamId ?? null,
    },
  };
}

/** Newest first, from messages that are oldest first. */
export function newestFirst(
  messages: readonly WireMessage[],
  conversation: ConversationRef,
): Message[] {
  return messages.toReversed().map((message) => toMessage(message, conversation));
}

/** Undefined for what no conversation can be set to. */
export function statusWord(status: ConversationStatus): string | undefined {
  return status === 'UNKNOWN' ? undefined : status.toLowerCase();
}

/** Undefined for what no conversation can be set to. */
export function priorityWord(priority: ConversationPriority): string | undefined {
  return priority === 'UNKNOWN' ? undefined : priority.toLowerCase();
}

const EPOCH = new Date(0);

/** What the service orders by: the latest message an agent can see, a note included; before any, the beginning. */
function listedAt(wire: WireConversation): Date | null {
  return toDate(wire.lastActivityAt) ?? toDate(wire.lastMessageAt) ?? toDate(wire.createdAt);
}

function toSummary(
  wire: WireConversation,
  { provider, sortedAt }: { readonly provider: ProviderName; readonly sortedAt: Date },
): Conversation {
  return {
    provider,
    nativeId: wire.conversationId,
    channel: wire.source ?? null,
    title: wire.subject ?? null,
    description: null,
    preview: wire.preview ?? null,
    status: toStatus(wire.status),
    priority: toPriority(wire.priority),
    archived: null,
    important: null,
    tags: labelsOf(wire).map(toTag),
    contact: toContact(wire),
    assignee: toAssignee(wire),
    messageCount: null,
    createdAt: toDate(wire.createdAt),
    updatedAt: toDate(wire.updatedAt),
    lastActivityAt: toDate(wire.lastActivityAt),
    sortedAt,
    embedded: null,
    raw: wire.raw,
    native: toNative(wire),
  };
}

/** A deleted user leaves the id behind, and neither name nor address. */
function toContact(wire: WireConversation): Contact | null {
  if (!wire.userId) return null;
  return {
    nativeId: wire.userId,
    name: wire.userDisplayName ?? null,
    email: wire.userPrimaryEmail ?? null,
    phone: null,
    imageUrl: wire.userProfileImageUrl ?? null,
  };
}

/** The service checks neither of the two, so that either can stand alone. */
function toAssignee({ metadata }: WireConversation): Participant | null {
  const nativeId = metadata?.assignedToUserId ?? null;
  const name = metadata?.assignedToDisplayName ?? null;
  if (nativeId === null && name === null) return null;
  return { nativeId, role: 'AGENT', name, email: null, imageUrl: null };
}

function labelsOf({ metadata }: WireConversation): string[] {
  return (metadata?.tags ?? []).filter((label) => typeof label === 'string');
}

function toNative(wire: WireConversation): StackAuthConversation {
  const { metadata } = wire;
  return {
    kind: 'stack-auth',
    status: wire.status ?? '',
    priority: wire.priority ?? '',
    source: wire.source ?? '',
    userId: wire.userId ?? null,
    teamId: wire.teamId ?? null,
    userDisplayName: wire.userDisplayName ?? null,
    userPrimaryEmail: wire.userPrimaryEmail ?? null,
    userProfileImageUrl: wire.userProfileImageUrl ?? null,
    lastMessageType: wire.lastMessageType ?? null,
    metadata: {
      assignedToUserId: metadata?.assignedToUserId ?? null,
      assignedToDisplayName: metadata?.assignedToDisplayName ?? null,
      tags: labelsOf(wire),
      firstResponseDueAt: toDate(metadata?.firstResponseDueAt),
      firstResponseAt: toDate(metadata?.firstResponseAt),
      nextResponseDueAt: toDate(metadata?.nextResponseDueAt),
      lastCustomerReplyAt: toDate(metadata?.lastCustomerReplyAt),
      lastAgentReplyAt: toDate(metadata?.lastAgentReplyAt),
    },
    recordMetadata: wire.recordMetadata ?? null,
    lastMessageAt: toDate(wire.lastMessageAt),
    lastInboundAt: toDate(wire.lastInboundAt),
    lastOutboundAt: toDate(wire.lastOutboundAt),
    closedAt: toDate(wire.closedAt),
    entryPoints: null,
  };
}

function toEntryPoint(wire: WireEntryPoint) {
  return {
    id: wire.id,
    channelType: wire.channelType ?? '',
    adapterKey: wire.adapterKey ?? '',
    externalChannelId: wire.externalChannelId ?? null,
    isEntryPoint: wire.isEntryPoint ?? false,
    metadata: wire.metadata ?? null,
    createdAt: toDate(wire.createdAt),
    updatedAt: toDate(wire.updatedAt),
  };
}

function toStatus(said: string | null | undefined): ConversationStatus {
  switch (said) {
    case 'open':
      return 'OPEN';
    case 'pending':
      return 'PENDING';
    case 'closed':
      return 'CLOSED';
    default:
      return 'UNKNOWN';
  }
}

function toPriority(said: string | null | undefined): ConversationPriority {
  switch (said) {
    case 'low':
      return 'LOW';
    case 'normal':
      return 'NORMAL';
    case 'high':
      return 'HIGH';
    case 'urgent':
      return 'URGENT';
    default:
      return 'UNKNOWN';
  }
}

function toRole(said: string | null | undefined): MessageRole {
  switch (said) {
    case 'user':
      return 'USER';
    case 'agent':
      return 'AGENT';
    case 'system':
      return 'SYSTEM';
    default:
      return 'UNKNOWN';
  }
}

function toKind(said: string | null | undefined): MessageKind {
  switch (said) {
    case 'message':
      return 'MESSAGE';
    case 'internal-note':
      return 'NOTE';
    case 'status-change':
      return 'STATUS_CHANGE';
    default:
      return 'UNKNOWN';
  }
}

/** The customer's side leaves out notes and nothing else; of a kind unknown here nobody can say, so it is kept inside. */
function toVisibility(kind: MessageKind): Visibility {
  return kind === 'MESSAGE' || kind === 'STATUS_CHANGE' ? 'PUBLIC' : 'INTERNAL';
}

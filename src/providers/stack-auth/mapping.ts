// What the service says of a conversation, in our words.

import type { Conversation } from '../../domain/conversation.ts';
import type { ProviderName } from '../../domain/ids.ts';
import type { StackAuthConversation } from '../../domain/native.ts';
import type { Contact, Participant } from '../../domain/participant.ts';
import { dateOf } from './dates.ts';
import { tagOf } from './labels.ts';
import { newestFirst } from './messages.ts';
import type { WireConversation, WireDetail, WireEntryPoint } from './wire.ts';
import { priorityOf, statusOf } from './words.ts';

/** A page of the list. Rows that were not understood are left out. */
export function toConversations(
  rows: readonly (WireConversation | undefined)[],
  provider: ProviderName,
): Conversation[] {
  // A row that does not say when it was last active is not newer than the one above it; a time of our own making
  // would pull it out of its place, and everything below it along.
  let above = rows.map((row) => row && listedAt(row)).find((time) => time) ?? EPOCH;
  return rows.flatMap((row) => {
    if (!row) return [];
    above = listedAt(row) ?? above;
    return [fromSummary(row, { provider, sortedAt: above })];
  });
}

/** With all its messages and its entry points, which a list leaves out. */
export function toConversation(detail: WireDetail, provider: ProviderName): Conversation {
  const { conversation: wire, messages, messageCount, entryPoints } = detail;
  const summary = fromSummary(wire, { provider, sortedAt: listedAt(wire) ?? EPOCH });
  const items = messages && newestFirst(messages, { provider, nativeId: wire.conversationId });
  return {
    ...summary,
    messageCount: items ? messageCount : null,
    embedded: items ? { items, complete: items.length === messageCount } : null,
    native: { ...nativeOf(wire), entryPoints: entryPoints?.map(toEntryPoint) ?? null },
  };
}

const EPOCH = new Date(0);

/** What the service orders by: the latest message an agent can see, a note included; before any, the beginning. */
function listedAt(wire: WireConversation): Date | null {
  return dateOf(wire.lastActivityAt) ?? dateOf(wire.lastMessageAt) ?? dateOf(wire.createdAt);
}

function fromSummary(
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
    status: statusOf(wire.status),
    priority: priorityOf(wire.priority),
    archived: null,
    important: null,
    tags: labelsOf(wire).map(tagOf),
    contact: contactOf(wire),
    assignee: assigneeOf(wire),
    messageCount: null,
    createdAt: dateOf(wire.createdAt),
    updatedAt: dateOf(wire.updatedAt),
    lastActivityAt: dateOf(wire.lastActivityAt),
    sortedAt,
    embedded: null,
    native: nativeOf(wire),
  };
}

/** A deleted user leaves the id behind, and neither name nor address. */
function contactOf(wire: WireConversation): Contact | null {
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
function assigneeOf({ metadata }: WireConversation): Participant | null {
  const nativeId = metadata?.assignedToUserId ?? null;
  const name = metadata?.assignedToDisplayName ?? null;
  if (nativeId === null && name === null) return null;
  return { nativeId, role: 'AGENT', name, email: null, imageUrl: null };
}

function labelsOf({ metadata }: WireConversation): string[] {
  return (metadata?.tags ?? []).filter((label) => typeof label === 'string');
}

function nativeOf(wire: WireConversation): StackAuthConversation {
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
      firstResponseDueAt: dateOf(metadata?.firstResponseDueAt),
      firstResponseAt: dateOf(metadata?.firstResponseAt),
      nextResponseDueAt: dateOf(metadata?.nextResponseDueAt),
      lastCustomerReplyAt: dateOf(metadata?.lastCustomerReplyAt),
      lastAgentReplyAt: dateOf(metadata?.lastAgentReplyAt),
    },
    recordMetadata: wire.recordMetadata ?? null,
    lastMessageAt: dateOf(wire.lastMessageAt),
    lastInboundAt: dateOf(wire.lastInboundAt),
    lastOutboundAt: dateOf(wire.lastOutboundAt),
    closedAt: dateOf(wire.closedAt),
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
    createdAt: dateOf(wire.createdAt),
    updatedAt: dateOf(wire.updatedAt),
  };
}

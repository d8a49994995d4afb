// What is shown of a row: in camel case to agents, in snake case and without notes to the customer.

import type { ConversationRow, EntryPointRow, MessageRow, StackAuthStore } from './store.ts';

export interface Views {
  summary(conversation: ConversationRow): Record<string, unknown>;
  /** Undefined where nothing of it may be seen. */
  detail(conversation: ConversationRow): Record<string, unknown> | undefined;
  customerSummary(conversation: ConversationRow): Record<string, unknown>;
  customerDetail(conversation: ConversationRow): Record<string, unknown> | undefined;
}

export function viewsOf(
  store: StackAuthStore,
  { unknownFields }: { readonly unknownFields: boolean },
): Views {
  /** What a newer service might add: a client must read past it. */
  const news = unknownFields
    ? { satisfactionRating: null, slaPolicy: { id: 'default', paused: false } }
    : {};

  function visible(conversation: ConversationRow, audience: Audience): MessageRow[] {
    return visibleMessages(store, conversation, audience);
  }

  function joined(conversation: ConversationRow, audience: Audience) {
    // Joined at reading time: a deleted user leaves nulls here, while senders keep their snapshot.
    const latest = visible(conversation, audience).at(-1);
    const user = conversation.userId === null ? undefined : store.users.get(conversation.userId);
    return {
      user: {
        displayName: user?.displayName ?? null,
        primaryEmail: user?.primaryEmail ?? null,
        profileImageUrl: user?.profileImageUrl ?? null,
      },
      lastMessageType: latest?.messageType ?? 'message',
      preview: previewOf(latest, conversation),
      // Not lastMessageAt: the customer's side must not be moved by notes.
      lastActivityAt: latest?.createdAt ?? conversation.createdAt,
    };
  }

  function summary(row: ConversationRow): Record<string, unknown> {
    const { user, lastMessageType, preview, lastActivityAt } = joined(row, 'agent');
    return {
      conversationId: row.id,
      userId: row.userId,
      teamId: row.teamId,
      userDisplayName: user.displayName,
      userPrimaryEmail: user.primaryEmail,
      userProfileImageUrl: user.profileImageUrl,
      subject: row.subject,
      status: row.status,
      priority: row.priority,
      source: row.source,
      lastMessageType,
      preview,
      lastActivityAt,
      metadata: {
        assignedToUserId: row.assignedToUserId,
        assignedToDisplayName: row.assignedToDisplayName,
        tags: row.tags,
        firstResponseDueAt: row.firstResponseDueAt,
        firstResponseAt: row.firstResponseAt,
        nextResponseDueAt: row.nextResponseDueAt,
        lastCustomerReplyAt: row.lastCustomerReplyAt,
        lastAgentReplyAt: row.lastAgentReplyAt,
      },
      createdAt: row.createdAt,
      updatedAt: row.updatedAt,
      lastMessageAt: row.lastMessageAt,
      lastInboundAt: row.lastInboundAt,
      lastOutboundAt: row.lastOutboundAt,
      closedAt: row.closedAt,
      recordMetadata: row.metadata,
      ...news,
    };
  }

  /** Subject, status, priority and source are the conversation's of now: messages keep no history of them. */
  function message(row: MessageRow, parent: ConversationRow): Record<string, unknown> {
    return {
      id: row.id,
      conversationId: parent.id,
      userId: parent.userId,
      teamId: parent.teamId,
      subject: parent.subject,
      status: parent.status,
      priority: parent.priority,
      source: parent.source,
      messageType: row.messageType,
      body: row.body,
      attachments: row.attachments,
      metadata: row.metadata,
      createdAt: row.createdAt,
      sender: row.sender,
      ...news,
    };
  }

  function entryPoint(row: EntryPointRow): Record<string, unknown> {
    const { conversationId: _kept, ...shown } = row;
    return { ...shown, ...news };
  }

  /** No block of dates, but tags and assignee are there for the customer to read. */
  function customerSummary(row: ConversationRow): Record<string, unknown> {
    const { user, lastMessageType, preview, lastActivityAt } = joined(row, 'customer');
    return {
      conversation_id: row.id,
      user_id: row.userId,
      team_id: row.teamId,
      user_display_name: user.displayName,
      user_primary_email: user.primaryEmail,
      user_profile_image_url: user.profileImageUrl,
      subject: row.subject,
      status: row.status,
      priority: row.priority,
      source: row.source,
      last_message_type: lastMessageType,
      preview,
      last_activity_at: lastActivityAt,
      metadata: {
        assigned_to_user_id: row.assignedToUserId,
        assigned_to_display_name: row.assignedToDisplayName,
        tags: row.tags,
        first_response_due_at: row.firstResponseDueAt,
        first_response_at: row.firstResponseAt,
        next_response_due_at: row.nextResponseDueAt,
        last_customer_reply_at: row.lastCustomerReplyAt,
        last_agent_reply_at: row.lastAgentReplyAt,
      },
      ...news,
    };
  }

  function customerMessage(row: MessageRow, parent: ConversationRow): Record<string, unknown> {
    return {
      id: row.id,
      conversation_id: parent.id,
      user_id: parent.userId,
      team_id: parent.teamId,
      subject: parent.subject,
      status: parent.status,
      priority: parent.priority,
      source: parent.source,
      message_type: row.messageType,
      body: row.body,
      attachments: row.attachments,
      metadata: row.metadata,
      created_at: row.createdAt,
      sender: {
        type: row.sender.type,
        id: row.sender.id,
        display_name: row.sender.displayName,
        primary_email: row.sender.primaryEmail,
      },
      ...news,
    };
  }

  return {
    summary,
    detail(conversation) {
      const messages = visible(conversation, 'agent');
      // A conversation without rows to see counts as not found.
      if (messages.length === 0) return undefined;
      return {
        conversation: summary(conversation),
        messages: messages.map((row) => message(row, conversation)),
        entryPoints: inOrder(store.entryPoints.get(conversation.id) ?? []).map(entryPoint),
      };
    },
    customerSummary,
    customerDetail(conversation) {
      const messages = visible(conversation, 'customer');
      if (messages.length === 0) return undefined;
      return {
        conversation: customerSummary(conversation),
        messages: messages.map((row) => customerMessage(row, conversation)),
      };
    },
  };
}

export type Audience = 'agent' | 'customer';

/** Oldest first, all of them: a detail has no pages. */
export function visibleMessages(
  store: StackAuthStore,
  { id }: ConversationRow,
  audience: Audience,
): MessageRow[] {
  const messages = inOrder(store.messages.get(id) ?? []);
  return audience === 'agent'
    ? messages
    : messages.filter(({ messageType }) => messageType !== 'internal-note');
}

function inOrder<Row extends { readonly id: string; readonly createdAt: string }>(
  rows: readonly Row[],
): Row[] {
  return rows.toSorted(
    (one, other) => compare(one.createdAt, other.createdAt) || compare(one.id, other.id),
  );
}

/** ISO texts of one length and uuids: both sort as they stand. */
export function compare(one: string, other: string): number {
  return one < other ? -1 : Number(one > other);
}

function previewOf(latest: MessageRow | undefined, { status }: ConversationRow): string | null {
  const body = latest?.body?.trim();
  if (body) return body;
  switch (latest?.messageType) {
    case 'status-change':
      // By the status of now, which is not always the one this row set.
      return STATUS_PHRASES[status];
    case 'internal-note':
      return 'Internal note';
    default:
      return null;
  }
}

const STATUS_PHRASES = {
  open: 'Conversation reopened',
  pending: 'Conversation moved to pending',
  closed: 'Conversation closed',
} as const;

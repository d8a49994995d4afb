// How a conversation moves: who may act next, which clocks a reply sets or stops, what becomes a row of its own.

import type { Clock } from '../emulator.ts';
import type { Mint } from './ids.ts';
import type {
  ConversationRow,
  MessageRow,
  Priority,
  Sender,
  Source,
  StackAuthStore,
  Status,
} from './store.ts';

export interface Sla {
  readonly enabled: boolean;
  readonly firstResponseMinutes: number | null;
  readonly nextResponseMinutes: number | null;
}

/** What every write needs: where to write, what time it is, the next id, what was promised. */
export interface Desk {
  readonly store: StackAuthStore;
  readonly clock: Clock;
  readonly mint: Mint;
  readonly sla: Sla;
}

export interface NewConversation {
  readonly projectId: string;
  readonly userId: string | null;
  readonly teamId?: string;
  readonly subject: string;
  readonly priority: Priority;
  readonly source: Source;
  readonly adapterKey: string;
  readonly body: string;
  readonly sender: Sender;
}

export function createConversation(desk: Desk, asked: NewConversation): ConversationRow {
  const { store, mint, sla } = desk;
  const now = isoAt(desk.clock());
  const byUser = asked.sender.type === 'user';
  const byAgent = asked.sender.type === 'agent';
  const conversation: ConversationRow = {
    id: mint(),
    projectId: asked.projectId,
    userId: asked.userId,
    teamId: asked.teamId ?? null,
    subject: asked.subject,
    status: 'open',
    priority: asked.priority,
    source: asked.source,
    assignedToUserId: null,
    assignedToDisplayName: null,
    tags: [],
    firstResponseDueAt: byUser ? dueAt(now, sla, sla.firstResponseMinutes) : null,
    firstResponseAt: null,
    nextResponseDueAt: null,
    lastCustomerReplyAt: byUser ? now : null,
    lastAgentReplyAt: byAgent ? now : null,
    metadata: null,
    createdAt: now,
    updatedAt: now,
    lastMessageAt: now,
    lastInboundAt: byUser ? now : null,
    lastOutboundAt: byAgent ? now : null,
    closedAt: null,
  };
  // One transaction of three rows: there is no conversation without a first message and a door it came in by.
  const channelId = mint();
  store.conversations.set(conversation.id, conversation);
  store.entryPoints.set(conversation.id, [
    {
      id: channelId,
      conversationId: conversation.id,
      channelType: asked.source,
      adapterKey: asked.adapterKey,
      externalChannelId: null,
      isEntryPoint: true,
      metadata: null,
      createdAt: now,
      updatedAt: now,
    },
  ]);
  store.messages.set(conversation.id, [
    {
      id: mint(),
      conversationId: conversation.id,
      channelId,
      messageType: 'message',
      sender: asked.sender,
      body: asked.body,
      attachments: [],
      metadata: null,
      createdAt: now,
    },
  ]);
  return conversation;
}

/** A public message of a user or an agent. A closed conversation takes it and stays closed. */
export function appendReply(
  desk: Desk,
  conversation: ConversationRow,
  said: { readonly body: string; readonly sender: Sender },
): MessageRow {
  const now = nextMoment(desk, conversation);
  const message = write(desk, conversation, {
    channelId: ensureChatEntryPoint(desk, conversation, now),
    messageType: 'message',
    sender: said.sender,
    body: said.body,
    metadata: null,
    createdAt: now,
  });
  // What follows by itself leaves no status-change row: only explicit changes are part of the history.
  if (said.sender.type === 'agent') {
    // Writing first is no response.
    if (conversation.lastCustomerReplyAt !== null) conversation.firstResponseAt ??= now;
    if (conversation.status === 'open') conversation.status = 'pending';
    conversation.lastOutboundAt = now;
    conversation.lastAgentReplyAt = now;
    conversation.nextResponseDueAt = null;
  } else if (said.sender.type === 'user') {
    // A second message while it is open moves no deadline.
    if (conversation.status === 'pending') {
      conversation.status = 'open';
      conversation.nextResponseDueAt =
        dueAt(now, desk.sla, desk.sla.nextResponseMinutes) ?? conversation.nextResponseDueAt;
    }
    conversation.lastInboundAt = now;
    conversation.lastCustomerReplyAt = now;
  }
  return message;
}

/** Seen by agents only; it moves the conversation in their list but counts as no reply. */
export function appendNote(
  desk: Desk,
  conversation: ConversationRow,
  said: { readonly body: string; readonly sender: Sender },
): MessageRow {
  return write(desk, conversation, {
    channelId: null,
    messageType: 'internal-note',
    sender: said.sender,
    body: said.body,
    metadata: null,
    createdAt: nextMoment(desk, conversation),
  });
}

/** The caller has made sure that it is another status than the present one. */
export function changeStatus(
  desk: Desk,
  conversation: ConversationRow,
  change: { readonly status: Status; readonly sender: Sender },
): MessageRow {
  const now = nextMoment(desk, conversation);
  conversation.status = change.status;
  // Reopening forgets when it was closed.
  conversation.closedAt = change.status === 'closed' ? now : null;
  return write(desk, conversation, {
    channelId: null,
    messageType: 'status-change',
    sender: change.sender,
    body: null,
    metadata: { status: change.status },
    createdAt: now,
  });
}

export interface Attributes {
  readonly assignedToUserId?: string | null | undefined;
  readonly assignedToDisplayName?: string | null | undefined;
  readonly tags?: readonly string[] | undefined;
  readonly priority?: Priority | undefined;
}

/** Not a partial update: the service hands all three of the trio on, so what is left out is emptied. Only priority is spared. */
export function changeAttributes(
  desk: Desk,
  conversation: ConversationRow,
  attributes: Attributes,
): void {
  conversation.assignedToUserId = attributes.assignedToUserId ?? null;
  conversation.assignedToDisplayName = attributes.assignedToDisplayName ?? null;
  conversation.tags = [...(attributes.tags ?? [])];
  conversation.priority = attributes.priority ?? conversation.priority;
  // The only write that moves this date alone: no message, no activity, no new place in the list.
  conversation.updatedAt = isoAt(desk.clock());
}

export function isoAt(ms: number): string {
  return new Date(ms).toISOString();
}

function write(
  desk: Desk,
  conversation: ConversationRow,
  row: Omit<MessageRow, 'id' | 'conversationId' | 'attachments'>,
): MessageRow {
  const message: MessageRow = {
    id: desk.mint(),
    conversationId: conversation.id,
    attachments: [],
    ...row,
  };
  const messages = desk.store.messages.get(conversation.id) ?? [];
  messages.push(message);
  desk.store.messages.set(conversation.id, messages);
  conversation.updatedAt = row.createdAt;
  conversation.lastMessageAt = row.createdAt;
  return message;
}

/** Whichever way it began, every public reply is filed under the chat channel. */
function ensureChatEntryPoint(desk: Desk, conversation: ConversationRow, now: string): string {
  const entryPoints = desk.store.entryPoints.get(conversation.id) ?? [];
  const known = entryPoints.find(
    ({ channelType, adapterKey, externalChannelId }) =>
      channelType === 'chat' && adapterKey === 'support-chat' && externalChannelId === null,
  );
  if (known) return known.id;
  const id = desk.mint();
  entryPoints.push({
    id,
    conversationId: conversation.id,
    channelType: 'chat',
    adapterKey: 'support-chat',
    externalChannelId: null,
    isEntryPoint: false,
    metadata: null,
    createdAt: now,
    updatedAt: now,
  });
  desk.store.entryPoints.set(conversation.id, entryPoints);
  return id;
}

/** Rows of one millisecond are ordered by their random ids. A real transaction takes longer than that, so a stopped clock must not shuffle. */
function nextMoment({ store, clock }: Desk, { id }: ConversationRow): string {
  const latest = store.messages.get(id)?.at(-1)?.createdAt;
  return isoAt(latest === undefined ? clock() : Math.max(clock(), Date.parse(latest) + 1));
}

function dueAt(now: string, { enabled }: Sla, minutes: number | null): string | null {
  if (!enabled || minutes === null || minutes <= 0) return null;
  return isoAt(Date.parse(now) + minutes * 60_000);
}

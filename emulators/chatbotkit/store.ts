// The memory of the emulated ChatBotKit: plain maps of its rows, whatever face asks for them.

import { createHash } from 'node:crypto';
import type { Clock } from '../emulator.ts';
import type { ChannelHub } from './channels.ts';
import type { Scene } from './model.ts';
import { type Refusal, refuse } from './refusal.ts';
import type {
  AccountRow,
  AttachmentRow,
  ContactRow,
  ConversationRow,
  LinkedRow,
  MessageRow,
} from './rows.ts';
import type { Switches } from './switches.ts';

export interface ChatbotkitStore {
  readonly accounts: Map<string, AccountRow>;
  readonly conversations: Map<string, ConversationRow>;
  readonly messages: Map<string, MessageRow>;
  readonly contacts: Map<string, ContactRow>;
  readonly attachments: Map<string, AttachmentRow>;
  readonly bots: Map<string, LinkedRow>;
  readonly tasks: Map<string, LinkedRow>;
  readonly spaces: Map<string, LinkedRow>;
  /** Where rows stood that are gone: only a cursor may still mean them. */
  readonly deleted: Map<string, Place>;
}

/** What lists are ordered by. */
export interface Place {
  readonly id: string;
  readonly createdAt: number;
}

/** Everything an operation needs besides what it was asked. */
export interface World {
  readonly store: ChatbotkitStore;
  readonly switches: Switches;
  readonly clock: Clock;
  readonly channels: ChannelHub;
  /** Taken one by one by the next turns of the model. */
  readonly scenes: Scene[];
  readonly mintId: () => string;
  /** Fetches a file by URL, as the service does for uploads. */
  readonly download: (url: string) => Promise<Download>;
}

export interface Download {
  readonly status: number;
  readonly type: string;
  readonly bytes: Buffer;
}

export function emptyStore(): ChatbotkitStore {
  return {
    accounts: new Map(),
    conversations: new Map(),
    messages: new Map(),
    contacts: new Map(),
    attachments: new Map(),
    bots: new Map(),
    tasks: new Map(),
    spaces: new Map(),
    deleted: new Map(),
  };
}

/** First missing is said, then foreign: the order callers see 404 and 403 in. */
export function ownConversation(
  store: ChatbotkitStore,
  accountId: string,
  id: string,
): ConversationRow | Refusal {
  const row = store.conversations.get(id);
  if (!row) return refuse('NOT_FOUND');
  return row.userId === accountId ? row : refuse('NOT_AUTHORIZED');
}

export function ownMessage(
  store: ChatbotkitStore,
  conversation: ConversationRow,
  id: string,
): MessageRow | Refusal {
  const row = store.messages.get(id);
  return row && row.conversationId === conversation.id ? row : refuse('NOT_FOUND');
}

export function messagesOf(store: ChatbotkitStore, conversationId: string): MessageRow[] {
  return [...store.messages.values()]
    .filter((row) => row.conversationId === conversationId)
    .toSorted(byPlace);
}

export function forgetConversation(store: ChatbotkitStore, row: ConversationRow): void {
  for (const message of messagesOf(store, row.id)) forgetMessage(store, message);
  for (const [id, attachment] of store.attachments) {
    if (attachment.conversationId === row.id) store.attachments.delete(id);
  }
  store.conversations.delete(row.id);
  store.deleted.set(row.id, row);
}

export function forgetMessage(store: ChatbotkitStore, row: MessageRow): void {
  store.messages.delete(row.id);
  store.deleted.set(row.id, row);
}

export function byPlace(one: Place, other: Place): number {
  return one.createdAt - other.createdAt || (one.id < other.id ? -1 : Number(one.id > other.id));
}

/**
 * An id of the length and alphabet its database gives: c, the time, a counter, then noise, all base 36.
 * Time and counter in front make ids of one millisecond stand in the order they were made.
 */
export function cuid(at: number, sequence: number, label: string): string {
  const time = at.toString(36).padStart(8, '0').slice(-8);
  const count = (sequence % 36 ** 4).toString(36).padStart(4, '0');
  const digest = createHash('sha256').update(label).digest('hex').slice(0, 24);
  const noise = BigInt(`0x${digest}`).toString(36).padStart(12, '0').slice(-12);
  return `c${time}${count}${noise}`;
}

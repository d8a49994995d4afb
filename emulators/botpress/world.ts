// What every operation of one emulated bot shares: its store and clock, and the writes that several of them make.

import type { Clock } from '../emulator.ts';
import type { Mint } from './ids.ts';
import type { BotpressStore, MessageRow } from './store.ts';
import type { Switches } from './switches.ts';
import type { Caller, TagRules } from './tags.ts';
import { created, joined as joinedSignal, type Signal } from './webhooks.ts';

export interface World {
  readonly store: BotpressStore;
  readonly switches: Switches;
  readonly tags: TagRules;
  readonly botId: string;
  /** Where conversations and users go that the bot makes without naming an integration. */
  readonly homeIntegration: string;
  readonly mint: Mint;
  readonly now: Clock;
  /** Tells of what happened in a conversation of this integration, where anybody is to be told. */
  readonly emit: (integration: string, signal: Signal) => void;
}

export function iso(at: number): string {
  return new Date(at).toISOString();
}

/** Where a caller looks and writes: an integration within itself, a bot where it says. */
export function integrationOf(caller: Caller, named: string | undefined): string | undefined {
  return caller.kind === 'integration' ? caller.name : named;
}

/** Adds a message to its conversation, with what follows from it. */
export function record(
  world: World,
  message: Omit<MessageRow, 'id' | 'createdAt' | 'updatedAt'>,
): MessageRow {
  const { store, switches, mint, botId } = world;
  const at = world.now();
  const id = mint({ prefix: 'msg', at, purpose: message.conversationId });
  const row: MessageRow = { id, createdAt: iso(at), updatedAt: iso(at), ...message };
  store.messages.set(id, row);
  if (switches.writersJoin && row.userId !== botId) join(world, row);
  const conversation = store.conversations.get(row.conversationId);
  if (conversation) {
    store.conversations.set(conversation.id, {
      ...conversation,
      updatedAt: switches.messageBumpsConversation ? iso(at) : conversation.updatedAt,
      messageCount: conversation.messageCount + 1,
    });
    world.emit(conversation.integration, created(row));
  }
  return row;
}

export interface Part {
  readonly conversationId: string;
  readonly userId: string;
}

/** Adding someone twice changes nothing: the call answers 200, never 201. */
export function join({ store, now, emit }: World, part: Part): void {
  const { conversationId, userId } = part;
  const joined = store.participants.get(conversationId) ?? new Map<string, string>();
  store.participants.set(conversationId, joined);
  if (joined.has(userId)) return;
  joined.set(userId, iso(now()));
  const integration = store.conversations.get(conversationId)?.integration;
  if (integration !== undefined) emit(integration, joinedSignal('participant_added', part));
}

export interface Said {
  readonly conversationId: string;
  readonly text: string;
}

/** A customer writes, through the integration their conversation belongs to. */
export function receive(world: World, { conversationId, text }: Said): boolean {
  const { store, mint, now } = world;
  const conversation = store.conversations.get(conversationId);
  if (!conversation) return false;
  let [userId] = store.participants.get(conversationId)?.keys() ?? [];
  if (userId === undefined) {
    userId = mint({ prefix: 'user', at: now(), purpose: conversationId });
    const at = iso(now());
    store.users.set(userId, { id: userId, createdAt: at, updatedAt: at, tags: {} });
    store.integrationOfUser.set(userId, conversation.integration);
    join(world, { conversationId, userId });
  }
  record(world, {
    type: 'text',
    payload: { text },
    direction: 'incoming',
    userId,
    conversationId,
    tags: {},
  });
  return true;
}

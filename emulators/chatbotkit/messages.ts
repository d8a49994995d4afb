// Messages: rows of eight kinds. Adding one here never wakes the model.

import { isRecord } from '../emulator.ts';
import { type Asked, asked } from './asked.ts';
import { readMeta, updatedMeta } from './meta.ts';
import { listRows } from './page.ts';
import { redact, type SafeEntity } from './redaction.ts';
import { isRefusal, type Refusal } from './refusal.ts';
import {
  type ConversationRow,
  MESSAGE_KINDS,
  type MessageKind,
  type MessageRow,
  type Meta,
} from './rows.ts';
import type { Session } from './session.ts';
import { forgetMessage, messagesOf, ownConversation, ownMessage, type World } from './store.ts';
import type { Switches } from './switches.ts';

export interface Draft {
  readonly conversationId: string;
  readonly type: MessageKind;
  readonly text: string;
  readonly name?: string | null;
  readonly description?: string | null;
  readonly meta?: Meta | null;
  readonly createdAt?: number;
}

export function storeMessage({ store, clock, mintId }: World, draft: Draft): MessageRow {
  const createdAt = draft.createdAt ?? clock();
  const row: MessageRow = {
    id: mintId(),
    conversationId: draft.conversationId,
    name: draft.name ?? null,
    description: draft.description ?? null,
    type: draft.type,
    text: draft.text,
    meta: draft.meta ?? null,
    createdAt,
    updatedAt: createdAt,
  };
  store.messages.set(row.id, row);
  return row;
}

export interface ReadMessage {
  readonly type: MessageKind;
  readonly text: string;
  readonly meta: Meta | null;
  /** As the caller had it: create answers with these. */
  readonly sent: object;
}

/** The `messages` array of create and of the stateless complete. */
export function readMessages(wish: Asked, switches: Switches): ReadMessage[] {
  const messages: Omit<ReadMessage, 'sent'>[] = [];
  const sent = wish.list('messages', (item) => {
    item.nullableText('name');
    item.nullableText('description');
    // Tolerated so that what was listed can be sent back; neither is used.
    item.nullableText('id');
    item.raw('createdAt');
    const type = item.oneOf('type', MESSAGE_KINDS, 'required') ?? 'user';
    const text = readText(item, 'required') ?? '';
    const meta = readMeta(item, switches) ?? null;
    if (type === 'activity') complainOfActivity(item, meta);
    messages.push({ type, text, meta });
  });
  return messages.map((message, index) => ({ ...message, sent: sent?.[index] ?? {} }));
}

export function createMessage(
  world: World,
  { account }: Session,
  conversationId: string,
  body: unknown,
): { id: string; entities: SafeEntity[] } | Refusal {
  const wish = asked(body);
  const fields = readFields(wish, world.switches, 'required');
  const refused = wish.refusal();
  if (refused) return refused;
  const row = ownConversation(world.store, account.id, conversationId);
  if (isRefusal(row)) return row;

  const { type = 'user', text = '', entities, name, description, meta } = fields;
  const safe = redact(text, entities, world.switches);
  const message = storeMessage(world, {
    conversationId,
    type,
    text: safe.text,
    name: name ?? null,
    description: description ?? null,
    meta: meta ?? null,
  });
  return { id: message.id, entities: safe.entities };
}

export function updateMessage(
  world: World,
  { account }: Session,
  place: { readonly conversationId: string; readonly messageId: string },
  body: unknown,
): { id: string; entities: SafeEntity[] } | Refusal {
  const { store, clock, switches } = world;
  const wish = asked(body);
  const { type, text, entities, name, description, meta } = readFields(wish, switches, 'optional');
  const refused = wish.refusal();
  if (refused) return refused;
  const row = findMessage(world, account.id, place);
  if (isRefusal(row)) return row;

  const safe = redact(text ?? '', text ? entities : [], switches);
  store.messages.set(row.id, {
    ...row,
    name: name === undefined ? row.name : name,
    description: description === undefined ? row.description : description,
    type: type ?? row.type,
    text: text === undefined ? row.text : safe.text,
    meta: meta === undefined ? row.meta : updatedMeta(meta, row.meta),
    updatedAt: clock(),
  });
  return { id: row.id, entities: safe.entities };
}

export function deleteMessage(
  world: World,
  { account }: Session,
  place: { readonly conversationId: string; readonly messageId: string },
): { id: string } | Refusal {
  const row = findMessage(world, account.id, place);
  if (isRefusal(row)) return row;
  forgetMessage(world.store, row);
  return { id: row.id };
}

export function findMessage(
  { store }: World,
  accountId: string,
  { conversationId, messageId }: { readonly conversationId: string; readonly messageId: string },
): MessageRow | Refusal {
  const conversation: ConversationRow | Refusal = ownConversation(store, accountId, conversationId);
  return isRefusal(conversation) ? conversation : ownMessage(store, conversation, messageId);
}

export function listMessages(
  { store, switches }: World,
  { account }: Session,
  conversationId: string,
  { query, streamed }: { readonly query: URLSearchParams; readonly streamed: boolean },
): MessageRow[] | Refusal {
  const row = ownConversation(store, account.id, conversationId);
  if (isRefusal(row)) return row;
  const rows = messagesOf(store, conversationId);
  const listing = { rows, standing: store.messages, query, streamed };
  return listRows({ ...listing, order: switches.messageOrderDefault }, store, switches);
}

function readFields(wish: Asked, switches: Switches, need: 'required' | 'optional') {
  return {
    name: wish.nullableText('name'),
    description: wish.nullableText('description'),
    type: wish.oneOf('type', MESSAGE_KINDS, need),
    text: readText(wish, need),
    entities: readEntities(wish, 'any'),
    meta: readMeta(wish, switches),
  };
}

/** Only the offsets are looked at; whether more may stand there depends on the route. */
export function readEntities(
  wish: Asked,
  allowed: 'any' | 'offsets',
): { begin: number; end: number }[] {
  const entities: { begin: number; end: number }[] = [];
  wish.list('entities', (item) => {
    const [begin, end] = [item.number('begin', {}), item.number('end', {})];
    if (allowed === 'any') item.anyKey();
    entities.push({ begin: begin ?? 0, end: end ?? 0 });
  });
  return entities;
}

function readText(wish: Asked, need: 'required' | 'optional'): string | undefined {
  const text = wish.text('text');
  if (need === 'required' && !wish.has('text')) wish.complain('"text" is required');
  return text;
}

function complainOfActivity(item: Asked, meta: Meta | null): void {
  const activity = meta?.['activity'];
  const wrong = !meta
    ? "missing 'meta'"
    : !isRecord(activity)
      ? "missing 'activity' in 'meta'"
      : !['request', 'response', 'trigger'].some((known) => known === activity['type'])
        ? "invalid 'meta.activity.type'"
        : activity['function']
          ? undefined
          : "missing 'meta.activity.function'";
  if (wrong) item.complain(`${wrong} for message of type 'activity'`);
}

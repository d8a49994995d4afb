// Conversations: made, read, listed, changed and deleted, and what is hung on them: a session, a contact.

import { type Asked, asked } from './asked.ts';
import {
  ensureUnverified,
  ensureVerified,
  linkedContact,
  readContact,
  readDescribedContact,
  readLinkedContact,
} from './contacts.ts';
import { readMessages, storeMessage } from './messages.ts';
import { readMeta, updatedMeta } from './meta.ts';
import { listRows } from './page.ts';
import { isRefusal, type Refusal, refuse } from './refusal.ts';
import type { ContactRow, ConversationRow } from './rows.ts';
import { type Keyring, type Session, signToken } from './session.ts';
import { forgetConversation, ownConversation, type World } from './store.ts';

interface Identified {
  readonly id: string;
}

export function createConversation(
  world: World,
  { account }: Session,
  body: unknown,
): (Identified & { messages?: readonly object[] }) | Refusal {
  const { store, clock, mintId, switches } = world;
  const wish = asked(body);
  const fields = readFields(wish, world);
  const described = wish.part('contact', (inner) => readDescribedContact(inner, switches));
  const messages = readMessages(wish, switches);
  const refused = wish.refusal() ?? missingLink(world, account.id, fields);
  if (refused) return refused;
  const contactId = linkedContact(world, account.id, described ?? fields.contact);
  if (isRefusal(contactId)) return contactId;

  const now = clock();
  const empty = switches.unsetBotConfig === 'empty';
  const row: ConversationRow = {
    id: mintId(),
    userId: account.id,
    name: fields.name ?? null,
    description: fields.description ?? null,
    // Taken as it is given: only updates drop the service's own keys.
    meta: fields.meta ?? {},
    contactId: contactId ?? null,
    taskId: fields.taskId ?? null,
    spaceId: fields.spaceId ?? null,
    botId: fields.botId ?? null,
    model: fields.model ?? (empty ? '' : null),
    backstory: fields.backstory ?? (empty ? '' : null),
    datasetId: fields.datasetId ?? null,
    skillsetId: fields.skillsetId ?? null,
    privacy: fields.privacy ?? (empty ? false : null),
    moderation: fields.moderation ?? (empty ? false : null),
    expiresAt: fields.expiresAt ?? null,
    createdAt: now,
    updatedAt: now,
  };
  store.conversations.set(row.id, row);
  for (const { type, text, meta } of messages) {
    // Names and descriptions of messages that come along are read and lost.
    storeMessage(world, { conversationId: row.id, type, text, meta });
  }
  if (messages.length === 0) return { id: row.id };
  return { id: row.id, messages: messages.map(({ sent }) => sent) };
}

export function updateConversation(
  world: World,
  { account }: Session,
  id: string,
  body: unknown,
): Identified | Refusal {
  const { store, clock, switches } = world;
  const wish = asked(body);
  const fields = readFields(wish, world);
  const refused = wish.refusal() ?? missingLink(world, account.id, fields);
  if (refused) return refused;
  const row = ownConversation(store, account.id, id);
  if (isRefusal(row)) return row;
  const contactId = linkedContact(world, account.id, fields.contact);
  if (isRefusal(contactId)) return contactId;

  store.conversations.set(row.id, {
    ...row,
    name: changed(fields.name, row.name),
    description: changed(fields.description, row.description),
    meta: fields.meta === undefined ? row.meta : updatedMeta(fields.meta, row.meta),
    contactId: relinked(contactId, row.contactId),
    taskId: relinked(fields.taskId, row.taskId),
    spaceId: relinked(fields.spaceId, row.spaceId),
    botId: relinked(fields.botId, row.botId),
    model: changed(fields.model, row.model),
    backstory: changed(fields.backstory, row.backstory),
    datasetId: changed(fields.datasetId, row.datasetId),
    skillsetId: changed(fields.skillsetId, row.skillsetId),
    privacy: changed(fields.privacy, row.privacy),
    moderation: changed(fields.moderation, row.moderation),
    expiresAt: changed(fields.expiresAt, row.expiresAt),
    updatedAt: clock(),
  });
  return { id: row.id };

  function relinked(said: string | null | undefined, before: string | null): string | null {
    if (said === null && switches.nullLinks === 'kept') return before;
    return changed(said, before);
  }
}

export function deleteConversation(
  { store }: World,
  { account }: Session,
  id: string,
): Identified | Refusal {
  const row = ownConversation(store, account.id, id);
  if (isRefusal(row)) return row;
  forgetConversation(store, row);
  return { id };
}

export function listConversations(
  { store, switches }: World,
  { account }: Session,
  query: URLSearchParams,
  streamed: boolean,
): ConversationRow[] {
  const among = (key: string) => {
    const ids = (query.get(key) ?? '').split(',').map((id) => id.trim());
    const wanted = new Set(ids.filter((id) => id !== ''));
    return (id: string | null) => wanted.size === 0 || (id !== null && wanted.has(id));
  };
  const [bot, contact, task] = [among('botId'), among('contactId'), among('taskId')];
  const rows = [...store.conversations.values()].filter(
    (row) =>
      row.userId === account.id && bot(row.botId) && contact(row.contactId) && task(row.taskId),
  );
  const standing = store.conversations;
  return listRows({ rows, standing, query, order: 'desc', streamed }, store, switches);
}

const HALF_AN_HOUR_SECONDS = 1800;
const AN_HOUR_SECONDS = 3600;
const A_DAY_SECONDS = 86_400;

export function createSession(
  { store, clock, mintId }: World,
  keys: Keyring,
  { account }: Session,
  id: string,
  body: unknown,
): (Identified & { token: string; expiresAt: number }) | Refusal {
  const wish = asked(body);
  const seconds = wish.number('durationInSeconds', {
    min: HALF_AN_HOUR_SECONDS,
    max: A_DAY_SECONDS,
    nullable: true,
  });
  const refused = wish.refusal();
  if (refused) return refused;
  const row = ownConversation(store, account.id, id);
  if (isRefusal(row)) return row;

  const now = clock();
  const expiresAt = now + (seconds ?? AN_HOUR_SECONDS) * 1000;
  const claims = { sub: mintId(), conversationId: row.id, userId: row.userId };
  const times = { iat: Math.floor(now / 1000), exp: Math.floor(expiresAt / 1000) };
  return { id: row.id, token: signToken({ ...claims, ...times }, keys.signingKey), expiresAt };
}

/** Null where the conversation has a contact already: nothing is changed, and nothing said. */
export function upsertContact(
  world: World,
  { account, trusted }: Session,
  id: string,
  body: unknown,
): Identified | null | Refusal {
  const { store, clock, switches } = world;
  const wish = asked(body);
  const fields = readContact(wish, switches);
  const fingerprint = wish.nullableText('fingerprint')?.trim();
  if (fingerprint && fingerprint.length < 16) wish.complain('Fingerprint is too short');
  if (fingerprint && !trusted) wish.complain('Cannot use fingerprint with a session token');
  const refused = wish.refusal();
  if (refused) return refused;
  const row = ownConversation(store, account.id, id);
  if (isRefusal(row)) return row;
  if (row.contactId) return null;

  const contact: ContactRow | Refusal = fingerprint
    ? ensureVerified(world, account.id, fields, fingerprint)
    : ensureUnverified(world, account.id, fields);
  if (isRefusal(contact)) return contact;
  store.conversations.set(row.id, { ...row, contactId: contact.id, updatedAt: clock() });
  storeMessage(world, {
    conversationId: row.id,
    type: 'context',
    text: `Contact details were given for this conversation.\n\nname: ${contact.name}`,
  });
  return { id: contact.id };
}

function changed<Value>(said: Value | undefined, before: Value): Value {
  return said === undefined ? before : said;
}

function readFields(wish: Asked, { switches }: World) {
  return {
    name: wish.nullableText('name'),
    description: wish.nullableText('description'),
    contact: readLinkedContact(wish, switches),
    taskId: readLink(wish, 'taskId'),
    spaceId: readLink(wish, 'spaceId'),
    botId: readLink(wish, 'botId'),
    expiresAt: wish.number('expiresAt', { integer: true, nullable: true }),
    meta: readMeta(wish, switches),
    backstory: wish.nullableText('backstory'),
    model: wish.nullableText('model'),
    datasetId: readLink(wish, 'datasetId'),
    skillsetId: readLink(wish, 'skillsetId'),
    privacy: wish.flag('privacy'),
    moderation: wish.flag('moderation'),
  };
}

/** An empty string is no id, as null is. */
function readLink(wish: Asked, key: string): string | null | undefined {
  const id = wish.nullableText(key)?.trim();
  return wish.raw(key) === null || id === '' ? null : id;
}

function missingLink(
  { store, switches }: World,
  accountId: string,
  fields: ReturnType<typeof readFields>,
): Refusal | undefined {
  if (switches.links === 'trusted') return undefined;
  const { contact, taskId, spaceId, botId } = fields;
  const links = [
    ['Contact', store.contacts, contact.kind === 'id' ? contact.id : undefined],
    ['Task', store.tasks, taskId],
    ['Space', store.spaces, spaceId],
    ['Bot', store.bots, botId],
  ] as const;
  for (const [noun, rows, id] of links) {
    if (!id) continue;
    const row = rows.get(id);
    // Its body schema looks these up, so even "not found" and "not yours" come out as 400.
    if (!row) return refuse('BAD_REQUEST', `${noun} not found`);
    if (row.userId !== accountId) {
      return refuse('BAD_REQUEST', `You are not authorized to use this ${noun.toLowerCase()}`);
    }
  }
  return undefined;
}

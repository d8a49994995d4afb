// The tales in ChatBotKit's dialect: every column filled on some rows, null on others, all eight kinds of message.

import type { Tale, Turn } from '../story.ts';
import { uploadActivities } from './attachments.ts';
import { derivedFingerprint } from './contacts.ts';
import type {
  ContactRow,
  ConversationRow,
  LinkedRow,
  MessageKind,
  MessageRow,
  Meta,
} from './rows.ts';
import { type ChatbotkitStore, cuid } from './store.ts';

const DAY_MS = 86_400_000;

export function seedTales(store: ChatbotkitStore, accountId: string, tales: readonly Tale[]): void {
  const born = (tales[0]?.turns[0]?.at ?? 0) - 365 * DAY_MS;
  const linked = (noun: string, names: readonly string[]): LinkedRow[] =>
    names.map((name, index) => ({
      id: cuid(born, index, `${noun}/${name}`),
      userId: accountId,
      name,
    }));
  const bots = linked('bot', ['Help desk', 'Sales guide']);
  const tasks = linked('task', ['Weekly follow-up', 'Renewals']);
  const spaces = linked('space', ['Support', 'Success']);
  for (const row of bots) store.bots.set(row.id, row);
  for (const row of tasks) store.tasks.set(row.id, row);
  for (const row of spaces) store.spaces.set(row.id, row);

  const closed = tales.findIndex(({ state }) => state === 'closed');
  const expiring = closed < 0 ? tales.length - 1 : closed;
  for (const [index, tale] of tales.entries()) {
    const contact = index % 5 === 4 ? undefined : contactOf(store, accountId, tale, index);
    const row = conversationOf(tale, {
      accountId,
      contactId: contact?.id ?? null,
      botId: index % 2 === 0 ? pick(bots, index / 2) : null,
      taskId: index % 4 === 1 ? pick(tasks, index) : null,
      spaceId: index % 3 === 0 ? pick(spaces, index / 3) : null,
      expires: index === expiring,
      variant: index,
    });
    store.conversations.set(row.id, row);
    for (const message of messagesOf(store, tale, row, index)) {
      store.messages.set(message.id, message);
    }
  }
}

interface Links {
  readonly accountId: string;
  readonly contactId: string | null;
  readonly botId: string | null;
  readonly taskId: string | null;
  readonly spaceId: string | null;
  readonly expires: boolean;
  readonly variant: number;
}

function conversationOf(tale: Tale, links: Links): ConversationRow {
  const { key, person, subject, summary, plan, vip, urgency, state, turns } = tale;
  const { accountId, contactId, botId, taskId, spaceId, expires, variant } = links;
  const createdAt = turns[0]?.at ?? 0;
  const lastAt = turns.at(-1)?.at ?? createdAt;
  // Either a bot is named or its parts are, as callers of the real service do it.
  const inline = botId === null;
  const dressed = inline && variant % 4 === 1;
  return {
    id: cuid(createdAt, 0, `conversation/${key}`),
    userId: accountId,
    name: variant % 11 === 10 ? null : subject,
    description: variant % 7 === 6 ? null : summary,
    meta: {
      plan,
      vip,
      email: person.email,
      urgency,
      state,
      turns: turns.length,
      customer: { company: person.company, phone: person.phone, origin: { page: '/help' } },
    },
    contactId,
    taskId,
    spaceId,
    botId,
    model: inline ? 'gpt-4o/temperature=0.2' : null,
    backstory: inline ? 'You are the friendly help desk of a small software company.' : null,
    datasetId: dressed ? cuid(createdAt, 1, `dataset/${plan}`) : null,
    skillsetId: dressed ? cuid(createdAt, 2, `skillset/${plan}`) : null,
    privacy: inline ? variant % 4 === 3 : null,
    moderation: inline ? false : null,
    expiresAt: expires ? lastAt + 90 * DAY_MS : null,
    createdAt,
    // Messages do not touch the conversation; what was touched is the meta of those no longer open.
    updatedAt: state === 'open' ? createdAt : lastAt,
  };
}

function contactOf(
  store: ChatbotkitStore,
  accountId: string,
  { key, person, plan, turns }: Tale,
  index: number,
): ContactRow {
  for (const row of store.contacts.values()) if (row.email === person.email) return row;
  const createdAt = turns[0]?.at ?? 0;
  const verified = index % 2 === 0;
  const fields = {
    name: person.name,
    description: index % 3 === 0 ? `Works at ${person.company}` : null,
    email: person.email,
    phone: index % 3 === 1 ? null : person.phone,
    nick: index % 4 === 0 ? (person.name.split(' ')[0] ?? null) : null,
    meta: index % 2 === 0 ? { plan, company: person.company } : null,
  };
  const row: ContactRow = {
    id: cuid(createdAt, 3, `contact/${key}`),
    userId: accountId,
    ...fields,
    fingerprint: verified ? `account-${cuid(0, 0, person.email)}` : derivedFingerprint(fields),
    verifiedAt: verified ? createdAt : null,
    createdAt,
    updatedAt: createdAt,
  };
  store.contacts.set(row.id, row);
  return row;
}

interface Line {
  readonly type: MessageKind;
  readonly text: string;
  readonly at: number;
  readonly name?: string;
  readonly description?: string;
  readonly meta?: Meta;
  readonly editedAt?: number;
}

function messagesOf(
  store: ChatbotkitStore,
  tale: Tale,
  { id: conversationId }: ConversationRow,
  variant: number,
): MessageRow[] {
  const lines = [
    ...opening(tale, variant),
    ...tale.turns.flatMap((turn, index) => turnLines(tale, turn, { index, variant })),
    ...closing(tale, variant),
  ];
  if (variant % 8 === 5) lines.push(...attachmentLines(store, tale, conversationId));
  return lines
    .toSorted((one, other) => one.at - other.at)
    .map(({ type, text, at, name, description, meta, editedAt }, sequence) => ({
      id: cuid(at, sequence + 10, `message/${tale.key}/${sequence}`),
      conversationId,
      name: name ?? null,
      description: description ?? null,
      type,
      text,
      meta: meta ?? null,
      createdAt: at,
      updatedAt: editedAt ?? at,
    }));
}

/** Before the first word, in its very millisecond: only their ids put these rows in order. */
function opening({ person, plan, turns }: Tale, variant: number): Line[] {
  const at = turns[0]?.at ?? 0;
  const lines: Line[] = [];
  if (variant % 6 === 2) {
    lines.push({ type: 'backstory', text: `You help customers on the ${plan} plan.`, at });
  }
  if (variant % 6 === 3) {
    lines.push({ type: 'instruction', text: 'Answer in at most three sentences.', at });
  }
  if (variant % 5 !== 4) {
    lines.push({ type: 'context', text: `The contact is called ${person.name}.`, at });
  }
  return lines;
}

function turnLines(
  { person, subject, sources }: Tale,
  { by, text, at }: Turn,
  { index, variant }: { readonly index: number; readonly variant: number },
): Line[] {
  if (by === 'customer') {
    const labelled = index === 0 && variant % 3 === 0;
    const labels = { name: 'First question', description: `Asked by ${person.name}` };
    return [{ type: 'user', text, at, ...(labelled ? labels : {}) }];
  }
  // It knows no colleagues: what a person answers is a row of the bot, and only meta tells.
  if (by === 'agent') return [{ type: 'bot', text, at, meta: { author: 'agent' } }];
  const lines: Line[] = [];
  if (variant % 4 === 0) {
    lines.push({ type: 'reasoning', text: 'The account settings should answer this.', at: at - 3 });
  }
  if (sources.length > 0 && index === 1) {
    const call = { name: 'searchDocumentation', arguments: { query: subject } };
    const found = { ...call, result: { records: sources } };
    lines.push({
      type: 'activity',
      text: 'Looking it up',
      at: at - 2,
      meta: activity('request', call),
    });
    lines.push({ type: 'activity', text: '', at: at - 1, meta: activity('response', found) });
  }
  const edited = variant % 9 === 1 && index === 1 ? { editedAt: at + 60_000 } : {};
  const meta = sources.length > 0 ? { meta: { sources: sources.map(({ url }) => url) } } : {};
  return [...lines, { type: 'bot', text, at, ...meta, ...edited }];
}

function closing({ note, summary, turns }: Tale, variant: number): Line[] {
  const at = turns.at(-1)?.at ?? 0;
  const lines: Line[] = [];
  if (note !== undefined) {
    lines.push({ type: 'context', text: note, at: at + 1, meta: { author: 'colleague' } });
  }
  if (variant % 7 === 5) lines.push({ type: 'checkpoint', text: `So far: ${summary}`, at: at + 2 });
  if (variant % 7 === 3) {
    const reminder = { name: 'remindCustomer' };
    lines.push({ type: 'activity', text: '', at: at + 3, meta: activity('trigger', reminder) });
  }
  return lines;
}

function attachmentLines(store: ChatbotkitStore, tale: Tale, conversationId: string): Line[] {
  const at = (tale.turns[0]?.at ?? 0) + 5;
  const id = cuid(at, 5, `attachment/${tale.key}`);
  const bytes = Buffer.from(`Notes of ${tale.person.name}\n`);
  const name = `${id}.txt`;
  const file = { id, conversationId, name, type: 'text/plain', sizeBytes: bytes.length, bytes };
  store.attachments.set(id, file);
  return uploadActivities({ id, name, type: 'application/octet-stream' }).map(
    (meta, index): Line => ({
      type: 'activity',
      text: '',
      at: at + index,
      meta: { activity: meta },
    }),
  );
}

function activity(type: 'request' | 'response' | 'trigger', call: object): Meta {
  return { activity: { type, function: call } };
}

function pick(rows: readonly LinkedRow[], index: number): string | null {
  return rows[Math.floor(index) % rows.length]?.id ?? null;
}

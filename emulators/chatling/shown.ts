// From a stored row to what a caller sees of it, as the switches have it.

import type { ContactRow, ConversationRow, MessageRow } from './store.ts';
import type { Switches } from './switches.ts';

/** A conversation carries no more than this many of its messages; the rest are only in the messages list. */
const EMBEDDED_MESSAGES = 20;

/** No `updated_at`, no title, no status: there is none to be had. */
export function shownConversation(
  row: ConversationRow,
  switches: Switches,
): Record<string, unknown> {
  const flag = (value: 0 | 1) => (switches.flags === 'numbers' ? value : value === 1);
  const leftOut = row.contact_id === null && switches.missingContact === 'absent';
  return {
    id: row.id,
    ...(leftOut ? {} : { contact_id: row.contact_id }),
    archived: flag(row.archived),
    important: flag(row.important),
    ...(switches.conversationType ? { conversation_type: row.conversation_type } : {}),
    created_at: shownTime(row.created_at, switches),
    messages: row.messages
      .slice(-EMBEDDED_MESSAGES)
      .toReversed()
      .map((message) => shownMessage(message, switches)),
  };
}

export function shownMessage(
  { id, created_at, ...said }: MessageRow,
  switches: Switches,
): Record<string, unknown> {
  return {
    ...(switches.messageIds ? { id } : {}),
    ...said,
    created_at: shownTime(created_at, switches),
  };
}

/** Industry and the parts of the address are taken in and never shown again. */
export function shownContact(
  { id, properties, created_at }: ContactRow,
  switches: Switches,
): Record<string, unknown> {
  const names = [properties['first_name'], properties['last_name']].filter(
    (name) => name !== undefined,
  );
  return {
    id,
    name: names.length === 0 ? null : names.join(' '),
    email: properties['email'] ?? null,
    job_title: properties['job_title'] ?? null,
    phone: properties['phone'] ?? null,
    website: properties['website_url'] ?? null,
    company: properties['company_name'] ?? null,
    created_at: shownTime(created_at, switches),
  };
}

function shownTime(createdAt: string, { timestamps }: Switches): string {
  // By the row's own second, so that one row always looks the same.
  const bare = timestamps === 'mixed' && (Date.parse(createdAt) / 1000) % 3 === 0;
  return bare ? createdAt.slice(0, '2024-06-14T15:45:34'.length) : createdAt;
}

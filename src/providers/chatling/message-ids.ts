// Ids for messages that come without one, the same wherever a message is met: derived from what it says, and from how
// many alike were there before it.

import { createHash } from 'node:crypto';
import { toDate } from './dates.ts';
import type { WireMessage } from './wire.ts';

export interface Identified {
  readonly row: WireMessage;
  readonly id: string;
  readonly derived: boolean;
}

/** Rows newest first; `older` are those known to come after them, which decide how many alike were before. */
export function identify(
  rows: readonly WireMessage[],
  older: readonly WireMessage[],
): readonly Identified[] {
  const before = new Map<string, number>();
  const counted = (row: WireMessage) => {
    const print = fingerprint(row);
    const ordinal = before.get(print) ?? 0;
    before.set(print, ordinal + 1);
    return `${DERIVED}${print}-${ordinal}`;
  };
  older.filter(isNameless).forEach(counted);
  return rows
    .toReversed()
    .map((row) =>
      row.id ? { row, id: row.id, derived: false } : { row, id: counted(row), derived: true },
    )
    .toReversed();
}

/**
 * Whether derived ids of these rows are open while what comes after `older` is unknown: a row just like one of them
 * could follow for as long as it is the same second.
 */
export function isOpen(rows: readonly WireMessage[], older: readonly WireMessage[]): boolean {
  const oldest = older.at(-1) ?? rows.at(-1);
  return oldest !== undefined && rows.some((row) => isNameless(row) && isSameSecond(row, oldest));
}

/** Those rows whose ids are certain whatever comes after them. */
export function settled(rows: readonly WireMessage[]): readonly WireMessage[] {
  const oldest = rows.at(-1);
  return rows.filter((row) => !oldest || !isNameless(row) || !isSameSecond(row, oldest));
}

/** Whether a row without an id is met among the older ones too: one just like it, or itself once more. */
export function meetsAgain(rows: readonly WireMessage[], older: readonly WireMessage[]): boolean {
  const prints = new Set(older.filter(isNameless).map(fingerprint));
  return rows.some((row) => isNameless(row) && prints.has(fingerprint(row)));
}

export function isDerivedId(id: string): boolean {
  return id.startsWith(DERIVED);
}

const DERIVED = 'derived-';

function isNameless(row: WireMessage): boolean {
  return !row.id;
}

function isSameSecond(one: WireMessage, other: WireMessage): boolean {
  return secondOf(one) === secondOf(other);
}

function fingerprint(row: WireMessage): string {
  const said = JSON.stringify([row.role ?? null, secondOf(row), row.text ?? null]);
  return createHash('sha256').update(said).digest('base64url').slice(0, 22);
}

/** As an instant, so that another spelling of the same one makes no other id. */
function secondOf({ created_at: said }: WireMessage): string {
  return toDate(said)?.toISOString() ?? said ?? '';
}

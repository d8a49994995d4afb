// The API keys there are, as a table for people.

import type { KeyRecord } from '../security/key-file.ts';

export function keysTable(keys: readonly KeyRecord[], nowMs: number): string {
  return tableOf([HEADS, ...keys.map((record) => rowOf(record, nowMs))]);
}

const HEADS = ['id', 'name', 'scopes', 'providers', 'contact', 'created', 'expires', ''];

function rowOf(record: KeyRecord, nowMs: number): string[] {
  const { id, name, scopes, providers, contact, createdAt, expiresAt, revokedAt } = record;
  const isPast = expiresAt !== null && Date.parse(expiresAt) <= nowMs;
  return [
    id,
    plain(name),
    scopes.join(','),
    providers === 'all' ? 'all' : providers.map(plain).join(','),
    contact ? plain(`${contact.provider}:${contact.id}`) : '-',
    day(createdAt),
    expiresAt === null ? 'never' : day(expiresAt),
    revokedAt === null ? (isPast ? 'expired' : 'good') : `revoked ${day(revokedAt)}`,
  ];
}

function day(moment: string): string {
  return new Date(moment).toISOString().slice(0, 10);
}

/** What was put into the file by hand shall not move a cursor. */
export function plain(text: string): string {
  return text.replaceAll(/\p{C}/gu, '?');
}

function tableOf(rows: readonly (readonly string[])[]): string {
  const widths = HEADS.map((_, at) => Math.max(...rows.map((row) => row[at]?.length ?? 0)));
  return rows
    .map((row) =>
      row
        .map((cell, at) => cell.padEnd(widths[at] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

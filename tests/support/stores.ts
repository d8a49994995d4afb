// What the four services keep, whole, and what has become other in it: the only witness of what a write did.

import { isDeepStrictEqual } from 'node:util';
import type { JournalRow } from '../../emulators/emulator.ts';
import type { World } from '../../emulators/world.ts';
import { ACCOUNTS, type AccountName, emulatorOf } from './accounts.ts';

/** By place, such as `website/conversations/conv_1/tags/plan`. Without `is` it is gone, without `was` it is new. */
export type Changes = Readonly<Record<string, Change>>;

export interface Change {
  readonly was?: unknown;
  readonly is?: unknown;
}

/** Notes everything that is stored now; called later, it tells every single thing that is other. */
export function watchStores(world: World): () => Changes {
  const before = noted(storesOf(world));
  return () => Object.fromEntries(differences(before, noted(storesOf(world)), []));
}

/** The first row that is as wanted; a test without one would prove nothing. */
export function rowWhere<Row>(
  rows: ReadonlyMap<string, Row>,
  isWanted: (row: Row) => boolean = () => true,
): Row {
  const row = [...rows.values()].find(isWanted);
  if (!row) throw new Error('no row of the store is as wanted: tell more tales');
  return row;
}

/** Rows that were not there before, by the map they are in; the order is that of the store. */
export function rowsAdded<Row>(rows: ReadonlyMap<string, Row>): () => Row[] {
  const known = new Set(rows.keys());
  return () => [...rows].flatMap(([id, row]) => (known.has(id) ? [] : [row]));
}

/** Everything one service was asked. */
export function asked(world: World, account: AccountName): readonly JournalRow[] {
  return emulatorOf(world, account).journal;
}

/** What one service was asked to change: its reads and the renewals of a session left out. */
export function writes(world: World, account: AccountName): readonly JournalRow[] {
  return asked(world, account).filter(
    ({ method, path }) => method !== 'GET' && !path.startsWith('/api/v1/auth/'),
  );
}

/** Whatever any of the four was asked. */
export function askedAtAll(world: World): readonly JournalRow[] {
  return ACCOUNTS.flatMap((account) => asked(world, account));
}

function storesOf({ botpress, chatling, chatbotkit, stackAuth }: World): unknown {
  return {
    website: botpress.store,
    help: chatling.store,
    assistant: chatbotkit.store,
    support: stackAuth.store,
  };
}

/** As it is at this moment: rows may be changed in place. */
function noted(value: unknown): unknown {
  if (value instanceof Map) {
    return Object.fromEntries([...value].map(([key, inner]) => [String(key), noted(inner)]));
  }
  if (Array.isArray(value)) return value.map(noted);
  if (!isObject(value)) return structuredClone(value);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, noted(inner)]));
}

function differences(
  was: unknown,
  is: unknown,
  place: readonly string[],
): (readonly [place: string, change: Change])[] {
  if (hasPlaces(was) && hasPlaces(is)) {
    const [before, after] = [new Map(Object.entries(was)), new Map(Object.entries(is))];
    const keys = new Set([...before.keys(), ...after.keys()]);
    return [...keys].flatMap((key) =>
      differences(before.get(key), after.get(key), [...place, key]),
    );
  }
  if (isDeepStrictEqual(was, is)) return [];
  return [
    [place.join('/'), { ...(was !== undefined && { was }), ...(is !== undefined && { is }) }],
  ];
}

/** A list of rows is walked into; a list of words is one thing. */
function hasPlaces(value: unknown): value is object {
  return isObject(value) || (Array.isArray(value) && value.some(isObject));
}

function isObject(value: unknown): value is object {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && !Buffer.isBuffer(value)
  );
}

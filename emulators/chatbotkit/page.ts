// Pages: a cursor is the id of the last row seen, and an empty or short page is the only sign of the end.

import { meets, metaConditions } from './meta.ts';
import type { Meta } from './rows.ts';
import { byPlace, type ChatbotkitStore, type Place } from './store.ts';
import type { Switches } from './switches.ts';

const PAGE_LIMIT = 100;

type Order = 'asc' | 'desc';

interface Listed extends Place {
  readonly meta: Meta | null;
}

interface Listing<Row extends Listed> {
  readonly rows: Iterable<Row>;
  /** Where a cursor's row stands, whatever filter the list has. */
  readonly standing: ReadonlyMap<string, Place>;
  readonly query: URLSearchParams;
  readonly order: Order;
  /** A stream goes on over pages; a JSON answer is one. */
  readonly streamed: boolean;
}

export function listRows<Row extends Listed>(
  { rows, standing, query, order: usual, streamed }: Listing<Row>,
  store: ChatbotkitStore,
  switches: Switches,
): Row[] {
  const said = query.get('order');
  const order = said === 'asc' || said === 'desc' ? said : usual;
  const cursor = query.get('cursor')?.trim();
  const conditions = metaConditions(query);
  const sorted = [...rows]
    .filter((row) => conditions.every((condition) => meets(row.meta, condition)))
    .toSorted((one, other) => (order === 'asc' ? byPlace(one, other) : byPlace(other, one)));
  const from = cursor ? after(sorted, placeOf(cursor), order) : sorted;
  return from.slice(0, streamed ? streamLength(query, switches) : pageLength(query));

  function placeOf(id: string): Place | undefined {
    const lost = switches.cursorOfDeleted === 'continues' ? store.deleted.get(id) : undefined;
    return standing.get(id) ?? lost;
  }
}

/** "10 rows" is ten; nothing, zero and nonsense are all of a page; less than one is one. */
function pageLength(query: URLSearchParams): number {
  const take = Number.parseInt(query.get('take') ?? '', 10) || PAGE_LIMIT;
  return Math.min(Math.max(1, take), PAGE_LIMIT);
}

function streamLength(query: URLSearchParams, switches: Switches): number {
  const take = Number.parseInt(query.get('take') ?? '', 10) || Number.POSITIVE_INFINITY;
  if (switches.jsonlTake === 'exact') return Math.max(1, take);
  const page = pageLength(query);
  return page * Math.max(1, Math.ceil(take / page));
}

function after<Row extends Place>(sorted: Row[], place: Place | undefined, order: Order): Row[] {
  if (!place) return [];
  const sign = order === 'asc' ? 1 : -1;
  return sorted.filter((row) => byPlace(row, place) * sign > 0);
}

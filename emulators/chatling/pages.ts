// Page-number paging: the service picks the size, says no total, and takes no filter.

import type { EmulatorAnswer } from '../emulator.ts';
import { success } from './refusals.ts';
import type { Ask, World } from './routes.ts';

export interface Listing<Row> {
  /** The key beside `pages`. */
  readonly name: string;
  readonly perPage: number;
  readonly rows: readonly Row[];
  readonly show: (row: Row) => unknown;
}

/** Rows as they stand. Whatever else the query says is ignored: there are no filters. */
export function page<Row>(
  { switches }: World,
  { query }: Ask,
  { name, perPage, rows, show }: Listing<Row>,
): EmulatorAnswer {
  const asked = Number(query.get('page') ?? '1');
  // Laravel reads a page that is no positive whole number as the first, and shows an empty one past the end.
  const current = Number.isSafeInteger(asked) && asked >= 1 ? asked : 1;
  const last = Math.ceil(rows.length / perPage) || switches.lastPageOfEmpty;
  const shown = rows.slice((current - 1) * perPage, current * perPage);
  return success({
    pages: { current_page: current, last_page: last, per_page: perPage },
    [name]: shown.map(show),
  });
}

/** Rows given oldest first, newest first on the wire unless asked otherwise. */
export function sortedPage<Row>(world: World, ask: Ask, listing: Listing<Row>): EmulatorAnswer {
  switch (ask.query.get('sort') ?? 'date_desc') {
    case 'date_desc':
      return page(world, ask, { ...listing, rows: listing.rows.toReversed() });
    case 'date_asc':
      return page(world, ask, listing);
    default:
      return world.refuse.invalid({ sort: 'The sort must be date_desc or date_asc.' });
  }
}

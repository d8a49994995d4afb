// One page of a provider's list, in that provider's own way of paging.

/**
 * Where a page begins. `token`: the provider's own opaque token. `last-id`: the id of the row before it. `offset`: how
 * many rows are before it. `page-number`: the page, from 1. Always text; the first page has none.
 */
export type Paging = 'token' | 'last-id' | 'offset' | 'page-number';

/** Whether a list descends by a time its rows carry, or keeps an order of its own that no time explains. */
export type Order = 'by-time' | 'own';

export interface Page<T> {
  readonly items: readonly T[];
  /** Where the next page begins; null on the last one. */
  readonly next: string | null;
}

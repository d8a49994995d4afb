// What fields cost, in calls to providers: what is usual, from what they are asked with and the tables of the providers.
// A write costs what it takes at the provider where it takes most, with the looks before and after it.

import { FILTER_FIELDS } from '../src/domain/conversation.ts';
import { decodeId } from '../src/domain/ids.ts';
import type { Paging } from '../src/domain/page.ts';
import type { Provider } from '../src/providers/provider.ts';
import type { Context } from './context.ts';

export const DEFAULT_PAGE = 20;
const MOST_ROWS = 100;

/** Rows on a page of a service that numbers its pages: those are small, and of a size of its own. */
const ROWS_OF_NUMBERED_PAGE = 15;
/** How many calls are spent on rows that a service cannot filter itself, at most. */
const SCANS = { numbered: 10, others: 3 };
/** A message that has to be looked for in its conversation. */
const LOOKED_FOR = 3;

interface Paged {
  readonly first?: number | null | undefined;
}

/** A page of a list of one conversation: what it takes on the average of the accounts, for it may be of any. */
export function pageCost(verb: 'MESSAGE_LIST' | 'PARTICIPANT_LIST') {
  return (asked: Paged, { gateway: { providers } }: Context) => {
    const multiplier = rowsOf(asked);
    const calls = providers
      .map(({ can: { [verb]: able } }) => (able.support === 'NONE' ? 0 : pagesOf(able, multiplier)))
      .reduce((all, one) => all + one, 0);
    return { field: calls / Math.max(1, providers.length), multiplier };
  };
}

/** The merged list: each provider that is asked, by what its table says of it. */
export function inboxCost(
  asked: Paged & { readonly filter?: InboxFilter | null | undefined },
  { gateway }: Context,
) {
  const { filter } = asked;
  const names = filter?.providers;
  const providers = gateway.providers.filter(({ name }) => !names || names.includes(name));
  const multiplier = rowsOf(asked);
  const field = providers
    .map((provider) => laneCost(provider, multiplier, filter ?? {}))
    .reduce((all, one) => all + one, 0);
  return { field: Math.max(1, field), multiplier };
}

type InboxFilter = { readonly providers?: readonly string[] | null | undefined } & object;

function laneCost({ can }: Provider, rows: number, filter: InboxFilter): number {
  const able = can.CONVERSATION_LIST;
  if (able.support === 'NONE') return 0;
  const isNumbered = able.paging === 'page-number';
  const given = FILTER_FIELDS.filter((field) => isGiven(Reflect.get(filter, field)));
  if (given.some((field) => able.filters[field] === 'lacking')) return 0;
  if (given.some((field) => able.filters[field] === 'scanned')) {
    return isNumbered ? SCANS.numbered : SCANS.others;
  }
  return isNumbered ? pagesOf(able, rows) : 1;
}

/** One row more is asked for, which tells whether there is a next page. */
function pagesOf({ paging }: { readonly paging: Paging }, rows: number): number {
  return Math.ceil((rows + 1) / (paging === 'page-number' ? ROWS_OF_NUMBERED_PAGE : MOST_ROWS));
}

export function nodeCost({ id }: { readonly id: unknown }, { gateway }: Context): number {
  const ref = typeof id === 'string' ? decodeId(id) : undefined;
  if (ref?.type !== 'Message') return 1;
  const able = gateway.provider(ref.message.conversation.provider)?.can.MESSAGE_GET;
  return able?.support === 'EMULATED' ? LOOKED_FOR : 1;
}

/** Each may be of another conversation. */
export function nodesCost({ ids }: { readonly ids: readonly unknown[] }, context: Context) {
  return {
    field: ids.map((id) => nodeCost({ id }, context)).reduce((all, one) => all + one, 0),
    multiplier: ids.length,
  };
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null;
}

function rowsOf({ first }: Paged): number {
  return Math.min(MOST_ROWS, Math.max(1, first ?? DEFAULT_PAGE));
}

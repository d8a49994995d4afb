// The merged inbox: every provider asked at once under its own deadline, filters pushed down or compared here.

import {
  type Conversation,
  type ConversationFilter,
  type FilterField,
  meetsFilter,
} from '../../domain/conversation.ts';
import { checked, type Outcome, success } from '../../domain/failure.ts';
import type { ProviderName } from '../../domain/ids.ts';
import type { Able, Provider } from '../../providers/provider.ts';
import { deadlineAfter } from '../deadline.ts';
import { ableTo, type Dispatch, type Operation } from '../dispatch.ts';
import { contactOf, fieldsAsked, filterIssues, MAX_PAGE, pageIssues } from '../inputs.ts';
import type { Ages, Reads } from '../reads/reads.ts';
import type { CursorSeal } from './cursor.ts';
import type { Lane } from './lane.ts';
import { type LaneEnd, mergePages, type WalkState } from './merge.ts';
import {
  aged,
  type ConversationPage,
  type FilterAsked,
  openWalk,
  type PageAsked,
  type Source,
} from './pages.ts';

interface Parts {
  readonly dispatch: Dispatch;
  readonly reads: Reads;
  readonly seal: CursorSeal;
  readonly clock: () => number;
}

/** How far one page looks for rows that a provider cannot filter itself. The next page looks further. */
const SCAN_BOUND = { rows: 300, calls: 10 };
/** One row that repeats the last one passed, and one more than wanted, which says whether there is a next page. */
const SPARE_ROWS = 2;
const NO_BOUND = { rows: Infinity, calls: Infinity };

export async function listConversations(
  { dispatch, reads, seal, clock }: Parts,
  asked: PageAsked & { readonly filter: FilterAsked },
  operation: Operation,
): Promise<Outcome<ConversationPage>> {
  const { first, after } = asked;
  const known = dispatch.providers.map(({ name }) => name);
  const good = checked(asked, [...pageIssues(first), ...filterIssues(asked.filter, known)]);
  if (!good.ok) return good;
  const narrowed = narrow(asked.filter);
  if (!narrowed.ok) return narrowed;
  const { filter, only } = narrowed.value;
  const question = `conversations ${canonical(asked.filter)}`;
  const walked = openWalk(seal, after, question);
  if (!walked.ok) return walked;

  const fields = fieldsAsked(filter);
  const roads = dispatch.providers
    .filter(({ name }) => only === undefined || only.includes(name))
    .map((provider) => roadTo(provider, fields));
  if (first === 0) {
    return success(emptyPage(seal, walked.value, question));
  }
  const lanes = roads.flatMap((road) => {
    const { able, provider } = road;
    if (!able) return [];
    const ages = reads.ages(walked.value[provider.name]?.readMs);
    const lane = laneOf({
      reads,
      road,
      able,
      filter,
      first,
      walked: walked.value,
      ages,
      operation,
    });
    return [{ ...lane, ages }];
  });
  const page = await mergePages(lanes, first);
  const now = clock();
  const agesOf = new Map(lanes.map(({ key, ages }) => [key, ages]));
  const sealed = (walk: WalkState) => seal.seal(allAged(walk, lanes), question);

  return success({
    edges: page.rows.map(({ row, timeMs, state }) => ({
      node: row.sortedAt.getTime() === timeMs ? row : { ...row, sortedAt: new Date(timeMs) },
      cursor: () => sealed(state()),
    })),
    hasNext: page.hasNext,
    endCursor: () => (page.rows.length > 0 || page.hasNext ? sealed(page.state()) : null),
    sources: roads.map((road) => {
      const { name } = road.provider;
      const ages = agesOf.get(name);
      // A lane that had ended before this page was not asked for it.
      const askedAt = walked.value[name]?.done ? null : new Date(ages?.oldestMs ?? now);
      return sourceOf(road, page.lanes.get(name), { askedAt, ages });
    }),
  });
}

function allAged(
  walk: WalkState,
  lanes: readonly { readonly key: string; readonly ages: Ages }[],
): WalkState {
  return lanes.reduce((known, { key, ages }) => aged(known, key, ages), walk);
}

interface Road {
  readonly provider: Provider;
  /** Absent where the provider is left out of this question. */
  readonly able: Able<'CONVERSATION_LIST'> | undefined;
  /** Fields compared here. */
  readonly compared: readonly FilterField[];
}

function roadTo(provider: Provider, fields: readonly FilterField[]): Road {
  const able = ableTo(provider, 'CONVERSATION_LIST');
  const lacks = !able.ok || fields.some((field) => able.value.filters[field] === 'lacking');
  return {
    provider,
    able: lacks ? undefined : able.value,
    compared: able.ok ? fields.filter((field) => able.value.filters[field] === 'scanned') : [],
  };
}

function laneOf(asked: {
  reads: Reads;
  road: Road;
  able: Able<'CONVERSATION_LIST'>;
  filter: ConversationFilter;
  first: number;
  walked: WalkState;
  ages: Ages;
  operation: Operation;
}): Lane<Conversation> {
  const { reads, road, able, filter, first, walked, ages, operation } = asked;
  const { name, deadlineMs } = road.provider;
  // One deadline for the lane, however many small pages it takes.
  const deadline = deadlineAfter(deadlineMs);
  const scans = road.compared.length > 0;
  return {
    key: name,
    paging: able.paging,
    order: able.order,
    // A token says itself whether more follows, and a row to spare would have its page read twice.
    size: scans ? MAX_PAGE : Math.min(MAX_PAGE, first + (able.paging === 'token' ? 0 : SPARE_ROWS)),
    from: walked[name],
    bound: scans ? SCAN_BOUND : NO_BOUND,
    isOld: () => ages.isOld,
    read: async (at, size, how) => {
      const within = { operation, deadline, sinceMs: ages.since(how) };
      return ages.note(await reads.conversations(name, { filter, at, size }, within));
    },
    matches: (row) => road.compared.every((field) => meetsFilter(row, filter, field)),
    idOf: (row) => row.nativeId,
    timeOf: (row) => row.sortedAt.getTime(),
  };
}

function sourceOf(
  road: Road,
  end: LaneEnd | undefined,
  { askedAt, ages }: { readonly askedAt: Date | null; readonly ages: Ages | undefined },
): Source {
  const source = { provider: road.provider.name, fetchedAt: null, scanned: null, failure: null };
  if (!end || !ages) return { ...source, status: 'SKIPPED' };
  const scanned = road.compared.length > 0 ? end.scanned : null;
  if (end.head.kind === 'failed') {
    return { ...source, status: 'FAILED', scanned, failure: end.head.failure };
  }
  const { status, failure } = ages;
  return { ...source, status, scanned, fetchedAt: askedAt, failure };
}

function emptyPage(seal: CursorSeal, walked: WalkState, question: string): ConversationPage {
  const endCursor = () => seal.seal(walked, question);
  return { edges: [], hasNext: true, endCursor, sources: [] };
}

function narrow(
  asked: FilterAsked,
): Outcome<{ filter: ConversationFilter; only: readonly string[] | undefined }> {
  const { providers, contactId, ...rest } = asked;
  if (contactId === undefined) return success({ filter: rest, only: providers });
  const contact = contactOf(contactId, 'filter.contactId');
  if (!contact.ok) return contact;
  const { provider, nativeId } = contact.value;
  const only =
    provider === undefined ? providers : [provider].filter((name) => isAmong(name, providers));
  return success({ filter: { ...rest, contactId: nativeId }, only });
}

function isAmong(name: ProviderName, names: readonly string[] | undefined): boolean {
  return names === undefined || names.includes(name);
}

/** The same filter, the same text, whatever order its fields were given in. */
function canonical(filter: FilterAsked): string {
  return JSON.stringify(Object.entries(filter).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

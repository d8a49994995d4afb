// What may be asked of a list, and what a page of it is: shared by the lists of conversations and of messages.

import type { Conversation, ConversationFilter } from '../../domain/conversation.ts';
import { type Failure, invalid, type Outcome, success } from '../../domain/failure.ts';
import type { ProviderName } from '../../domain/ids.ts';
import type { Ages } from '../reads/reads.ts';
import type { CursorSeal } from './cursor.ts';
import type { WalkState } from './merge.ts';

export interface PageAsked {
  readonly first: number;
  readonly after: string | null;
}

export interface FilterAsked extends ConversationFilter {
  /** Names of providers; absent, all of them. */
  readonly providers?: readonly string[];
}

/** A page and where to go on from: after any of its edges, or after its end. */
export interface EdgePage<T> {
  readonly edges: readonly { readonly node: T; cursor(): string }[];
  readonly hasNext: boolean;
  /** Null where there is nothing to go on from. */
  endCursor(): string | null;
}

export interface ConversationPage extends EdgePage<Conversation> {
  readonly sources: readonly Source[];
}

/** One provider's part in one merged answer. */
export interface Source {
  readonly provider: ProviderName;
  readonly status: 'FRESH' | 'CACHED' | 'STALE' | 'SKIPPED' | 'FAILED';
  readonly fetchedAt: Date | null;
  /** How many rows were looked at, where a filter had to be applied here. */
  readonly scanned: number | null;
  readonly failure: Failure | null;
}

/** Where a lane is left, with when it was read: what comes after it is not to be older. */
export function aged(walk: WalkState, key: string, { sinceMs: readMs }: Ages): WalkState {
  const lane = walk[key];
  return lane && !lane.done && readMs !== undefined
    ? { ...walk, [key]: { ...lane, readMs } }
    : walk;
}

/** A cursor opened, or nowhere; one that is not ours for this question says what to do. */
export function openWalk(
  seal: CursorSeal,
  after: string | null,
  question: string,
): Outcome<WalkState> {
  if (after === null) return success({});
  const opened = seal.open(after, question);
  switch (opened) {
    case 'forged':
      return invalid('after', 'is not a cursor of this gateway; begin again without it.');
    case 'other-question':
      return invalid(
        'after',
        'belongs to another filter or conversation; ask as before, or begin again without it.',
      );
    default:
      return success(opened);
  }
}

// Finds the conversations of one page: filters, a search in four places, newest visible activity first.

import type { ConversationRow, StackAuthStore, Status } from './store.ts';
import { type Audience, compare, visibleMessages } from './views.ts';

export interface Wanted {
  readonly projectId: string;
  readonly audience: Audience;
  readonly query?: string | undefined;
  readonly status?: Status | undefined;
  readonly userId?: string | undefined;
  readonly limit?: string | undefined;
  readonly offset?: string | undefined;
}

export interface Found {
  readonly conversations: readonly ConversationRow[];
  readonly hasMore: boolean;
}

/** Nobody gets more than this at once. */
const MOST_ROWS = 200;

export function findConversations(
  store: StackAuthStore,
  wanted: Wanted,
  { wildcards }: { readonly wildcards: boolean },
): Found {
  const matches = matcher(wanted.query ?? '', wildcards);
  const userId = wanted.userId?.toLowerCase();
  const found = [...store.conversations.values()]
    .filter(
      (row) =>
        row.projectId === wanted.projectId &&
        (userId === undefined || row.userId === userId) &&
        (wanted.status === undefined || row.status === wanted.status),
    )
    .map((row) => ({ row, latest: visibleMessages(store, row, wanted.audience).at(-1) }))
    .filter(({ row, latest }) => {
      // Only the latest message is searched: what was said before it is not found.
      const user = row.userId === null ? undefined : store.users.get(row.userId);
      const places = [row.subject, latest?.body, user?.displayName, user?.primaryEmail];
      return places.some((place) => matches(place ?? ''));
    })
    .toSorted(
      (one, other) =>
        compare(
          other.latest?.createdAt ?? other.row.createdAt,
          one.latest?.createdAt ?? one.row.createdAt,
        ) || compare(other.row.id, one.row.id),
    );
  const limit = clampedLimit(wanted.limit);
  const offset = clampedOffset(wanted.offset);
  return {
    conversations: found.slice(offset, offset + limit).map(({ row }) => row),
    hasMore: found.length > offset + limit,
  };
}

/** Whatever is no number asks for everything one may have. */
function clampedLimit(said: string | undefined): number {
  const asked = Number.parseInt(said ?? '', 10);
  return Number.isFinite(asked) ? Math.max(1, Math.min(MOST_ROWS, asked)) : MOST_ROWS;
}

function clampedOffset(said: string | undefined): number {
  const asked = Number.parseInt(said ?? '', 10);
  return Number.isFinite(asked) ? Math.max(0, asked) : 0;
}

function matcher(query: string, wildcards: boolean): (place: string) => boolean {
  const needle = query.trim().toLowerCase();
  if (needle === '') return () => true;
  if (!wildcards) return (place) => place.toLowerCase().includes(needle);
  const pattern = new RegExp(likePattern(needle), 's');
  return (place) => pattern.test(place.toLowerCase());
}

/** The feature branch put the query into LIKE as it came, so that % and _ meant what they mean there. */
function likePattern(needle: string): string {
  return needle.replaceAll(/\\(.)|[%_]|[.*+?^${}()|[\]\\]/gs, (sign, escaped?: string) => {
    if (sign === '%') return '.*';
    if (sign === '_') return '.';
    const literal = escaped ?? sign;
    return /\w/.test(literal) ? literal : `\\${literal}`;
  });
}

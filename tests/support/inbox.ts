// The merged inbox page by page as a client walks it, and what the emulators' stores say it has to show.

import { visibleMessages } from '../../emulators/stack-auth/views.ts';
import type { World } from '../../emulators/world.ts';
import type { AccountName } from './accounts.ts';
import { at, listAt, textAt } from './answer.ts';
import type { TestParlance } from './parlance.ts';

export interface InboxRow {
  /** `provider/nativeId`, as `standing` has them. */
  readonly key: string;
  readonly id: string;
  readonly sortedAtMs: number;
  readonly cursor: string;
}

export interface InboxPage {
  readonly rows: readonly InboxRow[];
  readonly hasNextPage: boolean;
  readonly endCursor: string | null;
  readonly sources: readonly SourceSeen[];
}

export interface SourceSeen {
  readonly name: string;
  readonly status: string;
  readonly scanned: number | null;
  /** `__typename`, `code`, `message` and whatever else the query asks of an error. */
  readonly error: unknown;
}

export interface Wanted {
  readonly first: number;
  readonly after?: string | null;
  readonly filter?: object;
}

type Asking = Pick<TestParlance, 'ask'>;

export async function inboxPage({ ask }: Asking, wanted: Wanted): Promise<InboxPage> {
  const answer = await ask(INBOX, wanted);
  if (answer.errors.length > 0) throw new Error(`refused: ${JSON.stringify(answer.errors)}`);
  const inbox = at(answer.data, 'conversations');
  const endCursor = at(inbox, 'pageInfo.endCursor');
  return {
    rows: listAt(inbox, 'edges').map((edge) => ({
      key: `${textAt(edge, 'node.provider.name')}/${textAt(edge, 'node.nativeId')}`,
      id: textAt(edge, 'node.id'),
      sortedAtMs: Date.parse(textAt(edge, 'node.sortedAt')),
      cursor: textAt(edge, 'cursor'),
    })),
    hasNextPage: at(inbox, 'pageInfo.hasNextPage') === true,
    endCursor: typeof endCursor === 'string' ? endCursor : null,
    sources: listAt(inbox, 'sources').map((source) => {
      const scanned = at(source, 'scanned');
      return {
        name: textAt(source, 'provider.name'),
        status: textAt(source, 'status'),
        scanned: typeof scanned === 'number' ? scanned : null,
        error: at(source, 'error'),
      };
    }),
  };
}

export interface Walking extends Wanted {
  /** Done before each page but the first, which is told how many there were so far. */
  readonly between?: (pagesSoFar: number) => Promise<void> | void;
}

/** All pages up to the one that says it is the last. */
export async function walkInbox(
  asking: Asking,
  { between, after = null, ...wanted }: Walking,
): Promise<readonly InboxPage[]> {
  const pages: InboxPage[] = [];
  let from = after;
  for (;;) {
    if (pages.length > 0) await between?.(pages.length);
    const page = await inboxPage(asking, { ...wanted, after: from });
    pages.push(page);
    if (!page.hasNextPage) return pages;
    if (page.endCursor === null) throw new Error('a page says there is more and not where');
    if (pages.length > MOST_PAGES) throw new Error('the walk does not end');
    from = page.endCursor;
  }
}

export function keysOf(pages: readonly InboxPage[]): string[] {
  return pages.flatMap(({ rows }) => rows.map(({ key }) => key));
}

/** Global ids by the provider's own. */
export async function idsAt(
  asking: Asking,
  account: AccountName,
): Promise<ReadonlyMap<string, string>> {
  const pages = await walkInbox(asking, { first: 100, filter: { providers: [account] } });
  return new Map(
    pages.flatMap(({ rows }) => rows.map(({ key, id }) => [key.split('/')[1] ?? '', id])),
  );
}

/** Every conversation there is by key, with the time it is to be listed by; null where only its provider's order says. */
export function standing({
  botpress,
  chatling,
  chatbotkit,
  stackAuth,
}: World): ReadonlyMap<string, number | null> {
  return new Map<string, number | null>([
    ...[...botpress.store.conversations.values()].map(
      ({ id, updatedAt }) => [`website/${id}`, Date.parse(updatedAt)] as const,
    ),
    ...[...chatling.store.conversations.keys()].map((id) => [`help/${id}`, null] as const),
    ...[...chatbotkit.store.conversations.values()].map(
      ({ id, createdAt }) => [`assistant/${id}`, createdAt] as const,
    ),
    ...[...stackAuth.store.conversations.values()].map((row) => {
      const latest = visibleMessages(stackAuth.store, row, 'agent').at(-1);
      return [`support/${row.id}`, Date.parse(latest?.createdAt ?? row.createdAt)] as const;
    }),
  ]);
}

const MOST_PAGES = 2000;

const INBOX = `query Inbox($first: Int, $after: String, $filter: ConversationFilter) {
  conversations(first: $first, after: $after, filter: $filter) {
    edges { cursor node { id nativeId sortedAt provider { name } } }
    pageInfo { hasNextPage endCursor }
    sources {
      provider { name } status scanned
      error {
        __typename message code
        ... on RateLimitedError { retryAt }
        ... on ProviderUnavailableError { provider { name } retryAt since }
      }
    }
  }
}`;

// Providers made by hand, of which only the list of conversations is there, and a gateway over them.

import type { Conversation, FilterField } from '../../src/domain/conversation.ts';
import { type Outcome, success } from '../../src/domain/failure.ts';
import { providerName } from '../../src/domain/ids.ts';
import type { Page } from '../../src/domain/page.ts';
import type { Operation } from '../../src/gateway/dispatch.ts';
import type { Gateway } from '../../src/gateway/gateway.ts';
import type { ConversationPage, FilterAsked } from '../../src/gateway/lists/pages.ts';
import { openGateway } from '../../src/gateway/open-gateway.ts';
import type { Log } from '../../src/observability/log.ts';
import {
  type Call,
  type FilterTable,
  type Provider,
  type Unable,
  unableTable,
} from '../../src/providers/provider.ts';
import type { ListConversations } from '../../src/providers/verbs.ts';
import { anEventLog } from '../support/event-log.ts';
import { someLeases } from '../support/leases.ts';
import { someLedger } from '../support/ledger.ts';

export interface HandMade {
  readonly provider: Provider;
  /** What it was asked, in order. */
  readonly asked: readonly ListConversations[];
  /** Of the last question. */
  signal(): AbortSignal | undefined;
}

export interface Making {
  readonly name: string;
  readonly rows?: readonly Conversation[];
  readonly filters?: Partial<FilterTable>;
  readonly deadlineMs?: number;
  /** It gives no more at once, however many are asked for. */
  readonly pageSize?: number;
  /** In place of its rows. */
  readonly answers?: (asked: ListConversations, call: Call) => Promise<Outcome<Page<Conversation>>>;
}

/** Rows are given as they stand, by offset, whatever the filter says: what it finds is its own affair. */
export function handMade({
  name,
  rows = [],
  filters = {},
  deadlineMs = 5000,
  pageSize = 100,
  answers,
}: Making): HandMade {
  const asked: ListConversations[] = [];
  let last: Call | undefined;

  async function listed(
    input: ListConversations,
    call: Call,
  ): Promise<Outcome<Page<Conversation>>> {
    asked.push(input);
    last = call;
    if (answers) return answers(input, call);
    const from = Number(input.at ?? 0);
    const items = rows.slice(from, from + Math.min(input.size, pageSize));
    const end = from + items.length;
    return success({ items, next: end < rows.length ? String(end) : null });
  }

  return {
    asked,
    signal: () => last?.signal,
    provider: {
      name: providerName(name),
      kind: 'hand-made',
      deadlineMs,
      replyDeadlineMs: deadlineMs,
      can: {
        ...unableTable(UNABLE.note),
        CONVERSATION_LIST: {
          support: 'NATIVE',
          note: null,
          paging: 'offset',
          order: 'by-time',
          filters: { ...ALL_PUSHED, ...filters },
          does: listed,
        },
      },
    },
  };
}

/** One that has no list at all. */
export function withoutList(name: string): Provider {
  const { provider } = handMade({ name });
  return { ...provider, can: { ...provider.can, CONVERSATION_LIST: UNABLE } };
}

export interface Logged {
  readonly level: keyof Log;
  readonly fields: object;
  readonly sentence: string;
}

export function gatewayOver(
  providers: readonly Provider[],
  clock: () => number = Date.now,
): { readonly gateway: Gateway; readonly log: Log; readonly logged: readonly Logged[] } {
  const logged: Logged[] = [];
  const write = (level: keyof Log) => (fields: object, sentence: string) => {
    logged.push({ level, fields, sentence });
  };
  const log = {
    debug: write('debug'),
    info: write('info'),
    warn: write('warn'),
    error: write('error'),
  };
  return {
    gateway: openGateway({
      ledger: someLedger(),
      turnLeases: someLeases(),
      providers,
      events: anEventLog(clock),
      cursorSecret: 'hand-made',
      clock,
      log,
    }),
    log,
    logged,
  };
}

/** So many rows of a list, newest first, a second apart. */
export function rowsOf(
  name: string,
  count: number,
  said: (index: number) => Partial<Conversation> = () => ({}),
): Conversation[] {
  return Array.from({ length: count }, (_, index) => ({
    ...PLAIN,
    provider: providerName(name),
    nativeId: `${name}-${index}`,
    sortedAt: new Date(NEWEST_MS - index * 1000),
    ...said(index),
  }));
}

export const NEWEST_MS = Date.UTC(2026, 4, 4, 9, 30);

export interface Wanted {
  readonly first?: number;
  readonly after?: string | null;
  readonly filter?: FilterAsked;
}

export async function list(
  gateway: Gateway,
  { first = 5, after: from = null, filter = {} }: Wanted,
): Promise<ConversationPage> {
  const outcome = await gateway.listConversations({ first, after: from, filter }, operation());
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.failure));
  return outcome.value;
}

export async function walk(gateway: Gateway, wanted: Wanted): Promise<readonly ConversationPage[]> {
  const pages: ConversationPage[] = [];
  let from = wanted.after ?? null;
  do {
    const page = await list(gateway, { ...wanted, after: from });
    pages.push(page);
    from = page.hasNext ? page.endCursor() : null;
  } while (from !== null && pages.length < 500);
  return pages;
}

export function operation(): Operation {
  return { signal: new AbortController().signal, reads: new Map() };
}

export function idsOn({ edges }: ConversationPage): string[] {
  return edges.map(({ node }) => node.nativeId);
}

const UNABLE: Unable = { support: 'NONE', note: 'It was made without: ask another.' };

const ALL_PUSHED = {
  channel: 'pushed',
  contactId: 'pushed',
  tags: 'pushed',
  status: 'pushed',
  archived: 'pushed',
  important: 'pushed',
  createdAfter: 'pushed',
  createdBefore: 'pushed',
  search: 'pushed',
} as const satisfies Record<FilterField, 'pushed'>;

const PLAIN = {
  channel: null,
  title: null,
  description: null,
  preview: null,
  status: null,
  priority: null,
  archived: null,
  important: null,
  tags: [],
  contact: null,
  assignee: null,
  messageCount: null,
  createdAt: null,
  updatedAt: null,
  lastActivityAt: null,
  embedded: null,
  native: null,
  raw: null,
};

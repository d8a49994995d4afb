// A service made by hand that has no get-or-create: it lists, shows and creates conversations, and fails as it is told to.

import type { Conversation } from '../../src/domain/conversation.ts';
import { failed, type Outcome, success } from '../../src/domain/failure.ts';
import { providerName } from '../../src/domain/ids.ts';
import { type FilterTable, type Provider, unableTable } from '../../src/providers/provider.ts';
import type { CreateConversation } from '../../src/providers/verbs.ts';
import { aMessage } from '../support/desk.ts';
import { NEWEST_MS, rowsOf } from './hand-made.ts';

export interface Service {
  readonly provider: Provider;
  /** What there is, newest first. */
  readonly rows: Conversation[];
  /** How many creates it has seen. */
  seen(): number;
  /** What becomes of creates from now on; absent, they are done and answered. */
  creates(how: Creating): void;
  /** Called before each page is given, with where it begins. */
  beforePage(act: (at: string | null) => void): void;
  /** Rows that its list does not show yet. */
  readonly unlisted: Set<string>;
}

type Creating = (store: () => Conversation) => Promise<Outcome<Conversation>>;

export interface ServiceOptions {
  /** Whether tags take a call of their own. */
  readonly tagsFollow?: boolean;
  readonly pageSize?: number;
  readonly deadlineMs?: number;
  readonly replyDeadlineMs?: number;
}

const NAME = providerName('one');

export function aService({
  tagsFollow = false,
  pageSize = 100,
  deadlineMs = 300,
  replyDeadlineMs = 300,
}: ServiceOptions = {}): Service {
  const rows: Conversation[] = [];
  const unlisted = new Set<string>();
  let seen = 0;
  let creating: Creating = (store) => Promise.resolve(success(store()));
  let pageBegins = (_at: string | null): void => undefined;
  function found(nativeId: string): Outcome<Conversation> {
    const row = rows.find((one) => one.nativeId === nativeId);
    return row ? success(row) : failed({ kind: 'not-found', what: `conversation ${nativeId}` });
  }

  function change(nativeId: string, tags: Conversation['tags']): Outcome<Conversation> {
    const at = rows.findIndex((one) => one.nativeId === nativeId);
    const row = rows[at];
    if (row) rows[at] = { ...row, tags: [...row.tags, ...tags] };
    return found(nativeId);
  }

  const provider: Provider = {
    name: NAME,
    kind: 'hand-made',
    deadlineMs,
    replyDeadlineMs,
    can: {
      ...unableTable('It was made without: ask another.'),
      CONVERSATION_LIST: {
        support: 'NATIVE',
        note: null,
        paging: 'offset',
        order: 'by-time',
        filters: ALL_SCANNED,
        does({ at }) {
          pageBegins(at);
          const from = Number(at ?? 0);
          const shown = rows.filter(({ nativeId }) => !unlisted.has(nativeId));
          const items = shown.slice(from, from + pageSize);
          const end = from + items.length;
          return answer({ items, next: end < shown.length ? String(end) : null });
        },
      },
      CONVERSATION_GET: {
        support: 'NATIVE',
        note: null,
        does: ({ nativeId }: { readonly nativeId: string }) => Promise.resolve(found(nativeId)),
      },
      CONVERSATION_CREATE: {
        support: 'NATIVE',
        note: null,
        fields: ['contactId', 'title', 'message', 'tags'],
        async does(input: CreateConversation) {
          seen += 1;
          const created = await creating(() => {
            const row = rowOf(input, rows.length, tagsFollow);
            rows.unshift(row);
            return row;
          });
          if (!created.ok || !tagsFollow) return created;
          const { nativeId } = created.value;
          await input.begun?.(nativeId);
          return change(nativeId, input.tags);
        },
      },
      CONVERSATION_GET_OR_CREATE: {
        support: 'EMULATED',
        note: null,
        fields: ['contactId', 'title', 'message', 'tags', 'discriminateByTags'],
        matches: 'contact-and-tags',
        tagsFollow,
      },
      CONVERSATION_UPDATE: {
        support: 'NATIVE',
        note: null,
        fields: ['tags'],
        does({ conversation, changes }) {
          const changed = change(conversation.nativeId, changes.tags?.set ?? []);
          return Promise.resolve(
            changed.ok
              ? success({ conversation: changed.value, ignored: [], unfinished: null })
              : changed,
          );
        },
      },
    },
  };

  return {
    provider,
    rows,
    unlisted,
    seen: () => seen,
    creates: (how) => {
      creating = how;
    },
    beforePage: (act) => {
      pageBegins = act;
    },
  };
}

const ALL_SCANNED = {
  channel: 'scanned',
  contactId: 'scanned',
  tags: 'scanned',
  status: 'scanned',
  archived: 'scanned',
  important: 'scanned',
  createdAfter: 'scanned',
  createdBefore: 'scanned',
  search: 'scanned',
} as const satisfies FilterTable;

/** A row as the service would make it of that. */
export function rowOf(
  { contactId, title, message, tags }: CreateConversation,
  index: number,
  isBare = false,
): Conversation {
  const [plain] = rowsOf('one', 1);
  if (!plain) throw new Error('unreachable: one row was asked for');
  const nativeId = `made-${index}`;
  return {
    ...plain,
    nativeId,
    title: title ?? null,
    contact:
      contactId === undefined
        ? null
        : { nativeId: contactId, name: null, email: null, phone: null, imageUrl: null },
    tags: isBare ? [] : tags,
    sortedAt: new Date(NEWEST_MS + index * 1000),
    embedded: {
      items: message === undefined ? [] : [aMessage(message, { conversation: nativeId })],
      complete: true,
    },
  };
}

function answer<T>(value: T): Promise<Outcome<T>> {
  return Promise.resolve(success(value));
}

// What is needed to try the watch without a network: a service in memory, time that passes on demand, and an ear.

import { onTestFinished } from 'vitest';
import type { Conversation } from '../../src/domain/conversation.ts';
import { type Failure, failed, type Outcome, success } from '../../src/domain/failure.ts';
import { providerName } from '../../src/domain/ids.ts';
import type { Message } from '../../src/domain/message.ts';
import type { Order, Page } from '../../src/domain/page.ts';
import { dispatcher } from '../../src/gateway/dispatch.ts';
import { healthBook } from '../../src/gateway/health.ts';
import { openIngest } from '../../src/gateway/live/ingest.ts';
import type { Polling } from '../../src/gateway/live/looks.ts';
import { openWatch, type Watch } from '../../src/gateway/live/watch.ts';
import { realTimer, type Timer } from '../../src/gateway/pace.ts';
import { type Provider, unableTable } from '../../src/providers/provider.ts';
import type { EventLog } from '../../src/state/events/log.ts';
import type { Leases } from '../../src/state/lease/lease.ts';
import { rowsOf } from './hand-made.ts';

export const NAME = providerName('desk');
export const BEGIN_MS = Date.UTC(2026, 4, 4, 9, 30, 0, 500);

export interface Time extends Timer {
  /** Milliseconds since the epoch. */
  clock(): number;
  /** Lets it pass, and whatever falls due on the way happen. */
  pass(ms: number): Promise<void>;
}

export function openTime(): Time {
  let nowMs = 0;
  let waiting: { readonly at: number; readonly run: () => void }[] = [];
  return {
    now: () => nowMs,
    clock: () => BEGIN_MS + nowMs,
    after(ms, run) {
      const one = { at: nowMs + ms, run };
      waiting.push(one);
      return () => {
        waiting = waiting.filter((other) => other !== one);
      };
    },
    async pass(ms) {
      const until = nowMs + ms;
      await settled();
      for (;;) {
        const [next] = waiting.toSorted((one, other) => one.at - other.at);
        if (!next || next.at > until) break;
        waiting = waiting.filter((one) => one !== next);
        nowMs = Math.max(nowMs, next.at);
        next.run();
        await settled();
      }
      nowMs = until;
      await settled();
    },
  };
}

/** All that can happen without time passing has happened. */
async function settled(): Promise<void> {
  for (let turns = 0; turns < 20; turns += 1) {
    await new Promise((resolve) => setImmediate(resolve));
  }
}

export interface Desk {
  readonly provider: Provider;
  /** Every question, as `list`, `messages c1`, `get c1`, `message m1`. */
  readonly asked: string[];
  begin(id: string, at: Date): void;
  /** Returns the id of the message. */
  say(conversation: string, text: string, at: Date | null): string;
  edit(message: string, text: string, at: Date | null): void;
  title(conversation: string, title: string): void;
  remove(id: string): void;
  /** Every question fails like this, until null. */
  fail(failure: Failure | null): void;
}

export interface DeskOptions {
  /** Whether the list shows, and is sorted by, when somebody wrote last. */
  readonly tells?: boolean;
  readonly order?: Order;
  readonly budgetPerMinute?: number | null;
  readonly pageSize?: number;
}

/** A service in memory: its list newest first, its messages newest first, both by offset. */
export function openDesk({
  tells = true,
  order = 'by-time',
  budgetPerMinute = null,
  pageSize = 100,
}: DeskOptions = {}): Desk {
  const rows = new Map<string, { at: Date; title: string | null }>();
  const messages = new Map<string, Message[]>();
  const asked: string[] = [];
  let failing: Failure | null = null;
  let said = 0;

  function rowOf(id: string): Conversation {
    const [plain] = rowsOf(NAME, 1);
    const { at, title } = rows.get(id) ?? { at: new Date(0), title: null };
    const latest = messages.get(id)?.[0];
    const lastActivityAt = tells ? (latest?.createdAt ?? at) : null;
    if (!plain) throw new Error('no row was made');
    return {
      ...plain,
      nativeId: id,
      title,
      createdAt: at,
      lastActivityAt,
      preview: tells ? (latest?.text ?? null) : null,
      sortedAt: lastActivityAt ?? at,
    };
  }

  function answered<T>(question: string, answer: () => Outcome<T>): Promise<Outcome<T>> {
    asked.push(question);
    return Promise.resolve(failing ? failed(failing) : answer());
  }

  function pageOf<T>(items: readonly T[], at: string | null, size: number): Page<T> {
    const from = Number(at ?? 0);
    const end = from + Math.min(size, pageSize);
    return { items: items.slice(from, end), next: end < items.length ? String(end) : null };
  }

  const absent = (what: string) => failed({ kind: 'not-found', what });

  const provider: Provider = {
    name: NAME,
    kind: 'desk',
    deadlineMs: 5000,
    replyDeadlineMs: 5000,
    inbound: { budgetPerMinute },
    can: {
      ...unableTable('It was made without.'),
      CONVERSATION_LIST: {
        support: 'NATIVE',
        note: null,
        paging: 'offset',
        order,
        filters: {
          channel: 'lacking',
          contactId: 'lacking',
          tags: 'lacking',
          status: 'lacking',
          archived: 'lacking',
          important: 'lacking',
          createdAfter: 'lacking',
          createdBefore: 'lacking',
          search: 'lacking',
        },
        does: ({ at, size }) =>
          answered('list', () => {
            const all = [...rows.keys()].map(rowOf);
            const sorted = all.toSorted(
              (one, other) => other.sortedAt.getTime() - one.sortedAt.getTime(),
            );
            return success(pageOf(order === 'own' ? all : sorted, at, size));
          }),
      },
      CONVERSATION_GET: {
        support: 'NATIVE',
        note: null,
        does: ({ nativeId }) =>
          answered(`get ${nativeId}`, () =>
            rows.has(nativeId) ? success(rowOf(nativeId)) : absent(nativeId),
          ),
      },
      MESSAGE_LIST: {
        support: 'NATIVE',
        note: null,
        paging: 'offset',
        order: 'by-time',
        does: ({ conversation: { nativeId }, at, size }) =>
          answered(`messages ${nativeId}`, () =>
            rows.has(nativeId)
              ? success(pageOf(messages.get(nativeId) ?? [], at, size))
              : absent(nativeId),
          ),
      },
      MESSAGE_GET: {
        support: 'NATIVE',
        note: null,
        does: ({ conversation, nativeId }) =>
          answered(`message ${nativeId}`, () => {
            const one = messages
              .get(conversation.nativeId)
              ?.find((message) => message.nativeId === nativeId);
            return one ? success(one) : absent(nativeId);
          }),
      },
    },
  };

  return {
    provider,
    asked,
    begin: (id, at) => void rows.set(id, { at, title: null }),
    say(conversation, text, at) {
      said += 1;
      const nativeId = `m${said}`;
      const message = messageOf({ conversation, nativeId, text, at });
      messages.set(conversation, [message, ...(messages.get(conversation) ?? [])]);
      return nativeId;
    },
    edit(id, text, updatedAt) {
      for (const [conversation, all] of messages) {
        messages.set(
          conversation,
          all.map((one) =>
            one.nativeId === id
              ? { ...one, text, content: { type: 'text', text }, updatedAt }
              : one,
          ),
        );
      }
    },
    title(conversation, title) {
      const row = rows.get(conversation);
      if (row) row.title = title;
    },
    remove(id) {
      rows.delete(id);
      for (const [conversation, all] of messages) {
        messages.set(
          conversation,
          all.filter((one) => one.nativeId !== id),
        );
      }
    },
    fail(failure) {
      failing = failure;
    },
  };
}

/** One that no desk knows of. */
export function anotherMessage(conversation: string, at: Date): Message {
  return messageOf({ conversation, nativeId: 'another', text: 'by another road', at });
}

function messageOf({
  conversation,
  nativeId,
  text,
  at,
}: {
  readonly conversation: string;
  readonly nativeId: string;
  readonly text: string;
  readonly at: Date | null;
}): Message {
  return {
    conversation: { provider: NAME, nativeId: conversation },
    nativeId,
    derivedId: false,
    role: 'USER',
    kind: 'MESSAGE',
    visibility: 'PUBLIC',
    author: null,
    text,
    content: { type: 'text', text },
    citations: [],
    rating: null,
    attachments: [],
    tags: [],
    createdAt: at,
    updatedAt: at,
    native: null,
    raw: null,
  };
}

export interface Watching {
  readonly watch: Watch;
  /** What was appended, by anybody: `ADDED text`, `GAP` once for all lanes. */
  readonly told: readonly string[];
  listen(conversation?: string): () => void;
}

const POLLING: Polling = { watchedMs: 2000, inboxMs: 15_000 };

export function startWatch({
  desk,
  log: events,
  leases,
  time,
  retentionMs = 24 * 3_600_000,
  polling = POLLING,
}: {
  readonly desk: Desk;
  readonly log: EventLog;
  readonly leases: Leases;
  /** Absent, real time. */
  readonly time?: Time;
  readonly retentionMs?: number;
  readonly polling?: Polling;
}): Watching {
  const clock = time?.clock ?? Date.now;
  const quiet = () => undefined;
  const complaints: unknown[] = [];
  const log = {
    debug: quiet,
    info: quiet,
    warn: quiet,
    error: (fields: object) => void complaints.push(fields),
  };
  const providers = [desk.provider];
  const told: string[] = [];
  events.listen({
    lost: (_lane, reason) => void told.push(`LOST ${reason}`),
    entry({ lane, event: { fact, conversation } }) {
      if (fact.kind === 'MISSED') {
        if (lane === 0) told.push('GAP');
      } else if ('message' in fact) {
        told.push(`${fact.kind.replace('MESSAGE_', '')} ${fact.message?.text}`);
      } else {
        const what = fact.kind === 'MESSAGE_DELETED' ? fact.nativeId : conversation.nativeId;
        told.push(`${fact.kind} ${what}`);
      }
    },
  });
  const watch = openWatch({
    providers,
    dispatch: dispatcher({ providers, health: healthBook([NAME], clock), log }),
    ingest: openIngest({ events, clock }),
    events,
    leases,
    polling,
    retentionMs,
    clock,
    timer: time ?? realTimer,
    log,
  });
  onTestFinished(async () => {
    await watch.close();
    if (complaints.length > 0) throw new Error(`a bug: ${JSON.stringify(complaints)}`);
  });
  return {
    watch,
    told,
    listen: (conversation) =>
      watch.joined({
        conversation:
          conversation === undefined ? null : { provider: NAME, nativeId: conversation },
        filter: {},
      }),
  };
}

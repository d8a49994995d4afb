// The webhook of the Chat integration: what happens in its conversations is posted, once each, to whoever was named.

import { createHash } from 'node:crypto';
import { splitOnce } from '../emulator.ts';
import type { MessageRow } from './store.ts';

/** As it is set in the Chat integration. */
export interface WebhookTarget {
  readonly webhookUrl: string;
  readonly webhookSecret: string;
}

export interface Signal {
  readonly type:
    | 'message_created'
    | 'message_deleted'
    | 'participant_added'
    | 'participant_removed';
  readonly data: Readonly<Record<string, unknown>>;
}

/** `held`: goes after the next one, or when all are awaited. */
export type Fate = 'sent' | 'dropped' | 'doubled' | 'held';

export interface Webhooks {
  /** Where they go from now on; null where nowhere, as at the start. */
  target(target: WebhookTarget | null): void;
  /** What becomes of each signal from now on. */
  fate(choose: (signal: Signal) => Fate): void;
  /** One row a request, in their order; the status is null while unanswered, and for ever where none came. */
  readonly sent: readonly { readonly signal: Signal; readonly status: number | null }[];
  /** Resolves when all that happened by now was posted and answered, or was not to be. */
  settled(): Promise<void>;
}

export interface SignalBox {
  readonly webhooks: Webhooks;
  /** What is not of the Chat integration is nobody's business. */
  emit(integration: string, signal: Signal): void;
  close(): void;
}

/** Nobody says how long it waits for an answer. */
const PATIENCE_MS = 10_000;

/** Posts one after the other: the service promises no order, and a test that wants another asks for it. */
export function openSignalBox(chatIntegration: string): SignalBox {
  const sent: { readonly signal: Signal; status: number | null }[] = [];
  const closed = new AbortController();
  let to: WebhookTarget | null = null;
  let choose: (signal: Signal) => Fate = () => 'sent';
  let held: Signal[] = [];
  let last: Promise<void> = Promise.resolve();

  function post(signal: Signal): void {
    const named = to;
    if (!named) return;
    last = last.then(() => deliver(named, signal));
  }

  async function deliver(
    { webhookUrl, webhookSecret }: WebhookTarget,
    signal: Signal,
  ): Promise<void> {
    if (closed.signal.aborted) return;
    const row: (typeof sent)[number] = { signal, status: null };
    sent.push(row);
    const given = new AbortController();
    const give = () => given.abort();
    closed.signal.addEventListener('abort', give);
    const timer = setTimeout(give, PATIENCE_MS);
    try {
      const response = await fetch(withSlash(webhookUrl), {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-secret-key': webhookSecret },
        body: JSON.stringify(signal),
        signal: given.signal,
      });
      row.status = response.status;
      await response.arrayBuffer();
    } catch {
      // The real one writes a line into its own log, and never tries again.
    } finally {
      clearTimeout(timer);
      closed.signal.removeEventListener('abort', give);
    }
  }

  function flush(): void {
    const late = held;
    held = [];
    for (const signal of late) post(signal);
  }

  return {
    webhooks: {
      target(target) {
        to = target;
      },
      fate(chosen) {
        choose = chosen;
      },
      sent,
      settled() {
        flush();
        return last;
      },
    },
    emit(integration, signal) {
      if (integration !== chatIntegration || to === null) return;
      switch (choose(signal)) {
        case 'dropped':
          return;
        case 'held':
          held.push(signal);
          return;
        case 'doubled':
          post(signal);
          break;
        case 'sent':
          break;
      }
      post(signal);
      flush();
    },
    close: () => closed.abort(),
  };
}

/**
 * A conversation by the name its webhooks have for it: another one than the Runtime API's. In truth whoever made it may
 * have chosen it.
 */
export function foreignId(conversationId: string): string {
  return `chat-${createHash('sha256').update(conversationId).digest('hex').slice(0, 24)}`;
}

/** The Chat API's own shape: the type stands inside the payload, and metadata beside it. */
export function created(row: MessageRow): Signal {
  const { metadata, ...payload } = row.payload;
  return {
    type: 'message_created',
    data: {
      id: row.id,
      createdAt: row.createdAt,
      conversationId: foreignId(row.conversationId),
      userId: row.userId,
      payload: { type: row.type, ...payload },
      ...(metadata === undefined ? {} : { metadata }),
      isBot: row.direction === 'outgoing',
    },
  };
}

export function deleted({ id, conversationId, userId }: MessageRow): Signal {
  return {
    type: 'message_deleted',
    data: { id, conversationId: foreignId(conversationId), userId },
  };
}

export function joined(
  type: 'participant_added' | 'participant_removed',
  part: { readonly conversationId: string; readonly userId: string },
): Signal {
  const conversationId = foreignId(part.conversationId);
  return { type, data: { conversationId, participantId: part.userId } };
}

/** `/hook` is hit as `/hook/`: its HTTP client joins the base and `/`. */
function withSlash(url: string): string {
  const [base = '', query] = splitOnce(url, '?');
  return `${base.replace(/\/+$/, '')}/${query === undefined ? '' : `?${query}`}`;
}

// What a sweep asks of a provider, each question in its turn.

import type { Conversation } from '../../domain/conversation.ts';
import { type Outcome, success } from '../../domain/failure.ts';
import type { ConversationRef } from '../../domain/ids.ts';
import type { Message } from '../../domain/message.ts';
import type { Page } from '../../domain/page.ts';
import type { Provider } from '../../providers/provider.ts';
import type { Dispatch, Operation } from '../dispatch.ts';
import type { Budget } from './budget.ts';

export interface SweepQuestions {
  listRows(at: string | null): Promise<Outcome<Page<Conversation>>>;
  listMessages(conversation: ConversationRef, at: string | null): Promise<Outcome<Page<Message>>>;
  getRow(ref: ConversationRef): Promise<Outcome<Conversation>>;
  /** False where that cannot be asked. */
  isMessageGone(conversation: ConversationRef, nativeId: string): Promise<Outcome<boolean>>;
}

const LIST_ROWS = 100;
export const MESSAGE_ROWS = 50;

/** How far down a list or a conversation is read at once; what lies deeper is said to be missed. */
export const MOST_PAGES = 20;

export function openSweepQuestions({
  provider,
  dispatch,
  budget,
  signal,
}: {
  readonly provider: Provider;
  readonly dispatch: Dispatch;
  readonly budget: Budget;
  readonly signal: AbortSignal;
}): SweepQuestions {
  const { name } = provider;

  return { listRows, listMessages, getRow, isMessageGone };

  async function listRows(at: string | null): Promise<Outcome<Page<Conversation>>> {
    return asking((operation) =>
      dispatch.run({
        provider: name,
        verb: 'CONVERSATION_LIST',
        operation,
        with: (able, call) => able.does({ filter: {}, at, size: LIST_ROWS }, call),
      }),
    );
  }

  async function listMessages(
    conversation: ConversationRef,
    at: string | null,
  ): Promise<Outcome<Page<Message>>> {
    return asking((operation) =>
      dispatch.run({
        provider: name,
        verb: 'MESSAGE_LIST',
        operation,
        with: (able, call) => able.does({ conversation, at, size: MESSAGE_ROWS }, call),
      }),
    );
  }

  async function getRow(ref: ConversationRef): Promise<Outcome<Conversation>> {
    return asking((operation) =>
      dispatch.run({
        provider: name,
        verb: 'CONVERSATION_GET',
        operation,
        with: (able, call) => able.does(ref, call),
      }),
    );
  }

  async function isMessageGone(
    conversation: ConversationRef,
    nativeId: string,
  ): Promise<Outcome<boolean>> {
    if (provider.can.MESSAGE_GET.support === 'NONE') return success(false);
    const got = await asking((operation) =>
      dispatch.run({
        provider: name,
        verb: 'MESSAGE_GET',
        operation,
        with: (able, call) => able.does({ conversation, nativeId }, call),
      }),
    );
    if (got.ok) return success(false);
    return got.failure.kind === 'not-found' ? success(true) : got;
  }

  /** In its turn. A signal of its own: what is derived from one that lives for weeks is kept for weeks. */
  async function asking<T>(ask: (operation: Operation) => Promise<T>): Promise<T> {
    await budget.turn(signal);
    const own = new AbortController();
    const stop = () => own.abort();
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop);
    try {
      return await ask({ signal: own.signal, reads: new Map(), asker: 'watch' });
    } finally {
      signal.removeEventListener('abort', stop);
    }
  }
}

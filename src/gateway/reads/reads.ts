// What clients' queries read of providers: asked now, or shown as it was kept. Whoever must see how things stand now, to
// tell news or to decide a write, asks through dispatch instead.

import type { Conversation } from '../../domain/conversation.ts';
import type { Failure, Outcome } from '../../domain/failure.ts';
import type { ConversationRef, MessageRef, ProviderName } from '../../domain/ids.ts';
import type { Message } from '../../domain/message.ts';
import type { Page } from '../../domain/page.ts';
import type { Participant } from '../../domain/participant.ts';
import type { ListConversations, ListMessages, ListParticipants } from '../../providers/verbs.ts';
import type { Operation } from '../dispatch.ts';
import type { Asking } from '../lists/lane.ts';
import type { Question, Questions } from './reads-questions.ts';

export interface Reads {
  readonly conversations: Reading<ListConversations, Page<Conversation>>;
  readonly conversation: Reading<ConversationRef, Conversation>;
  readonly messages: Reading<ListMessages, Page<Message>>;
  readonly message: Reading<MessageRef, Message>;
  readonly participants: Reading<ListParticipants, Page<Participant>>;
  /** Of one list, read on from what was asked for at this time; where nothing is kept no page can be older than the one before. */
  ages(sinceMs: number | undefined): Ages;
}

export type Reading<Input, T> = (
  provider: ProviderName,
  input: Input,
  within: Within,
) => Promise<Read<T>>;

export interface Within {
  readonly operation: Operation;
  /** Where several calls share one; absent, the provider's own. */
  readonly deadline?: AbortSignal;
  /** What was asked for before this will not do, nor anything from before now where it is later. Milliseconds since the epoch. */
  readonly sinceMs?: number | undefined;
}

export interface Read<T> {
  readonly outcome: Outcome<T>;
  /** FRESH: asked for just now. CACHED: a moment ago. STALE: long enough ago to be asked for again. */
  readonly status: 'FRESH' | 'CACHED' | 'STALE';
  /** When the provider was asked, in milliseconds since the epoch. */
  readonly askedAtMs: number;
  /** Why it is no newer, where the provider failed. */
  readonly failure: Failure | null;
}

/** By whichever way a question is answered. */
export function openReads(
  questions: Questions,
  readingOf: <Input extends object, T>(question: Question<Input, T>) => Reading<Input, T>,
  { isKept }: { readonly isKept: boolean },
): Reads {
  return {
    ages: (sinceMs) => openAges({ sinceMs, isKept }),
    conversations: readingOf(questions.conversations),
    conversation: readingOf(questions.conversation),
    messages: readingOf(questions.messages),
    message: readingOf(questions.message),
    participants: readingOf(questions.participants),
  };
}

/** Nothing is kept: each is asked of its provider. */
export function askedNow(clock: () => number) {
  return <Input extends object, T>(question: Question<Input, T>): Reading<Input, T> =>
    async (provider, input, { operation, deadline }) => {
      const askedAtMs = clock();
      const asked = { provider, input, operation, ...(deadline && { deadline }) };
      return readOf(await question.ask(asked), askedAtMs);
    };
}

/** As it was answered just now. */
export function readOf<T>(answered: Outcome<{ readonly value: T }>, askedAtMs: number): Read<T> {
  const outcome: Outcome<T> = answered.ok ? { ok: true, value: answered.value.value } : answered;
  return { outcome, status: 'FRESH', askedAtMs, failure: null };
}

/** How old what was read of one list is, page after page. */
export interface Ages {
  /** What was asked for before the page before it will not do. */
  readonly sinceMs: number | undefined;
  /** From when on what is asked so will do. */
  since(how: Asking): number | undefined;
  /** The same outcome, its age noted. */
  note<T>(read: Read<T>): Outcome<T>;
  /** Of the oldest part; undefined where nothing was read. */
  readonly oldestMs: number | undefined;
  readonly status: Read<unknown>['status'];
  /** Whether what was noted last was kept from before. */
  readonly isOld: boolean;
  readonly failure: Failure | null;
}

function openAges({
  sinceMs,
  isKept,
}: {
  readonly sinceMs: number | undefined;
  readonly isKept: boolean;
}): Ages {
  let newestMs = sinceMs;
  let oldestMs: number | undefined;
  let status: Read<unknown>['status'] = 'FRESH';
  let failure: Failure | null = null;
  let isOld = false;
  return {
    get sinceMs() {
      return newestMs;
    },
    since: (how) => (how === 'anew' ? Number.POSITIVE_INFINITY : newestMs),
    note({ outcome, askedAtMs, ...read }) {
      if (!outcome.ok) return outcome;
      if (isKept) newestMs = Math.max(newestMs ?? askedAtMs, askedAtMs);
      oldestMs = Math.min(oldestMs ?? askedAtMs, askedAtMs);
      if (read.status === 'STALE' || status === 'FRESH') status = read.status;
      failure ??= read.failure;
      isOld = read.status !== 'FRESH';
      return outcome;
    },
    get isOld() {
      return isOld;
    },
    get oldestMs() {
      return oldestMs;
    },
    get status() {
      return status;
    },
    get failure() {
      return failure;
    },
  };
}

// What a change makes old: which events touch what, and what is written down of a change that is no event.

import { randomUUID } from 'node:crypto';
import type { Logged, Part } from '../../domain/event.ts';
import type { Failure, Outcome } from '../../domain/failure.ts';
import type { ConversationRef, ProviderName } from '../../domain/ids.ts';
import type { Append } from '../../state/events/log.ts';

/** Parts of a conversation, or, where its native id is empty, of an account. */
export interface Touch {
  readonly conversation: ConversationRef;
  readonly parts: readonly Part[];
}

/** Null where it is about nothing that could have been kept. */
export function touchOf({ conversation, fact }: Logged): Touch | null {
  switch (fact.kind) {
    case 'MESSAGE_ADDED':
      // Whoever wrote it may be new there.
      return { conversation, parts: ['conversation', 'messages', 'participants', 'lists'] };
    case 'MESSAGE_UPDATED':
    case 'MESSAGE_DELETED':
    case 'REPLY_COMPLETED':
    case 'REPLY_FAILED':
    case 'DELIVERY_SETTLED':
      return { conversation, parts: ['conversation', 'messages', 'lists'] };
    case 'CONVERSATION_CREATED':
    case 'CONVERSATION_UPDATED':
      return { conversation, parts: ['conversation', 'lists'] };
    case 'CONVERSATION_DELETED':
      return { conversation, parts: ['conversation', 'messages', 'participants', 'lists'] };
    case 'MISSED':
      return { conversation, parts: ['account'] };
    case 'TOUCHED':
      return { conversation, parts: fact.parts };
    // Not stored yet, and told of again once it is.
    case 'REPLY_DELTA':
      return null;
  }
}

/** What is left of a touch after what these events touch; null where nothing is. */
export function untold(touch: Touch, events: readonly Logged[]): Touch | null {
  const told = new Set(
    events
      .map(touchOf)
      .flatMap((one) => (one && isSame(one.conversation, touch.conversation) ? one.parts : [])),
  );
  const parts = touch.parts.filter((part) => !told.has(part));
  return parts.length > 0 ? { ...touch, parts } : null;
}

/** As the log takes it: each is another one. */
export function touched({ conversation, parts }: Touch, at: Date): Append {
  return {
    event: { conversation, at, tags: null, fact: { kind: 'TOUCHED', parts } },
    once: [`touched ${randomUUID()}`],
  };
}

/** Whether something may be other than before, whatever a write came to. */
export function mayHaveChanged(outcome: Outcome<unknown>): boolean {
  return outcome.ok || mayBeDone(outcome.failure);
}

function mayBeDone(failure: Failure): boolean {
  switch (failure.kind) {
    case 'outcome-unknown':
    // Several steps may have been taken before one was refused; and what is not there any more was.
    case 'refused':
    case 'conflict':
    case 'not-found':
      return true;
    case 'unavailable':
    case 'rate-limited':
      return failure.doubtful === true;
    case 'forbidden':
    case 'credential-refused':
    case 'invalid-input':
    case 'unsupported':
    case 'key-in-use':
    case 'not-allowed':
    case 'share-spent':
    case 'gateway-unavailable':
      return false;
  }
}

/** The part of a touch that is about no one conversation. */
export function ofAccount(provider: ProviderName, parts: readonly Part[]): Touch {
  return { conversation: { provider, nativeId: '' }, parts };
}

function isSame(one: ConversationRef, other: ConversationRef): boolean {
  return one.provider === other.provider && one.nativeId === other.nativeId;
}

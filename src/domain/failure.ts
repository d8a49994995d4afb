// What may go wrong, as values: one closed list, used by every layer. A thrown error is a bug.

import type { MessageRef, ProviderName } from './ids.ts';
import type { Verb } from './verb.ts';

export type Failure =
  | { readonly kind: 'invalid-input'; readonly issues: readonly [Issue, ...Issue[]] }
  | { readonly kind: 'not-found'; readonly what: string }
  | { readonly kind: 'forbidden'; readonly provider: ProviderName; readonly said: string }
  /** This gateway does not let the caller do that. */
  | {
      readonly kind: 'not-allowed';
      /** Whole sentences: what, and who can change it. */
      readonly said: string;
    }
  | {
      readonly kind: 'unsupported';
      readonly provider: ProviderName;
      readonly verb: Verb;
      /** One sentence: why not, and what to do instead. */
      readonly note: string;
    }
  | { readonly kind: 'conflict'; readonly provider: ProviderName; readonly said: string }
  /** An idempotency key was used for something else. */
  | {
      readonly kind: 'key-in-use';
      /** Whole sentences: for what, and what to do instead. */
      readonly said: string;
    }
  | {
      readonly kind: 'rate-limited';
      readonly provider: ProviderName;
      readonly retryAt: Date | null;
      /** Set where a write met it at the provider: it is no proof that nothing was done. */
      readonly doubtful?: true;
    }
  /** The caller asked this gateway itself for more than is their share. */
  | { readonly kind: 'share-spent'; readonly retryAt: Date }
  | {
      readonly kind: 'unavailable';
      readonly provider: ProviderName;
      /** What was seen: a status, a closed connection, a deadline. Never a credential. */
      readonly because: string;
      readonly retryAt: Date | null;
      /** Set where a write met it at the provider: it is no proof that nothing was done. */
      readonly doubtful?: true;
    }
  | {
      readonly kind: 'refused';
      readonly provider: ProviderName;
      /** The provider's own code and sentence. */
      readonly code: string | null;
      readonly said: string;
    }
  | { readonly kind: 'credential-refused'; readonly provider: ProviderName; readonly said: string }
  | {
      readonly kind: 'outcome-unknown';
      readonly provider: ProviderName;
      /** What was seen instead of an answer. */
      readonly because: string;
    }
  /** The gateway's own memory is out of reach. */
  | { readonly kind: 'gateway-unavailable'; readonly because: string };

export interface Issue {
  /** Where in the input, as a client wrote it: `tags.set.0.value`. */
  readonly path: string;
  readonly message: string;
}

export type Outcome<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly failure: Failure };

export function success<T>(value: T): Outcome<T> {
  return { ok: true, value };
}

export function failed(failure: Failure): { readonly ok: false; readonly failure: Failure } {
  return { ok: false, failure };
}

export function invalid(path: string, message: string): ReturnType<typeof failed> {
  return failed({ kind: 'invalid-input', issues: [{ path, message }] });
}

/** The value of a good outcome, changed; a failure as it is. */
export function mapOutcome<A, B>(outcome: Outcome<A>, change: (value: A) => B): Outcome<B> {
  return outcome.ok ? success(change(outcome.value)) : outcome;
}

/** The value, or all that is wrong with what it was made of at once. */
export function checked<T>(value: T, issues: readonly Issue[]): Outcome<T> {
  const [first, ...rest] = issues;
  return first ? failed({ kind: 'invalid-input', issues: [first, ...rest] }) : success(value);
}

/** Why, as a part of a longer sentence. */
export function reasonOf(failure: Failure): string {
  switch (failure.kind) {
    case 'unavailable':
    case 'outcome-unknown':
    case 'gateway-unavailable':
      return failure.because;
    case 'refused':
    case 'forbidden':
    case 'conflict':
    case 'key-in-use':
    case 'not-allowed':
    case 'credential-refused':
      return failure.said;
    case 'rate-limited':
    case 'share-spent':
      return 'it was asked too much at once';
    case 'not-found':
      return `there was no ${failure.what}`;
    case 'invalid-input':
    case 'unsupported':
      return 'it was not asked';
  }
}

/** How a conversation is called where it is not there. */
export function conversationAt(provider: ProviderName, nativeId: string): string {
  return `conversation ${nativeId} at ${provider}`;
}

/** How a message is. */
export function messageIn({ conversation, nativeId }: MessageRef): string {
  return `message ${nativeId} in ${conversationAt(conversation.provider, conversation.nativeId)}`;
}

// What happened in a conversation, as everybody who listens is told: by webhook, by stream, by looking again, or by our own hand.

import type { Conversation } from './conversation.ts';
import type { Failure } from './failure.ts';
import type { ConversationRef, MessageRef } from './ids.ts';
import type { Message } from './message.ts';
import type { ReplyUsage } from './reply.ts';
import type { Tag } from './tag.ts';

export const EVENT_KINDS = [
  'MESSAGE_ADDED',
  'MESSAGE_UPDATED',
  'MESSAGE_DELETED',
  'CONVERSATION_CREATED',
  'CONVERSATION_UPDATED',
  'CONVERSATION_DELETED',
  'REPLY_DELTA',
  'REPLY_COMPLETED',
  'REPLY_FAILED',
  'DELIVERY_SETTLED',
] as const;
export type EventKind = (typeof EVENT_KINDS)[number];

export interface ConversationEvent {
  readonly conversation: ConversationRef;
  /** When it happened, or, where nobody says, when it was seen. */
  readonly at: Date;
  /** The conversation's tags at that time; null where nobody said them. */
  readonly tags: readonly Tag[] | null;
  readonly fact: Fact;
}

export type Fact =
  | { readonly kind: 'MESSAGE_ADDED' | 'MESSAGE_UPDATED'; readonly message: Message }
  | { readonly kind: 'MESSAGE_DELETED'; readonly nativeId: string }
  | {
      readonly kind: 'CONVERSATION_CREATED' | 'CONVERSATION_UPDATED';
      readonly row: Conversation;
    }
  | { readonly kind: 'CONVERSATION_DELETED' }
  | {
      readonly kind: 'REPLY_DELTA';
      /** The same for all that is told of one answer. */
      readonly replyId: string;
      /** From 0, without a hole. */
      readonly index: number;
      readonly text: string;
    }
  | {
      readonly kind: 'REPLY_COMPLETED';
      readonly replyId: string;
      /** As it is stored; null where the bot said nothing. */
      readonly message: Message | null;
      readonly usage: ReplyUsage;
    }
  | {
      readonly kind: 'REPLY_FAILED';
      readonly replyId: string;
      readonly failure: Failure;
    }
  | {
      readonly kind: 'DELIVERY_SETTLED';
      /** Of the write whose answer was lost. */
      readonly idempotencyKey: string;
      /** Whose key it is. */
      readonly caller?: string;
      readonly delivery: 'SENT' | 'NOT_SENT';
      readonly message: Message | null;
    };

/** What the log tells besides: that something of an account may be missing up to here, and will stay so. */
export interface Missed {
  /** Of the account; the native id is empty, because it is about all of them. */
  readonly conversation: ConversationRef;
  readonly at: Date;
  readonly tags: null;
  readonly fact: {
    readonly kind: 'MISSED';
    /** Told in every lane, and the same in each. */
    readonly id: string;
    /** Nothing is missing of before; null where that is not known. */
    readonly since: Date | null;
  };
}

/** What a change may concern: parts of one conversation, the lists of its account, or all there is of the account. */
export type Part = 'conversation' | 'messages' | 'participants' | 'lists' | 'account';

/** And that something is not as it was, though nobody can tell how: whatever is remembered of it is old. No listener is told. */
export interface Touched {
  /** The native id is empty where it is about no one conversation. */
  readonly conversation: ConversationRef;
  readonly at: Date;
  readonly tags: null;
  readonly fact: { readonly kind: 'TOUCHED'; readonly parts: readonly Part[] };
}

/** Everything the log may hold. */
export type Logged = ConversationEvent | Missed | Touched;

/** Why something may have been missed. */
export const GAP_REASONS = [
  /** The log no longer reaches back that far. */
  'TRIMMED',
  /** The log began anew: it was emptied, or another server keeps it now. */
  'RESET',
  /** The listener did not keep up, and what waited for it was let go. */
  'OVERFLOW',
  /** The gateway could not hear a provider for a while. */
  'MISSED',
] as const;
export type GapReason = (typeof GAP_REASONS)[number];

/** What was heard or seen of a provider, or done to it through this gateway: however it came, it becomes the same event. */
export type News =
  | {
      readonly type: 'message';
      readonly message: Message;
      readonly tags: readonly Tag[] | null;
      /** It was there before anybody looked: only that it changed is news. */
      readonly known?: boolean;
      /** It was changed through this gateway a moment ago. */
      readonly written?: boolean;
    }
  | { readonly type: 'message-deleted'; readonly message: MessageRef }
  | {
      readonly type: 'conversation';
      readonly row: Conversation;
      readonly known?: boolean;
      readonly written?: boolean;
    }
  | { readonly type: 'conversation-deleted'; readonly conversation: ConversationRef };

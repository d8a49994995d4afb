// A bot's answer while it is written, and what it was in the end.

import type { Failure } from './failure.ts';

/** What happens while a bot answers, in order. Ends with `completed` or `failed`, and nothing follows. */
export type ReplyEvent =
  /** The words that are answered are stored, under this id. */
  | { readonly type: 'stored'; readonly nativeId: string }
  /** The next piece of the answer; all of them make its text. */
  | { readonly type: 'token'; readonly text: string }
  /** The next piece of what the bot thinks before it answers. */
  | { readonly type: 'reasoning'; readonly text: string }
  | {
      readonly type: 'completed';
      /** Of the message that was stored; null where the bot said nothing. */
      readonly nativeId: string | null;
      readonly text: string;
      readonly usage: ReplyUsage;
    }
  | { readonly type: 'failed'; readonly failure: Failure };

export interface ReplyUsage {
  /** Tokens, as the provider counts them. */
  readonly tokens: number | null;
  /** Why the answer ended, in the provider's own word. */
  readonly endReason: string | null;
}

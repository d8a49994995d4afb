// The model that is not there: says the same to the same words, in tokens, unless a scene is set.

import { createHash } from 'node:crypto';
import type { RefusalCode } from './refusal.ts';

export type EndReason = 'length' | 'stop' | 'activity' | 'abort' | 'error' | 'iteration';

/** What the next turn is to be like; tokens are counted from 0. */
export interface Scene {
  readonly reply?: string;
  /** Thought aloud before the reply: its own tokens, and a row of its own kind. */
  readonly reasoning?: string;
  readonly end?: EndReason;
  /** Lines between tokens that belong to nobody: ping, nop, kinds of tomorrow. */
  readonly interludes?: readonly {
    readonly beforeToken: number;
    readonly type: string;
    readonly data: object;
  }[];
  readonly failure?: {
    readonly beforeToken: number;
    readonly code: RefusalCode;
    readonly message: string;
  };
  /** Nothing is said from this token on until the promise resolves. */
  readonly hold?: { readonly beforeToken: number; readonly until: Promise<unknown> };
}

const OPENINGS = [
  'Thanks for writing in.',
  'Happy to help with that.',
  'I looked this up for you.',
  'Good question.',
] as const;

const CLOSINGS = [
  'Does that answer it?',
  'Tell me if anything is still unclear.',
  'I can walk you through each step.',
  'If it does not work, a colleague will take over.',
] as const;

export function replyTo(text: string): string {
  if (text === '') return 'Is there anything else I can do for you?';
  const digest = createHash('sha256').update(text).digest();
  const opening = OPENINGS[digest.readUInt8(0) % OPENINGS.length] ?? OPENINGS[0];
  const closing = CLOSINGS[digest.readUInt8(1) % CLOSINGS.length] ?? CLOSINGS[0];
  const heard = text.length > 60 ? `${text.slice(0, 57).trimEnd()}...` : text;
  return `${opening} About "${heard}": please open the settings of your account and choose it there. ${closing}`;
}

/** Words with the space before them: put together again they are the text, to the letter. */
export function tokensOf(text: string): string[] {
  return text.match(/\s*\S+|\s+$/g) ?? [];
}

export function countTokens(text: string): number {
  return Math.ceil(text.length / 4);
}

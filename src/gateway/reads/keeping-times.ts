// For how long an answer is shown again. What is known to have changed is never shown, whatever its age: these are for what
// nobody tells of, such as a change made in the provider's own dashboard, which is to be seen here within seconds.

/** The questions that are kept answered. */
export const KEPT_KINDS = [
  'conversations',
  'conversation',
  'messages',
  'message',
  'participants',
] as const;
export type KeptKind = (typeof KEPT_KINDS)[number];

export interface Times {
  /** As long as this after the provider was asked an answer is shown without asking again. */
  readonly freshMs: number;
  /** So much longer it is shown once more, while it is asked for again. */
  readonly staleMs: number;
  /** And so long after it was asked for, where the provider fails. */
  readonly graceMs: number;
}

const HOUR_MS = 3_600_000;

/**
 * Lists change by whatever happens anywhere in them, and people look at them to see what is new; a conversation changes
 * seldom and by a few hands; a message that stands hardly ever does, nor who takes part. Where the provider fails only the
 * inbox is shown from long ago: its sources say so, and nothing else has a place to say it.
 */
const USUAL: Readonly<Record<KeptKind, Times>> = {
  conversations: { freshMs: 3000, staleMs: 7000, graceMs: HOUR_MS },
  conversation: { freshMs: 5000, staleMs: 10_000, graceMs: 0 },
  messages: { freshMs: 2000, staleMs: 5000, graceMs: 0 },
  message: { freshMs: 10_000, staleMs: 30_000, graceMs: 0 },
  participants: { freshMs: 10_000, staleMs: 30_000, graceMs: 0 },
};

/** As set, the usual where nothing was. */
export function timesOf(
  set: { readonly [Kind in KeptKind]?: Partial<Times> } = {},
): (kind: KeptKind) => Times {
  return (kind) => ({ ...USUAL[kind], ...set[kind] });
}

/** How long an answer is kept at all. */
export function lifeOf({ freshMs, staleMs, graceMs }: Times): number {
  return Math.max(freshMs + staleMs, graceMs);
}

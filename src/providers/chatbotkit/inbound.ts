// How news of one conversation arrives while somebody listens: its channel tells that something happens, its rows tell what.

import type { News } from '../../domain/event.ts';
import { type Failure, failed, type Outcome, success } from '../../domain/failure.ts';
import type { ConversationRef } from '../../domain/ids.ts';
import type { Call, Inbound } from '../provider.ts';
import type { Activity } from './channel.ts';
import { MOST_ROWS, type Streams } from './client.ts';
import type { Inbox } from './inbox.ts';
import { toMessage } from './mapping.ts';
import { toTags } from './tags.ts';
import type { WireMessage } from './wire.ts';

/** Rows that anybody writes without the bot's engine are not told of in the channel: those are found by looking. */
export function chatbotkitInbound(
  inbox: Inbox,
  { streams, clock }: { readonly streams: Streams; readonly clock: () => number },
): Inbound {
  return {
    budgetPerMinute: null,
    follow: (conversation, call) => follow({ inbox, streams, clock }, conversation, call),
  };
}

/** How long after its words were said a row is looked for again that was not there yet. */
const LOOK_AGAIN_MS = [150, 1000, 4000];

interface Parts {
  readonly inbox: Inbox;
  readonly streams: Streams;
  readonly clock: () => number;
}

/**
 * The rows there are when it begins are no news; looked at before the channel is open, so that nothing falls between.
 * Oldest first. Fails where the channel does.
 */
async function* follow(
  { inbox, streams, clock }: Parts,
  conversation: ConversationRef,
  call: Call,
): AsyncGenerator<Outcome<readonly News[]>, void, undefined> {
  const stop = new AbortController();
  const signal = AbortSignal.any([call.signal, stop.signal]);
  const { deadlineMs } = inbox.account;
  const rows = newRows(clock());
  const bell = openBell();
  const course: Course = { isDue: false, looksAgain: 0, hasEnded: false, failure: undefined };

  function look(): Promise<Outcome<readonly News[]>> {
    return within(signal, deadlineMs, (own) => lookAt(inbox, { conversation, rows }, own));
  }

  async function hear(): Promise<void> {
    const arrival = setTimeout(() => stop.abort(), deadlineMs);
    try {
      const channel = streams.channel({ signal, reads: new Map() }, conversation.nativeId);
      for await (const activity of channel) {
        clearTimeout(arrival);
        if (activity.ok) note(activity.value);
        else course.failure = activity.failure;
      }
    } finally {
      clearTimeout(arrival);
      course.hasEnded = true;
      bell.ring();
    }
  }

  function note(activity: Activity): void {
    if (activity.type === 'said') rows.owe(activity);
    course.isDue = true;
    course.looksAgain = 0;
    bell.ring();
  }

  try {
    const before = await look();
    yield before;
    if (!before.ok) return;
    const hearing = hear();
    // Awaited at the end; whatever goes wrong in between must not be nobody's.
    hearing.catch(() => undefined);
    while (!course.hasEnded) {
      if (!course.isDue) {
        const againMs = rows.areOwed ? LOOK_AGAIN_MS[course.looksAgain] : undefined;
        // What was said and is never stored so, being moderated or cut off, is waited for no longer.
        if (againMs === undefined) rows.forgive();
        if ((await bell.rung(againMs)) === 'time') {
          course.isDue = true;
          course.looksAgain += 1;
        }
        continue;
      }
      course.isDue = false;
      const news = await look();
      if (!news.ok) rows.oweSomething();
      else if (news.value.length > 0) yield news;
    }
    await hearing;
    if (course.failure) yield failed(course.failure);
  } finally {
    stop.abort();
  }
}

/** What the channel does to the one who looks. */
interface Course {
  isDue: boolean;
  /** How often what was said has been looked for again. */
  looksAgain: number;
  hasEnded: boolean;
  failure: Failure | undefined;
}

/** The conversation is asked for its tags only where there is something to tell. */
async function lookAt(
  { client }: Inbox,
  { conversation, rows }: { readonly conversation: ConversationRef; readonly rows: NewRows },
  call: Call,
): Promise<Outcome<readonly News[]>> {
  const { nativeId } = conversation;
  const page = await client.listMessages(call, nativeId, { after: null, take: MOST_ROWS });
  if (!page.ok) return page;
  const fresh = rows.among(page.value.rows);
  if (fresh.length > 0) {
    const home = await client.getConversation(call, nativeId);
    if (!home.ok) return home;
    const tags = toTags(home.value.meta);
    rows.settle(page.value.rows);
    return success(
      fresh.map((row): News => ({ type: 'message', message: toMessage(row, conversation), tags })),
    );
  }
  rows.settle(page.value.rows);
  return success([]);
}

type NewRows = ReturnType<typeof newRows>;

/** Which rows of the newest page were not there before. */
function newRows(beganMs: number) {
  let known: ReadonlySet<string> | undefined;
  let owed: { readonly row: string; readonly text: string }[] = [];
  let owesSomething = false;

  /** Oldest first. */
  function among(newestFirst: readonly WireMessage[]): WireMessage[] {
    const ids = known;
    // Somebody may have written between the beginning and the first look.
    if (!ids) return newestFirst.filter((row) => Number(row.createdAt) >= beganMs).toReversed();
    // An old row comes back into the page where a newer one was deleted, but it never stands above one that is known.
    const last = newestFirst.findLastIndex(({ id }) => ids.has(id));
    const above = last < 0 ? newestFirst : newestFirst.slice(0, last);
    return above.filter(({ id }) => !ids.has(id)).toReversed();
  }

  return {
    among,
    /** They are known from now on, and what was said in them is no longer waited for. */
    settle(newestFirst: readonly WireMessage[]): void {
      for (const { type, text } of among(newestFirst)) {
        const found = owed.findIndex((one) => one.row === type && one.text === (text ?? ''));
        if (found >= 0) owed.splice(found, 1);
      }
      owesSomething = false;
      known = new Set(newestFirst.map(({ id }) => id));
    },
    owe(said: { readonly row: string; readonly text: string }): void {
      owed.push(said);
    },
    /** A look that failed may have missed anything. */
    oweSomething(): void {
      owesSomething = true;
    },
    get areOwed(): boolean {
      return owesSomething || owed.length > 0;
    },
    forgive(): void {
      owed = [];
      owesSomething = false;
    },
  };
}

/** Rung by one, waited for by one; a ring that nobody waited for is not lost. */
function openBell() {
  let hasRung = false;
  let wake: (() => void) | undefined;
  return {
    ring(): void {
      hasRung = true;
      wake?.();
    },
    /** Undefined milliseconds are for ever. */
    rung(ms: number | undefined): Promise<'bell' | 'time'> {
      return new Promise((resolve) => {
        const timer = ms === undefined ? undefined : setTimeout(() => resolve('time'), ms);
        wake = () => {
          hasRung = false;
          wake = undefined;
          clearTimeout(timer);
          resolve('bell');
        };
        if (hasRung) wake();
      });
    },
  };
}

/** A question of its own: nothing is taken from what was read before, and it is given up after as long as any. */
async function within<T>(
  signal: AbortSignal,
  ms: number,
  ask: (call: Call) => Promise<T>,
): Promise<T> {
  const limit = new AbortController();
  const giveUp = () => limit.abort();
  const timer = setTimeout(giveUp, ms);
  signal.addEventListener('abort', giveUp, { once: true });
  if (signal.aborted) giveUp();
  try {
    return await ask({ signal: limit.signal, reads: new Map() });
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', giveUp);
  }
}

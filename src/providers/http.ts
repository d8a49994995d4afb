// The only outbound door: a call under a deadline and with manners, its loss told apart from its refusal. An answer is had
// whole and parsed, or in pieces while it comes.

import type { Failure, Outcome } from '../domain/failure.ts';
import type { ProviderName } from '../domain/ids.ts';
import type { Answer, Arrival, Ask } from './ask.ts';
import { addressOf, type ExchangeParts, nothingSent, openExchange, type Sent } from './exchange.ts';
import { delayOf, resetOf } from './limits.ts';

export { unavailable } from './exchange.ts';

/** Answers already had during one operation, by question. A write to the same account forgets them. */
export type ReadMemo = Map<string, Promise<Outcome<Answer>>>;

/** The deadline and the operation a call is part of; every verb's `Call` is one. */
export interface Within {
  readonly signal: AbortSignal;
  readonly reads: ReadMemo;
  /** Until its deadline, in milliseconds; absent, nobody knows. */
  readonly leftMs?: () => number;
  /** On whose behalf. Absent, a client's. */
  readonly asker?: 'client' | 'watch';
  /** Set where a write waits for it: what it reads for that comes before what others read. */
  readonly forWrite?: boolean;
  /** What it is done for, for whoever counts calls. Absent, for something of the account's own, such as a new token. */
  readonly verb?: string;
}

/** How an account is asked: each call when it is its turn, and again only where that does no harm. */
export interface Manners {
  send<T>(within: Within, ask: Ask, once: () => Promise<Sent<T>>): Promise<Outcome<T>>;
  /** What may go on for long, and takes no place from what does not. */
  stream(within: Within, asking: () => Promise<Outcome<Arrival>>): Promise<Outcome<Arrival>>;
}

export interface Http {
  /**
   * Any HTTP status is a good outcome here; what it means is the provider's to say. Fails with `unavailable` where no
   * answer came, and with `outcome-unknown` where a write may have been seen but its answer was lost.
   */
  ask(within: Within, ask: Ask): Promise<Outcome<Answer>>;
  /** The same for an answer that takes its time: its pieces, failing as `ask` does before the first and after any. */
  stream(within: Within, ask: Ask): Promise<Outcome<Arrival>>;
}

export interface HttpParts extends ExchangeParts {
  /** Absent, every call is sent at once, and once. */
  readonly manners?: Manners | undefined;
}

export function openHttp({ provider, origin, dispatcher, manners }: HttpParts): Http {
  const exchange = openExchange({ provider, origin, dispatcher });

  async function send<T>(
    within: Within,
    ask: Ask,
    once: () => Promise<Sent<T>>,
  ): Promise<Outcome<T>> {
    // Nothing is sent past the deadline.
    if (within.signal.aborted) return nothingSent(provider, 'the deadline had passed');
    if (manners) return manners.send(within, ask, once);
    const { outcome } = await once();
    return outcome;
  }

  function forgetReads({ reads }: Within): void {
    for (const key of reads.keys()) {
      if (key.startsWith(`${provider} `)) reads.delete(key);
    }
  }

  return {
    ask(within, ask) {
      const asking = () => send(within, ask, () => exchange.whole(ask, within.signal));
      if (within.signal.aborted) return asking();
      if (ask.effect === 'write') {
        forgetReads(within);
        return asking();
      }
      // Some put every question to one address, in the body.
      const said = ask.json === undefined ? '' : JSON.stringify(ask.json);
      const key = `${provider} ${ask.method} ${addressOf(origin, ask).href} ${said}`;
      const known = within.reads.get(key);
      if (known) return known;
      const asked = asking();
      within.reads.set(key, asked);
      return asked;
    },

    async stream(within, ask) {
      if (ask.effect === 'write' && !within.signal.aborted) forgetReads(within);
      const asking = () => send(within, ask, () => exchange.pieces(ask, within.signal));
      return manners ? manners.stream(within, asking) : asking();
    },
  };
}

/** What a 429 or a 5xx means, which is the same everywhere; undefined for any other status. */
export function overload(
  provider: ProviderName,
  answer: Answer,
  { effect, now }: { readonly effect: Ask['effect']; readonly now: number },
): Failure | undefined {
  const { status } = answer;
  const askedMs = delayOf(answer.header('retry-after'), now);
  // There are services that take a message and say so all the same: of a write it is no proof that nothing was done.
  const doubt = effect === 'write' ? ({ doubtful: true } as const) : {};
  if (status === 429) {
    const waitMs = askedMs ?? resetOf(answer.header('ratelimit-reset'), now);
    return { kind: 'rate-limited', provider, retryAt: dateIn(waitMs, now), ...doubt };
  }
  if (status < 500) return undefined;
  const because = `it answered HTTP ${status}`;
  if (effect === 'write' && LOST_BETWEEN.has(status)) {
    return { kind: 'outcome-unknown', provider, because };
  }
  // A window's end is sent along with every answer, and says nothing of when a fault will.
  return { kind: 'unavailable', provider, because, retryAt: dateIn(askedMs, now), ...doubt };
}

/**
 * A gateway in between lost the answer; the service behind it may well have done the work, or still be at it. From 520 on they
 * are Cloudflare's own words for that.
 */
const LOST_BETWEEN: ReadonlySet<number> = new Set([502, 504, 520, 522, 524]);

/** Whether a dot segment would be resolved away before it is sent, and the call land on another endpoint. */
export function isAnotherPath(path: string): boolean {
  return /\/\.{1,2}(?:\/|$)/.test(path);
}

function dateIn(ms: number | undefined, now: number): Date | null {
  return ms === undefined ? null : new Date(now + ms);
}

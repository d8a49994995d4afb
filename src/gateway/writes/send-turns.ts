// A conversation's sends are taken one at a time, where its history is all that tells whether one arrived: what is new in
// it since a send began is then of that send, or of nobody here.

import { failed, type Outcome } from '../../domain/failure.ts';
import type { AccountScope, ConversationRef, ProviderName } from '../../domain/ids.ts';
import type { Hold, Leases } from '../../state/lease/lease.ts';
import { unlessAborted } from '../waiting.ts';
import { takeTurn, whileHeld } from './held.ts';
import { turns } from './turns.ts';

export interface SendTurns {
  /** `unavailable` where the signal comes before the turn: nothing is sent then. */
  take<T>(
    conversation: ConversationRef,
    signal: AbortSignal,
    work: (turn: SendTurn) => Promise<Outcome<T>>,
  ): Promise<Outcome<T>>;
}

export interface SendTurn {
  readonly open: OpenSends;
  /** To be said right before it is sent: false where the turn was lost meanwhile, and another one's has begun. */
  begin(mark: string, words: string): Promise<boolean>;
  /** It is known what became of it: the id of the message, or null where there is none. */
  end(mark: string, nativeId: string | null): Promise<void>;
}

export interface OpenSends {
  /** Sends of which it is not known whether they arrived, and may never be, each by its mark with its words. */
  readonly others: ReadonlyMap<string, string>;
  /** Messages known to be of sends that are over. */
  readonly known: ReadonlySet<string>;
}

export function openSendTurns({
  leases,
  scopeOf,
  clock,
}: {
  readonly leases: Leases;
  readonly scopeOf: (name: ProviderName) => AccountScope;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
}): SendTurns {
  // Those of this process in the order they came; between processes whoever asks first.
  const inTurn = turns();

  return {
    async take(conversation, signal, work) {
      const { provider, nativeId } = conversation;
      const name = `send:${scopeOf(provider)}:${nativeId}`;
      const overdue = failed({ kind: 'unavailable', provider, because: OVERDUE, retryAt: null });
      let hasBegun = false;
      const asked = inTurn(name, async () => {
        if (signal.aborted) return overdue;
        const hold = await takeTurn(leases, name, signal);
        if (hold.ok && !hold.value) return overdue;
        hasBegun = true;
        // Without the memory that is shared those of other gateways are not known: each for itself, as well as can be.
        if (!hold.ok || !hold.value) return work(aloneTurn());
        const { value } = hold;
        return whileHeld(value, leases.leaseMs, async () => work(await turnOf(value, clock)));
      });
      const done = await unlessAborted(asked, signal);
      return done ?? (hasBegun ? asked : overdue);
    },
  };
}

async function turnOf(hold: Hold, clock: () => number): Promise<SendTurn> {
  const recalled = await hold.recall();
  const notes = recalled.ok ? recalled.value : new Map<string, string>();
  const open = openIn(notes, clock() - KEPT_MS);
  return {
    open,
    async begin(mark, words) {
      const noted = await hold.note(new Map([[OPEN + mark, `${clock()} ${words}`]]));
      return !noted.ok || noted.value;
    },
    async end(mark, nativeId) {
      const { others } = othersThan(mark, open);
      const over = [...notes.keys()].filter((key) =>
        key.startsWith(OPEN) ? !others.has(key.slice(OPEN.length)) : others.size === 0,
      );
      const known = nativeId !== null && others.size > 0 ? [KNOWN + nativeId] : [];
      await hold.note(
        new Map([
          ...[...over, OPEN + mark].map((key) => [key, null] as const),
          ...known.map((key) => [key, ''] as const),
        ]),
      );
    },
  };
}

function aloneTurn(): SendTurn {
  return {
    open: { others: new Map(), known: new Set() },
    begin: () => Promise.resolve(true),
    end: () => Promise.resolve(),
  };
}

/** One of which nothing became known in all the time that its key was kept is nobody's concern any more. */
function openIn(notes: ReadonlyMap<string, string>, sinceMs: number): OpenSends {
  const after = (prefix: string) =>
    [...notes]
      .filter(([key]) => key.startsWith(prefix))
      .map(([key, value]) => [key.slice(prefix.length), value] as const);
  return {
    others: new Map(
      after(OPEN).flatMap(([mark, value]) => {
        const [atMs, words = ''] = value.split(' ');
        return Number(atMs) < sinceMs ? [] : [[mark, words] as const];
      }),
    ),
    known: new Set(after(KNOWN).map(([id]) => id)),
  };
}

/** The same, as one of them sees the others. */
export function othersThan(mark: string, { others, known }: OpenSends): OpenSends {
  return { others: new Map([...others].filter(([one]) => one !== mark)), known };
}

const KEPT_MS = 24 * 3_600_000;

const OPEN = 'open:';
const KNOWN = 'known:';

const OVERDUE =
  'another message to the same conversation was still under way when the deadline passed, and this one was not sent';

// Which conversations are an end user's, as one subscription knows it: looked up, and remembered for a moment.

import type { ContactOf } from '../domain/caller.ts';
import { type Outcome, success } from '../domain/failure.ts';
import type { ConversationRef } from '../domain/ids.ts';
import type { Operation } from '../gateway/dispatch.ts';
import type { Gateway } from '../gateway/gateway.ts';
import type { Own } from './guard-own.ts';

export type Whose = 'THEIRS' | 'OTHERS';

export interface Known {
  /** GONE: it is not there any more, and nobody can say whose it was. Fails where its provider does. */
  whose(conversation: ConversationRef): Promise<Outcome<Whose | 'GONE'>>;
  /** Said by whoever knows. */
  note(conversation: ConversationRef, whose: Whose): void;
  /** It may have become somebody else's. */
  forget(conversation: ConversationRef): void;
  /** As it was known last, however long ago. */
  last(conversation: ConversationRef): Whose | undefined;
  /** Reads the newest of theirs: whether those are all of them. */
  readAll(): Promise<boolean>;
}

export interface KnownParts {
  readonly gateway: Pick<Gateway, 'getConversation' | 'listConversations'>;
  readonly own: Own;
  readonly contact: ContactOf;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  /** Of the subscription. */
  readonly signal: AbortSignal;
}

/** That a contact was changed is an event; that somebody takes part no longer is none. */
const THEIRS_FOR_MS = 30_000;
/** Somebody may be taken in a moment after a conversation began, and nothing may be kept from them after that. */
const OTHERS_FOR_MS = 2000;
/** Those of others are looked up again, rather than remembered without end. */
const MOST_OF_OTHERS = 1000;
const MOST_READ = 100;

export function openKnown({ gateway, own, contact, clock, signal }: KnownParts): Known {
  const theirs = new Map<string, number>();
  const others = new Map<string, number>();

  function note(conversation: ConversationRef, whose: Whose): void {
    const key = keyOf(conversation);
    const [into, from] = whose === 'THEIRS' ? [theirs, others] : [others, theirs];
    from.delete(key);
    into.delete(key);
    into.set(key, clock());
    const [oldest] = others.size > MOST_OF_OTHERS ? others.keys() : [];
    if (oldest !== undefined) others.delete(oldest);
  }

  function last(conversation: ConversationRef): Whose | undefined {
    const key = keyOf(conversation);
    return theirs.has(key) ? 'THEIRS' : others.has(key) ? 'OTHERS' : undefined;
  }

  function remembered(conversation: ConversationRef): Whose | undefined {
    const key = keyOf(conversation);
    const isYoung = (notedMs: number | undefined, forMs: number) =>
      notedMs !== undefined && clock() - notedMs < forMs;
    if (isYoung(theirs.get(key), THEIRS_FOR_MS)) return 'THEIRS';
    return isYoung(others.get(key), OTHERS_FOR_MS) ? 'OTHERS' : undefined;
  }

  async function lookedUp(
    conversation: ConversationRef,
    operation: Operation,
  ): Promise<Outcome<Whose | 'GONE'>> {
    const found = await gateway.getConversation(conversation, operation);
    if (!found.ok) return found.failure.kind === 'not-found' ? success('GONE') : found;
    const asked = await own.isTheirs(found.value, operation);
    if (!asked.ok) return asked;
    const whose = asked.value ? 'THEIRS' : 'OTHERS';
    note(conversation, whose);
    return success(whose);
  }

  /** A subscription lasts: what is derived from its own signal for every look would pile up there. */
  async function within<T>(look: (operation: Operation) => Promise<T>): Promise<T> {
    const left = new AbortController();
    const leave = () => left.abort();
    if (signal.aborted) leave();
    signal.addEventListener('abort', leave, { once: true });
    try {
      return await look({ signal: left.signal, reads: new Map() });
    } finally {
      signal.removeEventListener('abort', leave);
    }
  }

  return {
    note,
    last,
    forget: (conversation) => {
      const key = keyOf(conversation);
      theirs.delete(key);
      others.delete(key);
    },
    async whose(conversation) {
      const known = remembered(conversation);
      if (known) return success(known);
      const look = () => within((operation) => lookedUp(conversation, operation));
      const first = await look();
      return first.ok ? first : look();
    },
    readAll: () =>
      within(async (operation) => {
        const filter = { contactId: contact.nativeId, providers: [contact.provider] };
        const asked = { first: MOST_READ, after: null, filter };
        const page = await gateway.listConversations(asked, operation);
        if (!page.ok) return false;
        const rows = page.value.edges.map(({ node }) => node);
        const checked = await Promise.all(rows.map((row) => own.isTheirs(row, operation)));
        for (const [index, row] of rows.entries()) {
          const one = checked[index];
          if (one?.ok && one.value) note(row, 'THEIRS');
        }
        return !page.value.hasNext && checked.every(({ ok }) => ok);
      }),
  };
}

function keyOf({ provider, nativeId }: ConversationRef): string {
  return JSON.stringify([provider, nativeId]);
}

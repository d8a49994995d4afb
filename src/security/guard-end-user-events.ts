// What an end user is told of what happens: in their own conversations, as they may see them. Where nobody can say whose a
// conversation is, they are told that something may be missing.

import type { ContactOf } from '../domain/caller.ts';
import type { ConversationEvent, EventKind, Fact } from '../domain/event.ts';
import { conversationAt, failed, success } from '../domain/failure.ts';
import type { Gateway } from '../gateway/gateway.ts';
import type { EventFilterAsked, EventsAsked, Told } from '../gateway/live/subscribe.ts';
import type { EndUser } from './guard-end-user.ts';
import { sifted } from './guard-events.ts';
import { type Known, openKnown, type Whose } from './guard-known.ts';
import type { Own } from './guard-own.ts';
import { leaveOut } from './guard-refusal.ts';
import { isForThem, theirConversation, theirMessage, theirMessageOrNone } from './guard-view.ts';

type Event = Extract<Told, { readonly type: 'event' }>;

export function theirEvents(gateway: Gateway, own: Own, user: EndUser): Gateway['subscribe'] {
  const { contact, clock } = user;

  return async (asked, signal) => {
    const { conversation, filter } = asked;
    const refused = refusal(filter);
    if (refused) return refused;
    const known = openKnown({ gateway, own, contact, clock, signal });
    if (conversation) {
      const whose = await known.whose(conversation);
      if (!whose.ok) return whose;
      const { provider, nativeId } = conversation;
      const what = conversationAt(provider, nativeId);
      if (whose.value !== 'THEIRS') return failed({ kind: 'not-found', what });
    }
    const told = await gateway.subscribe(withWhose(asked), signal);
    if (!told.ok) return told;
    const hasAll = conversation === null && wants(filter, 'CONVERSATION_DELETED');
    const all = hasAll ? known.readAll() : Promise.resolve(false);
    const read = all.then((isAll) => (isAll ? clock() : Number.POSITIVE_INFINITY));
    // Known to fail by whoever waits for it; nobody may.
    read.catch(() => undefined);
    const whoseOf = whoseEvents(known, contact, read);

    return success(
      sifted(told.value, async (one) => {
        if (one.type === 'gap')
          return (await concerns(one.gap.conversation, known)) ? one : undefined;
        if (one.type !== 'event') return one;
        const whose = await whoseOf(one.event);
        // Whoever left is told nothing more, and least of all that something is missing because they did.
        if (signal.aborted || whose === 'OTHERS') return undefined;
        if (whose === 'UNKNOWN') return gapAt(one, asked);
        const fact = wants(filter, one.event.fact.kind)
          ? theirFact(one.event.fact, user)
          : undefined;
        return fact && { ...one, event: { ...one.event, tags: null, fact } };
      }),
    );
  };
}

function refusal({ tags, includeHidden }: EventFilterAsked) {
  if (tags) return leaveOut('filter.tags', 'looks at what an end user is not shown');
  return includeHidden
    ? leaveOut('filter.includeHidden', 'shows what is hidden from an end user')
    : undefined;
}

function wants({ kinds }: EventFilterAsked, kind: EventKind): boolean {
  return kinds === undefined || kinds.includes(kind);
}

/** Heard of whatever was asked for: they say whose a conversation has become. */
function withWhose(asked: EventsAsked): EventsAsked {
  const { kinds } = asked.filter;
  if (!kinds) return asked;
  const heard = new Set<EventKind>([...kinds, 'CONVERSATION_CREATED', 'CONVERSATION_UPDATED']);
  return { ...asked, filter: { ...asked.filter, kinds: [...heard] } };
}

/** By how much the clocks of two gateways may differ. */
const CLOCKS_MS = 1000;

/** `readMs`: when all that are theirs had been read. */
function whoseEvents(known: Known, contact: ContactOf, readMs: Promise<number>) {
  async function whoseDeleted({ conversation, at }: ConversationEvent): Promise<Whose | 'UNKNOWN'> {
    const last = known.last(conversation);
    if (last) return last;
    // What was deleted after that, and was never heard of, was not among them.
    return at.getTime() > (await readMs) + CLOCKS_MS ? 'OTHERS' : 'UNKNOWN';
  }

  return async (event: ConversationEvent): Promise<Whose | 'UNKNOWN'> => {
    const { conversation, fact } = event;
    if (fact.kind === 'CONVERSATION_DELETED') return whoseDeleted(event);
    if ('row' in fact) {
      const { contact: said } = fact.row;
      if (said) known.note(conversation, said.nativeId === contact.nativeId ? 'THEIRS' : 'OTHERS');
      else known.forget(conversation);
    }
    const whose = await known.whose(conversation);
    if (!whose.ok) return 'UNKNOWN';
    // That it is gone is an event too, and comes.
    return whose.value === 'GONE' ? 'OTHERS' : whose.value;
  };
}

async function concerns(conversation: EventsAsked['conversation'], known: Known): Promise<boolean> {
  if (conversation === null) return true;
  const whose = await known.whose(conversation);
  return !whose.ok || whose.value === 'THEIRS';
}

function gapAt({ event: { at }, cursor }: Event, { conversation }: EventsAsked): Told {
  return { type: 'gap', gap: { reason: 'MISSED', conversation, from: at, to: at }, cursor };
}

function theirFact(fact: Fact, { contact, id }: EndUser): Fact | undefined {
  switch (fact.kind) {
    case 'MESSAGE_ADDED':
    case 'MESSAGE_UPDATED':
      return isForThem(fact.message)
        ? { ...fact, message: theirMessage(fact.message, contact) }
        : undefined;
    case 'CONVERSATION_CREATED':
    case 'CONVERSATION_UPDATED':
      return { ...fact, row: theirConversation(fact.row, contact) };
    case 'REPLY_COMPLETED':
      return { ...fact, message: theirMessageOrNone(fact.message, contact) };
    case 'DELIVERY_SETTLED':
      // What somebody else wrote there, and under which key, is theirs to know.
      return fact.caller === id
        ? { ...fact, message: theirMessageOrNone(fact.message, contact) }
        : undefined;
    case 'MESSAGE_DELETED':
    case 'CONVERSATION_DELETED':
    case 'REPLY_DELTA':
    case 'REPLY_FAILED':
      return fact;
  }
}

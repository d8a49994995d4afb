// Conversations listed and read, and shown as the account sees them whoever wrote to them.

import type { Conversation, ConversationFilter } from '../../domain/conversation.ts';
import { mapOutcome, type Outcome } from '../../domain/failure.ts';
import type { ConversationRef } from '../../domain/ids.ts';
import type { Page } from '../../domain/page.ts';
import type { Call } from '../provider.ts';
import type { ListConversations } from '../verbs.ts';
import type { Query } from './client.ts';
import { type Identity, isSameIdentity, ownIdentity } from './identity.ts';
import type { Inbox } from './inbox.ts';
import { toConversation, toConversations } from './mapping.ts';
import type { WireConversation } from './wire.ts';

/**
 * A page of the newest by `updatedAt`. Tags that have a value narrow it upstream; what else is asked of tags is the
 * gateway's to compare.
 */
export async function listConversations(
  { account, client }: Inbox,
  { filter, at, size }: ListConversations,
  call: Call,
): Promise<Outcome<Page<Conversation>>> {
  const query: Query = [
    ['sortField', 'updatedAt'],
    ['sortDirection', 'desc'],
    ...pushed(filter),
    ...(at === null ? [] : [['nextToken', at] as const]),
  ];
  const page = await withHints([...narrowing(filter), ['pageSize', String(size)]], (hints) =>
    client.listConversations(call, { query: [...query, ...hints] }),
  );
  return mapOutcome(page, ({ rows, next }) => ({
    items: toConversations(rows, account.name),
    next,
  }));
}

/**
 * Asks with parameters that make a page better but not different, and without them where the service refuses: the
 * largest page is not documented, nor is what a tag meets that nobody declared.
 */
export async function withHints<T>(
  hints: Query,
  ask: (hints: Query) => Promise<Outcome<T>>,
): Promise<Outcome<T>> {
  const page = await ask(hints);
  return !page.ok && page.failure.kind === 'refused' ? ask([]) : page;
}

export async function getConversation(
  { account, client }: Inbox,
  { nativeId }: ConversationRef,
  call: Call,
): Promise<Outcome<Conversation>> {
  return mapOutcome(await client.getConversation(call, nativeId), (said) =>
    toConversation(said, account.name),
  );
}

/**
 * An integration is shown its own tags under shorter keys, and perhaps no others. What another identity than the
 * account's was answered is therefore read again, so that a conversation looks the same however it was reached.
 */
export async function asAccountSees(
  { account, client }: Inbox,
  answered: WireConversation,
  identity: Identity,
  call: Call,
): Promise<Conversation> {
  if (!isSameIdentity(identity, ownIdentity(account))) {
    const read = await client.getConversation(call, answered.id);
    // The write was done; its own answer is the next best telling of it.
    if (read.ok) return toConversation(read.value, account.name);
  }
  return toConversation(answered, account.name);
}

/** What the service filters itself, exactly. Both dates are included, and are those of creation. */
function pushed({ channel, contactId, createdAfter, createdBefore }: ConversationFilter): Query {
  return [
    ...(channel === undefined ? [] : [['channel', channel] as const]),
    ...(contactId === undefined ? [] : [['participantIds', contactId] as const]),
    ...(createdAfter ? [['afterDate', createdAfter.toISOString()] as const] : []),
    ...(createdBefore ? [['beforeDate', createdBefore.toISOString()] as const] : []),
  ];
}

/** A key may hold dots: everything after the first one is the key, as the vendor's client writes it. */
function narrowing({ tags = [] }: ConversationFilter): Query {
  return tags.flatMap(({ key, value }) => (value ? [[`tags.${key}`, value] as const] : []));
}

// Conversations read, created, changed and deleted, in the domain's words.

import type { Conversation, ConversationFilter } from '../../domain/conversation.ts';
import { invalid, mapOutcome, type Outcome, success } from '../../domain/failure.ts';
import type { ConversationRef } from '../../domain/ids.ts';
import type { Page } from '../../domain/page.ts';
import type {
  Call,
  ConversationChanges,
  CreateConversation,
  ListConversations,
  UpdateConversation,
  UpdatedConversation,
} from '../provider.ts';
import type { Client, Query } from './client.ts';
import {
  actingIdentity,
  type Identity,
  identityIssues,
  isSameIdentity,
  ownIdentity,
} from './identity.ts';
import type { BotpressAccount } from './index.ts';
import { channelIssues, judged, tagIssues, tagMap } from './inputs.ts';
import { taskOf, toConversation, toConversations } from './mapping.ts';
import type { WireConversation } from './wire.ts';

export interface Hands {
  readonly account: BotpressAccount;
  readonly client: Client;
}

/**
 * A page of the newest by `updatedAt`. Tags that have a value narrow it upstream; what else is asked of tags is the
 * gateway's to compare.
 */
export async function listConversations(
  { account, client }: Hands,
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
  { account, client }: Hands,
  { nativeId }: ConversationRef,
  call: Call,
): Promise<Outcome<Conversation>> {
  return mapOutcome(await client.getConversation(call, nativeId), (said) =>
    toConversation(said, account.name),
  );
}

export async function createConversation(
  hands: Hands,
  { channel, tags, options }: CreateConversation,
  call: Call,
): Promise<Outcome<Conversation>> {
  const own = options?.kind === 'botpress' ? options : undefined;
  const good = judged([
    ...channelIssues(channel),
    ...tagIssues(tags, 'tags'),
    ...identityIssues(own),
  ]);
  if (!good.ok) return good;
  const identity = actingIdentity(hands.account, own);
  const { integrationName } = own ?? {};
  const made = await hands.client.createConversation(call, {
    body: { channel, tags: tagMap(tags), ...(integrationName && { integrationName }) },
    identity,
  });
  return made.ok ? success(await asAccountSees(hands, made.value, identity, call)) : made;
}

/** Tags are merged by key, upstream: those that are not named stay. What was taken and not done is in `ignored`. */
export async function updateConversation(
  hands: Hands,
  { conversation, changes }: UpdateConversation,
  call: Call,
): Promise<Outcome<UpdatedConversation>> {
  const own = changes.options?.kind === 'botpress' ? changes.options : undefined;
  const { set = [], remove = [] } = changes.tags ?? {};
  const good = judged([...tagIssues(set, 'tags.set'), ...identityIssues(own)]);
  if (!good.ok) return good;
  const task = own?.currentTaskId;
  if (set.length === 0 && remove.length === 0 && task === undefined) {
    return invalid('', 'nothing to change; give tags, or botpress.currentTaskId.');
  }
  // An empty text removes a tag in every generation; null only does in newer ones.
  const removed = remove.map((key) => [key, ''] as const);
  const identity = actingIdentity(hands.account, own);
  const written = await hands.client.updateConversation(call, conversation.nativeId, {
    body: {
      ...(set.length + remove.length > 0 && {
        tags: { ...tagMap(set), ...Object.fromEntries(removed) },
      }),
      // No page says how a task is cleared; empty is how everything else here is.
      ...(task !== undefined && { currentTaskId: task ?? '' }),
    },
    identity,
  });
  if (!written.ok) return written;
  return success({
    conversation: await asAccountSees(hands, written.value, identity, call),
    ignored: ignoredIn(written.value, changes),
    unfinished: null,
  });
}

/**
 * An integration is shown its own tags under shorter keys, and perhaps no others. What another identity than the
 * account's was answered is therefore read again, so that a conversation looks the same however it was reached.
 */
export async function asAccountSees(
  { account, client }: Hands,
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

/** Newer generations ignore a task without a word, and an undeclared tag may be dropped likewise. */
function ignoredIn(answered: WireConversation, changes: ConversationChanges): string[] {
  const { set = [], remove = [] } = changes.tags ?? {};
  const tags = new Map(Object.entries(answered.tags ?? {}));
  const task = changes.options?.kind === 'botpress' ? changes.options.currentTaskId : undefined;
  return [
    ...set.filter(({ key, value }) => tags.get(key) !== value).map(({ key }) => `tags.${key}`),
    ...remove.filter((key) => tags.get(key)).map((key) => `tags.${key}`),
    ...(task === undefined || taskOf(answered) === (task || null)
      ? []
      : ['botpress.currentTaskId']),
  ];
}

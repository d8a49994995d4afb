// Conversations listed and read.

import type { Conversation } from '../../domain/conversation.ts';
import { mapOutcome, type Outcome, success } from '../../domain/failure.ts';
import type { ConversationRef } from '../../domain/ids.ts';
import type { Page } from '../../domain/page.ts';
import type { Call } from '../provider.ts';
import type { ListConversations } from '../verbs.ts';
import { MOST_ROWS } from './client.ts';
import type { Inbox } from './inbox.ts';
import { toConversation, toConversations } from './mapping.ts';
import { narrowing } from './tags.ts';

/** Newest first by creation; contact and tags narrow it upstream as far as none that matches is lost. */
export async function listConversations(
  { account, client }: Inbox,
  { filter, at, size }: ListConversations,
  call: Call,
): Promise<Outcome<Page<Conversation>>> {
  const { contactId } = filter;
  // A comma is an "or" there, and no id has one.
  if (contactId?.includes(',')) return success({ items: [], next: null });
  const page = await client.listConversations(call, {
    after: at,
    take: Math.min(size, MOST_ROWS),
    meta: narrowing(filter.tags ?? []),
    ...(contactId === undefined ? {} : { contactId }),
  });
  return mapOutcome(page, ({ rows, next }) => ({
    items: toConversations(rows, account.name),
    next,
  }));
}

export async function getConversation(
  { account, client }: Inbox,
  { nativeId }: ConversationRef,
  call: Call,
): Promise<Outcome<Conversation>> {
  return mapOutcome(await client.getConversation(call, nativeId), (row) =>
    toConversation(row, account.name),
  );
}

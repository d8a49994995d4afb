// Conversations listed and read.

import type { Conversation } from '../../domain/conversation.ts';
import { mapOutcome, type Outcome } from '../../domain/failure.ts';
import type { ConversationRef } from '../../domain/ids.ts';
import type { Page } from '../../domain/page.ts';
import type { Call } from '../provider.ts';
import type { ListConversations } from '../verbs.ts';
import { FIRST_PAGE } from './client.ts';
import type { Inbox } from './inbox.ts';
import { toConversation, toConversations } from './mapping.ts';

/** The service picks the size of its pages, and filters nothing. */
export async function listConversations(
  { account, client }: Inbox,
  { at }: ListConversations,
  call: Call,
): Promise<Outcome<Page<Conversation>>> {
  const page = await client.listConversations(call, at ?? FIRST_PAGE);
  return mapOutcome(page, ({ rows, next }) => ({ items: toConversations(rows, account), next }));
}

export async function getConversation(
  { account, client }: Inbox,
  { nativeId }: ConversationRef,
  call: Call,
): Promise<Outcome<Conversation>> {
  return mapOutcome(await client.getConversation(call, nativeId), (row) =>
    toConversation(row, account),
  );
}

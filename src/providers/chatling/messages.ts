// A conversation's history: its pages with ids that hold, and one message of it found by its id.

import { conversationAt, failed, messageIn, type Outcome, success } from '../../domain/failure.ts';
import type { ConversationRef, MessageRef } from '../../domain/ids.ts';
import type { Message } from '../../domain/message.ts';
import type { Page } from '../../domain/page.ts';
import type { Call } from '../provider.ts';
import type { ListMessages } from '../verbs.ts';
import type { WirePage } from '../wire-reading.ts';
import { FIRST_PAGE } from './client.ts';
import type { Inbox } from './inbox.ts';
import { toConversation, toMessages } from './mapping.ts';
import { isDerivedId, isOpen, meetsAgain } from './message-ids.ts';
import type { WireMessage } from './wire.ts';

/** How far a message is looked for: 150 messages at the page size the samples show. */
export const MOST_PAGES_SEARCHED = 10;

/** Reading ahead goes on only while whole pages are of one second, which no conversation between people is. */
const MOST_PAGES_AHEAD = 10;

/**
 * A page of messages, newest first; `at` is its number as text. Where the service gives messages no ids this asks for
 * the following page too, because ids are then counted from the older end.
 */
export async function listMessages(
  { client }: Inbox,
  { conversation, at }: Pick<ListMessages, 'conversation' | 'at'>,
  call: Call,
): Promise<Outcome<Page<Message>>> {
  const { nativeId } = conversation;
  const page = await client.listMessages(call, nativeId, at ?? FIRST_PAGE);
  if (!page.ok) return page;
  const older = await readAhead(client, { nativeId, page: page.value }, call);
  if (!meetsAgain(page.value.rows, older)) {
    return success(toPage(page.value, conversation, older));
  }
  // Either one just like it does follow, or a new message pushed it to the next page between the two reads.
  const again = await client.listMessages(
    { ...call, reads: new Map() },
    nativeId,
    at ?? FIRST_PAGE,
  );
  return again.ok ? success(toPage(again.value, conversation, older)) : again;
}

/** A message by its id: among those a conversation carries, else page by page. The service has no such call. */
export async function getMessage(
  inbox: Inbox,
  message: MessageRef,
  call: Call,
): Promise<Outcome<Message>> {
  const { account, client } = inbox;
  const { conversation, nativeId } = message;
  const absent = failed({ kind: 'not-found', what: messageIn(message) });

  const read = await client.getConversation(call, conversation.nativeId);
  if (!read.ok) return read;
  const { embedded } = toConversation(read.value, account);
  const recent = embedded?.items.find((item) => item.nativeId === nativeId);
  if (recent) return success(recent);
  // Pages of the documentation differ on which answers carry ids: only ids of its own sort rule one out.
  const sameSort = embedded?.items.some((item) => item.derivedId === isDerivedId(nativeId));
  if (embedded?.complete && sameSort) return absent;

  let at: string | null = FIRST_PAGE;
  for (let pages = 0; pages < MOST_PAGES_SEARCHED; pages += 1) {
    const page: Outcome<Page<Message>> = await listMessages(inbox, { conversation, at }, call);
    if (!page.ok) return page;
    const found = page.value.items.find((item) => item.nativeId === nativeId);
    if (found) return success(found);
    at = page.value.next;
    if (at === null) return absent;
  }
  const searched = `the newest ${MOST_PAGES_SEARCHED} pages of messages in ${conversationAt(account.name, conversation.nativeId)}`;
  return failed({ kind: 'not-found', what: `message ${nativeId} among ${searched}` });
}

/** The rows after a page, as far as its derived ids depend on them. */
async function readAhead(
  client: Inbox['client'],
  { nativeId, page }: { readonly nativeId: string; readonly page: WirePage<WireMessage> },
  call: Call,
): Promise<readonly WireMessage[]> {
  const older: WireMessage[] = [];
  let { next } = page;
  for (let pages = 0; next !== null && pages < MOST_PAGES_AHEAD; pages += 1) {
    if (!isOpen(page.rows, older)) break;
    const following: Outcome<WirePage<WireMessage>> = await client.listMessages(
      call,
      nativeId,
      next,
    );
    // The page at hand is worth more than the certainty of its last id.
    if (!following.ok) break;
    older.push(...following.value.rows);
    next = following.value.next;
  }
  return older;
}

function toPage(
  { rows, next }: WirePage<WireMessage>,
  conversation: ConversationRef,
  older: readonly WireMessage[],
): Page<Message> {
  return { items: toMessages(rows, conversation, older), next };
}

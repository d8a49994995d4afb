// Messages listed, read and deleted. Their path is flat: they are not below their conversation.

import { failed, mapOutcome, messageIn, type Outcome } from '../../domain/failure.ts';
import type { MessageRef } from '../../domain/ids.ts';
import type { Message } from '../../domain/message.ts';
import type { Page } from '../../domain/page.ts';
import type { Call } from '../provider.ts';
import type { ListMessages } from '../verbs.ts';
import { withHints } from './conversations.ts';
import { type Identity, isSameIdentity, ownIdentity } from './identity.ts';
import type { Inbox } from './inbox.ts';
import { toMessage } from './mapping.ts';
import type { WireMessage } from './wire.ts';

/** Newest first, always: the list has no sort parameters. */
export async function listMessages(
  { account, client }: Inbox,
  { conversation, at, size }: ListMessages,
  call: Call,
): Promise<Outcome<Page<Message>>> {
  const from = at === null ? [] : [['nextToken', at] as const];
  const page = await withHints([['pageSize', String(size)]], (hints) =>
    client.listMessages(call, {
      conversationId: conversation.nativeId,
      query: [...from, ...hints],
    }),
  );
  return mapOutcome(page, ({ rows, next }) => ({
    items: rows.map((row) => toMessage(row, conversation, account)),
    next,
  }));
}

export async function getMessage(
  inbox: Inbox,
  message: MessageRef,
  call: Call,
): Promise<Outcome<Message>> {
  const said = await readMessage(inbox, message, call);
  return mapOutcome(said, (wire) => toMessage(wire, message.conversation, inbox.account));
}

/** Read first, because the path would delete a message of another conversation just as well. */
export async function deleteMessage(
  inbox: Inbox,
  message: MessageRef,
  call: Call,
): Promise<Outcome<null>> {
  const said = await readMessage(inbox, message, call);
  return said.ok ? inbox.client.deleteMessage(call, said.value.id) : said;
}

/** One message of this conversation: the service finds it whatever conversation it is asked for in. */
export async function readMessage(
  { client }: Inbox,
  message: MessageRef,
  call: Call,
): Promise<Outcome<WireMessage>> {
  const { conversation, nativeId } = message;
  const said = await client.getMessage(call, nativeId);
  if (!said.ok) return said;
  const home = said.value.conversationId ?? conversation.nativeId;
  return home === conversation.nativeId
    ? said
    : failed({ kind: 'not-found', what: messageIn(message) });
}

/** Tags look otherwise to another identity than the account's, so what that one was answered is read again. */
export async function asAccountSees(
  { account, client }: Inbox,
  answered: WireMessage,
  identity: Identity,
  call: Call,
): Promise<WireMessage> {
  if (isSameIdentity(identity, ownIdentity(account))) return answered;
  const read = await client.getMessage(call, answered.id);
  return read.ok ? read.value : answered;
}

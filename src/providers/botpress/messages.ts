// Messages listed and read. Their path is flat: they are not below their conversation.

import { failed, mapOutcome, messageIn, type Outcome, success } from '../../domain/failure.ts';
import type { MessageRef } from '../../domain/ids.ts';
import type { Message } from '../../domain/message.ts';
import type { Page } from '../../domain/page.ts';
import type { Call } from '../provider.ts';
import type { ListMessages } from '../verbs.ts';
import { withHints } from './conversations.ts';
import type { Inbox } from './index.ts';
import { toMessage } from './mapping.ts';

/** Newest first, always: the list has no sort parameters. */
export async function listMessages(
  { client }: Inbox,
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
    items: rows.map((row) => toMessage(row, conversation)),
    next,
  }));
}

export async function getMessage(
  { client }: Inbox,
  message: MessageRef,
  call: Call,
): Promise<Outcome<Message>> {
  const { conversation, nativeId } = message;
  const said = await client.getMessage(call, nativeId);
  if (!said.ok) return said;
  // The path is flat: the service finds a message whatever conversation it is asked for in.
  const home = said.value.conversationId ?? conversation.nativeId;
  if (home !== conversation.nativeId) {
    return failed({ kind: 'not-found', what: messageIn(message) });
  }
  return success(toMessage(said.value, conversation));
}

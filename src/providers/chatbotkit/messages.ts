// Messages listed and read, hidden rows among them.

import { mapOutcome, type Outcome } from '../../domain/failure.ts';
import type { MessageRef } from '../../domain/ids.ts';
import type { Message } from '../../domain/message.ts';
import type { Page } from '../../domain/page.ts';
import type { Call } from '../provider.ts';
import type { ListMessages } from '../verbs.ts';
import { MOST_ROWS } from './client.ts';
import type { Inbox } from './inbox.ts';
import { toMessage } from './mapping.ts';

/** Newest first. */
export async function listMessages(
  { client }: Inbox,
  { conversation, at, size }: ListMessages,
  call: Call,
): Promise<Outcome<Page<Message>>> {
  const question = { after: at, take: Math.min(size, MOST_ROWS) };
  const page = await client.listMessages(call, conversation.nativeId, question);
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
  return mapOutcome(await client.getMessage(call, message), (row) =>
    toMessage(row, message.conversation),
  );
}

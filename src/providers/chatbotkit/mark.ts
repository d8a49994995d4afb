// The mark of an attempt, in the meta of the row it wrote: by it the row is found again where the answer was lost.

import { failed, type Outcome, success } from '../../domain/failure.ts';
import type { Message } from '../../domain/message.ts';
import { unavailable } from '../http.ts';
import type { Call } from '../provider.ts';
import type { MarkedMessage } from '../verbs.ts';
import type { WirePage } from '../wire-reading.ts';
import { MOST_ROWS } from './client.ts';
import type { Inbox } from './inbox.ts';
import { toMessage } from './mapping.ts';
import { isMeta, MARK_KEY } from './tags.ts';
import type { WireMessage } from './wire.ts';

/** How far back it is looked for where the list takes no meta: 500 rows. Beyond it nobody can say that it is not there. */
const MOST_PAGES = 5;

/** The row with this mark; null where the conversation surely has none. */
export async function findMarked(
  { account, client }: Inbox,
  { conversation, mark }: MarkedMessage,
  call: Call,
): Promise<Outcome<Message | null>> {
  let after: string | null = null;
  for (let pages = 0; pages < MOST_PAGES; pages += 1) {
    const page: Outcome<WirePage<WireMessage>> = await client.listMessages(
      call,
      conversation.nativeId,
      { after, take: MOST_ROWS, meta: [[MARK_KEY, mark]] },
    );
    if (!page.ok) return page;
    const { rows, next } = page.value;
    const row = rows.find(({ meta }) => isMeta(meta) && meta[MARK_KEY] === mark);
    if (row) return success(toMessage(row, conversation));
    if (next === null) return success(null);
    after = next;
  }
  return failed(unavailable(account.name, `it is not among the newest ${MOST_PAGES} pages`));
}

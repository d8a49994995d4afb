// The messages of one conversation, newest first: what came along with it where that is enough, else its provider's list.

import type { Conversation } from '../../domain/conversation.ts';
import { failed, type Outcome, success } from '../../domain/failure.ts';
import { isHidden, type Message } from '../../domain/message.ts';
import type { Page } from '../../domain/page.ts';
import { deadlineAfter } from '../deadline.ts';
import { ableTo, type Dispatch, type Operation } from '../dispatch.ts';
import { MAX_PAGE } from '../inputs.ts';
import type { Reads } from '../reads/reads.ts';
import type { CursorSeal } from './cursor.ts';
import { pageOfOne } from './page-of-one.ts';
import type { EdgePage, PageAsked } from './pages.ts';

/** Room for hidden rows among those asked for, so that a page seldom takes a second call. */
const HIDDEN_ROOM = 20;

export async function listMessages(
  {
    dispatch,
    reads,
    seal,
  }: { readonly dispatch: Dispatch; readonly reads: Reads; readonly seal: CursorSeal },
  conversation: Conversation,
  { first, after, includeHidden }: PageAsked & { readonly includeHidden: boolean },
  operation: Operation,
): Promise<Outcome<EdgePage<Message>>> {
  const { provider: name, nativeId } = conversation;
  const question = `messages ${name} ${nativeId} ${includeHidden}`;
  return pageOfOne<Message>(seal, { first, after, question }, (sinceMs) => {
    const provider = dispatch.provider(name);
    if (!provider) return failed({ kind: 'not-found', what: `provider named ${name}` });
    const able = ableTo(provider, 'MESSAGE_LIST');
    if (!able.ok) return able;
    const ref = { provider: name, nativeId };
    const isWanted = (message: Message) => includeHidden || !isHidden(message.kind);
    const embedded = after === null ? pageOfEmbedded(conversation, first, isWanted) : undefined;
    const deadline = deadlineAfter(provider.deadlineMs);
    const ages = reads.ages(sinceMs);
    return success({
      ages,
      key: name,
      paging: able.value.paging,
      order: able.value.order,
      size: Math.min(MAX_PAGE, first + 1 + (includeHidden ? 1 : HIDDEN_ROOM)),
      isOld: () => ages.isOld,
      read: async (at, size, how) => {
        if (at === null && embedded) return success(embedded);
        const within = { operation, deadline, sinceMs: ages.since(how) };
        return ages.note(await reads.messages(name, { conversation: ref, at, size }, within));
      },
      matches: isWanted,
      idOf: (message) => message.nativeId,
      timeOf: (message) => message.createdAt?.getTime() ?? null,
    });
  });
}

/** Only where it answers the question alone; the next page then begins at the list's start, whose rows are repeats. */
function pageOfEmbedded(
  { embedded }: Conversation,
  first: number,
  isWanted: (message: Message) => boolean,
): Page<Message> | undefined {
  if (!embedded) return undefined;
  const enough = embedded.complete || embedded.items.filter(isWanted).length > first;
  return enough ? { items: embedded.items, next: null } : undefined;
}

// The messages of one conversation, newest first: what came along with it where that is enough, else its provider's list.

import type { Conversation } from '../domain/conversation.ts';
import { failed, type Outcome, success } from '../domain/failure.ts';
import { isHidden, type Message } from '../domain/message.ts';
import type { Page } from '../domain/page.ts';
import type { CursorSeal } from './cursor.ts';
import { deadlineAfter } from './deadline.ts';
import { ableTo, type Dispatch, type Operation } from './dispatch.ts';
import { checked, MAX_PAGE, pageIssues } from './inputs.ts';
import { mergePages } from './merge.ts';
import { type EdgePage, openWalk, type PageAsked } from './pages.ts';

/** Room for hidden rows among those asked for, so that a page seldom takes a second call. */
const HIDDEN_ROOM = 20;

export async function listMessages(
  { dispatch, seal }: { readonly dispatch: Dispatch; readonly seal: CursorSeal },
  conversation: Conversation,
  { first, after, includeHidden }: PageAsked & { readonly includeHidden: boolean },
  operation: Operation,
): Promise<Outcome<EdgePage<Message>>> {
  const good = checked(first, pageIssues(first));
  if (!good.ok) return good;
  const { provider: name, nativeId } = conversation;
  const question = `messages ${name} ${nativeId} ${includeHidden}`;
  const walked = openWalk(seal, after, question);
  if (!walked.ok) return walked;
  if (first === 0) {
    const endCursor = () => seal.seal(walked.value, question);
    return success({ edges: [], hasNext: true, endCursor });
  }
  const provider = dispatch.provider(name);
  if (!provider) return failed({ kind: 'not-found', what: `provider named ${name}` });
  const able = ableTo(provider, 'MESSAGE_LIST');
  if (!able.ok) return able;

  const ref = { provider: name, nativeId };
  const isWanted = (message: Message) => includeHidden || !isHidden(message.kind);
  const embedded = after === null ? pageOfEmbedded(conversation, first, isWanted) : undefined;
  const deadline = deadlineAfter(provider.deadlineMs);
  const page = await mergePages<Message>(
    [
      {
        key: name,
        paging: able.value.paging,
        order: able.value.order,
        size: Math.min(MAX_PAGE, first + 1 + (includeHidden ? 1 : HIDDEN_ROOM)),
        from: walked.value[name],
        bound: { rows: Infinity, calls: Infinity },
        read: (at, size) =>
          at === null && embedded
            ? Promise.resolve(success(embedded))
            : dispatch.run({
                provider: name,
                verb: 'MESSAGE_LIST',
                operation,
                deadline,
                with: ({ does }, call) => does({ conversation: ref, at, size }, call),
              }),
        matches: isWanted,
        idOf: (message) => message.nativeId,
        timeOf: (message) => message.createdAt?.getTime() ?? null,
      },
    ],
    first,
  );
  const head = page.lanes.get(name)?.head;
  // A list half told would pass for a whole one: this one has a single source and so no place to say it.
  if (head?.kind === 'failed') return failed(head.failure);
  return success({
    edges: page.rows.map(({ row, state }) => ({
      node: row,
      cursor: () => seal.seal(state(), question),
    })),
    hasNext: page.hasNext,
    endCursor: () => (page.rows.length > 0 ? seal.seal(page.state(), question) : null),
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

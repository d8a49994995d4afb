// Conversations listed and read, also where the service is one from before it had pages.

import type { Conversation, ConversationFilter } from '../../domain/conversation.ts';
import { type Failure, mapOutcome, type Outcome, success } from '../../domain/failure.ts';
import type { ConversationRef } from '../../domain/ids.ts';
import type { Page } from '../../domain/page.ts';
import type { Call } from '../provider.ts';
import type { ListConversations } from '../verbs.ts';
import { isUuid, type ListQuestion } from './client.ts';
import type { Inbox } from './inbox.ts';
import { statusWord, toConversation, toConversations } from './mapping.ts';

/** The service gives no more at once, and says nothing when it is asked for more. */
const MOST_ROWS = 200;

/**
 * Lists by offset, descending by the latest message an agent can see. One call a page; one more, once, where the
 * service is from before pages, which then shows its newest 200 and nothing beyond.
 */
export function conversationLister({ account, client }: Inbox) {
  // Whether this service has pages shows in its answers; one from before has neither the question nor the word for more.
  let paged = true;

  return async (
    { filter, at, size }: ListConversations,
    call: Call,
  ): Promise<Outcome<Page<Conversation>>> => {
    if (filter.contactId !== undefined && !isUuid(filter.contactId)) {
      return success({ items: [], next: null });
    }
    const asked = questionOf(filter);
    const offset = Math.max(0, Number.parseInt(at ?? '', 10) || 0);
    const limit = Math.min(Math.max(1, size), MOST_ROWS);
    if (paged) {
      const page = await client.listConversations(call, { ...asked, limit, offset });
      if (!page.ok && takesNoSuchUser(page.failure)) return success({ items: [], next: null });
      if (!page.ok && !knowsNoPages(page.failure)) return page;
      if (page.ok && page.value.hasMore !== undefined) {
        const { rows, hasMore } = page.value;
        const more = hasMore && rows.length > 0;
        return success({
          items: toConversations(rows, account.name),
          next: more ? String(offset + rows.length) : null,
        });
      }
    }
    const whole = await client.listConversations(call, withLiteralQuery(asked));
    if (!whole.ok && takesNoSuchUser(whole.failure)) return success({ items: [], next: null });
    if (!whole.ok) return whole;
    const { rows, hasMore } = whole.value;
    // It has pages after all, since an update perhaps: the next question will use them.
    paged = hasMore !== undefined;
    // Mapped before it is cut: a row without a time takes its place from the row above.
    const items = toConversations(rows, account.name);
    return success({
      items: items.slice(offset),
      next: hasMore ? String(Math.max(offset, rows.length)) : null,
    });
  };
}

export async function getConversation(
  { account, client }: Inbox,
  { nativeId }: ConversationRef,
  call: Call,
): Promise<Outcome<Conversation>> {
  return mapOutcome(await client.getConversation(call, nativeId), (detail) =>
    toConversation(detail, account.name),
  );
}

function questionOf({ contactId, status = [], search }: ConversationFilter): ListQuestion {
  const query = search?.trim();
  const [only, ...others] = new Set(status);
  const word = only !== undefined && others.length === 0 ? statusWord(only) : undefined;
  return {
    ...(query ? { query } : {}),
    ...(word === undefined ? {} : { status: word }),
    ...(contactId === undefined ? {} : { userId: contactId }),
  };
}

/** A parameter it does not know is a mistake to the service, and its sentence names it. */
function knowsNoPages(failure: Failure): boolean {
  return isMistakenIn(failure, /\b(limit|offset)\b/);
}

/** Not every uuid is one of a user's to it, and another provider's id of somebody is nobody's here. */
function takesNoSuchUser(failure: Failure): boolean {
  return isMistakenIn(failure, /\buserId\b/);
}

function isMistakenIn(failure: Failure, parameter: RegExp): boolean {
  return (
    failure.kind === 'refused' && failure.code === 'SCHEMA_ERROR' && parameter.test(failure.said)
  );
}

/** From before it had pages it also put the words of a search into LIKE as they came: they are made literal for it. */
function withLiteralQuery(asked: ListQuestion): ListQuestion {
  const { query, ...rest } = asked;
  return query === undefined ? rest : { ...rest, query: query.replaceAll(/[\\%_]/g, '\\$&') };
}

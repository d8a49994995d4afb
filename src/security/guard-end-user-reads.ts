// What an end user reads: rows that are theirs, checked one by one whoever filtered them.

import type { Conversation } from '../domain/conversation.ts';
import {
  conversationAt,
  failed,
  mapOutcome,
  messageIn,
  type Outcome,
  success,
} from '../domain/failure.ts';
import type { Operation } from '../gateway/dispatch.ts';
import type { Gateway } from '../gateway/gateway.ts';
import type { ConversationPage, EdgePage } from '../gateway/lists/pages.ts';
import type { EndUser } from './guard-end-user.ts';
import { isThemselves, type Own } from './guard-own.ts';
import { leaveOut } from './guard-refusal.ts';
import { isForThem, theirConversation, theirMessage } from './guard-view.ts';

type Reads = Pick<
  Gateway,
  'listConversations' | 'listMessages' | 'listParticipants' | 'getConversation' | 'getMessage'
>;

export function theirReads(gateway: Gateway, own: Own, { contact }: EndUser): Reads {
  return {
    async listConversations(asked, operation) {
      const { filter } = asked;
      const hidden = HIDDEN_FIELDS.find((field) => isGiven(filter[field]));
      if (hidden) {
        return leaveOut(`filter.${hidden}`, 'looks at what an end user is not shown');
      }
      const self = isThemselves(filter.contactId, contact, 'filter.contactId');
      if (!self.ok) return self;
      if (!self.value) return success(NO_PAGE);
      const narrowed = { ...filter, contactId: contact.nativeId, providers: [contact.provider] };
      const page = await gateway.listConversations({ ...asked, filter: narrowed }, operation);
      return page.ok ? theirPage(page.value, operation) : page;
    },

    async listMessages(conversation, asked, operation) {
      if (asked.includeHidden) {
        return leaveOut('includeHidden', 'shows what is hidden from an end user');
      }
      const ours = await own.isTheirs(conversation, operation);
      if (!ours.ok) return ours;
      if (!ours.value) {
        const { provider, nativeId } = conversation;
        return failed({ kind: 'not-found', what: conversationAt(provider, nativeId) });
      }
      const page = await gateway.listMessages(conversation, asked, operation);
      return mapOutcome(page, (rows) =>
        pageOf(rows, isForThem, (one) => theirMessage(one, contact)),
      );
    },

    // Who else has to do with it is nobody's business but the desk's.
    listParticipants: () => Promise.resolve(success(null)),

    async getConversation(ref, operation) {
      const found = await own.conversation(ref, operation);
      return mapOutcome(found, (conversation) => theirConversation(conversation, contact));
    },

    async getMessage(ref, operation) {
      const absent = failed({ kind: 'not-found', what: messageIn(ref) });
      const home = await own.conversationOf(ref, operation);
      if (!home.ok) return home;
      const found = await gateway.getMessage(ref, operation);
      if (!found.ok) return found.failure.kind === 'not-found' ? absent : found;
      return isForThem(found.value) ? success(theirMessage(found.value, contact)) : absent;
    },
  };

  async function theirPage(
    page: ConversationPage,
    operation: Operation,
  ): Promise<Outcome<ConversationPage>> {
    const rows = page.edges.map(({ node }) => node);
    const checked = await Promise.all(rows.map((row) => own.isTheirs(row, operation)));
    const ours = new Set<Conversation>();
    for (const [index, theirs] of checked.entries()) {
      // A row left out for that would be passed by the cursor, and never shown.
      if (!theirs.ok) return theirs;
      const row = rows[index];
      if (row && theirs.value) ours.add(row);
    }
    return success({
      ...pageOf(
        page,
        (row) => ours.has(row),
        (row) => theirConversation(row, contact),
      ),
      // How many of others there are would be told by how many were looked at.
      sources: page.sources.map((source) => ({ ...source, scanned: null })),
    });
  }
}

/** What is asked of these tells of them: who may not see a tag may not look for it either. */
const HIDDEN_FIELDS = ['tags', 'archived', 'important', 'search'] as const;

function isGiven(value: unknown): boolean {
  return value !== undefined;
}

/** What there is of anybody else, whether there is such a person or not. */
const NO_PAGE: ConversationPage = { edges: [], hasNext: false, endCursor: () => null, sources: [] };

/** Shorter where rows are left out; its end is where it was. */
function pageOf<T>(
  { edges, hasNext, endCursor }: EdgePage<T>,
  isShown: (row: T) => boolean,
  shown: (row: T) => T,
): EdgePage<T> {
  return {
    edges: edges
      .filter(({ node }) => isShown(node))
      .map(({ node, cursor }) => ({ node: shown(node), cursor })),
    hasNext,
    endCursor,
  };
}

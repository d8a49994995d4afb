// ChatBotKit: conversations between users and AI bots, with free-form metadata for tags. What it can do, verb by verb.

import type { Conversation } from '../../domain/conversation.ts';
import { mapOutcome, type Outcome, success } from '../../domain/failure.ts';
import type { Page } from '../../domain/page.ts';
import type {
  Account,
  Call,
  Credential,
  FilterTable,
  ListConversations,
  Provider,
  ProviderParts,
} from '../provider.ts';
import { chatBotKitClient } from './client.ts';
import { creating } from './create.ts';
import { toConversation, toConversations } from './mapping.ts';
import { toMessage } from './messages.ts';
import { narrowing } from './meta.ts';
import { sending } from './send.ts';
import { updating } from './update.ts';

export interface ChatBotKitAccount extends Account {
  readonly secret: Credential;
  /** A child account to act as. */
  readonly runAsUserId?: string;
  readonly runAsChildUserEmail?: string;
  /** An IANA name such as `Europe/Berlin`, for what the bot says of times. */
  readonly timezone?: string;
}

const FILTERS: FilterTable = {
  channel: 'lacking',
  contactId: 'pushed',
  tags: 'scanned',
  status: 'lacking',
  archived: 'lacking',
  important: 'lacking',
  createdAfter: 'scanned',
  createdBefore: 'scanned',
  search: 'scanned',
};

/** More is cut down without a word. */
const MOST_ROWS = 100;

/**
 * One account over REST. Lists page by the id of the row before; every verb that changes something is a POST, sent once.
 */
export function chatbotkit(account: ChatBotKitAccount, { http, clock }: ProviderParts): Provider {
  const { name: provider, deadlineMs, replyDeadlineMs } = account;
  const client = chatBotKitClient({ account, http, clock });
  const create = creating(client, provider);

  async function inbox(
    { filter, at, size }: ListConversations,
    call: Call,
  ): Promise<Outcome<Page<Conversation>>> {
    const { contactId } = filter;
    // A comma is an "or" there, and no id has one.
    if (contactId?.includes(',')) return success({ items: [], next: null });
    const page = await client.listConversations(call, {
      after: at,
      take: Math.min(size, MOST_ROWS),
      meta: narrowing(filter.tags ?? []),
      ...(contactId === undefined ? {} : { contactId }),
    });
    return mapOutcome(page, ({ rows, next }) => ({ items: toConversations(rows, provider), next }));
  }

  return {
    name: provider,
    kind: 'chatbotkit',
    deadlineMs,
    replyDeadlineMs,
    can: {
      CONVERSATION_LIST: {
        support: 'NATIVE',
        note: 'Newest first by creation, since a message does not touch its conversation; tags that are plain texts are looked for by the service, other tags, times and words by the gateway.',
        paging: 'last-id',
        order: 'by-time',
        filters: FILTERS,
        does: inbox,
      },
      CONVERSATION_GET: {
        support: 'NATIVE',
        note: 'All but its space, which only a list tells.',
        does: async ({ nativeId }, call) =>
          mapOutcome(await client.fetchConversation(call, nativeId), (wire) =>
            toConversation(wire, provider),
          ),
      },
      CONVERSATION_CREATE: {
        support: 'NATIVE',
        note: 'Tags are entries of the metadata, so each needs a value; a history is between USER and BOT, and message follows it; no bot is woken.',
        fields: ['title', 'description', 'tags', 'contactId', 'message', 'messages'],
        does: create,
      },
      CONVERSATION_GET_OR_CREATE: {
        support: 'EMULATED',
        note: 'Found by contact and tags among the newest conversations, else created as createConversation does.',
        fields: [
          'title',
          'description',
          'tags',
          'contactId',
          'message',
          'messages',
          'discriminateByTags',
        ],
        matches: 'contact-and-tags',
      },
      CONVERSATION_UPDATE: {
        support: 'NATIVE',
        note: 'Tags and metadata are merged key by key, in one call with the rest; a removed tag stays in the metadata as null; what the service takes and does not do is named in ignored, except the space, which cannot be read back.',
        fields: ['title', 'description', 'contactId', 'tags'],
        does: updating(client, provider),
      },
      CONVERSATION_DELETE: {
        support: 'NATIVE',
        note: 'For good, with its messages and attachments.',
        does: async ({ nativeId }, call) => client.deleteConversation(call, nativeId),
      },
      MESSAGE_LIST: {
        support: 'NATIVE',
        note: 'Hidden rows (context, instructions, reasoning, activities and the like) are among them; names and descriptions are not told in a list.',
        paging: 'last-id',
        order: 'by-time',
        does: async ({ conversation, at, size }, call) => {
          const question = { after: at, take: Math.min(size, MOST_ROWS) };
          const page = await client.listMessages(call, conversation.nativeId, question);
          return mapOutcome(page, ({ rows, next }) => ({
            items: rows.map((row) => toMessage(row, conversation)),
            next,
          }));
        },
      },
      MESSAGE_GET: {
        support: 'NATIVE',
        note: null,
        does: async (message, call) =>
          mapOutcome(await client.fetchMessage(call, message), (wire) =>
            toMessage(wire, message.conversation),
          ),
      },
      MESSAGE_SEND: {
        support: 'NATIVE',
        note: "A user's bare words may be answered by the bot within the call (expectReply); with a name, a description, tags, metadata, another role or a hidden kind, which takes visibility INTERNAL, a row is stored that no bot notices.",
        fields: ['tags', 'name', 'description'],
        roles: ['USER', 'BOT', 'SYSTEM'],
        kinds: [
          'MESSAGE',
          'CONTEXT',
          'INSTRUCTION',
          'BACKSTORY',
          'REASONING',
          'ACTIVITY',
          'CHECKPOINT',
        ],
        visibilities: ['PUBLIC', 'INTERNAL'],
        contentKinds: ['text', 'markdown'],
        replies: 'when-asked',
        does: sending(client),
      },
    },
  };
}

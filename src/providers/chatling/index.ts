// A Chatling account: one chatbot of a project, read with the project's key and spoken to through its AI.

import type { FilterTable, Provider, ProviderParts } from '../provider.ts';
import type { ChatlingAccount } from './account.ts';
import { chatlingClient } from './client.ts';
import { contactUpserter, MOST_CONTACT_PAGES } from './contacts.ts';
import { getConversation, listConversations } from './conversations.ts';
import { createConversation } from './create.ts';
import type { Inbox } from './inbox.ts';
import { CALLS_PER_MINUTE } from './limits.ts';
import { getMessage, listMessages, MOST_PAGES_SEARCHED } from './messages.ts';
import { rateMessage } from './rate.ts';
import { questionOf, sendMessage } from './send.ts';
import { updateConversation } from './update.ts';

/**
 * The verbs of one chatbot. Failures by status: 401 credential-refused, 403 forbidden, 404 not-found, 409 conflict,
 * 429 rate-limited (a minute, where no header says), 5xx unavailable, any other 4xx or a 200 saying `error` refused.
 */
export function chatling(account: ChatlingAccount, parts: ProviderParts): Provider {
  const client = chatlingClient(account, parts);
  const inbox: Inbox = { account, client, clock: parts.clock };

  return {
    name: account.name,
    kind: 'chatling',
    deadlineMs: account.deadlineMs,
    replyDeadlineMs: account.replyDeadlineMs,
    inbound: { budgetPerMinute: CALLS_PER_MINUTE },
    can: {
      CONVERSATION_LIST: {
        support: 'NATIVE',
        note: 'Chatling sorts by a date it does not name and takes no filters, so filters look through its pages, and a search sees the newest 20 messages of each conversation.',
        paging: 'page-number',
        order: 'own',
        filters: FILTERS,
        does: (input, call) => listConversations(inbox, input, call),
      },
      CONVERSATION_GET: {
        support: 'NATIVE',
        note: null,
        does: (ref, call) => getConversation(inbox, ref, call),
      },
      CONVERSATION_CREATE: {
        support: 'EMULATED',
        note: 'A conversation begins with a first `message` to the AI, which answers it and costs credits.',
        fields: ['contactId', 'message'],
        does: (input, call) => createConversation(inbox, input, call),
      },
      CONVERSATION_GET_OR_CREATE: {
        support: 'EMULATED',
        note: 'Looked for by contact among the conversations; where there is none, one begins with a first `message` to the AI.',
        fields: ['contactId', 'message'],
        matches: 'contact',
      },
      CONVERSATION_UPDATE: {
        support: 'NATIVE',
        note: 'A contact can be replaced and not be taken away: Chatling documents no way to unlink one.',
        fields: ['archived', 'important', 'contactId'],
        does: (input, call) => updateConversation(inbox, input, call),
      },
      CONVERSATION_DELETE: {
        support: 'NATIVE',
        note: null,
        does: ({ nativeId }, call) => client.deleteConversation(call, nativeId),
      },
      MESSAGE_LIST: {
        support: 'NATIVE',
        note: 'Where Chatling gives messages no ids, stable ones are derived from what they say, which costs a second call a page.',
        paging: 'page-number',
        order: 'by-time',
        does: (input, call) => listMessages(inbox, input, call),
      },
      MESSAGE_GET: {
        support: 'EMULATED',
        note: `Looked for in the conversation's newest 20 messages, then in ${MOST_PAGES_SEARCHED} pages of its list; for older ones read \`messages\`.`,
        does: (ref, call) => getMessage(inbox, ref, call),
      },
      MESSAGE_SEND: {
        support: 'NATIVE',
        note: 'Everything sent is a question to the AI, answered within the call; it needs `chatling.aiModelId` or `aiModelId` in the config.',
        fields: [],
        roles: ['USER'],
        kinds: ['MESSAGE'],
        visibilities: ['PUBLIC'],
        contentKinds: ['text', 'markdown'],
        replies: 'always',
        tracing: {
          ways: ['history', 'none'],
          wayOf: (input) => (questionOf(account, input).ok ? 'history' : 'none'),
          words: 'kept',
        },
        does: (input, call) => sendMessage(inbox, input, call),
      },
      MESSAGE_UPDATE: {
        support: 'NONE',
        note: 'Chatling keeps what was said as it was said: send another message instead.',
      },
      MESSAGE_DELETE: {
        support: 'NONE',
        note: 'Chatling deletes whole conversations only: use deleteConversation.',
      },
      MESSAGE_RATE: {
        support: 'NATIVE',
        note: 'Answers of the AI only, and only where Chatling gives its messages ids.',
        does: (input, call) => rateMessage(inbox, input, call),
      },
      REPLY_REQUEST: {
        support: 'NONE',
        note: 'Chatling answers within the call that sends a message, and at no other time: use sendMessage.',
      },
      REPLY_STREAM: {
        support: 'NONE',
        note: 'Chatling gives its answer in one piece: use sendMessage.',
      },
      CONVERSATION_COMPLETE: {
        support: 'NONE',
        note: 'Chatling keeps every question as a conversation: create one and delete it afterwards.',
      },
      CONTACT_UPSERT: {
        support: 'EMULATED',
        note: `Looked for by email, else by phone, in the newest ${MOST_CONTACT_PAGES} pages of contacts: somebody found is UNCHANGED, whatever else is given, because Chatling changes no contact; somebody not found is created, unless there are more pages; name is split at its first space.`,
        of: 'account',
        fields: ['name', 'email', 'phone'],
        does: contactUpserter(inbox),
      },
      PARTICIPANT_LIST: {
        support: 'NONE',
        note: 'At Chatling a conversation is between one contact and the AI: read its contact.',
      },
      PARTICIPANT_ADD: {
        support: 'NONE',
        note: 'At Chatling a conversation is between one contact and the AI: change its contactId with updateConversation.',
      },
      PARTICIPANT_REMOVE: {
        support: 'NONE',
        note: 'At Chatling a conversation is between one contact and the AI: change its contactId with updateConversation.',
      },
      ATTACHMENT_UPLOAD: {
        support: 'NONE',
        note: 'Chatling takes no files: write the address of the file into a message.',
      },
      SESSION_CREATE: {
        support: 'NONE',
        note: 'Chatling hands out no sessions: let the browser ask this gateway.',
      },
    },
  };
}

/** The list has no filters at all; tags and statuses do not exist, and a channel does where a row tells its type. */
const FILTERS: FilterTable = {
  channel: 'scanned',
  contactId: 'scanned',
  tags: 'lacking',
  status: 'lacking',
  archived: 'scanned',
  important: 'scanned',
  createdAfter: 'scanned',
  createdBefore: 'scanned',
  search: 'scanned',
};

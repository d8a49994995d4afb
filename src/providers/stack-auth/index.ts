// Stack Auth (now Hexclave): a support inbox worked by a dashboard user. What it can do, verb by verb.

import type { FilterTable, Provider, ProviderParts } from '../provider.ts';
import type { StackAuthAccount } from './account.ts';
import { stackAuthClient } from './client.ts';
import { conversationLister, getConversation } from './conversations.ts';
import { createConversation } from './create.ts';
import type { Inbox } from './inbox.ts';
import { getMessage, listMessages } from './messages.ts';
import { bodyOf, sendMessage } from './send.ts';
import { updateConversation } from './update.ts';
import { takeTurns } from './waiting.ts';

/** `parts.http` is bound to the origin of the service; every path below it is the service's own. */
export function stackAuth(account: StackAuthAccount, parts: ProviderParts): Provider {
  const client = stackAuthClient(account, parts);
  const inbox: Inbox = { account, client, inTurn: takeTurns(account.name, parts.alone) };

  return {
    name: account.name,
    kind: 'stack-auth',
    deadlineMs: account.deadlineMs,
    replyDeadlineMs: account.replyDeadlineMs,
    can: {
      CONVERSATION_LIST: {
        support: 'NATIVE',
        note: 'Listed by the latest message, a note or change of status included; a search looks at the subject, the latest message, and the name and address of the user; a service from before it had pages shows its newest 200.',
        paging: 'offset',
        order: 'by-time',
        filters: FILTERS,
        does: conversationLister(inbox),
      },
      CONVERSATION_GET: {
        support: 'NATIVE',
        note: 'All messages come along with it.',
        does: (ref, call) => getConversation(inbox, ref, call),
      },
      CONVERSATION_CREATE: {
        support: 'NATIVE',
        note: 'Needs title, contactId (a user of the project) and message, which is sent as the agent; priority is NORMAL where none is given; channel is one of manual, chat, email, api; tags take a second call, and if that one fails the error names the conversation that was created without them.',
        fields: ['title', 'contactId', 'message', 'priority', 'channel', 'tags'],
        does: (input, call) => createConversation(inbox, input, call),
      },
      CONVERSATION_GET_OR_CREATE: {
        support: 'EMULATED',
        note: 'Found by contact and tags; begun as createConversation does where there is none, so give what that one needs.',
        fields: [
          'title',
          'contactId',
          'message',
          'priority',
          'channel',
          'tags',
          'discriminateByTags',
        ],
        matches: 'contact-and-tags',
        tagsFollow: true,
      },
      CONVERSATION_UPDATE: {
        support: 'NATIVE',
        note: 'Assignee, tags and priority are read, changed and written back together, so a change made in its own dashboard at that moment can be lost; status is a call of its own after them.',
        fields: ['status', 'priority', 'assignee', 'tags'],
        does: (input, call) => updateConversation(inbox, input, call),
      },
      CONVERSATION_DELETE: {
        support: 'NONE',
        note: 'Stack Auth keeps every conversation: set its status to CLOSED instead.',
      },
      MESSAGE_LIST: {
        support: 'NATIVE',
        note: 'The service gives all messages at once; pages are cut by the gateway.',
        paging: 'last-id',
        order: 'by-time',
        does: (input, call) => listMessages(inbox, input, call),
      },
      MESSAGE_GET: {
        support: 'EMULATED',
        note: 'Found among all messages of its conversation, which come in one call.',
        does: (ref, call) => getMessage(inbox, ref, call),
      },
      MESSAGE_SEND: {
        support: 'NATIVE',
        note: 'Sent as the agent whose session it is; NOTE or INTERNAL makes an internal note, which the customer never sees; a reply moves an open conversation to PENDING.',
        fields: [],
        roles: ['AGENT'],
        kinds: ['MESSAGE', 'NOTE'],
        visibilities: ['PUBLIC', 'INTERNAL'],
        contentKinds: ['text', 'markdown'],
        replies: 'never',
        tracing: {
          ways: ['history', 'none'],
          wayOf: (input) => (bodyOf(input).ok ? 'history' : 'none'),
          words: 'kept',
        },
        does: (input, call) => sendMessage(inbox, input, call),
      },
      MESSAGE_UPDATE: {
        support: 'NONE',
        note: 'Stack Auth keeps what was said as it was said: send another message or a note instead.',
      },
      MESSAGE_DELETE: {
        support: 'NONE',
        note: 'Stack Auth keeps what was said: send another message or a note instead.',
      },
      MESSAGE_RATE: {
        support: 'NONE',
        note: 'Stack Auth keeps no ratings: set a tag on the conversation instead.',
      },
      REPLY_REQUEST: {
        support: 'NONE',
        note: 'No bot answers at Stack Auth: write the answer with sendMessage.',
      },
      REPLY_STREAM: {
        support: 'NONE',
        note: 'No bot answers at Stack Auth: write the answer with sendMessage.',
      },
      CONVERSATION_COMPLETE: {
        support: 'NONE',
        note: 'No bot answers at Stack Auth: ask a provider that has one.',
      },
      CONTACT_UPSERT: {
        support: 'NONE',
        note: 'The people of Stack Auth are the users of its project, who sign up there: give the id of one as contactId.',
      },
      PARTICIPANT_LIST: {
        support: 'NONE',
        note: 'At Stack Auth a conversation is between one user and one assignee: read its contact and its assignee.',
      },
      PARTICIPANT_ADD: {
        support: 'NONE',
        note: 'At Stack Auth a conversation is between one user and one assignee: set assignee with updateConversation.',
      },
      PARTICIPANT_REMOVE: {
        support: 'NONE',
        note: 'At Stack Auth a conversation is between one user and one assignee: set assignee to null with updateConversation.',
      },
      ATTACHMENT_UPLOAD: {
        support: 'NONE',
        note: 'The agent side of Stack Auth takes no files: write the address of the file into a message.',
      },
      SESSION_CREATE: {
        support: 'NONE',
        note: 'Stack Auth hands out no sessions of one conversation: let the browser ask this gateway.',
      },
    },
  };
}

/** Conversations have no flags; the words of a search are the service's to find. */
const FILTERS: FilterTable = {
  channel: 'scanned',
  contactId: 'pushed',
  tags: 'scanned',
  // It takes one status and a client may ask for several; asked for one, it is asked for that one.
  status: 'scanned',
  archived: 'lacking',
  important: 'lacking',
  createdAfter: 'scanned',
  createdBefore: 'scanned',
  search: 'pushed',
};

// A Botpress account: one bot and what is installed in it, through the Runtime API.

import type { MessageContent } from '../../domain/message.ts';
import type { FilterTable, Provider, ProviderParts } from '../provider.ts';
import type { BotpressAccount } from './account.ts';
import { botpressClient } from './client.ts';
import { contactUpserter } from './contacts.ts';
import { getConversation, listConversations } from './conversations.ts';
import { createConversation } from './create.ts';
import { conversationGetter } from './get-or-create.ts';
import { botpressInbound } from './inbound.ts';
import type { Inbox } from './inbox.ts';
import { openMarks } from './marks.ts';
import { deleteMessage, getMessage, listMessages } from './messages.ts';
import { addParticipant, listParticipants, removeParticipant } from './participants.ts';
import { sendIssues, sendMessage } from './send.ts';
import { updateConversation } from './update.ts';
import { updateMessage } from './update-message.ts';

/**
 * The verbs of one bot. Failures by status: 401 credential-refused, 403 forbidden (rate-limited where the type is
 * QuotaExceeded), 404 and 410 not-found, 409 conflict, 429 rate-limited until RateLimit-Reset, 5xx unavailable, any
 * other 4xx refused with the type as its code.
 */
export function botpress(account: BotpressAccount, parts: ProviderParts): Provider {
  const client = botpressClient(account, parts);
  const inbox: Inbox = { account, client };
  const marks = openMarks(inbox);

  return {
    name: account.name,
    kind: 'botpress',
    deadlineMs: account.deadlineMs,
    replyDeadlineMs: account.replyDeadlineMs,
    inbound: botpressInbound(inbox),
    can: {
      CONVERSATION_LIST: {
        support: 'NATIVE',
        note: 'Listed by `updatedAt`; a tag asked for with a value is looked up by Botpress, one without is compared row by row.',
        paging: 'token',
        order: 'by-time',
        filters: FILTERS,
        rows: 'whole',
        does: (input, call) => listConversations(inbox, input, call),
      },
      CONVERSATION_GET: {
        support: 'NATIVE',
        note: null,
        does: (ref, call) => getConversation(inbox, ref, call),
      },
      CONVERSATION_CREATE: {
        support: 'NATIVE',
        note: 'Needs a `channel`, and whatever tags its integration requires; tags that nobody declared may be left out by Botpress.',
        fields: ['channel', 'tags'],
        does: (input, call) => createConversation(inbox, input, call),
      },
      CONVERSATION_GET_OR_CREATE: {
        support: 'NATIVE',
        note: 'Without `discriminateByTags` all tags must match exactly; newer services write the other tags onto what they find.',
        fields: ['channel', 'tags', 'discriminateByTags'],
        does: conversationGetter(inbox),
      },
      CONVERSATION_UPDATE: {
        support: 'NATIVE',
        note: 'Changes tags, each with a value, and `botpress.currentTaskId`, which newer services ignore; `ignored` names what was not done.',
        fields: ['tags'],
        does: (input, call) => updateConversation(inbox, input, call),
      },
      CONVERSATION_DELETE: {
        support: 'NATIVE',
        note: 'Permanent, and its messages go with it.',
        does: ({ nativeId }, call) => client.deleteConversation(call, nativeId),
      },
      MESSAGE_LIST: {
        support: 'NATIVE',
        note: null,
        paging: 'token',
        order: 'by-time',
        does: (input, call) => listMessages(inbox, input, call),
      },
      MESSAGE_GET: {
        support: 'NATIVE',
        note: null,
        does: (ref, call) => getMessage(inbox, ref, call),
      },
      MESSAGE_SEND: {
        support: 'NATIVE',
        note: 'The bot answers by itself, later and as another message; to write as USER give `botpress.userId` and have an integration, and prefer text to markdown, which Botpress has deprecated.',
        fields: ['tags'],
        roles: ['BOT', 'USER'],
        kinds: ['MESSAGE'],
        visibilities: ['PUBLIC'],
        contentKinds: CONTENT_KINDS,
        replies: 'never',
        asContact: (userId) => ({ kind: 'botpress', userId }),
        tracing: {
          ...marks.tracing,
          wayOf: (input) =>
            sendIssues(account, input).length > 0 ? 'none' : marks.tracing.wayOf(input),
        },
        does: (input, call) => sendMessage(inbox, marks, { input, call }),
      },
      MESSAGE_UPDATE: {
        support: 'NATIVE',
        note: 'Changes tags, each with a value, and content, which replaces what there was and must be of the type the message has; `ignored` names what was not done.',
        fields: ['content', 'tags'],
        roles: [],
        kinds: [],
        contentKinds: CONTENT_KINDS,
        does: (input, call) => updateMessage(inbox, input, call),
      },
      MESSAGE_DELETE: {
        support: 'NATIVE',
        note: 'Permanent; a channel may go on showing what it was sent.',
        does: (ref, call) => deleteMessage(inbox, ref, call),
      },
      MESSAGE_RATE: {
        support: 'NONE',
        note: 'Botpress keeps no ratings: set a tag on the message instead, where the bot declares one.',
      },
      REPLY_REQUEST: {
        support: 'NONE',
        note: 'A Botpress bot answers by itself when somebody writes: send a message as USER and read what follows.',
      },
      REPLY_STREAM: {
        support: 'NONE',
        note: 'A Botpress bot answers later, with a message of its own: read the messages, or listen for new ones.',
      },
      CONVERSATION_COMPLETE: {
        support: 'NONE',
        note: 'A Botpress bot answers only in a conversation it keeps: create one and send a message.',
      },
      CONTACT_UPSERT: {
        support: 'EMULATED',
        note: "Botpress' get-or-create of users: somebody is known again by `tags`, all of them or those in `botpress.discriminateByTags`, within the integration that acts; the same person on two channels is two users.",
        of: 'account',
        fields: ['name', 'imageUrl', 'tags'],
        does: contactUpserter(inbox),
      },
      PARTICIPANT_LIST: {
        support: 'NATIVE',
        note: 'Participants are users without a role: whoever is not the bot is shown as USER.',
        paging: 'token',
        order: 'own',
        does: (input, call) => listParticipants(inbox, input, call),
      },
      PARTICIPANT_ADD: {
        support: 'NATIVE',
        note: 'Takes the id of a user, which upsertContact gives; adding somebody twice changes nothing.',
        does: (input, call) => addParticipant(inbox, input, call),
      },
      PARTICIPANT_REMOVE: {
        support: 'NATIVE',
        note: null,
        does: (input, call) => removeParticipant(inbox, input, call),
      },
      ATTACHMENT_UPLOAD: {
        support: 'NONE',
        note: 'Botpress takes files by their address: send a message with a file, an image, audio or video whose url can be reached.',
      },
      SESSION_CREATE: {
        support: 'NONE',
        note: 'Botpress hands out no sessions of one conversation: let the browser ask this gateway.',
      },
    },
  };
}

/** Every type the service documents, and any other by its own word. */
const CONTENT_KINDS: readonly MessageContent['type'][] = [
  'text',
  'markdown',
  'image',
  'audio',
  'video',
  'file',
  'location',
  'choice',
  'card',
  'carousel',
  'bloc',
  'unknown',
];

/** Conversations hold no words, no state and no flags; their messages do not come along either. */
const FILTERS: FilterTable = {
  channel: 'pushed',
  contactId: 'pushed',
  tags: 'scanned',
  status: 'lacking',
  archived: 'lacking',
  important: 'lacking',
  createdAfter: 'pushed',
  createdBefore: 'pushed',
  search: 'lacking',
};

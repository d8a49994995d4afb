// ChatBotKit: conversations between users and AI bots, with free-form metadata for tags. What it can do, verb by verb.

import type { MessageKind } from '../../domain/message.ts';
import type { FilterTable, Provider, ProviderParts, TraceWay } from '../provider.ts';
import type { SendMessage } from '../verbs.ts';
import type { ChatBotKitAccount } from './account.ts';
import { completeConversation } from './complete.ts';
import { upsertContact } from './contacts.ts';
import { getConversation, listConversations } from './conversations.ts';
import { createConversation } from './create.ts';
import { chatbotkitInbound } from './inbound.ts';
import type { Inbox } from './inbox.ts';
import { findMarked } from './mark.ts';
import { getMessage, listMessages } from './messages.ts';
import { requestReply, streamReply } from './replies.ts';
import { restClient } from './rest.ts';
import { roadOf } from './road.ts';
import { sendMessage } from './send.ts';
import { createSession } from './session.ts';
import { updateConversation } from './update.ts';
import { updateMessage } from './update-message.ts';
import { uploadAttachment } from './upload.ts';

/**
 * One account over REST. Lists page by the id of the row before; every verb that changes something is a POST, sent once.
 */
export function chatbotkit(account: ChatBotKitAccount, parts: ProviderParts): Provider {
  const client = restClient(account, parts);
  const inbox: Inbox = { account, client };
  const { streams } = client;
  const behind = chatbotkitBehind(inbox);
  return streams
    ? { ...behind, inbound: chatbotkitInbound(inbox, { streams, clock: parts.clock }) }
    : behind;
}

/** The same account by whatever client: all that the service can do. */
export function chatbotkitBehind(inbox: Inbox): Provider {
  const { account, client } = inbox;

  return {
    name: account.name,
    kind: 'chatbotkit',
    deadlineMs: account.deadlineMs,
    replyDeadlineMs: account.replyDeadlineMs,
    can: {
      CONVERSATION_LIST: {
        support: 'NATIVE',
        note: 'Newest first by creation, since a message does not touch its conversation; tags that are plain texts are looked for by the service, other tags, times and words by the gateway.',
        paging: 'last-id',
        order: 'by-time',
        filters: FILTERS,
        does: (input, call) => listConversations(inbox, input, call),
      },
      CONVERSATION_GET: {
        support: 'NATIVE',
        note: 'All but its space, which only a list tells.',
        does: (ref, call) => getConversation(inbox, ref, call),
      },
      CONVERSATION_CREATE: {
        support: 'NATIVE',
        note: 'Tags are entries of the metadata, so each needs a value; a history is between USER and BOT, and message follows it; no bot is woken.',
        fields: ['title', 'description', 'tags', 'contactId', 'message', 'messages'],
        does: (input, call) => createConversation(inbox, input, call),
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
        does: (input, call) => updateConversation(inbox, input, call),
      },
      CONVERSATION_DELETE: {
        support: 'NATIVE',
        note: 'For good, with its messages and attachments.',
        does: ({ nativeId }, call) => client.deleteConversation(call, nativeId),
      },
      MESSAGE_LIST: {
        support: 'NATIVE',
        note: 'Hidden rows (context, instructions, reasoning, activities and the like) are among them; names and descriptions are not told in a list.',
        paging: 'last-id',
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
        note: "A user's bare words may be answered by the bot within the call (expectReply); with a name, a description, tags, metadata, another role or a hidden kind, which takes visibility INTERNAL, a row is stored that no bot notices.",
        fields: ['tags', 'name', 'description'],
        roles: ['USER', 'BOT', 'SYSTEM'],
        kinds: KINDS,
        visibilities: ['PUBLIC', 'INTERNAL'],
        contentKinds: ['text', 'markdown'],
        replies: 'when-asked',
        tracing: {
          ways: ['mark', 'history', 'none'],
          // A turn carries no metadata, so its words are all there is to know it by.
          wayOf,
          find: (sought, call) => findMarked(inbox, sought, call),
          // Personal data may be taken out of a text before it is stored.
          words: 'altered',
        },
        does: (input, call) => sendMessage(inbox, input, call),
      },
      MESSAGE_UPDATE: {
        support: 'NATIVE',
        note: 'Tags and metadata are merged key by key; of kind and as, the one that is not given stays as the row has it; what the service takes and does not do is named in ignored.',
        fields: ['content', 'kind', 'as', 'tags', 'name', 'description'],
        roles: ['USER', 'BOT', 'SYSTEM'],
        kinds: KINDS,
        contentKinds: ['text', 'markdown'],
        does: (input, call) => updateMessage(inbox, input, call),
      },
      MESSAGE_DELETE: {
        support: 'NATIVE',
        note: 'For good, any row of a conversation, hidden ones too; a file that it tells of stays.',
        does: (ref, call) => client.deleteMessage(call, ref),
      },
      MESSAGE_RATE: {
        support: 'NONE',
        note: 'The ways by which ChatBotKit rates messages are documented nowhere: keep a rating in the metadata of the message with updateMessage.',
      },
      REPLY_REQUEST: {
        support: 'NATIVE',
        note: 'The bot answers what is there, once for each time it is asked; an answer that breaks off is shown as far as it came.',
        does: (input, call) => requestReply(inbox, input, call),
      },
      REPLY_STREAM: client.streams
        ? {
            support: 'NATIVE',
            note: 'Of a reply in several messages, completed has the last one, and the tokens have them all.',
            does: (input, call) => streamReply(inbox, input, call),
          }
        : {
            support: 'NONE',
            note: 'Through Pinkfish an answer comes whole: ask for it with sendMessage and expectReply, or with requestReply.',
          },
      CONVERSATION_COMPLETE: {
        support: 'NATIVE',
        note: 'Nothing is stored; a hidden kind among the messages is said as USER.',
        fields: ['contactId'],
        roles: ['USER', 'BOT', 'SYSTEM'],
        kinds: KINDS,
        withheld: {
          attachments:
            'ChatBotKit takes attachments to a conversation that is not stored only with a namespace that it documents nowhere: create a conversation and use uploadAttachment there.',
        },
        does: (input, call) => completeConversation(inbox, input, call),
      },
      CONTACT_UPSERT: {
        support: 'NATIVE',
        note: 'Once for a conversation: where it has a contact nothing is written (UNCHANGED), and a contact that is found is LINKED with the fields it has; found by chatBotKit.fingerprint, else by name, email, phone and nick together. The bot is told of it by a row of context.',
        of: 'conversation',
        fields: ['name', 'description', 'email', 'phone', 'tags'],
        does: (input, call) => upsertContact(inbox, input, call),
      },
      PARTICIPANT_LIST: {
        support: 'NONE',
        note: 'At ChatBotKit a conversation is between one contact and a bot: read its contact.',
      },
      PARTICIPANT_ADD: {
        support: 'NONE',
        note: 'At ChatBotKit a conversation is between one contact and a bot: use upsertContact, or contactId in updateConversation.',
      },
      PARTICIPANT_REMOVE: {
        support: 'NONE',
        note: 'At ChatBotKit a conversation is between one contact and a bot: set contactId to null with updateConversation.',
      },
      ATTACHMENT_UPLOAD: {
        support: 'NATIVE',
        note: 'By url up to 4.5 MB: http: and https: are fetched by ChatBotKit, data: is taken as it is; with file only what it will be is said, and its bytes are sent to the address in upload. Either leaves two hidden rows of ACTIVITY.',
        fields: ['url', 'file'],
        does: (input, call) => uploadAttachment(inbox, input, call),
      },
      SESSION_CREATE: {
        support: 'NATIVE',
        note: 'From 1800 to 86400 seconds, an hour where nothing is said; the token may have the bot answer, set the contact and upload in this conversation, may not read or change its messages, and cannot be taken back.',
        does: (input, call) => createSession(inbox, input, call),
      },
    },
  };
}

function wayOf(input: SendMessage): TraceWay {
  const road = roadOf(input);
  if (!road.ok) return 'none';
  return road.value.kind === 'row' ? 'mark' : 'history';
}

const KINDS: readonly MessageKind[] = [
  'MESSAGE',
  'CONTEXT',
  'INSTRUCTION',
  'BACKSTORY',
  'REASONING',
  'ACTIVITY',
  'CHECKPOINT',
];

/** Conversations have no channel, no state and no flags; the list compares contacts and, of the metadata, texts. */
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

// Stack Auth (now Hexclave): a support inbox worked by a dashboard user. What it can do, verb by verb.

import { failed, type Outcome, success } from '../../domain/failure.ts';
import type { ConversationRef, MessageRef } from '../../domain/ids.ts';
import type { Message } from '../../domain/message.ts';
import { unavailable } from '../http.ts';
import type { Account, Call, Credential, Provider, ProviderParts } from '../provider.ts';
import { nameOf, openClient } from './client.ts';
import { creating } from './create.ts';
import { isUuid } from './ids.ts';
import { FILTERS, inbox } from './listing.ts';
import { toConversation } from './mapping.ts';
import { nameOfMessage, newestFirst, pageOfMessages } from './messages.ts';
import { sending } from './send.ts';
import { openSession } from './session.ts';
import { updating } from './update.ts';
import { takeTurns } from './waiting.ts';
import type { WireDetail } from './wire.ts';

export interface StackAuthAccount extends Account {
  /** The managed project, whose inbox it is. The calls themselves are made in the project "internal". */
  readonly projectId: string;
  /** Of the project "internal". */
  readonly publishableClientKey: string;
  /** Of a dashboard user in the team that owns the managed project. */
  readonly refreshToken: Credential;
  /** Saves the first renewal. */
  readonly accessToken?: Credential;
}

/** `parts.http` is bound to the origin of the service; every path below it is the service's own. */
export function stackAuth(account: StackAuthAccount, { http, clock }: ProviderParts): Provider {
  const { name: provider, deadlineMs, replyDeadlineMs } = account;
  const session = openSession({ account, http, clock });
  const client = openClient({ account, session, http, clock });
  const inTurn = takeTurns(provider);

  async function detailOf({ nativeId }: ConversationRef, call: Call): Promise<Outcome<WireDetail>> {
    // The service takes an id of another shape for a mistake in the question; it is no conversation's.
    if (!isUuid(nativeId)) return failed({ kind: 'not-found', what: nameOf(nativeId, provider) });
    return client.read(nativeId, call);
  }

  /** All of them, newest first: there is no other way to have any. */
  async function messagesOf(
    conversation: ConversationRef,
    call: Call,
  ): Promise<Outcome<readonly Message[]>> {
    const detail = await detailOf(conversation, call);
    if (!detail.ok) return detail;
    const { messages } = detail.value;
    return messages
      ? success(newestFirst(messages, conversation))
      : failed(unavailable(provider, 'its answer was not shaped as expected: messages'));
  }

  return {
    name: provider,
    kind: 'stack-auth',
    deadlineMs,
    replyDeadlineMs,
    can: {
      CONVERSATION_LIST: {
        support: 'NATIVE',
        note: 'Listed by the latest message, a note or change of status included; a search looks at the subject, the latest message, and the name and address of the user; a service from before it had pages shows its newest 200.',
        paging: 'offset',
        order: 'by-time',
        filters: FILTERS,
        does: inbox(client, provider),
      },
      CONVERSATION_GET: {
        support: 'NATIVE',
        note: 'All messages come along with it.',
        does: async (conversation, call) => {
          const detail = await detailOf(conversation, call);
          return detail.ok ? success(toConversation(detail.value, provider)) : detail;
        },
      },
      CONVERSATION_CREATE: {
        support: 'NATIVE',
        note: 'Needs title, contactId (a user of the project) and message, which is sent as the agent; priority is NORMAL where none is given; channel is one of manual, chat, email, api; tags take a second call, and if that one fails the error names the conversation that was created without them.',
        fields: ['title', 'contactId', 'message', 'priority', 'channel', 'tags'],
        does: creating({ provider, client, inTurn }),
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
      },
      CONVERSATION_UPDATE: {
        support: 'NATIVE',
        note: 'Assignee, tags and priority are read, changed and written back together, so a change made in its own dashboard at that moment can be lost; status is a call of its own after them.',
        fields: ['status', 'priority', 'assignee', 'tags'],
        does: updating({ provider, client, inTurn }),
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
        does: async ({ conversation, at, size }, call) => {
          const messages = await messagesOf(conversation, call);
          return messages.ok ? success(pageOfMessages(messages.value, { at, size })) : messages;
        },
      },
      MESSAGE_GET: {
        support: 'EMULATED',
        note: 'Found among all messages of its conversation, which come in one call.',
        does: async (message: MessageRef, call) => {
          const messages = await messagesOf(message.conversation, call);
          if (!messages.ok) return messages;
          const found = messages.value.find(({ nativeId }) => nativeId === message.nativeId);
          return found
            ? success(found)
            : failed({ kind: 'not-found', what: nameOfMessage(message) });
        },
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
        does: sending(client, provider),
      },
    },
  };
}

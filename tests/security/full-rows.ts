// Rows in which every field says something: what a desk and its customer may both see in the words of that customer, what is
// the desk's alone in words of its own.

import type { Conversation } from '../../src/domain/conversation.ts';
import type { ProviderName } from '../../src/domain/ids.ts';
import {
  type Message,
  type MessageContent,
  type MessageKind,
  plainText,
} from '../../src/domain/message.ts';
import type { ConversationNative, MessageNative } from '../../src/domain/native.ts';
import type { Participant } from '../../src/domain/participant.ts';

export type Kind = 'botpress' | 'chatling' | 'chatbotkit' | 'stack-auth' | 'generic';

/** In everything that is the desk's alone. */
export const DESK = 'KEPT-BY-THE-DESK';

export interface Owner {
  /** The provider's own id of them; null for a conversation that is nobody's. */
  readonly nativeId: string | null;
  /** In everything that is theirs to see. */
  readonly mark: string;
}

export interface Place {
  readonly provider: ProviderName;
  readonly kind: Kind;
  readonly nativeId: string;
  readonly owner: Owner;
  /** How many there were before it: later ones are newer. */
  readonly at: number;
  /** Whether a row says whose it is, or only the list of who takes part. */
  readonly saysWhose: boolean;
}

const BEGUN_MS = Date.UTC(2026, 2, 2, 10);
const momentAt = (at: number) => new Date(BEGUN_MS + at * 60_000);

export function fullConversation(place: Place): Conversation {
  const { provider, kind, nativeId, owner, at, saysWhose } = place;
  const { mark } = owner;
  return {
    provider,
    nativeId,
    channel: 'chat',
    title: `title ${mark}`,
    description: `description ${DESK}`,
    preview: `preview ${DESK}`,
    status: 'OPEN',
    priority: 'HIGH',
    archived: true,
    important: true,
    tags: [{ key: DESK, value: DESK }],
    contact:
      saysWhose && owner.nativeId !== null
        ? {
            nativeId: owner.nativeId,
            name: `name ${mark}`,
            email: `email ${mark}`,
            phone: `phone ${mark}`,
            imageUrl: `https://example.com/${mark}`,
          }
        : null,
    assignee: agentOf(mark),
    messageCount: 31,
    createdAt: momentAt(at),
    updatedAt: momentAt(at),
    lastActivityAt: momentAt(at),
    sortedAt: momentAt(at),
    embedded: null,
    native: conversationNative(kind),
    raw: { said: DESK, mark },
  };
}

export function fullMessage(
  place: Pick<Place, 'provider' | 'kind' | 'nativeId' | 'at'>,
  said: {
    readonly nativeId: string;
    readonly mark: string;
    readonly kind?: MessageKind;
    readonly visibility?: Message['visibility'];
    readonly role?: Message['role'];
    readonly content?: MessageContent;
  },
): Message {
  const { provider, nativeId: inside, at } = place;
  const { nativeId, mark, kind = 'MESSAGE', visibility = 'PUBLIC', role = 'AGENT' } = said;
  const content = said.content ?? { type: 'text', text: `text ${mark}` };
  return {
    conversation: { provider, nativeId: inside },
    nativeId,
    derivedId: false,
    role,
    kind,
    visibility,
    author: agentOf(mark),
    text: plainText(content) ?? `text ${mark}`,
    content,
    citations: [{ type: 'webpage', title: `title ${mark}`, url: `https://example.com/${mark}` }],
    rating: 'HELPFUL',
    attachments: [{ name: `name ${mark}`, type: 'text/plain', url: `https://example.com/${mark}` }],
    tags: [{ key: DESK, value: DESK }],
    createdAt: momentAt(at),
    updatedAt: momentAt(at),
    native: messageNative(place.kind),
    raw: { said: DESK, mark },
  };
}

/** Of every content there is. */
export function contentsOf(mark: string): readonly MessageContent[] {
  const url = `https://example.com/${mark}`;
  const card = {
    type: 'card',
    title: `title ${mark}`,
    subtitle: `subtitle ${mark}`,
    imageUrl: url,
    actions: [{ action: 'say', label: `label ${mark}`, value: `value ${mark}` }],
  } as const;
  return [
    { type: 'text', text: `text ${mark}` },
    { type: 'markdown', markdown: `markdown ${mark}` },
    { type: 'image', url, title: `title ${mark}` },
    { type: 'audio', url, title: `title ${mark}` },
    { type: 'video', url, title: `title ${mark}` },
    { type: 'file', url, title: `title ${mark}` },
    { type: 'location', latitude: 1, longitude: 2, address: `at ${mark}`, title: `title ${mark}` },
    {
      type: 'choice',
      text: `text ${mark}`,
      options: [{ label: `label ${mark}`, value: `value ${mark}` }],
      dropdown: false,
    },
    card,
    { type: 'carousel', cards: [card] },
    { type: 'bloc', items: [{ type: 'text', text: `text ${mark}` }] },
    { type: 'unknown', said: 'poll', payload: { mark } },
  ];
}

/** What nobody but the desk may see, of every kind there is. */
export const HIDDEN: readonly Pick<Message, 'kind' | 'visibility'>[] = [
  { kind: 'NOTE', visibility: 'INTERNAL' },
  // However a service words it: it is one of the two that keeps it inside.
  { kind: 'NOTE', visibility: 'PUBLIC' },
  { kind: 'MESSAGE', visibility: 'INTERNAL' },
  { kind: 'CONTEXT', visibility: 'PUBLIC' },
  { kind: 'INSTRUCTION', visibility: 'PUBLIC' },
  { kind: 'BACKSTORY', visibility: 'PUBLIC' },
  { kind: 'REASONING', visibility: 'PUBLIC' },
  { kind: 'ACTIVITY', visibility: 'PUBLIC' },
  { kind: 'CHECKPOINT', visibility: 'PUBLIC' },
  { kind: 'UNKNOWN', visibility: 'PUBLIC' },
];

/** Their address is the desk's; who they are is not. */
function agentOf(mark: string): Participant {
  return {
    nativeId: 'agent-1',
    role: 'AGENT',
    name: `agent ${mark}`,
    email: `agent ${DESK}`,
    imageUrl: `https://example.com/agent-${mark}`,
  };
}

const MOMENT = momentAt(0);

function conversationNative(kind: Kind): ConversationNative {
  switch (kind) {
    case 'botpress':
      return {
        kind,
        integration: DESK,
        currentTaskId: DESK,
        currentWorkflowId: DESK,
        properties: { said: DESK },
      };
    case 'chatling':
      return { kind, chatbotId: DESK, conversationType: DESK };
    case 'chatbotkit':
      return {
        kind,
        meta: { said: DESK },
        contactId: DESK,
        taskId: DESK,
        spaceId: DESK,
        botId: DESK,
        model: DESK,
        backstory: DESK,
        datasetId: DESK,
        skillsetId: DESK,
        privacy: true,
        moderation: true,
        expiresAt: MOMENT,
      };
    case 'stack-auth':
      return {
        kind,
        status: DESK,
        priority: DESK,
        source: DESK,
        userId: DESK,
        teamId: DESK,
        userDisplayName: DESK,
        userPrimaryEmail: DESK,
        userProfileImageUrl: DESK,
        lastMessageType: DESK,
        metadata: {
          assignedToUserId: DESK,
          assignedToDisplayName: DESK,
          tags: [DESK],
          firstResponseDueAt: MOMENT,
          firstResponseAt: MOMENT,
          nextResponseDueAt: MOMENT,
          lastCustomerReplyAt: MOMENT,
          lastAgentReplyAt: MOMENT,
        },
        recordMetadata: { said: DESK },
        lastMessageAt: MOMENT,
        lastInboundAt: MOMENT,
        lastOutboundAt: MOMENT,
        closedAt: MOMENT,
        entryPoints: [
          {
            id: DESK,
            channelType: DESK,
            adapterKey: DESK,
            externalChannelId: DESK,
            isEntryPoint: true,
            metadata: { said: DESK },
            createdAt: MOMENT,
            updatedAt: MOMENT,
          },
        ],
      };
    case 'generic':
      return { kind, of: 'notebook', data: { said: DESK } };
  }
}

function messageNative(kind: Kind): MessageNative {
  switch (kind) {
    case 'botpress':
      return {
        kind,
        type: DESK,
        payload: { said: DESK },
        direction: DESK,
        userId: DESK,
        origin: DESK,
      };
    case 'chatling':
      return { kind, role: DESK, isAiKbResponse: true, helpfulValue: 1, data: { said: DESK } };
    case 'chatbotkit':
      return { kind, type: DESK, meta: { said: DESK }, name: DESK, description: DESK };
    case 'stack-auth':
      return {
        kind,
        messageType: DESK,
        metadata: { said: DESK },
        sender: { type: DESK, id: DESK, displayName: DESK, primaryEmail: DESK },
        subject: DESK,
        status: DESK,
        priority: DESK,
        source: DESK,
        userId: DESK,
        teamId: DESK,
      };
    case 'generic':
      return { kind, of: 'notebook', data: { said: DESK } };
  }
}

// The questions whose answers are kept: how each is asked, what its answer tells about, and what else that answers.

import { createHash } from 'node:crypto';
import type { Conversation } from '../../domain/conversation.ts';
import { mapOutcome, type Outcome } from '../../domain/failure.ts';
import type { ConversationRef, MessageRef, ProviderName } from '../../domain/ids.ts';
import type { Message } from '../../domain/message.ts';
import type { Page } from '../../domain/page.ts';
import type { Participant } from '../../domain/participant.ts';
import type { ListConversations, ListMessages, ListParticipants } from '../../providers/verbs.ts';
import type { Dispatch, Operation } from '../dispatch.ts';
import type { KeptKind } from './keeping-times.ts';
import { ofAccount, type Touch } from './touches.ts';

export interface Question<Input, T> {
  readonly kind: KeptKind;
  ask(asked: {
    readonly provider: ProviderName;
    readonly input: Input;
    readonly operation: Operation;
    /** Where several calls share one; absent, the provider's own. */
    readonly deadline?: AbortSignal;
  }): Promise<Outcome<Answered<T>>>;
  /** What makes an answer old. */
  about(provider: ProviderName, input: Input): Touch;
  /** Nobody but this gateway keeps anything under the key of a question; another version of it may. */
  isAnswer(value: unknown): value is T;
}

export interface Answered<T> {
  readonly value: T;
  /** Other questions that it answers along the way. */
  readonly besides: readonly Besides[];
}

export interface Besides {
  readonly kind: KeptKind;
  readonly key: string;
  readonly about: Touch;
  readonly value: unknown;
}

export interface Questions {
  readonly conversations: Question<ListConversations, Page<Conversation>>;
  readonly conversation: Question<ConversationRef, Conversation>;
  readonly messages: Question<ListMessages, Page<Message>>;
  readonly message: Question<MessageRef, Message>;
  readonly participants: Question<ListParticipants, Page<Participant>>;
}

export function openQuestions(dispatch: Dispatch): Questions {
  return {
    conversations: {
      kind: 'conversations',
      async ask({ provider, input, ...within }) {
        const page = await dispatch.run({
          ...within,
          provider,
          verb: 'CONVERSATION_LIST',
          with: ({ does, rows }, call) =>
            does(input, call).then((listed) =>
              mapOutcome(listed, (value) => ({ value, isWhole: rows === 'whole' })),
            ),
        });
        return mapOutcome(page, ({ value, isWhole }) => ({
          value,
          besides: isWhole ? value.items.flatMap(besidesOf) : [],
        }));
      },
      about: (provider) => ofAccount(provider, ['lists']),
      isAnswer: isPage<Conversation>,
    },
    conversation: {
      kind: 'conversation',
      async ask({ provider, input, ...within }) {
        const read = await dispatch.run({
          ...within,
          provider,
          verb: 'CONVERSATION_GET',
          with: ({ does }, call) => does(input, call),
        });
        return mapOutcome(read, (value) => ({ value, besides: messagesIn(value) }));
      },
      about: (_provider, conversation) => ({ conversation, parts: ['conversation'] }),
      isAnswer: isConversation,
    },
    messages: {
      kind: 'messages',
      async ask({ provider, input, ...within }) {
        const page = await dispatch.run({
          ...within,
          provider,
          verb: 'MESSAGE_LIST',
          with: ({ does }, call) => does(input, call),
        });
        return mapOutcome(page, ({ items, next, conversation }) => ({
          value: { items, next },
          besides: conversation ? besidesOf(conversation) : [],
        }));
      },
      about: (_provider, { conversation }) => ({ conversation, parts: ['messages'] }),
      isAnswer: isPage<Message>,
    },
    message: {
      kind: 'message',
      async ask({ provider, input, ...within }) {
        const read = await dispatch.run({
          ...within,
          provider,
          verb: 'MESSAGE_GET',
          with: ({ does }, call) => does(input, call),
        });
        return mapOutcome(read, (value) => ({ value, besides: [] }));
      },
      about: (_provider, { conversation }) => ({ conversation, parts: ['messages'] }),
      isAnswer: isMessage,
    },
    participants: {
      kind: 'participants',
      async ask({ provider, input, ...within }) {
        const page = await dispatch.run({
          ...within,
          provider,
          verb: 'PARTICIPANT_LIST',
          with: ({ does }, call) => does(input, call),
        });
        return mapOutcome(page, (value) => ({ value, besides: [] }));
      },
      about: (_provider, { conversation }) => ({ conversation, parts: ['participants'] }),
      isAnswer: isPage<Participant>,
    },
  };
}

/** The same question, the same key, whatever order its fields are in. */
export function keyOf(kind: KeptKind, input: object): string {
  const text = JSON.stringify(inOrder(input));
  const short =
    text.length > LONGEST_IN_WORDS ? createHash('sha256').update(text).digest('base64url') : text;
  return `${VERSION} ${kind} ${short}`;
}

/** To be raised whenever an answer becomes something that an older gateway would take wrongly. */
const VERSION = 1;

const LONGEST_IN_WORDS = 200;

function inOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inOrder);
  if (typeof value !== 'object' || value === null || value instanceof Date) return value;
  return Object.entries(value)
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([field, inner]) => [field, inOrder(inner)]);
}

/** A whole conversation, as if it had been asked for by itself. */
function besidesOf(row: Conversation): Besides[] {
  const { provider, nativeId } = row;
  const conversation: ConversationRef = { provider, nativeId };
  return [
    {
      kind: 'conversation',
      key: keyOf('conversation', conversation),
      about: { conversation, parts: ['conversation'] },
      value: row,
    },
    ...messagesIn(row),
  ];
}

/** More came along than people look at one by one. */
const MOST_MESSAGES = 50;

/** Each is what would be answered if it were asked for by itself. */
function messagesIn({ embedded }: Conversation): Besides[] {
  return (embedded?.items ?? []).slice(0, MOST_MESSAGES).map((message) => {
    const { conversation, nativeId } = message;
    return {
      kind: 'message',
      key: keyOf('message', { conversation, nativeId }),
      about: { conversation, parts: ['messages'] },
      value: message,
    };
  });
}

function isPage<T>(value: unknown): value is Page<T> {
  return isRecord(value) && Array.isArray(value['items']) && 'next' in value;
}

function isConversation(value: unknown): value is Conversation {
  return isRecord(value) && typeof value['nativeId'] === 'string' && 'sortedAt' in value;
}

function isMessage(value: unknown): value is Message {
  return isRecord(value) && typeof value['nativeId'] === 'string' && 'role' in value;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

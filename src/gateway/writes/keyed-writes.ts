// The writes that are done once for one key, each with what it answers while nothing is known of the first attempt.

import type { Conversation } from '../../domain/conversation.ts';
import { failed, type Outcome, success } from '../../domain/failure.ts';
import { type ConversationRef, providerName } from '../../domain/ids.ts';
import type {
  CompletedConversation,
  GotOrCreated,
  RequestReply,
  UploadedAttachment,
} from '../../providers/verbs.ts';
import type { Dispatch, Operation } from '../dispatch.ts';
import type { CompleteInput } from './complete-conversation.ts';
import type { CreateInput, GetOrCreateInput } from './create-conversations.ts';
import type { Attempt, Keyed, Once } from './once.ts';
import type { ReplyRequested } from './request-reply.ts';
import { type MessageSent, type SendInput, unknownDelivery } from './send-message.ts';
import type { UploadInput } from './upload-attachment.ts';

export interface KeyedWrites {
  sendMessage: Write<SendInput, MessageSent>;
  createConversation: Write<CreateInput, ConversationCreated>;
  getOrCreateConversation: Write<GetOrCreateInput, GotOrCreated>;
  requestReply: Write<RequestReply, ReplyRequested>;
  completeConversation: Write<CompleteInput, CompletedConversation>;
  uploadAttachment: Write<UploadInput, AttachmentUploaded>;
}

export interface ConversationCreated {
  readonly conversation: Conversation;
}

export interface AttachmentUploaded extends UploadedAttachment {
  readonly conversation: ConversationRef;
}

/** Absent, a key is made; either way it is in the answer. */
type Write<Input, T> = (
  input: Input & Partial<Keyed>,
  operation: Operation,
) => Promise<Outcome<T & Keyed>>;

/** The writes themselves. Each is an attempt of its own, whatever was asked before. */
export type Attempts = {
  readonly [Name in keyof KeyedWrites]: KeyedWrites[Name] extends Write<infer Input, infer T>
    ? (input: Input, operation: Operation, attempt: Attempt) => Promise<Outcome<T>>
    : never;
};

export interface KeyedWritesParts {
  readonly once: Once;
  readonly dispatch: Dispatch;
  /** Sending notes what it needs by itself; the others are noted here. */
  readonly attempts: Attempts;
}

export function openKeyedWrites({ once, dispatch, attempts }: KeyedWritesParts): KeyedWrites {
  /** Whoever waits for an attempt came after it, and has the same patience. */
  const waitMsOf = (name: string) => dispatch.provider(providerName(name))?.replyDeadlineMs ?? 0;

  return {
    sendMessage: ({ idempotencyKey: key, ...input }, operation) =>
      once.run({
        mutation: 'sendMessage',
        key,
        provider: input.conversation.provider,
        input,
        operation,
        waitMs: waitMsOf(input.conversation.provider),
        make: (attempt, own) => attempts.sendMessage(input, own, attempt),
        isDoubtful: ({ delivery }) => delivery === 'UNKNOWN',
        unsaid: () => success(unknownDelivery(input.conversation)),
        isAnswer: (value): value is MessageSent => 'delivery' in value,
      }),
    createConversation: ({ idempotencyKey: key, ...input }, operation) =>
      once.run({
        ...sided('createConversation', input.provider),
        key,
        input,
        operation,
        make: noted((attempt, own) => attempts.createConversation(input, own, attempt)),
        isAnswer: (value): value is ConversationCreated => 'conversation' in value,
      }),
    getOrCreateConversation: ({ idempotencyKey: key, ...input }, operation) =>
      once.run({
        ...sided('getOrCreateConversation', input.provider),
        key,
        input,
        operation,
        make: noted((attempt, own) => attempts.getOrCreateConversation(input, own, attempt)),
        isAnswer: (value): value is GotOrCreated => 'created' in value,
      }),
    requestReply: ({ idempotencyKey: key, ...input }, operation) =>
      once.run({
        ...sided('requestReply', input.conversation.provider),
        key,
        input,
        operation,
        make: noted((attempt, own) => attempts.requestReply(input, own, attempt)),
        isAnswer: (value): value is ReplyRequested => 'reply' in value,
      }),
    completeConversation: ({ idempotencyKey: key, ...input }, operation) =>
      once.run({
        ...sided('completeConversation', input.provider),
        key,
        input,
        operation,
        make: noted((attempt, own) => attempts.completeConversation(input, own, attempt)),
        isAnswer: (value): value is CompletedConversation => 'text' in value,
      }),
    uploadAttachment: ({ idempotencyKey: key, ...input }, operation) =>
      once.run({
        ...sided('uploadAttachment', input.conversation.provider),
        key,
        input,
        operation,
        make: noted((attempt, own) => attempts.uploadAttachment(input, own, attempt)),
        isAnswer: (value): value is AttachmentUploaded => 'attachment' in value,
      }),
  };

  function sided<Name extends keyof KeyedWrites>(mutation: Name, name: string) {
    const provider = providerName(name);
    return {
      mutation,
      provider: name,
      waitMs: waitMsOf(name),
      unsaid: (because: string) => failed({ kind: 'outcome-unknown', provider, because }),
    };
  }
}

/** Before anything is asked: the key and the mutation are all there is to settle these by. */
function noted<T>(make: (attempt: Attempt, operation: Operation) => Promise<Outcome<T>>) {
  return async (attempt: Attempt, operation: Operation): Promise<Outcome<T>> => {
    const written = await attempt.note({ mutation: attempt.key.mutation });
    return written.ok ? make(attempt, operation) : written;
  };
}

// Sending a message: refused before the provider is asked where it cannot be said, honest where the answer was lost.

import {
  checked,
  type Failure,
  failed,
  type Issue,
  mapOutcome,
  type Outcome,
} from '../../domain/failure.ts';
import type { ConversationRef } from '../../domain/ids.ts';
import {
  isHidden,
  type Message,
  type MessageContent,
  type MessageKind,
  type Visibility,
} from '../../domain/message.ts';
import type { SendOptions } from '../../domain/native.ts';
import type { MessageRole } from '../../domain/participant.ts';
import type { ReplyUsage } from '../../domain/reply.ts';
import type { Tag } from '../../domain/tag.ts';
import type { Able, Provider } from '../../providers/provider.ts';
import type { SendField, SendMessage } from '../../providers/verbs.ts';
import { ableTo, type Dispatch, type Operation } from '../dispatch.ts';
import {
  contentIssues,
  optionIssues,
  refuseFields,
  refuseNature,
  tagIssues,
  textIssues,
  unsupportedBy,
} from '../inputs.ts';
import type { Replies } from '../live/stream-reply.ts';
import type { Attempt } from './once.ts';
import type { Traces } from './trace.ts';

export interface SendInput {
  readonly conversation: ConversationRef;
  readonly text?: string;
  readonly content?: MessageContent;
  readonly kind?: MessageKind;
  readonly visibility?: Visibility;
  /** The role to write as; absent, the provider's natural one. */
  readonly as?: MessageRole;
  /** Whether the bot is to answer within the call; absent, as the provider does it. */
  readonly expectReply?: boolean;
  readonly tags: readonly Tag[];
  readonly name?: string;
  readonly description?: string;
  readonly options?: SendOptions;
}

export interface MessageSent {
  /** NOT_SENT: the provider was found not to have it. UNKNOWN: it may have it, and its answer was lost. */
  readonly delivery: 'SENT' | 'NOT_SENT' | 'UNKNOWN';
  readonly conversation: ConversationRef;
  readonly message: Message | null;
  readonly reply: Message | null;
  readonly usage: ReplyUsage | null;
  readonly unfinished: Failure | null;
}

export interface SendParts {
  readonly dispatch: Dispatch;
  readonly replies: Replies;
  readonly traces: Traces;
}

/** Where the answer that is expected can be had while it is written, it is told to all who listen meanwhile. */
export async function sendMessage(
  { dispatch, replies, traces }: SendParts,
  input: SendInput,
  { operation, attempt }: { readonly operation: Operation; readonly attempt: Attempt },
): Promise<Outcome<MessageSent>> {
  const verb = 'MESSAGE_SEND';
  const { conversation, options, name, description } = input;
  const provider = dispatch.provider(conversation.provider);
  if (!provider) {
    return failed({ kind: 'not-found', what: `provider named ${conversation.provider}` });
  }
  const content = contentOf(input);
  const good = checked(content, [...sendIssues(input), ...optionIssues(provider, options)]);
  if (!good.ok) return good;
  const able = ableTo(provider, verb);
  if (!able.ok) return able;
  const wish = wishOf(input, able.value);
  const refusal =
    refuseFields(provider, verb, givenFields(input), able.value.fields) ??
    refuseWish(provider, able.value, wish, content);
  if (refusal) return failed(refusal);

  const message: SendMessage = {
    conversation,
    content,
    ...wish,
    tags: input.tags,
    ...(name === undefined ? {} : { name }),
    ...(description === undefined ? {} : { description }),
    ...(options === undefined ? {} : { options }),
  };
  const call = (marked: SendMessage) =>
    wish.expectReply && replies.stream(provider)
      ? replies.toMessage(marked, operation)
      : dispatch.run({
          provider: provider.name,
          verb,
          operation,
          patience: wish.expectReply ? 'reply' : 'usual',
          with: ({ does }, under) => does(marked, under),
        });
  const sent = await traces.send({ provider, able: able.value, message, attempt, call });
  return mapOutcome(sent, (delivered) => ({ conversation, ...delivered }));
}

/** Of a message that may be there or not. */
export function unknownDelivery(conversation: ConversationRef): MessageSent {
  const nothing = { message: null, reply: null, usage: null, unfinished: null };
  return { delivery: 'UNKNOWN', conversation, ...nothing };
}

interface Wish {
  readonly kind: MessageKind;
  readonly visibility: Visibility;
  readonly as: MessageRole;
  readonly expectReply: boolean;
}

function wishOf(input: SendInput, able: Able<'MESSAGE_SEND'>): Wish {
  const { kind } = input;
  const ofColleagues = kind !== undefined && (kind === 'NOTE' || isHidden(kind));
  const visibility = input.visibility ?? (ofColleagues ? 'INTERNAL' : 'PUBLIC');
  const internal = visibility === 'INTERNAL' && able.kinds.includes('NOTE');
  return {
    kind: kind ?? (internal ? 'NOTE' : 'MESSAGE'),
    visibility,
    as: input.as ?? able.roles[0],
    expectReply: input.expectReply ?? able.replies === 'always',
  };
}

function refuseWish(
  provider: Provider,
  able: Able<'MESSAGE_SEND'>,
  wish: Wish,
  content: MessageContent,
): Failure | undefined {
  const verb = 'MESSAGE_SEND';
  const unsupported = (note: string) => unsupportedBy(provider, verb, note);
  const at = `${provider.name} (${provider.kind})`;
  const refusal = refuseNature({ provider, verb }, { ...wish, content }, able);
  if (refusal) return refusal;
  if (!able.visibilities.includes(wish.visibility)) {
    return unsupported(`${at} has no ${wish.visibility} messages; leave visibility out.`);
  }
  if (wish.expectReply && able.replies === 'never') {
    return unsupported(`No bot answers within the call at ${at}; leave expectReply out.`);
  }
  if (!wish.expectReply && able.replies === 'always') {
    return unsupported(`The bot answers every message at ${at}; leave expectReply out.`);
  }
  return undefined;
}

function contentOf({ text, content, options }: SendInput): MessageContent {
  if (content) return content;
  if (text !== undefined) return { type: 'text', text };
  const own = options?.kind === 'botpress' ? options : undefined;
  return { type: 'unknown', said: own?.type ?? '', payload: own?.payload };
}

function sendIssues(input: SendInput): Issue[] {
  const { text, content, options, tags } = input;
  const own = options?.kind === 'botpress' && (options.type ?? options.payload) !== undefined;
  const given = [text, content, own || undefined].filter((value) => value !== undefined).length;
  const count =
    given === 1
      ? []
      : [
          {
            path: 'text',
            message: 'give exactly one of text, content, or a group with type and payload.',
          },
        ];
  return [
    ...count,
    ...textIssues(text, 'text'),
    ...contentIssues(content),
    ...tagIssues(tags, 'tags'),
  ];
}

function givenFields({ tags, name, description }: SendInput): SendField[] {
  return [
    ...(tags.length > 0 ? (['tags'] as const) : []),
    ...(name === undefined ? [] : (['name'] as const)),
    ...(description === undefined ? [] : (['description'] as const)),
  ];
}

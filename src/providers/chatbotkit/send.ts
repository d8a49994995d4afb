// Sends a message and shows what became of it: as it is stored, since known entities are taken out of a text.

import { checked, type Issue, invalid, type Outcome, success } from '../../domain/failure.ts';
import type { ConversationRef } from '../../domain/ids.ts';
import { bareText } from '../../domain/message.ts';
import type { SendOptions } from '../../domain/native.ts';
import type { Call } from '../provider.ts';
import type { SendMessage, SentMessage } from '../verbs.ts';
import type { MessageRow, Turn } from './client.ts';
import type { Inbox } from './index.ts';
import { toMessage, toUnseenReply, typeOf, visibilityOf } from './mapping.ts';
import { isMeta, metaOf, tagIssues } from './tags.ts';
import type { WireCompletion, WireMessage } from './wire.ts';

/**
 * Two calls on every road: the write, and one look at what it left. A look that fails costs the message or the row of the
 * reply, never the success: the service has it.
 */
export async function sendMessage(
  inbox: Inbox,
  input: SendMessage,
  call: Call,
): Promise<Outcome<SentMessage>> {
  const road = roadOf(input);
  if (!road.ok) return road;
  const { client } = inbox;
  const { conversation } = input;
  const { nativeId } = conversation;
  if (road.value.kind === 'turn-with-reply') {
    const { turn } = road.value;
    const completed = await client.completeMessage(call, nativeId, turn);
    if (!completed.ok) return completed;
    return success(await withReply(inbox, { said: completed.value, turn, conversation }, call));
  }
  const sent =
    road.value.kind === 'turn'
      ? await client.sendMessage(call, nativeId, road.value.turn)
      : await client.createMessage(call, nativeId, road.value.row);
  if (!sent.ok) return sent;
  // It is sent, even where it cannot be read back.
  const seen = await client.getMessage(call, { conversation, nativeId: sent.value });
  const message = seen.ok ? toMessage(seen.value, conversation) : null;
  return success({ message, reply: null, usage: null, unfinished: null });
}

/** The answer names the last row of the turn alone; one look at the newest rows finds both. */
async function withReply(
  { client }: Inbox,
  { said, turn, conversation }: Completed,
  call: Call,
): Promise<SentMessage> {
  const newest = { after: null, take: ROWS_OF_A_TURN };
  const page = await client.listMessages(call, conversation.nativeId, newest);
  const rows = page.ok ? page.value.rows : [];
  const at = rows.findIndex((row) => row.id === said.id);
  const reply = rows[at];
  const earlier = rows.slice(at + 1).filter(({ type }) => type === 'user');
  // Where the text was redacted its place alone tells it, and without the reply there is no place.
  const message = earlier.find(isOf(turn.text)) ?? (reply ? earlier[0] : undefined);
  return {
    message: message ? toMessage(message, conversation) : null,
    reply: reply ? toMessage(reply, conversation) : unseenReply(said, conversation),
    usage: { tokens: said.usage?.token ?? null, endReason: said.end?.reason ?? null },
    unfinished: null,
  };
}

interface Completed {
  readonly said: WireCompletion;
  readonly turn: Turn;
  readonly conversation: ConversationRef;
}

/** The two messages, and whatever the bot thought and did between them. */
const ROWS_OF_A_TURN = 20;

/** The service trims what users say. */
function isOf(text: string): (row: WireMessage) => boolean {
  return (row) => row.text?.trim() === text.trim();
}

/** A turn that ends without words has an id that leads nowhere. */
function unseenReply({ id, text }: WireCompletion, conversation: ConversationRef) {
  return text ? toUnseenReply(id, text, conversation) : null;
}

/**
 * By which of three roads a message goes, judged from its input alone. Only a row carries names, metadata and other
 * kinds, and only a turn is noticed by the bot.
 */
type Road =
  /** The user's words alone. */
  | { readonly kind: 'turn'; readonly turn: Turn }
  /** The user's words, and the bot's answer to them. */
  | { readonly kind: 'turn-with-reply'; readonly turn: Turn }
  | { readonly kind: 'row'; readonly row: MessageRow };

/** Only `invalid-input` is refused here; what the table of verbs lacks was refused before. */
function roadOf(input: SendMessage): Outcome<Road> {
  const own = input.options?.kind === 'chatbotkit' ? input.options : undefined;
  const text = bareText(input.content);
  if (text === undefined) return invalid('content', 'must be words; give text or markdown.');
  const type = typeOf(input.kind, input.as);
  if (type === undefined) return invalid('as', wrongRole(input));

  const marks = rowMarks(input, own);
  const issues = [
    ...visibilityIssues(input),
    ...tagIssues(taggingOf(input, own)),
    ...(input.expectReply
      ? marks.map((path) => ({ path, message: ONLY_WORDS_ARE_ANSWERED }))
      : engineIssues(own, marks)),
  ];
  if (marks.length > 0) {
    return checked({ kind: 'row', row: rowOf(input, own, { type, text }) }, issues);
  }
  const kind = input.expectReply ? 'turn-with-reply' : 'turn';
  return checked({ kind, turn: turnOf(own, text) }, issues);
}

type Own = Extract<SendOptions, { readonly kind: 'chatbotkit' }>;

/** What a turn cannot carry, by its place in the input. */
function rowMarks(input: SendMessage, own: Own | undefined): string[] {
  const { kind, as, name, description, tags } = input;
  return [
    ...(kind === 'MESSAGE' ? [] : ['kind']),
    ...(kind === 'MESSAGE' && as !== 'USER' ? ['as'] : []),
    ...(name === undefined ? [] : ['name']),
    ...(description === undefined ? [] : ['description']),
    ...(tags.length === 0 ? [] : ['tags']),
    ...(Object.keys(own?.meta ?? {}).length === 0 ? [] : ['chatBotKit.meta']),
  ];
}

function rowOf(
  input: SendMessage,
  own: Own | undefined,
  { type, text }: { readonly type: string; readonly text: string },
): MessageRow {
  const { name, description } = input;
  const meta = metaOf(taggingOf(input, own));
  return {
    type,
    text,
    ...(name === undefined ? {} : { name }),
    ...(description === undefined ? {} : { description }),
    ...(Object.keys(meta).length === 0 ? {} : { meta }),
    ...(own?.entities === undefined ? {} : { entities: own.entities }),
  };
}

function turnOf(own: Own | undefined, text: string): Turn {
  const { entities, functions, extensions, limits } = own ?? {};
  return {
    text,
    ...(entities === undefined ? {} : { entities: entities.map(offsetsOf) }),
    ...(functions === undefined ? {} : { functions }),
    ...(extensions === undefined ? {} : { extensions }),
    ...(limits === undefined ? {} : { limits }),
  };
}

/** Where an entity stands is all that a turn looks at, and a strict one refuses whatever else there is of it. */
function offsetsOf(entity: unknown): unknown {
  if (!isMeta(entity)) return entity;
  const { begin, end } = entity;
  return { begin, end };
}

function taggingOf({ tags }: SendMessage, own: Own | undefined) {
  return { tags, tagsPath: 'tags', meta: own?.meta };
}

function visibilityIssues({ kind, visibility }: SendMessage): Issue[] {
  const only = visibilityOf(kind);
  if (visibility === only) return [];
  const message =
    only === 'PUBLIC'
      ? 'must be PUBLIC for a MESSAGE here; leave it out, or choose a hidden kind such as CONTEXT.'
      : `must be INTERNAL for a ${kind}, which people never see.`;
  return [{ path: 'visibility', message }];
}

/** Limits bound an answer; functions and extensions are for a turn. Neither is taken where it would do nothing. */
function engineIssues(own: Own | undefined, marks: readonly string[]): Issue[] {
  const limits =
    own?.limits === undefined
      ? []
      : [{ path: 'chatBotKit.limits', message: LIMITS_BOUND_AN_ANSWER }];
  if (marks.length === 0) return limits;
  const message = `is for the bot, which a row does not wake; leave it out, or leave out ${marks.join(', ')}.`;
  const unheard = (['functions', 'extensions'] as const)
    .filter((name) => own?.[name] !== undefined)
    .map((name) => ({ path: `chatBotKit.${name}`, message }));
  return [...limits, ...unheard];
}

const LIMITS_BOUND_AN_ANSWER =
  'must not be given where no answer is expected; set expectReply, or leave it out.';

const ONLY_WORDS_ARE_ANSWERED =
  "cannot go with expectReply: the bot answers a user's bare words alone; send this first without it, then ask for the reply.";

function wrongRole({ kind, as }: SendMessage): string {
  return kind === 'MESSAGE'
    ? `must be USER or BOT for a MESSAGE here, not ${as}; choose one of them, or a hidden kind such as CONTEXT.`
    : `cannot be ${as} for a ${kind} here; leave it out.`;
}

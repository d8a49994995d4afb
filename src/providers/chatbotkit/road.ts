// By which way a message goes to the service: judged from its input alone, before anything is asked.

import { checked, type Issue, invalid, type Outcome } from '../../domain/failure.ts';
import { bareText } from '../../domain/message.ts';
import type { SendOptions } from '../../domain/native.ts';
import type { SendMessage } from '../verbs.ts';
import type { MessageRow, Turn } from './client.ts';
import { typeOf, visibilityOf } from './mapping.ts';
import { isMeta, MARK_KEY, metaOf, tagIssues } from './tags.ts';

/**
 * By which of three roads a message goes, judged from its input alone. Only a row carries names, metadata and other
 * kinds, and only a turn is noticed by the bot.
 */
export type Road =
  /** The user's words alone. */
  | { readonly kind: 'turn'; readonly turn: Turn }
  /** The user's words, and the bot's answer to them. */
  | { readonly kind: 'turn-with-reply'; readonly turn: Turn }
  | { readonly kind: 'row'; readonly row: MessageRow };

/** Only `invalid-input` is refused here; what the table of verbs lacks was refused before. */
export function roadOf(input: SendMessage): Outcome<Road> {
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
  const said = metaOf(taggingOf(input, own));
  const meta = input.mark === undefined ? said : { ...said, [MARK_KEY]: input.mark };
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

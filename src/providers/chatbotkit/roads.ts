// By which of three roads a message goes, judged from its input alone. Only a row carries names, metadata and other kinds,
// and only a turn is noticed by the bot.

import { failed, type Issue, invalid, type Outcome, success } from '../../domain/failure.ts';
import type { MessageContent } from '../../domain/message.ts';
import type { SendOptions } from '../../domain/native.ts';
import type { SendMessage } from '../provider.ts';
import type { MessageRow, Turn } from './client.ts';
import { typeOf, visibilityOf } from './messages.ts';
import { isMeta, metaOf, taggingIssues } from './meta.ts';

export type Road =
  /** The user's words alone. */
  | { readonly kind: 'turn'; readonly turn: Turn }
  /** The user's words, and the bot's answer to them. */
  | { readonly kind: 'turn-with-reply'; readonly turn: Turn }
  | { readonly kind: 'row'; readonly row: MessageRow };

/** Only `invalid-input` is refused here; what the table of verbs lacks was refused before. */
export function roadOf(input: SendMessage): Outcome<Road> {
  const options = input.options?.kind === 'chatbotkit' ? input.options : undefined;
  const text = textIn(input.content);
  if (text === undefined) return invalid('content', 'Only words can be sent: give text.');
  const type = typeOf(input.kind, input.as);
  if (type === undefined) return invalid('as', wrongRole(input));

  const marks = rowMarks(input, options);
  const [issue, ...issues] = [
    ...visibilityIssues(input),
    ...taggingIssues(taggingOf(input, options)),
    ...(input.expectReply
      ? marks.map((path) => ({ path, message: ONLY_WORDS_ARE_ANSWERED }))
      : engineIssues(options, marks)),
  ];
  if (issue) return failed({ kind: 'invalid-input', issues: [issue, ...issues] });

  if (marks.length > 0) return success({ kind: 'row', row: rowOf(input, options, { type, text }) });
  const kind = input.expectReply ? 'turn-with-reply' : 'turn';
  return success({ kind, turn: turnOf(options, text) });
}

type OwnOptions = Extract<SendOptions, { readonly kind: 'chatbotkit' }>;

function textIn(content: MessageContent): string | undefined {
  switch (content.type) {
    case 'text':
      return content.text;
    case 'markdown':
      return content.markdown;
    default:
      return undefined;
  }
}

/** What a turn cannot carry, by its place in the input. */
function rowMarks(input: SendMessage, options: OwnOptions | undefined): string[] {
  const { kind, as, name, description, tags } = input;
  return [
    ...(kind === 'MESSAGE' ? [] : ['kind']),
    ...(kind === 'MESSAGE' && as !== 'USER' ? ['as'] : []),
    ...(name === undefined ? [] : ['name']),
    ...(description === undefined ? [] : ['description']),
    ...(tags.length === 0 ? [] : ['tags']),
    ...(Object.keys(options?.meta ?? {}).length === 0 ? [] : ['chatBotKit.meta']),
  ];
}

function rowOf(
  input: SendMessage,
  options: OwnOptions | undefined,
  { type, text }: { readonly type: string; readonly text: string },
): MessageRow {
  const { name, description } = input;
  const meta = metaOf(taggingOf(input, options));
  return {
    type,
    text,
    ...(name === undefined ? {} : { name }),
    ...(description === undefined ? {} : { description }),
    ...(Object.keys(meta).length === 0 ? {} : { meta }),
    ...(options?.entities === undefined ? {} : { entities: options.entities }),
  };
}

function turnOf(options: OwnOptions | undefined, text: string): Turn {
  const { entities, functions, extensions, limits } = options ?? {};
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

function taggingOf({ tags }: SendMessage, options: OwnOptions | undefined) {
  return { tags, tagsPath: 'tags', meta: options?.meta };
}

function visibilityIssues({ kind, visibility }: SendMessage): Issue[] {
  const only = visibilityOf(kind);
  if (visibility === only) return [];
  const message =
    only === 'PUBLIC'
      ? 'A MESSAGE is for everyone here: leave visibility out, or choose a hidden kind such as CONTEXT.'
      : `People never see a ${kind}: set visibility to INTERNAL.`;
  return [{ path: 'visibility', message }];
}

/** Limits bound an answer; functions and extensions are for a turn. Neither is taken where it would do nothing. */
function engineIssues(options: OwnOptions | undefined, marks: readonly string[]): Issue[] {
  const limits =
    options?.limits === undefined
      ? []
      : [{ path: 'chatBotKit.limits', message: LIMITS_BOUND_AN_ANSWER }];
  if (marks.length === 0) return limits;
  const message = `A row wakes no bot: leave this out, or leave out ${marks.join(', ')}.`;
  const unheard = (['functions', 'extensions'] as const)
    .filter((name) => options?.[name] !== undefined)
    .map((name) => ({ path: `chatBotKit.${name}`, message }));
  return [...limits, ...unheard];
}

const LIMITS_BOUND_AN_ANSWER =
  'Limits bound an answer, and none is expected: set expectReply, or leave them out.';

const ONLY_WORDS_ARE_ANSWERED =
  "The bot answers a user's bare words alone: send this first without expectReply, then ask for the reply.";

function wrongRole({ kind, as }: SendMessage): string {
  return kind === 'MESSAGE'
    ? `A message is of USER or BOT here: choose one of them instead of ${as}, or a hidden kind such as CONTEXT.`
    : `No ${as} says a ${kind} here: leave the role out.`;
}

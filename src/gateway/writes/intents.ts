// What is written down before a conversation is created, for whoever comes next if we do not come back: as notes beside the
// lease under which it is created. docs/decisions/0014-an-intent-before-each-create.md

import { createHash } from 'node:crypto';
import type { AccountScope } from '../../domain/ids.ts';
import type { Tag } from '../../domain/tag.ts';
import type { CreateConversation } from '../../providers/verbs.ts';
import type { Question } from './find-conversation.ts';

export interface Intent {
  readonly id: string;
  /** Of what the conversation is found by. */
  readonly question: string;
  /** Milliseconds since the epoch, as all times here. */
  readonly writtenMs: number;
  /** From when on a search that finds nothing says that nothing was created. */
  readonly believedFromMs: number;
  readonly contactId: string | null;
  readonly tags: readonly Tag[];
  /** Of the words only what it takes to know them again. */
  readonly title: string | null;
  readonly message: string | null;
  /** What looked just like it before. */
  readonly before: readonly string[];
  /** Once the provider has said it. */
  readonly nativeId: string | null;
}

/** What was created last, and by which intent. */
export interface Made {
  readonly nativeId: string;
  readonly by: string;
}

export interface IntentNotes {
  /** When it was looked for last what became of an intent, and why that was not known. */
  readonly looked: { readonly atMs: number; readonly because: string } | null;
  /** `unreadable`: written by a gateway of another version; nobody but time can settle it. */
  readonly intent: Intent | 'unreadable' | null;
  readonly made: Made | null;
}

type Notes = ReadonlyMap<string, string | null>;

export const NO_INTENT: Notes = new Map([['intent', null]]);

export function noteOf(intent: Intent): Notes {
  return new Map([['intent', JSON.stringify(intent)]]);
}

export function noteOfMade(made: Made): Notes {
  return new Map([
    ['intent', null],
    ['made', JSON.stringify(made)],
  ]);
}

export function noteOfLook(looked: NonNullable<IntentNotes['looked']>): Notes {
  return new Map([['looked', JSON.stringify(looked)]]);
}

/** A look may be a call for every five conversations there are. */
const LEAST_PAUSE_MS = 300;

interface NextLook {
  readonly lookedMs: number;
  readonly nowMs: number;
  /** Of whoever waits. */
  readonly patienceMs: number;
}

/**
 * What did not show for a while is looked for less and less often, by whomever: many who wait must not use up what the account
 * takes. Yet each of them sees some looks, however short their patience.
 */
export function isTooSoon(
  intent: Intent | 'unreadable',
  { lookedMs, nowMs, patienceMs }: NextLook,
): boolean {
  const ageMs = intent === 'unreadable' ? Number.POSITIVE_INFINITY : nowMs - intent.writtenMs;
  const sinceMs = nowMs - lookedMs;
  // What is yet to come is of a clock that is ahead of ours.
  const pauseMs = Math.min(patienceMs / 4, Math.max(LEAST_PAUSE_MS, ageMs / 2));
  return sinceMs >= 0 && sinceMs < pauseMs;
}

/** The lease of one question to one account: whoever asks the same waits. */
export function leaseOf(scope: AccountScope, question: Question): string {
  return `create:${scope}:${hashOf(question)}`;
}

export function hashOf({ contactId, tags, exactly }: Question): string {
  const sorted = tags.map(({ key, value }) => JSON.stringify([key, value])).toSorted();
  return digest(JSON.stringify([contactId ?? null, exactly, sorted]));
}

/** Services trim what they are given. */
export function wordsOf(text: string | null | undefined): string | null {
  return text ? digest(text.trim()) : null;
}

export function intentOf(
  asked: CreateConversation,
  about: Pick<Intent, 'id' | 'question' | 'writtenMs' | 'believedFromMs' | 'before'>,
): Intent {
  return {
    ...about,
    contactId: asked.contactId ?? null,
    tags: asked.tags,
    title: wordsOf(asked.title),
    message: wordsOf(asked.message),
    nativeId: null,
  };
}

export function readNotes(notes: ReadonlyMap<string, string>): IntentNotes {
  const intent = notes.get('intent');
  const made = fieldsOf(notes.get('made'));
  const [nativeId, by] = [textIn(made, 'nativeId'), textIn(made, 'by')];
  const looked = fieldsOf(notes.get('looked'));
  const [atMs, because] = [looked.get('atMs'), textIn(looked, 'because')];
  return {
    looked: because !== null && typeof atMs === 'number' ? { atMs, because } : null,
    intent: intent === undefined ? null : (readIntent(fieldsOf(intent)) ?? 'unreadable'),
    made: nativeId !== null && by !== null ? { nativeId, by } : null,
  };
}

function readIntent(fields: Fields): Intent | undefined {
  const [id, question] = [textIn(fields, 'id'), textIn(fields, 'question')];
  const [writtenMs, believedFromMs] = [fields.get('writtenMs'), fields.get('believedFromMs')];
  const [tags, before] = [fields.get('tags'), fields.get('before')];
  if (id === null || question === null) return undefined;
  if (typeof writtenMs !== 'number' || typeof believedFromMs !== 'number') return undefined;
  if (!Array.isArray(tags) || !Array.isArray(before)) return undefined;
  return {
    id,
    question,
    writtenMs,
    believedFromMs,
    contactId: textIn(fields, 'contactId'),
    tags: tags.flatMap((tag: unknown) => {
      const said = new Map(Object.entries(Object(tag)));
      const key = textIn(said, 'key');
      return key === null ? [] : [{ key, value: textIn(said, 'value') }];
    }),
    title: textIn(fields, 'title'),
    message: textIn(fields, 'message'),
    before: before.filter((one: unknown) => typeof one === 'string'),
    nativeId: textIn(fields, 'nativeId'),
  };
}

type Fields = ReadonlyMap<string, unknown>;

function fieldsOf(text: string | undefined): Fields {
  try {
    const said: unknown = JSON.parse(text ?? 'null');
    return new Map(typeof said === 'object' && said ? Object.entries(said) : []);
  } catch {
    return new Map();
  }
}

function textIn(fields: Fields, name: string): string | null {
  const said = fields.get(name);
  return typeof said === 'string' ? said : null;
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, 22);
}

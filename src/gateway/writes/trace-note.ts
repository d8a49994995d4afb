// What is written down before a message is sent, so that anybody can find out later whether it arrived.

import { createHash } from 'node:crypto';
import { type ConversationRef, providerName } from '../../domain/ids.ts';
import { type Message, type MessageKind, plainText } from '../../domain/message.ts';
import type { TraceWay } from '../../providers/provider.ts';
import type { SendMessage } from '../../providers/verbs.ts';

export interface SendNote {
  readonly kind: 'send';
  readonly conversation: ConversationRef;
  readonly way: TraceWay;
  readonly mark: string;
  readonly said: Said;
  readonly expectReply: boolean;
  /** The newest messages there were, by their ids; null where that could not be read, or does not matter. */
  readonly before: readonly string[] | null;
  /** Milliseconds since the epoch. */
  readonly atMs: number;
}

/** As much of a message as is the same in what was sent and in what is stored. */
export interface Said {
  readonly as: string;
  readonly kind: string;
  readonly visibility: string;
  /** Null for a content without words. */
  readonly text: string | null;
}

export function saidIn({ as, kind, visibility, content }: SendMessage): Said {
  return { as, kind: kindOf({ kind, visibility }), visibility, text: plainText(content) };
}

/** What only colleagues see is a note, also where it was not called one. */
function kindOf({ kind, visibility }: Pick<Message, 'kind' | 'visibility'>): MessageKind {
  return kind === 'MESSAGE' && visibility === 'INTERNAL' ? 'NOTE' : kind;
}

/** Whether a stored message is of that nature, whatever it says. */
export function isOfNature(message: Message, { as, kind, visibility }: Said): boolean {
  return message.role === as && kindOf(message) === kind && message.visibility === visibility;
}

/** Services trim what is said; and of a content without words nothing but its nature is known. */
export function isAsSaid(message: Message, said: Said): boolean {
  if (!isOfNature(message, said)) return false;
  return said.text === null || message.text?.trim() === said.text.trim();
}

/** The same for messages that cannot be told from each other. */
export function wordsOf({ as, kind, visibility, text }: Said): string {
  const words = JSON.stringify([as, kind, visibility, text?.trim() ?? null]);
  return createHash('sha256').update(words).digest('base64url').slice(0, 22);
}

/** Undefined for what another version wrote, or for the note of another mutation. */
export function readSendNote(note: unknown): SendNote | undefined {
  if (!isObject(note) || note['kind'] !== 'send') return undefined;
  const { conversation, way, mark, said, expectReply, before, atMs } = note;
  if (!isObject(conversation) || !isObject(said)) return undefined;
  const { provider, nativeId } = conversation;
  const { as, kind, visibility, text } = said;
  const known = WAYS.find((one) => one === way);
  if (typeof provider !== 'string' || typeof nativeId !== 'string' || !known) return undefined;
  if (typeof as !== 'string' || typeof kind !== 'string' || typeof visibility !== 'string') {
    return undefined;
  }
  if (typeof mark !== 'string' || typeof atMs !== 'number') return undefined;
  return {
    kind: 'send',
    conversation: { provider: providerName(provider), nativeId },
    way: known,
    mark,
    said: { as, kind, visibility, text: typeof text === 'string' ? text : null },
    expectReply: expectReply === true,
    before: Array.isArray(before) ? before.filter((id) => typeof id === 'string') : null,
    atMs,
  };
}

const WAYS: readonly TraceWay[] = ['mark', 'repeat', 'history', 'none'];

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

// An event as text and back: dates stay dates. What another version of this gateway wrote is not understood, and left out.

import { type ConversationEvent, EVENT_KINDS, type Missed } from '../../domain/event.ts';

/** To be raised whenever an event becomes something that an older gateway would take wrongly. */
const VERSION = 1;

export function encodeEvent(event: ConversationEvent | Missed): string {
  return JSON.stringify([VERSION, dated(event)]);
}

export function decodeEvent(text: string): ConversationEvent | Missed | undefined {
  let said: unknown;
  try {
    said = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!Array.isArray(said) || said[0] !== VERSION) return undefined;
  const event: unknown = undated(said[1]);
  return isEvent(event) ? event : undefined;
}

/** Nobody else writes here: the version and the kind say that it is ours. */
function isEvent(value: unknown): value is ConversationEvent | Missed {
  if (!isRecord(value)) return false;
  const { conversation, at, fact } = value;
  if (!isRecord(conversation) || !(at instanceof Date) || !isRecord(fact)) return false;
  return fact['kind'] === 'MISSED' || EVENT_KINDS.some((kind) => kind === fact['kind']);
}

/** A date as an object of one key; an object that has that key already is wrapped, so that nothing else becomes a date. */
function dated(value: unknown): unknown {
  if (value instanceof Date) return { [DATE]: value.getTime() };
  if (Array.isArray(value)) return value.map(dated);
  if (!isRecord(value)) return value;
  const inner = Object.fromEntries(Object.entries(value).map(([key, one]) => [key, dated(one)]));
  return DATE in value || AS_IS in value ? { [AS_IS]: inner } : inner;
}

function undated(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(undated);
  if (!isRecord(value)) return value;
  const [only, ...others] = Object.keys(value);
  if (others.length === 0 && only === DATE && typeof value[DATE] === 'number') {
    return new Date(value[DATE]);
  }
  const inner = others.length === 0 && only === AS_IS ? value[AS_IS] : value;
  if (!isRecord(inner)) return inner;
  return Object.fromEntries(Object.entries(inner).map(([key, one]) => [key, undated(one)]));
}

const DATE = '$date';
const AS_IS = '$as-is';

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

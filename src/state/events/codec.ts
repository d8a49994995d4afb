// An event as text and back: dates stay dates. What another version of this gateway wrote is not understood, and left out.

import { EVENT_KINDS, type Logged } from '../../domain/event.ts';
import { dated, isRecord, undated } from '../dated.ts';

/** To be raised whenever an event becomes something that an older gateway would take wrongly. */
const VERSION = 1;

export function encodeEvent(event: Logged): string {
  return JSON.stringify([VERSION, dated(event)]);
}

export function decodeEvent(text: string): Logged | undefined {
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
function isEvent(value: unknown): value is Logged {
  if (!isRecord(value)) return false;
  const { conversation, at, fact } = value;
  if (!isRecord(conversation) || !(at instanceof Date) || !isRecord(fact)) return false;
  const { kind } = fact;
  return kind === 'MISSED' || kind === 'TOUCHED' || EVENT_KINDS.some((one) => one === kind);
}

// What a status and a body of Chatling mean when they are not what was asked for.

import type { Failure } from '../../domain/failure.ts';
import type { ProviderName } from '../../domain/ids.ts';
import { type Answer, type Ask, overload, unavailable } from '../http.ts';
import { WireEnvelope } from './wire.ts';

export interface Circumstances {
  readonly provider: ProviderName;
  readonly effect: Ask['effect'];
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** What a 404 says is not there, given the service's own sentence. */
  readonly missing: (said: string) => string;
  /** Taken out of whatever the service says. */
  readonly token: string;
}

/** The key's window is a fixed minute and no header says when it opened: after a whole one it is surely over. */
const WINDOW_MS = 60_000;

/** Long enough for any sentence, too short for an error page. */
const LONGEST_SENTENCE = 500;

/**
 * Undefined where the answer is good. Only the 429 body is documented; the rest may be worded in the service's envelope
 * or in its framework's default, and a 200 may say `error`.
 */
export function refusalIn(answer: Answer, circumstances: Circumstances): Failure | undefined {
  const { provider, effect, now, missing, token } = circumstances;
  const { status } = answer;
  const overloaded = overload(provider, answer, { effect, now });
  if (overloaded?.kind === 'rate-limited') {
    return { ...overloaded, retryAt: overloaded.retryAt ?? new Date(now + WINDOW_MS) };
  }
  if (overloaded) return overloaded;

  const envelope = WireEnvelope.safeParse(answer.body).data;
  if (status >= 200 && status < 300 && envelope?.status !== 'error') return undefined;

  const said = sentence(envelope, status).replaceAll(token, '«redacted»');
  switch (status) {
    case 401:
      return { kind: 'credential-refused', provider, said };
    case 403:
      return { kind: 'forbidden', provider, said };
    case 404:
      return { kind: 'not-found', what: missing(said) };
    case 409:
      return { kind: 'conflict', provider, said };
    default:
      return status >= 300 && status < 400
        ? unavailable(provider, `it answered HTTP ${status}`)
        : { kind: 'refused', provider, code: null, said };
  }
}

function sentence(envelope: WireEnvelope | undefined, status: number): string {
  const byField = Object.entries(envelope?.errors ?? {}).map(
    ([field, problems]) => `${field}: ${[problems].flat().join(' ')}`,
  );
  // The framework's own `message` is the first of these and a count of the others.
  const said = byField.length > 0 ? byField.join('; ') : envelope?.message;
  return (said ?? `HTTP ${status} without a reason`).slice(0, LONGEST_SENTENCE);
}

type WireEnvelope = ReturnType<typeof WireEnvelope.parse>;

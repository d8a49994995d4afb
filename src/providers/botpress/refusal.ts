// What an answer other than the expected one means: Botpress' statuses and error types, as failures.

import type { Failure } from '../../domain/failure.ts';
import type { ProviderName } from '../../domain/ids.ts';
import type { Answer, Ask } from '../ask.ts';
import { overload, unavailable } from '../http.ts';
import { quoted } from '../wire-reading.ts';
import { WireRefusal } from './wire.ts';

export interface Refused {
  readonly provider: ProviderName;
  readonly effect: Ask['effect'];
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** What the path names. */
  readonly what: string;
  /** What the body names; absent where a reference of the body is nothing a client would look for. */
  readonly refersTo: string | undefined;
  /** Never to be seen in a failure, should the service repeat it. */
  readonly secret: string;
}

/** Undefined where the answer is a good one. */
export function refusalOf(answer: Answer, asked: Refused): Failure | undefined {
  const { status } = answer;
  if (status >= 200 && status < 300) return undefined;
  const { provider, effect, now, what, refersTo } = asked;
  const overloaded = overload(provider, answer, { effect, now });
  if (overloaded) return overloaded;
  if (status < 400) return unavailable(provider, `it answered HTTP ${status}`);
  const { type, ...words } = WireRefusal.safeParse(answer.body).data ?? {};
  const said = quoted(words.message ?? words.description ?? `HTTP ${status}`, [asked.secret]);
  switch (status) {
    case 401:
      return { kind: 'credential-refused', provider, said };
    case 403:
      // A soft quota passes with time, but the rate headers beside it speak of another window.
      return type === 'QuotaExceeded'
        ? { kind: 'rate-limited', provider, retryAt: null }
        : { kind: 'forbidden', provider, said };
    case 404:
    case 410:
      return { kind: 'not-found', what };
    case 409:
      return { kind: 'conflict', provider, said };
    default:
      return type === 'ReferenceNotFound' && refersTo !== undefined
        ? { kind: 'not-found', what: refersTo }
        : { kind: 'refused', provider, code: type ? quoted(type, [asked.secret]) : null, said };
  }
}

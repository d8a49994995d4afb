// What an answer other than the expected one means: Chatling's statuses and sentences, as failures.

import { conversationAt, type Failure, messageIn } from '../../domain/failure.ts';
import type { ProviderName } from '../../domain/ids.ts';
import type { Answer, Ask } from '../ask.ts';
import { overload, unavailable } from '../http.ts';
import { quoted } from '../wire-reading.ts';
import { WireEnvelope } from './wire.ts';

export interface Refused {
  readonly provider: ProviderName;
  readonly effect: Ask['effect'];
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** What the path and the body name. */
  readonly about: About;
  /** Never to be seen in a failure, should the service repeat it. */
  readonly secret: string;
}

/** The things that may not be there. */
export interface About {
  readonly chatbot: string;
  readonly conversation?: string | undefined;
  readonly message?: string | undefined;
  readonly contact?: string | undefined;
}

/** The key's window is a fixed minute and no header says when it opened: after a whole one it is surely over. */
const WINDOW_MS = 60_000;

/**
 * Undefined where the answer is good. Only the 429 body is documented; the rest may be worded in the service's envelope
 * or in its framework's default, and a 200 may say `error`.
 */
export function refusalOf(answer: Answer, asked: Refused): Failure | undefined {
  const { provider, effect, now, secret } = asked;
  const { status } = answer;
  const overloaded = overload(provider, answer, { effect, now });
  if (overloaded?.kind === 'rate-limited') {
    return { ...overloaded, retryAt: overloaded.retryAt ?? new Date(now + WINDOW_MS) };
  }
  if (overloaded) return overloaded;

  const envelope = WireEnvelope.safeParse(answer.body).data;
  if (status >= 200 && status < 300 && envelope?.status !== 'error') return undefined;

  const said = quoted(sentence(envelope, status), [secret]);
  switch (status) {
    case 401:
      return { kind: 'credential-refused', provider, said };
    case 403:
      return { kind: 'forbidden', provider, said };
    case 404:
      return { kind: 'not-found', what: missing(said, asked) };
    case 409:
      return { kind: 'conflict', provider, said };
    default:
      return status >= 300 && status < 400
        ? unavailable(provider, `it answered HTTP ${status}`)
        : { kind: 'refused', provider, code: null, said };
  }
}

/** Which of the things an address or a body names a 404 means is only in its sentence, if anywhere. */
export function missing(
  said: string,
  { provider, about }: Pick<Refused, 'provider' | 'about'>,
): string {
  const { chatbot, conversation, message, contact } = about;
  const means = (word: RegExp) => word.test(said) && !/conversation/i.test(said);
  if (contact !== undefined && means(/\bcontact\b/i)) return `contact ${contact} at ${provider}`;
  if (conversation === undefined || means(/\bchatbot\b/i))
    return `chatbot ${chatbot} at ${provider}`;
  return message !== undefined && means(/\bmessage\b/i)
    ? messageIn({ conversation: { provider, nativeId: conversation }, nativeId: message })
    : conversationAt(provider, conversation);
}

function sentence(envelope: WireEnvelope | undefined, status: number): string {
  const byField = Object.entries(envelope?.errors ?? {}).map(
    ([field, problems]) => `${field}: ${[problems].flat().join(' ')}`,
  );
  // The framework's own `message` is the first of these and a count of the others.
  const said = byField.length > 0 ? byField.join('; ') : envelope?.message;
  return said ?? `HTTP ${status} without a sentence`;
}

type WireEnvelope = ReturnType<typeof WireEnvelope.parse>;

// The only outbound door: one HTTP call under a deadline, its answer capped and parsed, its loss told apart from its refusal.

import { type Dispatcher, request } from 'undici';
import { type Failure, failed, type Outcome, success } from '../domain/failure.ts';
import type { ProviderName } from '../domain/ids.ts';

export interface Ask {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Below the origin, its parts already percent-encoded. */
  readonly path: string;
  readonly query?: readonly (readonly [name: string, value: string])[];
  readonly headers: Readonly<Record<string, string>>;
  readonly json?: unknown;
  readonly form?: Readonly<Record<string, string>>;
  /** A lost read can be asked again; what became of a lost write nobody knows. */
  readonly effect: 'read' | 'write';
}

export interface Answer {
  readonly status: number;
  header(name: string): string | undefined;
  /** Parsed where it is JSON, else its text; null where there was none. */
  readonly body: unknown;
}

/** Answers already had during one operation, by question. A write to the same account forgets them. */
export type ReadMemo = Map<string, Promise<Outcome<Answer>>>;

/** The deadline and the operation a call is part of; every verb's `Call` is one. */
interface Within {
  readonly signal: AbortSignal;
  readonly reads: ReadMemo;
}

export interface Http {
  /**
   * Any HTTP status is a good outcome here; what it means is the provider's to say. Fails with `unavailable` where no
   * answer came, and with `outcome-unknown` where a write may have been seen but its answer was lost.
   */
  ask(within: Within, ask: Ask): Promise<Outcome<Answer>>;
}

export interface HttpParts {
  readonly provider: ProviderName;
  /** Scheme, host and port. */
  readonly origin: string;
  readonly dispatcher: Dispatcher;
}

/** More than any page of any provider; a body beyond it is a fault, not an answer. */
const MAX_ANSWER_BYTES = 16 * 1024 * 1024;

export function openHttp({ provider, origin, dispatcher }: HttpParts): Http {
  async function send(within: Within, ask: Ask): Promise<Outcome<Answer>> {
    try {
      const answer = await request(addressOf(origin, ask), {
        dispatcher,
        method: ask.method,
        signal: within.signal,
        ...written(ask),
      });
      const text = await readCapped(answer.body);
      if (text === undefined)
        return lost(ask, 'its answer was larger than any page it should send');
      // Following a redirect would hand our credential to whoever is named in it.
      if ([301, 302, 303, 307, 308].includes(answer.statusCode)) {
        return failed(
          unavailable(provider, 'it answered with a redirect, which is never followed'),
        );
      }
      const body = parse(text, String(answer.headers['content-type'] ?? ''));
      if (body === MALFORMED && answer.statusCode < 400) {
        return lost(ask, 'its answer was not the JSON it said it was');
      }
      return success({
        status: answer.statusCode,
        header: (name) => {
          const value = answer.headers[name.toLowerCase()];
          return Array.isArray(value) ? value[0] : value;
        },
        body: body === MALFORMED ? text : body,
      });
    } catch (error) {
      const code = codeOf(error);
      if (within.signal.aborted) return lost(ask, 'it did not answer within the deadline');
      return NEVER_REACHED.has(code)
        ? failed(unavailable(provider, `it could not be reached (${code})`))
        : lost(ask, `the connection broke (${code})`);
    }
  }

  function lost(ask: Ask, because: string): Outcome<Answer> {
    return failed(
      ask.effect === 'write'
        ? { kind: 'outcome-unknown', provider, because }
        : unavailable(provider, because),
    );
  }

  return {
    ask(within, ask) {
      if (within.signal.aborted) {
        // Nothing was sent: a write is as safe to try again as a read.
        return Promise.resolve(failed(unavailable(provider, 'the deadline had passed')));
      }
      if (ask.effect === 'write') {
        for (const key of within.reads.keys()) {
          if (key.startsWith(`${provider} `)) within.reads.delete(key);
        }
        return send(within, ask);
      }
      const key = `${provider} ${ask.method} ${addressOf(origin, ask).href}`;
      const known = within.reads.get(key);
      if (known) return known;
      const asked = send(within, ask);
      within.reads.set(key, asked);
      return asked;
    },
  };
}

/** What a 429 or a 5xx means, which is the same everywhere; undefined for any other status. */
export function overload(
  provider: ProviderName,
  answer: Answer,
  { effect, now }: { readonly effect: Ask['effect']; readonly now: number },
): Failure | undefined {
  const { status } = answer;
  const asked = answer.header('retry-after');
  if (status === 429) {
    const retryAt = timeOf(asked ?? answer.header('ratelimit-reset'), now);
    return { kind: 'rate-limited', provider, retryAt };
  }
  if (status < 500) return undefined;
  const because = `it answered HTTP ${status}`;
  // A gateway in between lost the answer; the service behind it may well have done the work.
  if (effect === 'write' && (status === 502 || status === 504)) {
    return { kind: 'outcome-unknown', provider, because };
  }
  // A window's end is sent along with every answer, and says nothing of when a fault will.
  return { kind: 'unavailable', provider, because, retryAt: timeOf(asked, now) };
}

export function unavailable(provider: ProviderName, because: string): Failure {
  return { kind: 'unavailable', provider, because, retryAt: null };
}

/** Whether a dot segment would be resolved away before it is sent, and the call land on another endpoint. */
export function isAnotherPath(path: string): boolean {
  return /\/\.{1,2}(?:\/|$)/.test(path);
}

function addressOf(origin: string, { path, query = [] }: Ask): URL {
  const address = new URL(path, origin);
  for (const [name, value] of query) address.searchParams.append(name, value);
  return address;
}

function written({ headers, json, form }: Ask) {
  if (json !== undefined) {
    return {
      headers: { accept: 'application/json', ...headers, 'content-type': 'application/json' },
      body: JSON.stringify(json),
    };
  }
  if (form !== undefined) {
    return {
      headers: {
        accept: 'application/json',
        ...headers,
        'content-type': 'application/x-www-form-urlencoded',
      },
      body: new URLSearchParams(form).toString(),
    };
  }
  return { headers: { accept: 'application/json', ...headers } };
}

async function readCapped(body: AsyncIterable<Buffer>): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > MAX_ANSWER_BYTES) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

const MALFORMED = Symbol('malformed');

function parse(text: string, contentType: string): unknown {
  if (text === '') return null;
  try {
    return JSON.parse(text);
  } catch {
    return contentType.includes('json') ? MALFORMED : text;
  }
}

const NEVER_REACHED: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

function codeOf(error: unknown): string {
  if (error instanceof Error && 'code' in error && typeof error.code === 'string')
    return error.code;
  return error instanceof Error ? error.name : 'unknown';
}

/** Seconds from now, or a date. */
function timeOf(said: string | undefined, now: number): Date | null {
  if (said === undefined) return null;
  const seconds = Number(said);
  if (Number.isFinite(seconds)) return new Date(now + seconds * 1000);
  const at = Date.parse(said);
  return Number.isNaN(at) ? null : new Date(Math.max(now, at));
}

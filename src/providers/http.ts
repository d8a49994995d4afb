// The only outbound door: one HTTP call under a deadline, its answer capped, its loss told apart from its refusal. An answer
// is had whole and parsed, or in pieces while it comes.

import { type Dispatcher, request } from 'undici';
import { type Failure, failed, mapOutcome, type Outcome, success } from '../domain/failure.ts';
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

/** What came of asking for an answer in pieces. */
export type Arrival =
  /** A refusal, or an answer that is JSON after all: whole, as `ask` has it. */
  | { readonly kind: 'whole'; readonly answer: Answer }
  | { readonly kind: 'pieces'; readonly pieces: Pieces };

/**
 * Bytes as they come off the wire, cut anywhere, to be read once; where they break off a failure is the last of them.
 * Whoever stops reading closes the connection; whoever never begins keeps it until the call's signal.
 */
export type Pieces = AsyncIterable<Outcome<Uint8Array>>;

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
  /** The same for an answer that takes its time: its pieces, failing as `ask` does before the first and after any. */
  stream(within: Within, ask: Ask): Promise<Outcome<Arrival>>;
}

export interface HttpParts {
  readonly provider: ProviderName;
  /** Scheme, host and port. */
  readonly origin: string;
  readonly dispatcher: Dispatcher;
}

/** More than any page of any provider or any reply of a bot; a body beyond it is a fault, not an answer. */
const MAX_ANSWER_BYTES = 16 * 1024 * 1024;

export function openHttp({ provider, origin, dispatcher }: HttpParts): Http {
  /** What is made of an answer, or what it means that there was none, or none any more. */
  async function send<T>(
    within: Within,
    ask: Ask,
    receive: (answer: Dispatcher.ResponseData) => Promise<Outcome<T>> | Outcome<T>,
  ): Promise<Outcome<T>> {
    try {
      const asked = request(addressOf(origin, ask), {
        dispatcher,
        method: ask.method,
        signal: within.signal,
        ...written(ask),
      });
      return await receive(await asked);
    } catch (error) {
      return broken(within, ask, error);
    }
  }

  async function whole(ask: Ask, answer: Dispatcher.ResponseData): Promise<Outcome<Answer>> {
    const text = await readCapped(answer.body);
    if (text === undefined) return lost(ask, 'its answer was larger than any page it should send');
    // Following a redirect would hand our credential to whoever is named in it.
    if ([301, 302, 303, 307, 308].includes(answer.statusCode)) {
      return failed(unavailable(provider, 'it answered with a redirect, which is never followed'));
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
  }

  async function* piecesOf(
    within: Within,
    ask: Ask,
    body: AsyncIterable<Buffer>,
  ): AsyncGenerator<Outcome<Uint8Array>, void, undefined> {
    let bytes = 0;
    try {
      // Leaving this loop, for whatever reason, destroys the body and with it the connection.
      for await (const piece of body) {
        bytes += piece.length;
        if (bytes > MAX_ANSWER_BYTES) {
          yield lost(ask, 'its answer was longer than any it should send');
          return;
        }
        yield success(piece);
      }
    } catch (error) {
      yield broken(within, ask, error);
    }
  }

  function broken(within: Within, ask: Ask, error: unknown): Outcome<never> {
    const code = codeOf(error);
    if (within.signal.aborted) return lost(ask, 'it did not answer within the deadline');
    return NEVER_REACHED.has(code)
      ? failed(unavailable(provider, `it could not be reached (${code})`))
      : lost(ask, `the connection broke (${code})`);
  }

  function lost(ask: Ask, because: string): Outcome<never> {
    return failed(
      ask.effect === 'write'
        ? { kind: 'outcome-unknown', provider, because }
        : unavailable(provider, because),
    );
  }

  /** Undefined where it may be sent. Nothing is sent past the deadline: a write is then as safe to try again as a read. */
  function tooLate(within: Within): Outcome<never> | undefined {
    if (!within.signal.aborted) return undefined;
    return failed(unavailable(provider, 'the deadline had passed'));
  }

  function forgetReads({ reads }: Within): void {
    for (const key of reads.keys()) {
      if (key.startsWith(`${provider} `)) reads.delete(key);
    }
  }

  return {
    ask(within, ask) {
      const refused = tooLate(within);
      if (refused) return Promise.resolve(refused);
      const asking = () => send(within, ask, (answer) => whole(ask, answer));
      if (ask.effect === 'write') {
        forgetReads(within);
        return asking();
      }
      // Some put every question to one address, in the body.
      const said = ask.json === undefined ? '' : JSON.stringify(ask.json);
      const key = `${provider} ${ask.method} ${addressOf(origin, ask).href} ${said}`;
      const known = within.reads.get(key);
      if (known) return known;
      const asked = asking();
      within.reads.set(key, asked);
      return asked;
    },

    async stream(within, ask) {
      const refused = tooLate(within);
      if (refused) return refused;
      if (ask.effect === 'write') forgetReads(within);
      return send<Arrival>(within, ask, async (answer) => {
        if (isInPieces(answer)) {
          return success({ kind: 'pieces', pieces: piecesOf(within, ask, answer.body) });
        }
        const answered = await whole(ask, answer);
        return mapOutcome(answered, (known) => ({ kind: 'whole', answer: known }));
      });
    },
  };
}

/** Whatever is neither a refusal nor JSON to be parsed at once. */
function isInPieces({ statusCode, headers }: Dispatcher.ResponseData): boolean {
  const isJson = /^application\/json\s*(;|$)/i.test(String(headers['content-type'] ?? ''));
  return statusCode >= 200 && statusCode < 300 && !isJson;
}

/** What a 429 or a 5xx means, which is the same everywhere; undefined for any other status. */
export function overload(
  provider: ProviderName,
  answer: Answer,
  { effect, now }: { readonly effect: Ask['effect']; readonly now: number },
): Failure | undefined {
  const { status } = answer;
  const asked = answer.header('retry-after');
  // There are services that take a message and say so all the same: of a write it is no proof that nothing was done.
  const doubt = effect === 'write' ? ({ doubtful: true } as const) : {};
  if (status === 429) {
    const retryAt = timeOf(asked ?? answer.header('ratelimit-reset'), now);
    return { kind: 'rate-limited', provider, retryAt, ...doubt };
  }
  if (status < 500) return undefined;
  const because = `it answered HTTP ${status}`;
  // A gateway in between lost the answer; the service behind it may well have done the work.
  if (effect === 'write' && (status === 502 || status === 504)) {
    return { kind: 'outcome-unknown', provider, because };
  }
  // A window's end is sent along with every answer, and says nothing of when a fault will.
  return { kind: 'unavailable', provider, because, retryAt: timeOf(asked, now), ...doubt };
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

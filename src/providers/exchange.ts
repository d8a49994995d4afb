// One request and its answer, capped, and what became of it where there was no answer: surely not sent, or nobody knows.

import { DecoratorHandler, type Dispatcher, request } from 'undici';
import { type Failure, failed, type Outcome, success } from '../domain/failure.ts';
import type { ProviderName } from '../domain/ids.ts';
import type { Answer, Arrival, Ask } from './ask.ts';
import { withoutSent } from './sent-credentials.ts';
import { isDeadline, unlessAborted } from './signals.ts';

/** What came of sending once. */
export interface Sent<T> {
  readonly outcome: Outcome<T>;
  readonly fate: Fate;
  /** Its body is null where that comes in pieces. */
  readonly answer: Answer | null;
}

/**
 * `answered`: in whatever way. `unsent`: nothing of it left this gateway. `lost`: the connection broke under it. `late`: no
 * answer within the deadline. `left`: whoever asked went away.
 */
export type Fate = 'answered' | 'unsent' | 'lost' | 'late' | 'left';

/** Neither ever throws. Nothing is sent twice. */
export interface Exchange {
  whole(ask: Ask, signal: AbortSignal): Promise<Sent<Answer>>;
  pieces(ask: Ask, signal: AbortSignal): Promise<Sent<Arrival>>;
}

export interface ExchangeParts {
  readonly provider: ProviderName;
  /** Scheme, host and port. */
  readonly origin: string;
  readonly dispatcher: Dispatcher;
}

/** More than any page of any provider or any reply of a bot; a body beyond it is a fault, not an answer. */
const MAX_ANSWER_BYTES = 16 * 1024 * 1024;

export function openExchange({ provider, origin, dispatcher }: ExchangeParts): Exchange {
  const begun = new WeakSet<object>();
  const noting = dispatcher.compose(noteBegun(begun));

  async function send<T>(
    ask: Ask,
    signal: AbortSignal,
    receive: (answer: Dispatcher.ResponseData<object>) => Promise<Sent<T>> | Sent<T>,
  ): Promise<Sent<T>> {
    const sending = {};
    try {
      const asked = request(addressOf(origin, ask), {
        dispatcher: noting,
        method: ask.method,
        signal,
        opaque: sending,
        ...written(ask),
      });
      // What waits for a connection does not hear its signal; once there is one it is not sent any more.
      const answer = await unlessAborted(asked, signal);
      return answer ? await receive(answer) : broken(ask, signal, { sending, code: 'aborted' });
    } catch (error) {
      return broken(ask, signal, { sending, code: codeOf(error) });
    }
  }

  function broken(
    ask: Ask,
    signal: AbortSignal,
    { sending, code }: { readonly sending: object; readonly code: string },
  ): Sent<never> {
    const isSent = begun.has(sending);
    if (signal.aborted) {
      const outcome = isSent ? lost(ask, LATE) : nothingSent(provider, NOT_REACHED);
      return { outcome, fate: isDeadline(signal) ? 'late' : 'left', answer: null };
    }
    const outcome = isSent
      ? lost(ask, `the connection broke (${code})`)
      : failed(unavailable(provider, `it could not be reached (${code})`));
    return { outcome, fate: isSent ? 'lost' : 'unsent', answer: null };
  }

  async function read(ask: Ask, said: Dispatcher.ResponseData<object>): Promise<Sent<Answer>> {
    const text = await readCapped(said.body);
    const answer = headOf(said);
    const answered = (outcome: Outcome<Answer>): Sent<Answer> => ({
      outcome,
      fate: 'answered',
      answer,
    });
    if (text === undefined) {
      return answered(lost(ask, 'its answer was larger than any page it should send'));
    }
    // Following a redirect would hand our credential to whoever is named in it.
    if ([301, 302, 303, 307, 308].includes(said.statusCode)) {
      // "Found" and "see other" are also what is said after something was done.
      const isDoubtful = said.statusCode === 302 || said.statusCode === 303;
      return answered(isDoubtful ? lost(ask, REDIRECT) : failed(unavailable(provider, REDIRECT)));
    }
    const body = parse(withoutSent(text, ask), String(said.headers['content-type'] ?? ''));
    if (body === MALFORMED && said.statusCode < 400) {
      return answered(lost(ask, 'its answer was not the JSON it said it was'));
    }
    const whole = { ...answer, body: body === MALFORMED ? withoutSent(text, ask) : body };
    return { outcome: success(whole), fate: 'answered', answer: whole };
  }

  async function* piecesOf(
    ask: Ask,
    signal: AbortSignal,
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
      yield lost(ask, signal.aborted ? LATE : `the connection broke (${codeOf(error)})`);
    }
  }

  function lost(ask: Ask, because: string): ReturnType<typeof failed> {
    return failed(
      ask.effect === 'write'
        ? { kind: 'outcome-unknown', provider, because }
        : unavailable(provider, because),
    );
  }

  return {
    whole: (ask, signal) => send(ask, signal, (said) => read(ask, said)),
    pieces: (ask, signal) =>
      send<Arrival>(ask, signal, async (said) => {
        if (isInPieces(said)) {
          const pieces = piecesOf(ask, signal, said.body);
          return {
            outcome: success({ kind: 'pieces', pieces }),
            fate: 'answered',
            answer: headOf(said),
          };
        }
        const { outcome, ...sent } = await read(ask, said);
        return {
          ...sent,
          outcome: outcome.ok ? success({ kind: 'whole', answer: outcome.value }) : outcome,
        };
      }),
  };
}

export function unavailable(
  provider: ProviderName,
  because: string,
  retryAt: Date | null = null,
): Failure {
  return { kind: 'unavailable', provider, because, retryAt };
}

/** A write is then as safe to try again as a read. */
export function nothingSent(provider: ProviderName, because: string): ReturnType<typeof failed> {
  return failed(unavailable(provider, `${because}, so nothing was sent`));
}

const REDIRECT = 'it answered with a redirect, which is never followed';
const LATE = 'it did not answer within the deadline';
const NOT_REACHED = 'it could not be reached within the deadline';

/**
 * Notes which requests went out. None goes out twice: where a connection ends under them, some are put back in their
 * line and sent on the next.
 */
function noteBegun(begun: WeakSet<object>): Dispatcher.DispatcherComposeInterceptor {
  return (dispatch) => (options, handler) => {
    const sending = 'opaque' in options ? options.opaque : null;
    const inner: Dispatcher.DispatchHandler = new DecoratorHandler(handler);
    return dispatch(options, {
      onRequestStart(controller, context) {
        const isNoted = typeof sending === 'object' && sending !== null;
        if (isNoted && begun.has(sending)) {
          controller.abort(new Error('it was sent once already'));
          return;
        }
        inner.onRequestStart?.(controller, context);
        if (isNoted && !controller.aborted) begun.add(sending);
      },
      onRequestUpgrade: (...said) => inner.onRequestUpgrade?.(...said),
      onResponseStart: (...said) => inner.onResponseStart?.(...said),
      onResponseData: (...said) => inner.onResponseData?.(...said),
      onResponseEnd: (...said) => inner.onResponseEnd?.(...said),
      onResponseError: (...said) => inner.onResponseError?.(...said),
    });
  };
}

/** Whatever is neither a refusal nor JSON to be parsed at once. */
function isInPieces({ statusCode, headers }: Dispatcher.ResponseData<object>): boolean {
  const isJson = /^application\/json\s*(;|$)/i.test(String(headers['content-type'] ?? ''));
  return statusCode >= 200 && statusCode < 300 && !isJson;
}

function headOf({ statusCode, headers }: Dispatcher.ResponseData<object>): Answer {
  return {
    status: statusCode,
    header: (name) => {
      const value = headers[name.toLowerCase()];
      return Array.isArray(value) ? value[0] : value;
    },
    body: null,
  };
}

export function addressOf(origin: string, { path, query = [] }: Ask): URL {
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

function codeOf(error: unknown): string {
  if (error instanceof Error && 'code' in error && typeof error.code === 'string')
    return error.code;
  return error instanceof Error ? error.name : 'unknown';
}

// The shell every emulator lives in: an HTTP server with fault switches and a journal of what was asked.
// What a provider says is its own file's business; how it can fail is here, once.

import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** Milliseconds since the epoch. Passed in, so that a test can stop time. */
export type Clock = () => number;

export interface EmulatorRequest {
  readonly method: string;
  /** Path without the query, still percent-encoded. */
  readonly path: string;
  /** The query as it was sent, without the question mark. */
  readonly query: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  /** Aborted when the caller goes away before the answer is complete. */
  readonly signal: AbortSignal;
}

export interface EmulatorAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** A string or buffer is sent as it is; an async iterable chunk by chunk; anything else as JSON. */
  readonly body?: unknown;
}

/** How one provider speaks: the part of an emulator that is not plumbing. */
export interface Dialect {
  answer(request: EmulatorRequest): EmulatorAnswer | Promise<EmulatorAnswer>;
  /** The provider's own wording of a status that was injected; the shell adds Retry-After. */
  wordFault(status: number): EmulatorAnswer;
  /** A customer writes into a conversation. False when there is no such conversation. */
  say(conversationId: string, text: string): boolean;
}

export type FaultKind = 'delay' | 'status' | 'hang' | 'cut' | 'cut-after-accept' | 'malformed';

const FAULT_KINDS: readonly FaultKind[] = [
  'delay',
  'status',
  'hang',
  'cut',
  'cut-after-accept',
  'malformed',
];

export interface Fault {
  readonly kind: FaultKind;
  /** For `delay`: how long to wait before answering as usual. */
  readonly ms?: number;
  /** For `status`: what to answer. */
  readonly status?: number;
  /** For `status`: seconds in a Retry-After header; absent, no such header. */
  readonly retryAfter?: number;
  /** How many requests it strikes; absent, until it is removed. */
  readonly times?: number;
  readonly match?: {
    readonly method?: string;
    /** What its path begins with. */
    readonly path?: string;
    /** What is somewhere in its body: all that tells one question from another where the path is the same. */
    readonly body?: string;
  };
}

export interface JournalRow {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  /** Null while unanswered, and for ever where the answer was withheld. */
  status: number | null;
  /** ISO 8601, when the request was complete. */
  readonly time: string;
  /** Parsed where it is JSON, else text; null where there was none. */
  readonly body: unknown;
}

export interface RunningEmulator {
  /** An origin without a path. */
  readonly url: string;
  readonly journal: readonly JournalRow[];
  forget(): void;
  inject(fault: Fault): void;
  heal(): void;
  close(): Promise<void>;
}

export interface EmulatorPlace {
  /** 0, the default, takes a free one. */
  readonly port?: number;
  readonly clock?: Clock;
}

export async function startEmulator(
  dialect: Dialect,
  { port = 0, clock = Date.now }: EmulatorPlace = {},
): Promise<RunningEmulator> {
  const journal: JournalRow[] = [];
  const faults: { fault: Fault; left: number }[] = [];
  const sockets = new Set<Socket>();

  const server = createServer((incoming, response) => {
    const gone = new AbortController();
    response.on('close', () => gone.abort());
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      const [path = '/', query = ''] = splitOnce(incoming.url ?? '/', '?');
      const request: EmulatorRequest = {
        method: incoming.method ?? 'GET',
        path,
        query,
        headers: incoming.headers,
        body: Buffer.concat(chunks),
        signal: gone.signal,
      };
      serve(request, response).catch((error: unknown) => {
        // A bug in an emulator must not look like a provider's failure: say it, then cut.
        console.error('emulator:', error);
        response.destroy();
      });
    });
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });

  async function serve(request: EmulatorRequest, response: ServerResponse): Promise<void> {
    if (request.path.startsWith('/__emulator/')) {
      return send(response, control(request));
    }
    const row: JournalRow = {
      method: request.method,
      path: request.path,
      query: request.query,
      status: null,
      time: new Date(clock()).toISOString(),
      body: readable(request.body),
    };
    journal.push(row);
    const fault = strike(request);
    switch (fault?.kind) {
      case 'hang':
        return;
      case 'cut':
        response.destroy();
        return;
      case 'status': {
        const answer = dialect.wordFault(fault.status ?? 500);
        const wait = fault.retryAfter;
        row.status = answer.status;
        return send(response, {
          ...answer,
          headers: {
            ...answer.headers,
            ...(wait === undefined ? {} : { 'retry-after': String(wait) }),
          },
        });
      }
      case 'delay':
        await pause(fault.ms ?? 0, request.signal);
        break;
      case 'cut-after-accept':
      case 'malformed':
      case undefined:
        break;
    }
    const answer = await dialect.answer(request);
    if (fault?.kind === 'cut-after-accept') {
      response.destroy();
      return;
    }
    row.status = answer.status;
    await send(response, fault?.kind === 'malformed' ? broken(answer) : answer);
  }

  function strike(request: EmulatorRequest): Fault | undefined {
    const index = faults.findIndex(({ fault: { match } }) => {
      const method = match?.method?.toUpperCase() ?? request.method;
      return (
        method === request.method &&
        request.path.startsWith(match?.path ?? '') &&
        request.body.includes(match?.body ?? '')
      );
    });
    const struck = faults[index];
    if (!struck) return undefined;
    struck.left -= 1;
    if (struck.left <= 0) faults.splice(index, 1);
    return struck.fault;
  }

  function inject(fault: Fault): void {
    faults.push({ fault, left: fault.times ?? Number.POSITIVE_INFINITY });
  }

  function control(request: EmulatorRequest): EmulatorAnswer {
    switch (`${request.method} ${request.path}`) {
      case 'POST /__emulator/faults': {
        const fault = asFault(readable(request.body));
        if (typeof fault === 'string') return { status: 400, body: { error: fault } };
        inject(fault);
        return { status: 201, body: fault };
      }
      case 'DELETE /__emulator/faults':
        faults.length = 0;
        return { status: 204 };
      case 'GET /__emulator/journal':
        return { status: 200, body: journal };
      case 'DELETE /__emulator/journal':
        journal.length = 0;
        return { status: 204 };
      case 'POST /__emulator/say': {
        const said = readable(request.body);
        if (!isRecord(said)) return { status: 400, body: { error: 'Send a JSON object.' } };
        const { conversationId, text } = said;
        if (typeof conversationId !== 'string' || typeof text !== 'string' || text === '') {
          return {
            status: 400,
            body: { error: 'Send { "conversationId": string, "text": string }, neither empty.' },
          };
        }
        return dialect.say(conversationId, text)
          ? { status: 201, body: { conversationId, text } }
          : { status: 404, body: { error: `There is no conversation ${conversationId} here.` } };
      }
      default:
        return {
          status: 404,
          body: {
            error:
              'Controls: POST or DELETE /__emulator/faults, GET or DELETE /__emulator/journal, POST /__emulator/say.',
          },
        };
    }
  }

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  const address = server.address();
  const taken = typeof address === 'object' ? address?.port : undefined;

  return {
    url: `http://127.0.0.1:${taken}`,
    journal,
    forget: () => {
      journal.length = 0;
    },
    inject,
    heal: () => {
      faults.length = 0;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

/** Text before and after the first separator; one element where there is none. */
export function splitOnce(text: string, separator: string): string[] {
  const at = text.indexOf(separator);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + separator.length)];
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** JSON where it parses, else the text itself; null for an empty body. */
export function readable(body: Buffer): unknown {
  if (body.length === 0) return null;
  const text = body.toString('utf8');
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function asFault(said: unknown): Fault | string {
  if (!isRecord(said)) return 'Send a JSON object.';
  const kind = FAULT_KINDS.find((known) => known === said['kind']);
  if (!kind) return `"kind" must be one of ${FAULT_KINDS.join(', ')}.`;
  const numbers: { ms?: number; status?: number; retryAfter?: number; times?: number } = {};
  for (const key of ['ms', 'status', 'retryAfter', 'times'] as const) {
    const value = said[key];
    if (value === undefined) continue;
    if (typeof value !== 'number' || value < 0) return `"${key}" must be a number, 0 or more.`;
    numbers[key] = value;
  }
  const match = said['match'];
  if (match === undefined) return { kind, ...numbers };
  if (!isRecord(match)) return '"match" must be an object.';
  const { method, path, body } = match;
  if (method !== undefined && typeof method !== 'string') return '"match.method" must be a string.';
  if (path !== undefined && typeof path !== 'string') return '"match.path" must be a string.';
  if (body !== undefined && typeof body !== 'string') return '"match.body" must be a string.';
  return {
    kind,
    ...numbers,
    match: {
      ...(method === undefined ? {} : { method }),
      ...(path === undefined ? {} : { path }),
      ...(body === undefined ? {} : { body }),
    },
  };
}

async function send(response: ServerResponse, answer: EmulatorAnswer): Promise<void> {
  const { status, headers, body } = answer;
  if (response.destroyed) return;
  if (body === undefined) {
    response.writeHead(status, headers).end();
  } else if (typeof body === 'string' || Buffer.isBuffer(body)) {
    response.writeHead(status, headers).end(body);
  } else if (isStream(body)) {
    response.writeHead(status, headers);
    for await (const chunk of body) {
      if (response.destroyed) return;
      response.write(chunk);
    }
    response.end();
  } else {
    response
      .writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...headers })
      .end(JSON.stringify(body));
  }
}

/** The same answer with its text cut in half: what a proxy in trouble passes on. */
function broken(answer: EmulatorAnswer): EmulatorAnswer {
  const whole = typeof answer.body === 'string' ? answer.body : (JSON.stringify(answer.body) ?? '');
  return {
    status: answer.status,
    headers: { 'content-type': 'application/json; charset=utf-8', ...answer.headers },
    body: `{"${whole.slice(0, Math.floor(whole.length / 2))}`,
  };
}

function isStream(body: unknown): body is AsyncIterable<string | Buffer> {
  return typeof body === 'object' && body !== null && Symbol.asyncIterator in body;
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

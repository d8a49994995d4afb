// What services post to us. Nothing is said to them but a status and a sentence: what they sent is not repeated, nor any secret.

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Failure } from '../domain/failure.ts';
import type { Gateway } from '../gateway/gateway.ts';
import type { Arrivals } from './connections/arrivals.ts';

export const WEBHOOKS_PATH = '/webhooks/';

/** One message with what is said about it. A service posts no more than it takes itself, and that is as much. */
const MAX_BODY_BYTES = 1024 * 1024;
/** How long a sender that was refused early may go on, so that it gets to read why. */
const FAREWELL_MS = 2000;
const RETRY_AFTER_S = 5;

export interface Webhooks {
  /** Answers with 204 once what was posted is in the event log, or is nothing to us. */
  answer(request: IncomingMessage, response: ServerResponse, path: string): Promise<void>;
}

export function openWebhooks({
  gateway,
  arrivals,
}: {
  readonly gateway: Gateway;
  readonly arrivals: Arrivals;
}): Webhooks {
  return {
    async answer(request, response, path) {
      const name = nameIn(path);
      if (name === undefined || !gateway.takesWebhooks(name)) {
        return refuse(
          response,
          404,
          'No account of this name takes webhooks. Look at its address.',
        );
      }
      if (request.method !== 'POST') {
        response.setHeader('allow', 'POST');
        return refuse(response, 405, 'A webhook is a POST.');
      }
      const body = await readBody(request, arrivals);
      if (body === 'unfinished') return;
      if (body === 'too-large') return dismiss(request, response);
      const { headers } = request;
      const taken = await gateway.webhook(name, {
        header: (header) => {
          const value = headers[header.toLowerCase()];
          return Array.isArray(value) ? value.join(', ') : value;
        },
        body,
      });
      if (taken.ok) {
        response.writeHead(204, NOT_KEPT).end();
        return;
      }
      const { status, message } = refusalFor(taken.failure);
      if (status === 503) response.setHeader('retry-after', RETRY_AFTER_S);
      refuse(response, status, message);
    },
  };
}

function nameIn(path: string): string | undefined {
  try {
    return decodeURIComponent(path.slice(WEBHOOKS_PATH.length));
  } catch {
    return undefined;
  }
}

/** A length that was said is believed before anything is read. */
function readBody(
  request: IncomingMessage,
  arrivals: Arrivals,
): Promise<Buffer | 'too-large' | 'unfinished'> {
  if (Number(request.headers['content-length'] ?? 0) > MAX_BODY_BYTES) {
    return Promise.resolve('too-large');
  }
  const { socket } = request;
  arrivals.begin(socket);
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    const hear = (chunk: Buffer) => {
      bytes += chunk.length;
      arrivals.took(socket, chunk.length);
      if (bytes <= MAX_BODY_BYTES) chunks.push(chunk);
      else end('too-large');
    };
    const whole = () => end(Buffer.concat(chunks));
    const broken = () => end('unfinished');
    const end = (outcome: Buffer | 'too-large' | 'unfinished') => {
      request.off('data', hear).off('end', whole).off('close', broken);
      arrivals.end(socket);
      resolve(outcome);
    };
    request.on('data', hear).once('end', whole).once('close', broken).on('error', broken);
  });
}

/** Answered at once and whole, then read away for a moment: closing on a sender would cost it the answer. */
async function dismiss(request: IncomingMessage, response: ServerResponse): Promise<void> {
  response.setHeader('connection', 'close');
  const body = wordsOf('A webhook may have 1 MB at most.');
  response.writeHead(413, { ...JSON_HEADERS, 'content-length': Buffer.byteLength(body) });
  response.write(body);
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, FAREWELL_MS);
    const end = () => {
      clearTimeout(timer);
      resolve();
    };
    request.once('end', end).once('close', end).resume();
  });
  response.end();
  if (!request.complete) request.destroy();
}

function refusalFor(failure: Failure): { readonly status: number; readonly message: string } {
  switch (failure.kind) {
    case 'forbidden':
      return { status: 401, message: `Refused: ${failure.said}.` };
    case 'invalid-input': {
      const [{ path, message }] = failure.issues;
      return { status: 400, message: `${path} ${message}` };
    }
    case 'not-found':
      return {
        status: 404,
        message: 'No account of this name takes webhooks. Look at its address.',
      };
    case 'gateway-unavailable':
      return { status: 503, message: 'The gateway cannot keep it now. Post it again.' };
    default:
      return { status: 503, message: 'What was posted could not be looked up now. Post it again.' };
  }
}

const NOT_KEPT = { 'cache-control': 'no-store' };
const JSON_HEADERS = { ...NOT_KEPT, 'content-type': 'application/json' };

function refuse(response: ServerResponse, status: number, message: string): void {
  response.writeHead(status, JSON_HEADERS).end(wordsOf(message));
}

function wordsOf(message: string): string {
  return `${JSON.stringify({ errors: [{ message }] })}\n`;
}

// One request as the routes see it, and one answer as the wire carries it.

import type { IncomingHttpHeaders } from 'node:http';
import { type Clock, type EmulatorAnswer, type EmulatorRequest, isRecord } from '../emulator.ts';
import { type Auth, type OriginNames, type ServiceHeader, serviceHeaders } from './auth.ts';
import { Refusal, refusal } from './errors.ts';
import { examine, indent, type Shape } from './shapes.ts';

export interface Exchange {
  readonly method: string;
  readonly path: string;
  readonly header: ServiceHeader;
  readonly query: Readonly<Record<string, string>>;
  readonly params: Readonly<Record<string, string>>;
  readonly body: unknown;
  readonly auth: Auth | null;
}

/** Last one wins where a name is repeated. */
export function queryOf(request: EmulatorRequest): Record<string, string> {
  return Object.fromEntries(new URLSearchParams(request.query));
}

/** By content type alone: without one there is no body, whatever was sent. */
export function bodyOf({ method, headers, body }: EmulatorRequest): unknown {
  const [type = ''] = (headers['content-type'] ?? '').split(';');
  if (method === 'GET' || method === 'HEAD' || type === '') return undefined;
  switch (type) {
    case 'application/json':
      try {
        const parsed: unknown = JSON.parse(body.toString('utf8'));
        return parsed;
      } catch {
        throw refusal.bodyParsing('Invalid JSON in request body');
      }
    case 'application/octet-stream':
      // Bytes are an object without fields to whoever validates them.
      return new ArrayBuffer(body.length);
    case 'text/plain':
      return body.toString('utf8');
    case 'application/x-www-form-urlencoded':
      return Object.fromEntries(new URLSearchParams(body.toString('utf8')));
    default:
      throw refusal.bodyParsing(`Unknown content type in request body: ${type}`);
  }
}

export interface Expected {
  /** What is wrong with the caller, in the words of the checks below; thrown where it is worth a code of its own. */
  readonly auth?: (auth: Auth | null) => readonly string[];
  readonly headers?: readonly string[];
  readonly params?: Shape;
  readonly query?: Shape;
  readonly body?: Shape;
}

export interface Accepted {
  readonly params: Readonly<Record<string, unknown>>;
  readonly query: Readonly<Record<string, unknown>>;
  readonly body: Readonly<Record<string, unknown>>;
}

/** All that is wrong is said at once, in one message. */
export function accept(exchange: Exchange, expected: Expected): Accepted {
  const problems = [...(expected.auth?.(exchange.auth) ?? [])];
  const part = (shape: Shape | undefined, sent: unknown, path: string) => {
    if (!shape) return {};
    const examined = examine(shape, sent, path);
    problems.push(...examined.problems);
    return isRecord(examined.value) ? examined.value : {};
  };
  for (const name of expected.headers ?? []) {
    if (exchange.header(name) === undefined) {
      problems.push(`headers.x-stack-${name} must be defined`);
    }
  }
  const accepted = {
    params: part(expected.params, exchange.params, 'params'),
    query: part(expected.query, exchange.query, 'query'),
    body: part(expected.body, exchange.body, 'body'),
  };
  if (problems.length === 0) return accepted;
  const told = problems.map((problem) => indent(problem, '  ').replace(/^ {2}/, '  - '));
  throw refusal.schema(
    `Request validation failed on ${exchange.method} ${exchange.path}:\n${told.join('\n')}`,
  );
}

export interface Wire {
  /** Puts on what every answer of the service carries. */
  dress(answer: EmulatorAnswer, asked: IncomingHttpHeaders): EmulatorAnswer;
  /** A refusal in its own dress: JSON for known errors, a bare sentence for the rest. */
  refuse(error: Refusal): EmulatorAnswer;
}

export function wireOf({
  originNames,
  nextRequestId,
}: {
  readonly originNames: OriginNames;
  readonly nextRequestId: () => string;
}): Wire {
  const families = {
    both: ['x-stack-', 'x-hexclave-'],
    'stack-auth': ['x-stack-'],
    hexclave: ['x-hexclave-'],
  }[originNames];
  const inEachFamily = (name: string, value: string) =>
    Object.fromEntries(families.map((family) => [family + name, value]));
  /** A crash names the request it happened in, and dressing must not name another. */
  const idHeader = `${families[0]}request-id`;

  return {
    dress(answer, asked) {
      // The vendor's client always asks for this, so that browsers do not log every 4xx; a crash stays a crash.
      const hidden =
        answer.status >= 400 &&
        answer.status < 500 &&
        serviceHeaders(asked, originNames)('override-error-status') !== undefined;
      const indented = asked.accept?.includes('text/html') ? 2 : undefined;
      const json = answer.body !== undefined && typeof answer.body !== 'string';
      return {
        status: hidden ? 200 : answer.status,
        headers: {
          ...CORS,
          'cache-control': 'no-store, max-age=0',
          ...(json ? { 'content-type': 'application/json; charset=utf-8' } : {}),
          ...inEachFamily('request-id', answer.headers?.[idHeader] ?? nextRequestId()),
          ...(hidden ? inEachFamily('actual-status', String(answer.status)) : {}),
          ...answer.headers,
        },
        body: json ? JSON.stringify(answer.body, null, indented) : answer.body,
      };
    },
    refuse({ status, code, message, details }) {
      if (code !== null) {
        const said = { code, ...(details === undefined ? {} : { details }), error: message };
        return {
          status,
          headers: {
            'content-type': 'application/json; charset=utf-8',
            ...inEachFamily('known-error', code),
          },
          body: JSON.stringify(said, null, 2),
        };
      }
      const requestId = nextRequestId();
      return {
        status,
        headers: {
          'content-type': 'text/plain; charset=utf-8',
          ...inEachFamily('request-id', requestId),
        },
        body: status >= 500 ? `${message}\n\nRequest ID: ${requestId}` : message,
      };
    },
  };
}

/** What an injected fault says; 401 is the one a client meets in earnest: a token that ran out. */
export function faultOf(status: number, clock: Clock): Refusal {
  switch (status) {
    case 400:
      return refusal.schema('Request validation failed: a fault was injected.');
    case 401:
      return refusal.accessTokenExpired({
        expiredAtMillis: clock() - 1000,
        projectId: 'internal',
        userId: null,
        refreshTokenId: null,
      });
    case 404:
      return refusal.conversationNotFound();
    case 405:
      return refusal.methodNotAllowed();
    // The service itself sets no limit; what stands before it in production is not known, nor how that is worded.
    case 429:
      return refusal.status(429, 'Too Many Requests');
    case 500:
      return refusal.stumble();
    default:
      return refusal.status(status, PHRASES[status] ?? 'Refused by an injected fault.');
  }
}

const PHRASES: Readonly<Record<number, string>> = {
  403: 'Forbidden',
  408: 'Request Timeout',
  409: 'Conflict',
  413: 'Payload Too Large',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
  504: 'Gateway Timeout',
};

const CORS = {
  'access-control-allow-origin': '*',
  'access-control-allow-methods': 'GET, POST, PUT, PATCH, DELETE, OPTIONS',
  'access-control-max-age': '86400',
  'access-control-allow-headers': allowedHeaders(),
  'access-control-expose-headers':
    'content-type, x-stack-actual-status, x-hexclave-actual-status, x-stack-known-error, x-hexclave-known-error',
};

function allowedHeaders(): string {
  const names = [
    'project-id',
    'branch-id',
    'override-error-status',
    'random-nonce',
    'client-version',
    'access-type',
    'publishable-client-key',
    'secret-server-key',
    'super-secret-admin-key',
    'admin-access-token',
    'refresh-token',
    'access-token',
    'allow-restricted-user',
    'allow-anonymous-user',
  ];
  return [
    'content-type',
    'authorization',
    ...names.flatMap((name) => [`x-stack-${name}`, `x-hexclave-${name}`]),
  ].join(', ');
}

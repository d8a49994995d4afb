// What pages of other origins may do: those that are known may ask and listen; of the others nothing is taken that a
// browser sends without asking first.

import type { IncomingMessage, ServerResponse } from 'node:http';

export interface Origins {
  /** Whether a page of another origin that is not known sent it, or may have. */
  isForeign(request: IncomingMessage): boolean;
  /** Tells the browser what the page may read. Whether it only asked for that, and has been answered. */
  answers(request: IncomingMessage, response: ServerResponse): boolean;
  /** As isForeign, of what asks to become a WebSocket, which a browser opens to anybody. */
  mayNotConnect(request: IncomingMessage): boolean;
}

export const FOREIGN =
  'A page of another origin may not ask. Serve it from this one, list its origin under server.origins, or ask from a server.';

/** `known`: besides the own. Each exactly as browsers write it. */
export function openOrigins(known: readonly string[] = []): Origins {
  const isKnown = (origin: string | undefined) => origin !== undefined && known.includes(origin);

  return {
    isForeign({ method, headers }) {
      const site = headers['sec-fetch-site'];
      if (site !== undefined) {
        return site !== 'same-origin' && site !== 'none' && !isKnown(headers.origin);
      }
      // An older browser, or one that came without TLS, does not say. A POST of JSON it would have asked for; for a GET it
      // has to show that it asked.
      return (
        method === 'GET' &&
        /^mozilla\//i.test(headers['user-agent'] ?? '') &&
        !isKnown(headers.origin) &&
        !ASKED_FIRST.some((name) => name in headers)
      );
    },
    answers({ method, headers }, response) {
      const { origin } = headers;
      response.setHeader('vary', 'origin');
      const asksFirst = method === 'OPTIONS' && origin !== undefined && PREFLIGHT in headers;
      if (!isKnown(origin) || origin === undefined) {
        if (asksFirst) response.writeHead(403).end();
        return asksFirst;
      }
      // Never credentials: who asks says so in a header that no browser adds by itself.
      response.setHeader('access-control-allow-origin', origin);
      response.setHeader('access-control-expose-headers', EXPOSED);
      if (!asksFirst) return false;
      response
        .writeHead(204, {
          'access-control-allow-methods': 'GET, POST',
          'access-control-allow-headers': TAKEN,
          'access-control-max-age': '600',
        })
        .end();
      return true;
    },
    mayNotConnect: (request) => ofAnotherOrigin(request) && !isKnown(request.headers.origin),
  };
}

const PREFLIGHT = 'access-control-request-method';
const TAKEN = 'authorization, content-type, parlance-after, x-request-id';
const EXPOSED = 'retry-after, www-authenticate, x-request-id';

/** Headers that a browser adds only after it has asked. */
const ASKED_FIRST = [
  'authorization',
  'parlance-csrf',
  'x-graphql-yoga-csrf',
  'apollo-require-preflight',
];

function ofAnotherOrigin({ headers }: IncomingMessage): boolean {
  const { origin, host = '' } = headers;
  // A browser always says where its page is from; what says nothing is no browser.
  if (origin === undefined) return false;
  const page = URL.canParse(origin) ? new URL(origin) : undefined;
  const own = page && `${page.protocol}//${host}`;
  return !own || !URL.canParse(own) || new URL(own).host !== page.host;
}

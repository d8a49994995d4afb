// Which address answers what: GraphQL, the page for browsers, webhooks, and two words for whoever watches over the process.

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Gateway } from '../gateway/gateway.ts';
import type { Watching } from '../observability/watching.ts';
import { readBody } from './connections/body.ts';
import type { Connections } from './connections/connections.ts';
import { admitted, type Door } from './door/admission.ts';
import { turnedAway } from './door/headers.ts';
import { isStrangeHost, type Names, STRANGE_HOST } from './door/hosts.ts';
import { FOREIGN, type Origins } from './door/origins.ts';
import { GRAPHQL_PATH, type Graphql } from './graphql.ts';
import { observedRequest, type Route } from './observed-requests.ts';
import type { Page } from './pages/graphiql.ts';
import type { OperatorPages } from './pages/operator-pages.ts';
import { sendPage, wantsPage } from './pages/page.ts';
import { pathOf } from './path.ts';
import { sayError, sayJson } from './say.ts';
import { openWebhooks, WEBHOOKS_PATH } from './webhooks.ts';

export interface RouteParts {
  readonly gateway: Gateway;
  readonly graphql: Graphql;
  readonly door: Door;
  readonly connections: Connections;
  readonly page: () => Promise<Page>;
  readonly names: Names;
  readonly origins: Origins;
  /** Of a body. */
  readonly mostBytes: number;
  readonly operators: OperatorPages;
  readonly watching: Watching;
}

export function openRoutes({
  gateway,
  graphql,
  door,
  connections,
  page,
  names,
  origins,
  mostBytes,
  operators,
  watching,
}: RouteParts): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  const { arrivals } = connections;
  const webhooks = openWebhooks({ gateway, arrivals });

  async function answerGraphql(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const refused = turnedAway(request);
    if (refused) return sayError(response, refused.status, refused.message);
    if (origins.isForeign(request)) return sayError(response, 403, FOREIGN);
    const came = await admitted(door, request, response, () => connections.listened(response));
    if (!came) return;
    if (request.method !== 'POST') {
      await graphql.yoga.handle(request, response, came);
      return;
    }
    const body = await readBody(request, { arrivals, mostBytes });
    if (body === 'unfinished') return;
    if (body === 'too-large') {
      response.setHeader('connection', 'close');
      return sayError(response, 413, tooLarge(mostBytes));
    }
    // The GraphQL server takes a body that was read already from this field.
    await graphql.yoga.handle(Object.assign(request, { body }), response, came);
  }

  async function answer(
    request: IncomingMessage,
    response: ServerResponse,
    path: string,
  ): Promise<void> {
    switch (path) {
      case '/healthz':
        return sayJson(response, 200, { status: 'ok' });
      case '/readyz':
        return operators.readyz(request, response);
      case '/metrics':
        if (isStrangeHost(request, names)) return sayError(response, 421, STRANGE_HOST);
        return operators.metrics(request, response);
      case '/':
        response.writeHead(302, { location: GRAPHQL_PATH }).end();
        return;
      case GRAPHQL_PATH:
        if (isStrangeHost(request, names)) return sayError(response, 421, STRANGE_HOST);
        if (origins.answers(request, response)) return;
        if (wantsPage(request)) return sendPage(request, response, await page());
        return answerGraphql(request, response);
      default:
        if (path.startsWith(WEBHOOKS_PATH)) return webhooks.answer(request, response, path);
        return sayError(response, 404, `There is nothing here; GraphQL is at ${GRAPHQL_PATH}.`);
    }
  }

  return (request, response) => {
    const path = pathOf(request);
    const observed = { request, response, route: routeOf(request, path) };
    return observedRequest(watching, observed, () => answer(request, response, path));
  };
}

function routeOf(request: IncomingMessage, path: string): Route {
  if (PROBES.has(path)) return 'probe';
  if (path === GRAPHQL_PATH) return wantsPage(request) ? 'page' : 'graphql';
  return path.startsWith(WEBHOOKS_PATH) ? 'webhooks' : 'other';
}

const PROBES: ReadonlySet<string> = new Set(['/healthz', '/readyz', '/metrics']);

function tooLarge(mostBytes: number): string {
  const most = mostBytes === 1024 * 1024 ? '1 MB' : `${mostBytes} bytes`;
  return `A body may have ${most} at most. Send less, or a URL to it.`;
}

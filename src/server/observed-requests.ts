// What is told to an operator of each request: its id, a line, a number, a span. Probes are not: they would be all there is.

import type { IncomingMessage, ServerResponse } from 'node:http';
import { requestIdOf } from '../observability/request-id.ts';
import { along } from '../observability/trail.ts';
import type { Watching } from '../observability/watching.ts';

export type Route = 'graphql' | 'webhooks' | 'page' | 'probe' | 'other';

/** Answers it on a trail of its own. */
export function observedRequest(
  { log, meter, tracer }: Watching,
  { request, response, route }: Observed,
  answer: () => Promise<void>,
): Promise<void> {
  const requestId = requestIdOf(request.headers['x-request-id']);
  response.setHeader('x-request-id', requestId);
  if (route === 'probe') return answer();
  const beganMs = performance.now();
  const { method = '' } = request;
  const { traceparent } = request.headers;
  const parent = typeof traceparent === 'string' ? { traceparent } : undefined;
  const span = tracer.begin(`${method} ${route}`, 'server', parent);
  span.set({ 'http.request.method': method, 'http.route': route });
  return along({ requestId, span }, (now) => {
    response.once('close', () => {
      const ms = performance.now() - beganMs;
      // Nothing was said where it was cut before.
      const status = response.headersSent ? response.statusCode : 0;
      span.set({ 'http.response.status_code': status });
      span.end(status >= 500 || status === 0 ? 'failed' : undefined);
      meter.count('parlance_http_requests_total', { route, status: String(status) });
      if (!isStream(response)) meter.observe('parlance_http_request_seconds', { route }, ms / 1000);
      const reason = REFUSED[status];
      if (reason) meter.count('parlance_refusals_total', { reason });
      // What hears of an end is on nobody's trail.
      const { span: _span, ...trail } = now();
      log.info({ ...trail, method, route, status, ms: Math.round(ms) }, 'a request was answered');
    });
    return answer();
  });
}

interface Observed {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly route: Route;
}

/** By the status alone; a document that is refused may have a good one, and is counted where it is read. */
const REFUSED: Readonly<Record<number, string>> = {
  401: 'sign-in',
  403: 'rights',
  429: 'share',
  406: 'request',
  413: 'request',
  415: 'request',
};

function isStream(response: ServerResponse): boolean {
  return String(response.getHeader('content-type') ?? '').startsWith('text/event-stream');
}

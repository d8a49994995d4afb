// Metrics on a port of their own, for a scraper on the operator's side: nobody signs in there, and nothing else is served.

import { createServer, type ServerResponse } from 'node:http';
import type { Log } from '../../observability/log.ts';
import type { Metrics } from '../../observability/metrics.ts';
import { listenAt, type Place } from '../listening.ts';
import { pathOf } from '../path.ts';
import { sayError } from '../say.ts';

export interface MetricsServer {
  readonly url: string;
  close(): Promise<void>;
}

/** A scrape takes milliseconds. */
const ARRIVAL_LIMIT_MS = 5000;

export async function serveMetrics(
  metrics: Metrics,
  { log, ...place }: Place & { readonly log: Log },
): Promise<MetricsServer> {
  const server = createServer({ requestTimeout: ARRIVAL_LIMIT_MS }, (request, response) => {
    if (pathOf(request) !== '/metrics') {
      sayError(response, 404, 'There is nothing here but /metrics.');
      return;
    }
    sayMetrics(response, metrics).catch((error: unknown) => {
      log.error({ err: error }, 'metrics could not be told, which is a bug');
      sayError(response, 500, 'Something went wrong in the gateway itself. It has been noted.');
    });
  });
  return {
    url: await listenAt(server, place),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

export async function sayMetrics(response: ServerResponse, metrics: Metrics): Promise<void> {
  const text = await metrics.print();
  response
    .writeHead(200, { 'content-type': metrics.contentType, 'cache-control': 'no-store' })
    .end(text);
}

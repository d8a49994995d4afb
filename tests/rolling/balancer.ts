// What stands in front of several gateways: asks each whether it is ready, passes on what comes, and tries nothing twice.

import { once } from 'node:events';
import {
  Agent,
  createServer,
  type IncomingMessage,
  request as requestOf,
  type ServerResponse,
} from 'node:http';
import { connect } from 'node:net';
import type { Duplex } from 'node:stream';

export interface Balancer {
  readonly url: string;
  /** How many gateways it passes anything on to. */
  ready(): number;
  close(): Promise<void>;
}

const LOOK_EVERY_MS = 100;
const ANSWERS_WITHIN_MS = 2000;
/** Whoever says nothing once or twice is busy, and is not left for that. */
const MOST_SILENCES = 3;
/** Longer than any client here leaves a connection alone: it is never the balancer that ends one. */
const KEPT_MS = 120_000;

interface Target {
  readonly url: URL;
  readonly agent: Agent;
  isReady: boolean;
}

export async function startBalancer(urls: readonly string[]): Promise<Balancer> {
  const targets: Target[] = urls.map((url) => ({
    url: new URL(url),
    agent: new Agent({ keepAlive: true }),
    isReady: false,
  }));
  let turn = 0;
  const closed = new AbortController();

  async function look(target: Target): Promise<void> {
    for (let silences = 0; !closed.signal.aborted; ) {
      const seen = await readinessOf(target.url);
      silences = seen === 'silent' ? silences + 1 : 0;
      if (seen !== 'silent' || silences > MOST_SILENCES) target.isReady = seen === 'ready';
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    }
  }

  function next(): Target | undefined {
    const ready = targets.filter((target) => target.isReady);
    turn += 1;
    return ready[turn % ready.length];
  }

  function pass(incoming: IncomingMessage, response: ServerResponse): void {
    const target = next();
    if (!target) {
      response.writeHead(503).end();
      return;
    }
    const { hostname, port } = target.url;
    const { method, url: path, headers } = incoming;
    const { connection: _, ...rest } = headers;
    const options = { hostname, port, method, path, headers: rest, agent: target.agent };
    const asked = requestOf(options, (answered) => {
      const { connection: __, ...said } = answered.headers;
      response.writeHead(answered.statusCode ?? 502, said);
      answered.pipe(response);
      // An answer that was cut off is not ended in good order here either.
      answered.once('close', () => answered.complete || response.destroy());
    });
    asked.once('error', (error) => {
      if (response.headersSent) response.destroy();
      else response.writeHead(502).end(String(error));
    });
    response.once('close', () => asked.destroy());
    incoming.pipe(asked);
  }

  function upgrade(incoming: IncomingMessage, socket: Duplex, head: Buffer): void {
    const target = next();
    if (!target) {
      socket.end('HTTP/1.1 503 Service Unavailable\r\nconnection: close\r\n\r\n');
      return;
    }
    const through = connect(Number(target.url.port), target.url.hostname);
    const lines = [`GET ${incoming.url} HTTP/1.1`];
    for (let index = 0; index < incoming.rawHeaders.length; index += 2) {
      lines.push(`${incoming.rawHeaders[index]}: ${incoming.rawHeaders[index + 1]}`);
    }
    through.write(`${lines.join('\r\n')}\r\n\r\n`);
    through.write(head);
    through.pipe(socket).pipe(through);
    for (const [one, other] of [
      [through, socket],
      [socket, through],
    ] as const) {
      one.on('error', () => other.destroy());
      one.on('close', () => other.destroy());
    }
  }

  const server = createServer({ keepAliveTimeout: KEPT_MS }, pass);
  server.on('upgrade', upgrade);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const looking = targets.map((target) => look(target));
  const address = server.address();
  return {
    url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`,
    ready: () => targets.filter((target) => target.isReady).length,
    async close() {
      closed.abort();
      const ended = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await ended;
      await Promise.all(looking);
      for (const { agent } of targets) agent.destroy();
    },
  };
}

/** Each time on a connection of its own, as balancers ask. */
function readinessOf({ hostname, port }: URL): Promise<'ready' | 'not ready' | 'silent'> {
  return new Promise((resolve) => {
    const timeout = ANSWERS_WITHIN_MS;
    const options = { hostname, port, path: '/readyz', agent: false, timeout };
    const asked = requestOf(options, (answered) => {
      answered.resume();
      resolve(answered.statusCode === 200 ? 'ready' : 'not ready');
    });
    asked.once('timeout', () => {
      resolve('silent');
      asked.destroy();
    });
    asked.once('error', () => resolve('not ready'));
    asked.end();
  });
}

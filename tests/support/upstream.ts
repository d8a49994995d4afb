// A service of one listener that can go and come back at the same address, and a door to it that has manners.

import { createServer, type RequestListener } from 'node:http';
import { Agent } from 'undici';
import { onTestFinished } from 'vitest';
import { providerName } from '../../src/domain/ids.ts';
import type { Ask } from '../../src/providers/ask.ts';
import type { BreakerTimes } from '../../src/providers/breaker.ts';
import { openHttp, type Within } from '../../src/providers/http.ts';
import { openManners } from '../../src/providers/manners.ts';
import type { Turnstile } from '../../src/providers/turnstile.ts';

export const PROVIDER = providerName('website');

export const READ: Ask = { method: 'GET', path: '/rows', headers: {}, effect: 'read' };
export const WRITE: Ask = {
  method: 'POST',
  path: '/rows',
  headers: {},
  json: { text: 'Hello' },
  effect: 'write',
};

export interface UpstreamOptions {
  readonly clock?: () => number;
  readonly breaker?: BreakerTimes;
  readonly turnstile?: Turnstile;
}

/** Never left in peace: for what is not about that. */
const NEVER: BreakerTimes = { failures: Infinity, firstMs: 1, longestMs: 1 };

export async function startUpstream(listener: RequestListener, options: UpstreamOptions = {}) {
  const { clock = Date.now, breaker = NEVER, turnstile } = options;
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    request.resume();
    listener(request, response);
  });
  const listen = (port: number) =>
    new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  await listen(0);
  const address = server.address();
  const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
  const dispatcher = new Agent({ connect: { timeout: 500 } });
  const close = async () => {
    server.closeAllConnections();
    if (server.listening) await new Promise<void>((resolve) => server.close(() => resolve()));
  };
  onTestFinished(async () => {
    await dispatcher.destroy();
    await close();
  });
  const origin = `http://127.0.0.1:${port}`;
  const manners = openManners({ provider: PROVIDER, clock, chance: () => 0.5, breaker });
  const http = openHttp({
    provider: PROVIDER,
    origin,
    dispatcher,
    manners: manners.towards({ turnstile }),
  });
  return { http, manners, origin, dispatcher, server, asked, close, open: () => listen(port) };
}

/** An operation of its own, with as much time as is said. */
export function within(ms = 5000, asker: 'client' | 'watch' = 'client'): Within {
  const endMs = performance.now() + ms;
  return {
    signal: AbortSignal.timeout(ms),
    reads: new Map(),
    asker,
    leftMs: () => Math.max(0, endMs - performance.now()),
  };
}

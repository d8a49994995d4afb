// What has not arrived whole: connections that nothing was asked on yet, and bodies on their way. There are only so many,
// and who has been at it longest makes room: what is meant to arrive does so soon.

import type { Socket } from 'node:net';
import type { Log } from '../../observability/log.ts';
import { seldom } from './seldom.ts';

export interface Arrivals {
  /** A request is on its way. */
  begin(socket: Socket): void;
  /** So much of its body was taken in. */
  took(socket: Socket, bytes: number): void;
  /** It is there, or never will be. */
  end(socket: Socket): void;
  /** Whatever is on its way is given a moment, then it is cut. */
  close(): void;
}

/** From one address, which may be that of a proxy. */
const MOST_OF_AN_ADDRESS = 2000;
/** All together; the largest body there is may have a megabyte. */
const MOST_BYTES = 64 * 1024 * 1024;
/** What was sent before the server began to leave is there by then. */
const LAST_MOMENT_MS = 1000;
const SAY_EVERY_MS = 60_000;

export function openArrivals({ log }: { readonly log: Log }): Arrivals {
  /** With what each has brought so far, in bytes; the oldest first. */
  const all = new Map<Socket, number>();
  const byAddress = new Map<string, Set<Socket>>();
  /** No longer known of one that is closed. */
  const addresses = new WeakMap<Socket, string>();
  let bytes = 0;
  const say = seldom(SAY_EVERY_MS, () =>
    log.warn({}, 'requests that do not arrive make room: somebody is slow, or means to be'),
  );

  function addressOf(socket: Socket): string {
    const address = addresses.get(socket) ?? socket.remoteAddress ?? '';
    addresses.set(socket, address);
    return address;
  }

  function end(socket: Socket): void {
    const brought = all.get(socket);
    if (brought === undefined) return;
    all.delete(socket);
    bytes -= brought;
    const address = addressOf(socket);
    const others = byAddress.get(address);
    others?.delete(socket);
    if (others?.size === 0) byAddress.delete(address);
  }

  function cut([oldest]: Iterable<Socket>): void {
    if (!oldest) return;
    say();
    end(oldest);
    oldest.destroy();
  }

  return {
    end,
    begin(socket) {
      end(socket);
      all.set(socket, 0);
      const address = addressOf(socket);
      const others = byAddress.get(address) ?? new Set();
      byAddress.set(address, others.add(socket));
      if (others.size > MOST_OF_AN_ADDRESS) cut(others);
    },
    took(socket, more) {
      const brought = all.get(socket);
      if (brought === undefined) return;
      all.set(socket, brought + more);
      bytes += more;
      if (bytes > MOST_BYTES) cut(all.keys());
    },
    close() {
      const late = new Set(all.keys());
      if (late.size === 0) return;
      setTimeout(() => {
        for (const socket of late) if (all.has(socket)) socket.destroy();
      }, LAST_MOMENT_MS).unref();
    },
  };
}

// Connections that nobody knows yet: there are only so many, and each has one short thing to say.

import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import { countOf } from '../bounds/shares.ts';
import { networkOf } from '../door/address.ts';
import { sendAway } from './carrier.ts';

export interface Strangers {
  /** One more at this address: what it is to call when it is known, or has gone; undefined where there are too many. */
  enter(address: string): (() => void) | undefined;
}

export interface MostStrangers {
  readonly inAll: number;
  readonly ofAnAddress: number;
}

/** Each may send as much as a stranger may; behind a proxy that is not known for one all have one address. */
export const MOST_STRANGERS: MostStrangers = { inAll: 1000, ofAnAddress: 100 };
/** A token may have some kilobytes. */
export const MOST_BYTES_OF_STRANGERS = 64 * 1024;

export function openStrangers({ inAll, ofAnAddress }: MostStrangers): Strangers {
  const all = countOf(inAll);
  const ofOne = countOf(ofAnAddress);
  return {
    enter(address) {
      const leaveAll = all.take('');
      const leaveOne = leaveAll && ofOne.take(networkOf(address));
      if (leaveAll && leaveOne) {
        return () => {
          leaveAll();
          leaveOne();
        };
      }
      leaveAll?.();
      return undefined;
    },
  };
}

/** Whoever was not let in yet has one short thing to say. Returns what lifts the bound. */
export function boundUntilLetIn(socket: WebSocket, wire: Duplex): () => void {
  let bytes = 0;
  const count = (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes <= MOST_BYTES_OF_STRANGERS) return;
    lift();
    sendAway(socket, { code: 1009, reason: 'Say connection_init first, and no more' });
    socket.pause();
  };
  const lift = () => void wire.off('data', count);
  wire.on('data', count);
  return lift;
}

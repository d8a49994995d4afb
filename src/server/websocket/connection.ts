// One WebSocket that is open: who is at its other end, and what runs on it.

import type { WebSocket } from 'ws';
import type { Session } from '../../security/doorkeeper.ts';
import type { SocketTrail } from './observed-sockets.ts';

export interface Connection {
  readonly socket: WebSocket;
  /** The address it came from. */
  readonly address: string;
  /** What its first request presented. */
  readonly authorization: string | undefined;
  /** Once it was let in. */
  session?: Session;
  payer?: string;
  /** One for each operation, by what was sent for it: ids may be used again. */
  readonly operations: Map<object, Running>;
  /** What is to be done when it is closed. */
  readonly leaves: (() => void)[];
  readonly trail: SocketTrail;
  /** It is no stranger any more. */
  known(): void;
}

interface Running {
  readonly left: AbortController;
  /** A query and a mutation end by themselves; a subscription lasts. */
  readonly lasts: boolean;
  readonly giveBack: () => void;
}

export function end({ operations }: Connection, payload: object): void {
  const running = operations.get(payload);
  running?.left.abort();
  running?.giveBack();
  operations.delete(payload);
}

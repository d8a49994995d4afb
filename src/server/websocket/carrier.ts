// One WebSocket as the protocol sees it: what may wait to be read, what a silent one is taken for, and how it is told to go.

import { CloseCode, type WebSocket as ProtocolSocket } from 'graphql-ws';
import type { WebSocket } from 'ws';
import type { Log } from '../../observability/log.ts';

/** What is to be said to one client and has not been written yet, before nothing more is heard from it. */
const MOST_UNWRITTEN_BYTES = 1024 * 1024;
/** RFC 6455, 5.5: all that a frame which ends a connection has room for, less the code. */
const MOST_REASON_BYTES = 123;

export function carrierOf(socket: WebSocket, log: Log): ProtocolSocket {
  const written = () => {
    if (socket.isPaused && socket.bufferedAmount <= MOST_UNWRITTEN_BYTES) socket.resume();
  };
  const heard = () => {
    if (socket.bufferedAmount > MOST_UNWRITTEN_BYTES) socket.pause();
  };
  socket.on('ping', (data: Buffer) => {
    socket.pong(data, false, written);
    heard();
  });
  return {
    protocol: socket.protocol,
    // Done once it was written, and only then is the next event asked for: what a slow client does not read yet waits
    // in its queue, which is bounded, and turns into a gap.
    send: (text: string) =>
      new Promise<void>((resolve) => {
        socket.send(text, () => {
          written();
          resolve();
        });
      }),
    close: (code = 1000, reason = '') => sendAway(socket, { code, reason }),
    onMessage(answer: (text: string) => Promise<void>) {
      socket.on('message', (data) => {
        // Said after it was told to go, and before it heard so.
        if (socket.readyState !== socket.OPEN) return;
        heard();
        answer(Buffer.isBuffer(data) ? data.toString() : '').catch((error: unknown) => {
          log.error({ err: error }, 'a message could not be answered, which is a bug');
          socket.close(CloseCode.InternalServerError, 'Something went wrong in the gateway itself');
        });
      });
    },
  };
}

/** A connection that was cut somewhere on its way says nothing of it. Returns what ends the asking. */
export function askForLife(socket: WebSocket, everyMs: number): () => void {
  let alive = true;
  const hear = () => {
    alive = true;
  };
  socket.on('pong', hear).on('message', hear);
  const timer = setInterval(() => {
    if (!alive) {
      socket.terminate();
      return;
    }
    alive = false;
    socket.ping();
  }, everyMs);
  return () => clearInterval(timer);
}

export function sendAway(
  socket: WebSocket,
  { code, reason }: { readonly code: number; readonly reason: string },
): void {
  if (socket.readyState === socket.OPEN) socket.close(code, inBytes(reason));
}

function inBytes(text: string): string {
  if (Buffer.byteLength(text) <= MOST_REASON_BYTES) return text;
  const kept: string[] = [];
  let left = MOST_REASON_BYTES - Buffer.byteLength('…');
  for (const character of text) {
    left -= Buffer.byteLength(character);
    if (left < 0) break;
    kept.push(character);
  }
  return `${kept.join('')}…`;
}

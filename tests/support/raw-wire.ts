// A WebSocket by hand, byte for byte: for frames that no library would send.

import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

export interface RawWire {
  readonly socket: Socket;
  /** A frame as it stands: its first byte, and what it carries. */
  frame(first: number, payload: string | Buffer, how?: 'masked' | 'unmasked'): void;
  /** The code of the frame that ends the connection; undefined where it is cut without one. */
  readonly code: Promise<number | undefined>;
  /** Resolves once the connection is no more. */
  readonly gone: Promise<void>;
}

export const TEXT = 0x81;
export const PING = 0x89;

/** Answers nothing by itself, not even that the connection ends. */
export async function openWire(url: string): Promise<RawWire> {
  const { hostname, port, host } = new URL(url);
  const socket = connect(Number(port), hostname);
  onTestFinished(() => void socket.destroy());
  socket.on('error', () => undefined);
  socket.write(
    [
      'GET /graphql HTTP/1.1',
      `host: ${host}`,
      'connection: upgrade',
      'upgrade: websocket',
      'sec-websocket-version: 13',
      `sec-websocket-key: ${Buffer.alloc(16).toString('base64')}`,
      'sec-websocket-protocol: graphql-transport-ws',
      '\r\n',
    ].join('\r\n'),
  );
  const [head] = await once(socket, 'data');
  if (!String(head).startsWith('HTTP/1.1 101')) throw new Error(String(head));
  let heard: Buffer = Buffer.alloc(0);
  const gone = once(socket, 'close').then(() => undefined);
  const ended = new Promise<number | undefined>((resolve) => {
    socket.on('data', (chunk) => {
      heard = withoutWholeFrames(Buffer.concat([heard, Buffer.from(chunk)]), resolve);
    });
    void gone.then(() => resolve(undefined));
  });
  return {
    socket,
    code: ended,
    gone,
    frame: (first, payload, how = 'masked') =>
      void socket.write(frameOf(first, Buffer.from(payload), how)),
  };
}

function frameOf(first: number, payload: Buffer, how: 'masked' | 'unmasked'): Buffer {
  const bit = how === 'masked' ? 0x80 : 0;
  const length =
    payload.length < 126
      ? Buffer.from([bit | payload.length])
      : Buffer.from([bit | 127, 0, 0, 0, 0, ...lengthIn(payload)]);
  // A mask of zeros is one.
  return Buffer.concat([Buffer.from([first]), length, Buffer.alloc(bit ? 4 : 0), payload]);
}

function lengthIn({ length }: Buffer): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(length);
  return bytes;
}

/** What a server sends is short enough here, and not masked. */
function withoutWholeFrames(heard: Buffer, ends: (code: number) => void): Buffer {
  let rest = heard;
  while (rest.length >= 2) {
    const said = (rest[1] ?? 0) & 0x7f;
    const [from, length] =
      said === 126 ? [4, rest.length >= 4 ? rest.readUInt16BE(2) : 0] : [2, said];
    if (rest.length < from + length) break;
    if (((rest[0] ?? 0) & 0x0f) === 8) ends(rest.readUInt16BE(from));
    rest = rest.subarray(from + length);
  }
  return rest;
}

// Bytes that never became a request are answered as well: Node alone would close the connection over an empty page.

import type { Duplex } from 'node:stream';

export function answerUnreadable(error: Error, socket: Duplex): void {
  // Nothing was asked: a browser that opened it in advance could take an answer for that to its first question.
  const isUnused = 'bytesRead' in socket && socket.bytesRead === 0;
  // Whoever has been answered before on this connection could take a second answer for part of the first.
  if (isUnused || !socket.writable || ('bytesWritten' in socket && socket.bytesWritten !== 0)) {
    socket.destroy();
    return;
  }
  const { status, message } = REASONS[codeOf(error)] ?? MALFORMED;
  answerBare(socket, status, message);
}

/** An answer to what has no response of Node's, and the end of the connection. */
export function answerBare(socket: Duplex, status: string, message: string): void {
  const body = `${JSON.stringify({ errors: [{ message, extensions: { code: 'INVALID_INPUT' } }] })}\n`;
  socket.end(
    [
      `HTTP/1.1 ${status}`,
      'connection: close',
      'content-type: application/json',
      'x-content-type-options: nosniff',
      `content-length: ${Buffer.byteLength(body)}`,
      '',
      body,
    ].join('\r\n'),
  );
}

const MALFORMED = {
  status: '400 Bad Request',
  message: 'This is no request of HTTP/1.1. Send a POST with a body of application/json.',
};

const REASONS: Readonly<Record<string, typeof MALFORMED>> = {
  HPE_HEADER_OVERFLOW: {
    status: '431 Request Header Fields Too Large',
    message:
      'Address and headers may have 16 KB together. Send the operation in the body of a POST.',
  },
  ERR_HTTP_REQUEST_TIMEOUT: {
    status: '408 Request Timeout',
    message: 'The request did not arrive whole in time. Send it again.',
  },
};

function codeOf(error: Error): string {
  return 'code' in error && typeof error.code === 'string' ? error.code : '';
}

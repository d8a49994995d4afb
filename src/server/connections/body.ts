// Reads a request's body up to the bound the contract names, and no further.

import type { IncomingMessage } from 'node:http';
import type { Arrivals } from './arrivals.ts';

/** How much more is read away, so that a client that is still sending gets to read the refusal. */
const MAX_DRAINED_BYTES = 16 * 1024 * 1024;

export interface Reading {
  readonly arrivals: Arrivals;
  /** A longer one is not kept. */
  readonly mostBytes: number;
}

/** `unfinished`: whoever was sending it has gone. */
export async function readBody(
  request: IncomingMessage,
  { arrivals, mostBytes }: Reading,
): Promise<Buffer | 'too-large' | 'unfinished'> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  arrivals.begin(request.socket);
  try {
    for await (const chunk of request) {
      if (!Buffer.isBuffer(chunk)) continue;
      bytes += chunk.length;
      if (bytes > MAX_DRAINED_BYTES) break;
      if (bytes > mostBytes) continue;
      chunks.push(chunk);
      arrivals.took(request.socket, chunk.length);
    }
  } catch {
    return 'unfinished';
  } finally {
    arrivals.end(request.socket);
  }
  return bytes > mostBytes ? 'too-large' : Buffer.concat(chunks);
}

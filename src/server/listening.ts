// A server of HTTP listens at a place, and knows the URL it is reached by there.

import type { Server } from 'node:http';

export interface Place {
  readonly host: string;
  /** 0 takes any free one. */
  readonly port: number;
}

/** Its URL; rejects where the place is taken, or is none of this machine. */
export async function listenAt(server: Server, { host, port }: Place): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  const address = server.address();
  const taken = typeof address === 'object' && address ? address.port : port;
  return `http://${host.includes(':') ? `[${host}]` : host}:${taken}`;
}

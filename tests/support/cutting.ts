// What stands between a gateway and a service and can fail at any point of a request or its answer. It speaks HTTP, takes no
// part in what is said, and strikes once.

import {
  createServer,
  type IncomingMessage,
  request as requestOf,
  type ServerResponse,
} from 'node:http';
import { onTestFinished } from 'vitest';

/**
 * `after-headers`, `in-body`: the service never has the whole request. `after-accept`, `in-answer`: it has, and has answered.
 * `429`, `500`: the same, and this is told in the place of its answer. `withheld`: the same, and nothing is told, ever.
 */
export type CutAt =
  | 'after-headers'
  | 'in-body'
  | 'after-accept'
  | 'in-answer'
  | '429'
  | '500'
  | 'withheld';

export interface Cutting {
  /** An origin without a path. */
  readonly url: string;
  /** Strikes the next request of this method whose path begins so and whose body has this in it; resolves when it has. */
  cut(
    at: CutAt,
    match: { readonly method: string; readonly path: string; readonly body?: string },
  ): Promise<void>;
  /** From now on nothing listens there, until it is opened again. */
  close(): Promise<void>;
  open(): Promise<void>;
}

export async function startCutting(to: string): Promise<Cutting> {
  let next:
    | {
        readonly at: CutAt;
        readonly match: { readonly method: string; readonly path: string; readonly body?: string };
        struck(): void;
      }
    | undefined;

  const server = createServer((incoming, response) => {
    void pass(incoming, response).catch(() => response.destroy());
  });

  async function pass(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(Buffer.from(chunk));
    const body = Buffer.concat(chunks);
    const { match } = next ?? {};
    const isStruck =
      match?.method === incoming.method &&
      (incoming.url ?? '').startsWith(match?.path ?? '/') &&
      body.includes(match?.body ?? '');
    const struck = isStruck ? next : undefined;
    if (struck) next = undefined;
    switch (struck?.at) {
      case 'after-headers':
        incoming.socket.destroy();
        break;
      case 'in-body':
        await forward(incoming, body.subarray(0, Math.floor(body.length / 2)), body.length);
        incoming.socket.destroy();
        break;
      default:
        await answer(struck?.at, response, await forward(incoming, body, body.length));
    }
    struck?.struck();
  }

  async function answer(
    at: CutAt | undefined,
    response: ServerResponse,
    heard: Heard | undefined,
  ): Promise<void> {
    if (!heard) return void response.destroy();
    switch (at) {
      case 'after-accept':
        response.destroy();
        return;
      case 'in-answer':
        response.writeHead(heard.status, heard.headers);
        await new Promise((resolve) => {
          response.write(heard.body.subarray(0, Math.ceil(heard.body.length / 2)), resolve);
        });
        response.destroy();
        return;
      case '429':
      case '500':
        response
          .writeHead(Number(at), { 'content-type': 'application/json', 'retry-after': '1' })
          .end('{}');
        return;
      case 'withheld':
        return;
      default:
        response.writeHead(heard.status, heard.headers).end(heard.body);
    }
  }

  /** Undefined where the request was not whole. */
  function forward(
    { method, url, headers }: IncomingMessage,
    body: Buffer,
    length: number,
  ): Promise<Heard | undefined> {
    return new Promise((resolve, reject) => {
      const hasBody = length > 0;
      const asked = requestOf(
        new URL(url ?? '/', to),
        { method, headers: { ...headers, ...(hasBody ? { 'content-length': length } : {}) } },
        (answered) => {
          const parts: Buffer[] = [];
          answered.on('data', (part: Buffer) => parts.push(part));
          answered.on('error', reject);
          answered.on('end', () =>
            resolve({
              status: answered.statusCode ?? 500,
              headers: withoutFraming(answered.headers),
              body: Buffer.concat(parts),
            }),
          );
        },
      );
      asked.on('error', (error) => (body.length < length ? resolve(undefined) : reject(error)));
      if (body.length < length) asked.write(body, () => asked.destroy());
      else asked.end(body);
    });
  }

  const listen = (on: number) =>
    new Promise<void>((resolve) => {
      server.listen(on, '127.0.0.1', resolve);
    });
  await listen(0);
  const address = server.address();
  const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  onTestFinished(close);
  return {
    url: `http://127.0.0.1:${port}`,
    cut: (at, match) =>
      new Promise((resolve) => {
        next = { at, match, struck: resolve };
      }),
    close,
    open: () => listen(port),
  };
}

interface Heard {
  readonly status: number;
  readonly headers: Record<string, string | string[]>;
  readonly body: Buffer;
}

/** How it comes is said anew. */
function withoutFraming(headers: IncomingMessage['headers']): Record<string, string | string[]> {
  const framing = ['transfer-encoding', 'connection', 'keep-alive', 'content-length'];
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined || framing.includes(name) ? [] : [[name, value] as const],
    ),
  );
}

// A service that says back whatever it was asked with, credentials and all: in front of an emulator, which answers until then.

import { once } from 'node:events';
import { request as ask, createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { onTestFinished } from 'vitest';

export interface Echo {
  readonly url: string;
  /** From now on: a status with all that was asked in its body and headers; rows that have it among their fields; or as it is. */
  says(what: number | 'in rows' | 'as it is'): void;
}

export async function startEcho(behind: string): Promise<Echo> {
  let mode: number | 'in rows' | 'as it is' = 'as it is';
  const server = createServer((request, response) => {
    void readWhole(request).then(async (body) => {
      if (typeof mode === 'number') return echo(request, response, { status: mode, body });
      const answer = await forwarded(behind, request, body);
      const text = mode === 'in rows' ? withEcho(answer.text, credentialIn(request)) : answer.text;
      const { 'content-length': _length, ...headers } = answer.headers;
      response.writeHead(answer.status, headers).end(text);
    });
  }).listen(0, '127.0.0.1');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  await once(server, 'listening');
  const address = server.address();
  return {
    url: `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`,
    says(what) {
      mode = what;
    },
  };
}

function echo(
  { headers, url }: IncomingMessage,
  response: ServerResponse,
  { status, body }: { readonly status: number; readonly body: string },
): void {
  const said = `not with ${JSON.stringify(headers)} and ${body} at ${url}`;
  response.writeHead(status, { 'content-type': 'application/json', 'x-echo': encodeURI(said) }).end(
    JSON.stringify({
      id: said,
      code: status,
      type: said,
      message: said,
      error: { message: said, code: said, description: said },
      errors: [{ message: said }],
      details: { reason: said },
      status: 'fail',
    }),
  );
}

/** Every object of every list has one field more. */
function withEcho(text: string, credential: string): string {
  return text.replaceAll(
    /\{"(?=(?:id|conversationId)")/g,
    `{"remark":${JSON.stringify(credential)},"`,
  );
}

function credentialIn({ headers }: IncomingMessage): string {
  const said = headers['x-stack-access-token'] ?? headers.authorization ?? '';
  return String(said).replace(/^\w+ /, '');
}

async function readWhole(request: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

async function forwarded(
  behind: string,
  { method, url = '/', headers }: IncomingMessage,
  body: string,
) {
  const forward = ask(new URL(url, behind), { method, headers });
  forward.end(body);
  const [answer] = await once(forward, 'response');
  return {
    status: answer.statusCode,
    headers: answer.headers,
    text: await readWhole(answer),
  };
}

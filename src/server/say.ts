// What is answered in a sentence or two, without GraphQL.

import type { ServerResponse } from 'node:http';

export function sayJson(response: ServerResponse, status: number, body: object): void {
  response
    .writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' })
    .end(`${JSON.stringify(body)}\n`);
}

export function sayError(response: ServerResponse, status: number, message: string): void {
  const code = status < 500 ? 'INVALID_INPUT' : undefined;
  sayJson(response, status, { errors: [{ message, ...(code ? { extensions: { code } } : {}) }] });
}

// How the page for browsers is asked for and sent, and the conversations its examples speak of.

import type { IncomingMessage, ServerResponse } from 'node:http';
import { encodeId } from '../../domain/ids.ts';
import type { Gateway } from '../../gateway/gateway.ts';
import type { Page } from './graphiql.ts';

/** A browser that was pointed here asks for HTML; a GraphQL client never does. */
export function wantsPage({ method, headers }: IncomingMessage): boolean {
  return method === 'GET' && (headers.accept ?? '').includes('text/html');
}

export function sendPage(request: IncomingMessage, response: ServerResponse, page: Page): void {
  const zipped = /\bgzip\b/.test(request.headers['accept-encoding'] ?? '');
  const body = zipped ? page.gzipped : page.html;
  response
    .writeHead(200, {
      'content-type': 'text/html; charset=utf-8',
      'content-length': body.length,
      'cache-control': 'private, max-age=300',
      vary: 'accept, accept-encoding, origin',
      'content-security-policy': page.policy,
      ...(zipped ? { 'content-encoding': 'gzip' } : {}),
    })
    .end(body);
}

/** The newest conversation of each provider, by its name. */
export async function newestIds(gateway: Gateway): Promise<ReadonlyMap<string, string>> {
  const found = await Promise.all(
    gateway.providers.map(async ({ name }): Promise<[string, string][]> => {
      const page = await gateway.listConversations(
        { first: 1, after: null, filter: { providers: [name] } },
        { signal: new AbortController().signal, reads: new Map() },
      );
      const node = page.ok ? page.value.edges[0]?.node : undefined;
      const { provider, nativeId } = node ?? {};
      return provider && nativeId
        ? [[name, encodeId({ type: 'Conversation', conversation: { provider, nativeId } })]]
        : [];
    }),
  );
  return new Map(found.flat());
}

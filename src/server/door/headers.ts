// Whether a request can be served at all, judged by its headers, before anything is read or done for it.

import type { IncomingMessage } from 'node:http';

export interface TurnedAway {
  readonly status: number;
  readonly message: string;
}

export function turnedAway({ method, headers }: IncomingMessage): TurnedAway | undefined {
  // The GraphQL server makes an address of it, and would tell what went wrong there by the names of our files.
  if (headers.host && !isHost(headers.host)) return { status: 400, message: NO_HOST };
  // A form may be sent from any page of any origin without asking; JSON may not. Nothing else is taken from a POST.
  if (method === 'POST' && mediaType(headers['content-type'] ?? '') !== 'application/json') {
    const message = 'Send the operation as application/json: { "query": "…", "variables": { … } }.';
    return { status: 415, message };
  }
  // Judged before the operation, not after it: a write whose answer cannot be read would be done all the same.
  const accepted = (headers.accept ?? '*/*').split(',').map(mediaType);
  if (!accepted.some((name) => ANSWERS.includes(name))) {
    return { status: 406, message: `Accept one of ${ANSWERS.join(', ')}.` };
  }
  return undefined;
}

const NO_HOST =
  'The header `host` is no name of a server. Send the one you connected to, with its port.';

function isHost(text: string): boolean {
  return !/[/?#@\\]/.test(text) && URL.canParse(`http://${text}`);
}

const ANSWERS: readonly string[] = [
  'application/graphql-response+json',
  'application/json',
  'text/event-stream',
  'multipart/mixed',
  'application/*',
  '*/*',
];

/** The one media type of a header, without its parameters: a comma among those begins no second one. */
function mediaType(header: string): string {
  return (header.split(';')[0] ?? '').trim().toLowerCase();
}

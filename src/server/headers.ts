// Whether a request can be served at all, judged by its headers, before anything is read or done for it.

import type { IncomingMessage } from 'node:http';

export interface TurnedAway {
  readonly status: number;
  readonly message: string;
}

export function turnedAway({ method, headers }: IncomingMessage): TurnedAway | undefined {
  // A form may be sent from any page of any origin without asking; JSON may not. Nothing else is taken from a POST.
  if (method === 'POST' && !names(headers['content-type']).includes('application/json')) {
    const message = 'Send the operation as application/json: { "query": "…", "variables": { … } }.';
    return { status: 415, message };
  }
  // Judged before the operation, not after it: a write whose answer cannot be read would be done all the same.
  const accepted = names(headers.accept ?? '*/*');
  if (!accepted.some((name) => ANSWERS.includes(name))) {
    return { status: 406, message: `Accept one of ${ANSWERS.join(', ')}.` };
  }
  return undefined;
}

const ANSWERS: readonly string[] = [
  'application/graphql-response+json',
  'application/json',
  'text/event-stream',
  'multipart/mixed',
  'application/*',
  '*/*',
];

/** The media types of a header, without their parameters. */
function names(header = ''): string[] {
  return header.split(',').map((part) => (part.split(';')[0] ?? '').trim().toLowerCase());
}

// By which names this server is reached. Where nobody signs in, a page of any origin could make its own name lead here and
// would then count as one of ours: such a name is not answered.

import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';

export interface Names {
  /** What an operator has said; absent, whatever cannot be somebody else's. */
  readonly hosts?: readonly string[] | undefined;
  /** Whether anybody is let in without a word. */
  readonly open: boolean;
}

export function isStrangeHost({ headers }: IncomingMessage, { hosts, open }: Names): boolean {
  // No browser asks without one.
  if (headers.host === undefined || (!hosts && !open)) return false;
  const name = nameIn(headers.host);
  if (isOfThisMachine(name)) return false;
  if (hosts) return !hosts.some((host) => nameIn(host) === name);
  // An address leads where it says, and a name without a dot is nobody's on the internet.
  return isIP(name) === 0 && name.includes('.');
}

export const STRANGE_HOST =
  'This gateway is not known by that name. Ask it by another, or list the name under server.hosts.';

/** Without its port, the brackets of an address and the dot at its end. */
function nameIn(host: string): string {
  const lower = host.toLowerCase();
  const bracketed = /^\[(.*)\](?::\d*)?$/.exec(lower)?.[1];
  if (bracketed !== undefined) return bracketed;
  return (isIP(lower) === 6 ? lower : lower.replace(/:\d*$/, '')).replace(/\.$/, '');
}

function isOfThisMachine(name: string): boolean {
  return /^(?:.+\.)?localhost$/.test(name) || /^127(?:\.\d{1,3}){3}$/.test(name) || name === '::1';
}

// Where a request came from: the address next to this gateway, or the one that as many proxies as are trusted say it is.

import type { IncomingMessage } from 'node:http';
import { isIP, isIPv6 } from 'node:net';

/** `hops`: how many proxies stand before this gateway, each of which adds who asked it to `X-Forwarded-For`. */
export function addressOf({ socket, headers }: IncomingMessage, hops: number): string {
  const next = plain(socket.remoteAddress ?? '');
  if (hops === 0) return next;
  const said = String(headers['x-forwarded-for'] ?? '')
    .split(',')
    .map((one) => plain(one.trim()));
  // Only the last ones were added by those we trust: what stands before them anybody may have written.
  const one = said[Math.max(0, said.length - hops)] ?? '';
  return isIP(one) ? one : next;
}

/** Who is counted as one: of IPv6 a customer has a whole network of 64 bits, and may use a new address each time. */
export function networkOf(address: string): string {
  if (!isIPv6(address)) return address;
  const [head = '', tail] = address.split('%')[0]?.split('::') ?? [];
  const [first, last] = [wordsIn(head), wordsIn(tail ?? '')];
  const gap = tail === undefined ? 0 : Math.max(0, 8 - first.length - last.length);
  const words = [...first, ...Array.from({ length: gap }, () => '0'), ...last];
  return `${words.slice(0, 4).map(shortest).join(':')}::/64`;
}

/** Less a port, brackets, and the way IPv4 is written where both are listened to. */
function plain(text: string): string {
  const bare = /^\[(.+)\](?::\d+)?$/.exec(text)?.[1] ?? /^([\d.]+):\d+$/.exec(text)?.[1] ?? text;
  return /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(bare)?.[1] ?? bare;
}

function wordsIn(text: string): string[] {
  return text === ''
    ? []
    : text.split(':').flatMap((word) => (word.includes('.') ? ['0', '0'] : word));
}

function shortest(word: string): string {
  return Number.parseInt(word, 16).toString(16);
}

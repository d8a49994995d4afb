// Pages by position, not by number: a token says after which row to go on, so what comes or goes shifts nothing.

import { createHash } from 'node:crypto';
import { Refusal } from './errors.ts';
import { digest } from './ids.ts';
import { type Query, text, wholeNumber } from './request.ts';
import type { Switches } from './switches.ts';

/** Where a row stands: what it is sorted by, then its id. */
interface Place {
  readonly by: string;
  readonly id: string;
}

export interface Walk<Row> {
  /** What is listed and in which order; a token of another walk is refused. */
  readonly name: string;
  readonly rows: readonly Row[];
  readonly direction: 'asc' | 'desc';
  readonly place: (row: Row) => Place;
  readonly query: Query;
  readonly switches: Switches;
}

export interface Page<Row> {
  readonly rows: Row[];
  /** Without a token on the last page. */
  readonly meta: { readonly nextToken?: string };
}

export function turnPage<Row>({
  name,
  rows,
  direction,
  place,
  query,
  switches,
}: Walk<Row>): Page<Row> {
  const { generation, defaultPageSize, maxPageSize } = switches;
  const asked = generation === 'current' ? query.one('pageSize', wholeNumber(1)) : undefined;
  const size = Math.min(asked ?? defaultPageSize, maxPageSize);
  const token = query.one('nextToken', text());
  const after = token === undefined ? undefined : readToken(name, token);
  const forward = direction === 'asc' ? compare : (a: Place, b: Place) => compare(b, a);

  const left = rows
    .map((row) => ({ row, at: place(row) }))
    .filter(({ at }) => !after || forward(after, at) < 0)
    .toSorted((a, b) => forward(a.at, b.at));
  const shown = left.slice(0, size);
  const last = shown.at(-1);
  const more = left.length > shown.length && last !== undefined;

  return {
    rows: shown.map(({ row }) => row),
    meta: more ? { nextToken: writeToken(name, last.at) } : {},
  };
}

function compare(a: Place, b: Place): number {
  if (a.by !== b.by) return a.by < b.by ? -1 : 1;
  if (a.id === b.id) return 0;
  return a.id < b.id ? -1 : 1;
}

/** Real tokens are sealed and carry + / and =, which breaks whoever forgets to encode them. So do these. */
function writeToken(name: string, { by, id }: Place): string {
  const said = JSON.stringify([name, by, id]);
  const plain = Buffer.from(`${digest(said).slice(0, 8)}${said}`);
  // One byte of salt is prepended; base64 pads whenever the length does not divide by three.
  const padded = plain.length % 3 === 2 ? Buffer.concat([plain, Buffer.from(' ')]) : plain;
  let token = '';
  for (let salt = 0; salt < 256 && !(token.includes('+') && token.includes('/')); salt += 1) {
    token = Buffer.concat([Buffer.of(salt), veil(padded, salt)]).toString('base64');
  }
  return token;
}

function readToken(name: string, token: string): Place {
  const sealed = Buffer.from(token, 'base64');
  const plain = veil(sealed.subarray(1), sealed[0] ?? 0)
    .toString('utf8')
    .trimEnd();
  const said = plain.slice(8);
  if (sealed.toString('base64') === token && plain.slice(0, 8) === digest(said).slice(0, 8)) {
    const [list, by, id]: unknown[] = JSON.parse(said);
    if (list === name && typeof by === 'string' && typeof id === 'string') return { by, id };
  }
  throw new Refusal(
    'InvalidQuery',
    'query.nextToken cannot be read: URL-encode meta.nextToken of the same list as it was given.',
  );
}

/** Its own inverse. */
function veil(bytes: Buffer, salt: number): Buffer {
  const blocks = Array.from({ length: Math.ceil(bytes.length / 32) }, (_, index) =>
    createHash('sha256').update(`veil ${salt} ${index}`).digest(),
  );
  const mask = Buffer.concat(blocks);
  return Buffer.from(bytes.map((byte, index) => byte ^ (mask[index] ?? 0)));
}

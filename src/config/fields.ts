// The kinds of value a setting can have, each with the sentence that helps somebody who gave another one.

import { z } from 'zod';
import { JWT_ALGORITHMS, LOG_LEVELS } from './config.ts';
import { isLoopback } from './loopback.ts';
import { secret } from './secret.ts';

/** Goes into a header or a URL, where a stray line break (the end of a `cat`) would be refused much later and less clearly. */
export function word(wanted: string) {
  const error = textComplaint(wanted, ', in plain ASCII without spaces or line breaks');
  return z.string({ error }).regex(/^[\x21-\x7e]+$/, { error });
}

export function secretWord(wanted: string) {
  return word(wanted).transform(secret);
}

export function secretText(wanted: string) {
  const error = textComplaint(wanted, '');
  return z.string({ error }).min(1, { error }).transform(secret);
}

/** What setTimeout can still tell apart from "now". */
const LONGEST_TIMER_MS = 2_147_483_647;

export const milliseconds = whole('a time in milliseconds', { from: 1, to: LONGEST_TIMER_MS });

export const millisecondsOrNone = whole('a time in milliseconds', {
  from: 0,
  to: LONGEST_TIMER_MS,
});

export const seconds = whole('a time in seconds', { from: 0, to: 3600 });

export const megabytes = whole('a number of megabytes', { from: 1, to: 1_000_000 });

/** Of what may be asked in one operation: none of it means something that is not asked at all. */
export const bound = whole('a number', { from: 1, to: 1_000_000 });

export const boundOrNone = whole('a number', { from: 0, to: 1000 });

/** What the contract names is the most. */
export const bodyBytes = whole('a number of bytes', { from: 1024, to: 1024 * 1024 });

const yesOrNoError = ({ input }: { input?: unknown }) =>
  emptiness(input, 'true or false') ?? 'must be true or false';
export const yesOrNo = z.preprocess(
  (given) => (given === 'true' ? true : given === 'false' ? false : given),
  z.boolean({ error: yesOrNoError }),
);

export const eventCount = whole('a number of events', { from: 1, to: 10_000_000 });

export const whileSeconds = whole('a time in seconds', { from: 1, to: 86_400 });

export const hops = whole('a number of proxies', { from: 0, to: 10 });

export const connectionCount = whole('a number of connections', { from: 1, to: 1_000_000 });

export const identifier = (wanted: string) => whole(wanted, { from: 0, to: 2_147_483_647 });

export const port = whole('a port', { from: 0, to: 65_535 });

const hostError = textComplaint(
  'a host name or an address such as 127.0.0.1',
  ', without a scheme, a port or spaces',
);
export const host = z
  .string({ error: hostError })
  .regex(/^(?:[A-Za-z0-9._-]+|[0-9A-Fa-f:.]+(?:%\w+)?)$/, { error: hostError });

export const level = z.enum(LOG_LEVELS, {
  error: ({ input }) =>
    emptiness(input, 'a log level') ?? `must be a log level: write one of ${LOG_LEVELS.join(', ')}`,
});

const originError = textComplaint(
  'an http or https origin such as https://proxy.example.com',
  ', without a path, a query or a password',
);
export const origin = z
  .string({ error: originError })
  .refine(isOrigin, { error: originError })
  .transform((text) => new URL(text).origin);

const collectorError = textComplaint(
  'the URL that spans are posted to, such as http://127.0.0.1:4318/v1/traces',
  ', without a query or a password',
);
export const collector = z
  .string({ error: collectorError })
  .refine(isCollector, { error: collectorError });

const redisError = textComplaint(
  'a Redis URL such as redis://127.0.0.1:6379, or rediss:// over TLS',
  ', with what is not plain in a password written as %40',
);
/** It may hold a password, so nobody prints it. */
export const redisUrl = z
  .string({ error: redisError })
  .refine(isRedisUrl, { error: redisError })
  .transform(secret);

export function filePath(wanted: string) {
  const error = textComplaint(wanted, ', without line breaks');
  return z.string({ error }).regex(/^\P{Cc}+$/u, { error });
}

const keySetError = textComplaint(
  'an https URL of a JSON Web Key Set, or a file that holds one',
  '; http is for this machine alone, and a URL has no password in it',
);
export const keySetPlace = z
  .string({ error: keySetError })
  .refine(isKeySetPlace, { error: keySetError });

/** Whatever looks like a URL is one: no file is looked for in its place. */
export function isUrl(text: string): boolean {
  return /^[A-Za-z][A-Za-z0-9+.-]*:\/\//.test(text);
}

export const jwtAlgorithm = z.enum(JWT_ALGORITHMS, {
  error: ({ input }) =>
    emptiness(input, 'an algorithm') ??
    `must be an algorithm with a public key: write some of ${JWT_ALGORITHMS.join(', ')}`,
});

/** A list of at least one. */
export function several<Item extends z.ZodType>(item: Item, wanted: string) {
  return z
    .array(item, {
      error: ({ input }) => emptiness(input, wanted) ?? `must be a list: write ${wanted} in [ ]`,
    })
    .min(1, { error: `is empty: give it ${wanted}` });
}

const zoneError = textComplaint('an IANA time zone such as Europe/Berlin', '');
export const timezone = z.string({ error: zoneError }).refine(isTimezone, { error: zoneError });

const emailError = textComplaint('an email address', ', without spaces');
export const email = z
  .string({ error: emailError })
  .regex(/^[\x21-\x3f\x41-\x7e]+@[\x21-\x3f\x41-\x7e]+$/, {
    error: emailError,
  });

function whole(wanted: string, { from, to }: { from: number; to: number }) {
  const complaint = `must be ${wanted}: write a whole number from ${from} to ${to}`;
  const error = ({ input }: { input?: unknown }) => emptiness(input, wanted) ?? complaint;
  // ${NAME} can only ever give a text, so digits count as their number.
  return z.preprocess(
    (given) => (typeof given === 'string' && /^\d{1,15}$/.test(given) ? Number(given) : given),
    z.int({ error }).min(from, { error }).max(to, { error }),
  );
}

function textComplaint(wanted: string, manner: string) {
  return ({ input }: { input?: unknown }): string => {
    const empty = emptiness(input, wanted);
    if (empty) return empty;
    // YAML takes bare digits for a number, and 0123 then is 123.
    if (typeof input === 'number') return `must be text: put ${wanted} in quotes`;
    return typeof input === 'string'
      ? `must be ${wanted}${manner}`
      : `must be text: write ${wanted}${manner}`;
  };
}

function emptiness(input: unknown, wanted: string): string | undefined {
  if (input === undefined) return `is missing: add ${wanted}`;
  if (input === null || input === '') return `is empty: give it ${wanted}`;
  return undefined;
}

function isOrigin(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const url = new URL(text);
  return (url.protocol === 'http:' || url.protocol === 'https:') && `${url.origin}/` === url.href;
}

function isCollector(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password, search } = new URL(text);
  return /^https?:$/.test(protocol) && `${username}${password}${search}` === '';
}

function isKeySetPlace(text: string): boolean {
  if (!isUrl(text)) return /^\P{Cc}+$/u.test(text);
  if (!URL.canParse(text)) return false;
  const { protocol, username, password } = new URL(text);
  if (username !== '' || password !== '') return false;
  return protocol === 'https:' || (protocol === 'http:' && isLoopback(text));
}

function isRedisUrl(text: string): boolean {
  // ioredis would take anything else for the path of a socket.
  if (!/^rediss?:\/\/[\x21-\x7e]+$/.test(text) || !URL.canParse(text)) return false;
  const { hostname, pathname } = new URL(text);
  return hostname !== '' && /^(?:\/\d*)?$/.test(pathname);
}

function isTimezone(text: string): boolean {
  try {
    Intl.DateTimeFormat('en', { timeZone: text });
    return true;
  } catch {
    return false;
  }
}

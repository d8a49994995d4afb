// The public keys tokens are verified with: as their signer publishes them, kept while it is out of reach, asked for anew in good time.
// Not jose's own remote set: that one forgets what it has when asking again fails, and rests only after what went well.

import { createLocalJWKSet, type JSONWebKeySet, type JWK, type JWTVerifyGetKey } from 'jose';
import type { Log } from '../observability/log.ts';
import { codeOf } from './change-file.ts';
import { type Read, watchFile } from './watched-file.ts';

export interface PublicKeys {
  readonly find: JWTVerifyGetKey;
  /** Each by what is the same wherever it is published. */
  readonly fingerprints: ReadonlySet<string>;
  /** Those a token may be signed with that names this one; all, where it names none. */
  named(id: string | undefined): readonly string[];
}

export interface KeySet {
  /** Undefined where they were never had. */
  current(): PublicKeys | undefined;
  /** For a token whose key is not among them; asks at once, unless that was done just now. */
  askAgain(): Promise<void>;
  /** In passing: whether it is time to ask anew. */
  look(): Promise<void>;
  /** Why they could not be had when they were asked for last, as a part of a sentence; null where they were. */
  complaint(): string | null;
}

/** What of `fetch` is needed. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

export interface RemoteParts {
  readonly url: string;
  readonly fetch: Fetch;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  readonly log: Log;
}

/** A key that is withdrawn is good for so long, and what an answer takes. */
export const REFRESH_MS = 300_000;
/** However many tokens name keys that are not there, and whether it answers or not. */
export const COOLDOWN_MS = 10_000;
const TIMEOUT_MS = 3000;
const MOST_BYTES = 1_000_000;

/** Resolves once they were asked for, whatever was answered. */
export async function openRemoteKeySet({ url, fetch, clock, log }: RemoteParts): Promise<KeySet> {
  let current: PublicKeys | undefined;
  let complaint: string | null = null;
  let askedAtMs = Number.NEGATIVE_INFINITY;
  let hadAtMs = Number.NEGATIVE_INFINITY;
  let asking: Promise<void> | undefined;

  async function askOnce(): Promise<void> {
    askedAtMs = clock();
    const answer = await download(url, fetch);
    const read = answer.ok ? parseKeySet(answer.value) : answer;
    if (read.ok) {
      if (complaint !== null) log.info({ url }, 'the keys that tokens are verified with are back');
      current = read.value;
      hadAtMs = clock();
      complaint = null;
      return;
    }
    if (complaint === null) {
      const sentence = current
        ? 'the keys that tokens are verified with cannot be had: those that were had last still count'
        : 'the keys that tokens are verified with cannot be had: nobody is let in by token';
      log.warn({ url, because: read.complaint }, sentence);
    }
    complaint = read.complaint;
  }

  function ask(): Promise<void> {
    asking ??= askOnce().finally(() => {
      asking = undefined;
    });
    return asking;
  }

  /** A clock that was set back must not end all asking. */
  function isOlder(momentMs: number, ms: number): boolean {
    return Math.abs(clock() - momentMs) >= ms;
  }

  function askInTime(): Promise<void> {
    return asking ?? (isOlder(askedAtMs, COOLDOWN_MS) ? ask() : Promise.resolve());
  }

  await ask();
  return {
    current: () => current,
    complaint: () => complaint,
    askAgain: askInTime,
    look: () => (isOlder(hadAtMs, REFRESH_MS) ? askInTime() : Promise.resolve()),
  };
}

export async function openFileKeySet(path: string, log: Log): Promise<Read<KeySet>> {
  const file = await watchFile({ path, read: parseKeySet, log });
  if (!file.ok) return file;
  const { current, look } = file.value;
  return { ok: true, value: { current, look, askAgain: look, complaint: () => null } };
}

function parseKeySet(text: string): Read<PublicKeys> {
  const set = keySetIn(text);
  if (!set)
    return { ok: false, complaint: 'holds no JSON Web Key Set, which is `{ "keys": [ … ] }`' };
  if (set.keys.some(({ d, k }) => d !== undefined || k !== undefined)) {
    return {
      ok: false,
      complaint:
        'holds a private key: keep that at the signer, make another, and give only the public ones here',
    };
  }
  return {
    ok: true,
    value: {
      find: createLocalJWKSet(set),
      fingerprints: new Set(set.keys.map(fingerprintOf)),
      named: (id) =>
        set.keys.filter(({ kid }) => id === undefined || kid === id).map(fingerprintOf),
    },
  };
}

function keySetIn(text: string): JSONWebKeySet | undefined {
  try {
    const said: unknown = JSON.parse(text);
    if (typeof said !== 'object' || said === null || !('keys' in said)) return undefined;
    const { keys } = said;
    return Array.isArray(keys) && keys.every(isKey) ? { keys } : undefined;
  } catch {
    return undefined;
  }
}

function isKey(value: unknown): value is JWK {
  return (
    typeof value === 'object' && value !== null && 'kty' in value && typeof value.kty === 'string'
  );
}

function fingerprintOf({ kty, n, x, y }: JWK): string {
  return JSON.stringify([kty, n, x, y]);
}

async function download(url: string, fetch: Fetch): Promise<Read<string>> {
  try {
    const response = await fetch(url, {
      redirect: 'error',
      headers: { accept: 'application/json' },
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    if (response.status !== 200) {
      // What nobody reads would keep its connection.
      await response.body?.cancel();
      return { ok: false, complaint: `answers ${response.status}` };
    }
    return await textOf(response);
  } catch (error) {
    return { ok: false, complaint: reasonOf(error) };
  }
}

async function textOf(response: Response): Promise<Read<string>> {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of response.body ?? []) {
    bytes += piece.length;
    if (bytes > MOST_BYTES) return { ok: false, complaint: 'answers with more than 1 MB' };
    pieces.push(piece);
  }
  return { ok: true, value: Buffer.concat(pieces).toString('utf8') };
}

function reasonOf(error: unknown): string {
  if (error instanceof Error && error.name === 'TimeoutError') return 'does not answer in time';
  const cause = error instanceof Error ? error.cause : undefined;
  return `cannot be reached (${codeOf(cause ?? error)})`;
}

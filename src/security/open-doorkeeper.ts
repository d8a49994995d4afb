// The doorkeeper where one has to sign in: API keys and tokens, and one timer that looks after all who were let in.

import type { Log } from '../observability/log.ts';
import type { Revocations } from '../state/revocations/revocations.ts';
import type { Admission, Doorkeeper } from './doorkeeper.ts';
import { type Judged, unauthenticated } from './judged.ts';
import { KEY_PREFIX } from './key.ts';
import { type KeyFile, parseKeyFile } from './key-file.ts';
import { type Fetch, openFileKeySet, openRemoteKeySet } from './key-set.ts';
import { openKeys } from './keys.ts';
import { openSessions } from './sessions.ts';
import { openTokens, type TokenRules } from './tokens.ts';
import { type WatchedFile, watchFile } from './watched-file.ts';

export interface SignIn {
  /** The path of the file of API keys. */
  readonly keys?: string;
  readonly jwt?: TokenRules & {
    readonly jwks: { readonly url: string } | { readonly file: string };
  };
}

export interface DoorkeeperParts extends SignIn {
  /** Undefined where the file alone says who is let in no more. */
  readonly revocations: Revocations | undefined;
  readonly fetch: Fetch;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  /** How late it may be noticed that a file is another one, or a session over. Absent, half a second. */
  readonly lookEveryMs?: number;
  readonly log: Log;
}

const LOOK_EVERY_MS = 500;
/** Every so many looks the gateways' common memory is asked as well. */
const LOOKS_BETWEEN_QUESTIONS = 2;

/** Far more than anybody signs; what is longer is not even read. */
const MOST_CHARACTERS = 16_384;

/** Throws, with a sentence for the operator, where a file cannot be read: nobody would be let in, or everybody. */
export async function openDoorkeeper({
  keys: path,
  jwt,
  revocations,
  fetch,
  clock,
  lookEveryMs = LOOK_EVERY_MS,
  log,
}: DoorkeeperParts): Promise<Doorkeeper> {
  const file = path === undefined ? undefined : await keyFileAt(path, log);
  const keySet = jwt && (await keySetAt(jwt.jwks, { fetch, clock, log }));
  await revocations?.look();
  const sessions = openSessions(clock);
  const keys =
    file &&
    openKeys({ file, isRevoked: (subject) => revocations?.known().has(subject) ?? false, clock });
  const revokedUntil = openRevokedUntil(file, revocations);
  const tokens = jwt && keySet && openTokens({ ...jwt, keySet, revokedUntil, clock });
  const wanted = [keys && 'an API key', tokens && 'a token'].filter(Boolean).join(' or ');
  let looks = 0;

  function look(): void {
    looks += 1;
    const asks = looks % LOOKS_BETWEEN_QUESTIONS === 0;
    sessions.sweep();
    // None waits for another, and what each of them found is told at once.
    for (const one of [file?.look(), keySet?.look(), asks ? revocations?.look() : undefined]) {
      one?.then(sessions.sweep, (error: unknown) => {
        log.error({ err: error }, 'who is let in could not be looked up anew, which is a bug');
      });
    }
  }

  const timer = setInterval(look, lookEveryMs);
  timer.unref();

  async function judge(credential: string | null): Promise<Judged> {
    if (credential === null) return unauthenticated(`Sign in: ${howTo(wanted)}`);
    if (credential.length > MOST_CHARACTERS) {
      return unauthenticated(`What was presented is too long to be ${wanted}.`);
    }
    if (credential.startsWith(KEY_PREFIX)) {
      return (
        keys?.admit(credential) ?? unauthenticated(`No API keys are taken here: ${howTo(wanted)}`)
      );
    }
    return (
      (await tokens?.admit(credential)) ??
      unauthenticated(`Only API keys are taken here: ${howTo(wanted)}`)
    );
  }

  return {
    open: false,
    async admit({ credential }): Promise<Admission> {
      const judged = await judge(credential);
      return judged.ok ? { ok: true, session: sessions.begin(judged.standing) } : judged;
    },
    close() {
      clearInterval(timer);
      return Promise.resolve();
    },
  };
}

/** The later of what the file says and what gateways tell each other. */
function openRevokedUntil(
  file: WatchedFile<KeyFile> | undefined,
  revocations: Revocations | undefined,
) {
  let read: KeyFile | undefined;
  let inFile: ReadonlyMap<string, number> = new Map();
  return (subject: string): number | undefined => {
    const current = file?.current();
    if (current && current !== read) {
      read = current;
      inFile = new Map(current.subjects.map(({ id, revokedAt }) => [id, Date.parse(revokedAt)]));
    }
    const [here, there] = [inFile.get(subject), revocations?.known().get(subject)];
    return here === undefined || there === undefined ? (here ?? there) : Math.max(here, there);
  };
}

async function keyFileAt(path: string, log: Log) {
  const file = await watchFile({ path, read: parseKeyFile, log });
  if (file.ok) return file.value;
  throw new Error(
    `auth.keys: ${path} ${file.complaint}. Mend it, or make a key with \`parlance keys create\`, which writes it.`,
  );
}

async function keySetAt(
  place: { readonly url: string } | { readonly file: string },
  parts: { readonly fetch: Fetch; readonly clock: () => number; readonly log: Log },
) {
  if ('url' in place) return openRemoteKeySet({ url: place.url, ...parts });
  const keySet = await openFileKeySet(place.file, parts.log);
  if (keySet.ok) return keySet.value;
  throw new Error(
    `auth.jwt.jwks: ${place.file} ${keySet.complaint}. Put the signer's public keys there.`,
  );
}

function howTo(wanted: string): string {
  return `send the header \`Authorization: Bearer …\` with ${wanted}, and over WebSocket { "authorization": "Bearer …" } in the payload of connection_init.`;
}

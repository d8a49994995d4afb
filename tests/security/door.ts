// A doorkeeper with nothing around it but files and a clock, and the shortest way to ask it.

import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { JWT_ALGORITHMS } from '../../src/config/config.ts';
import type { Log } from '../../src/observability/log.ts';
import type { Admission, Doorkeeper, Refusal, Session } from '../../src/security/doorkeeper.ts';
import { type MadeKey, makeKey } from '../../src/security/key.ts';
import { type KeyFile, type KeyRecord, writtenKeyFile } from '../../src/security/key-file.ts';
import { type DoorkeeperParts, openDoorkeeper } from '../../src/security/open-doorkeeper.ts';

export const ISSUER = 'https://login.example.com/';
export const AUDIENCE = 'parlance';

export interface Door {
  readonly door: Doorkeeper;
  readonly logged: readonly { readonly level: keyof Log; readonly sentence: string }[];
  admit(credential: string | null): Promise<Admission>;
}

export async function openDoor(parts: Partial<DoorkeeperParts>): Promise<Door> {
  const logged: { level: keyof Log; sentence: string }[] = [];
  const write = (level: keyof Log) => (_fields: object, sentence: string) => {
    logged.push({ level, sentence });
  };
  const door = await openDoorkeeper({
    revocations: undefined,
    fetch: (url, init) => fetch(url, init),
    clock: Date.now,
    lookEveryMs: 20,
    log: { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') },
    ...parts,
  });
  onTestFinished(() => door.close());
  return {
    door,
    logged,
    admit: (credential) => door.admit({ credential, address: '127.0.0.1' }),
  };
}

/** What a config says of tokens where it says the least. */
export function rules(jwks: { url: string } | { file: string }) {
  return {
    issuer: ISSUER,
    audience: AUDIENCE,
    algorithms: JWT_ALGORITHMS,
    clockSkewSeconds: 30,
    claims: { scopes: 'scope', providers: 'parlance_providers', contact: 'parlance_contact' },
    jwks,
  };
}

/** What a good token says. */
export function claims(nowMs = Date.now()) {
  const now = Math.floor(nowMs / 1000);
  return {
    iss: ISSUER,
    aud: AUDIENCE,
    sub: 'user-1',
    iat: now,
    exp: now + 600,
    scope: 'openid read write',
    parlance_providers: ['website'],
  };
}

export async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'parlance-door-'));
  onTestFinished(() => rm(path, { recursive: true, force: true }));
  return path;
}

export interface Made extends MadeKey {
  readonly record: KeyRecord;
}

export function aKey(changed: Partial<KeyRecord> = {}): Made {
  const made = makeKey(randomBytes);
  const record: KeyRecord = {
    id: made.id,
    name: 'of a test',
    sha256: made.sha256,
    scopes: ['read'],
    providers: 'all',
    contact: null,
    createdAt: '2026-03-01T10:00:00.000Z',
    expiresAt: null,
    revokedAt: null,
    ...changed,
  };
  return { ...made, record };
}

export async function keyFile(keys: readonly Made[], subjects: KeyFile['subjects'] = []) {
  const path = join(await folder(), 'keys.json');
  const write = (next: readonly Made[], gone: KeyFile['subjects'] = []) =>
    writeFile(path, writtenKeyFile({ keys: next.map(({ record }) => record), subjects: gone }));
  await write(keys, subjects);
  return { path, write };
}

export function sessionIn(admission: Admission): Session {
  if (admission.ok) return admission.session;
  throw new Error(`refused: ${admission.refusal.message}`);
}

export function refusalIn(admission: Admission): Refusal {
  if (!admission.ok) return admission.refusal;
  throw new Error(`${admission.session.caller.id} was let in`);
}

/** How a session ends, once it does. */
export function endOf(session: Session) {
  return new Promise((resolve) => session.onEnd(resolve));
}

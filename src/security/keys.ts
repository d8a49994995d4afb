// Lets in by API key: found by its id, compared without telling by how long it took, and looked up anew whenever it is asked for.

import { timingSafeEqual } from 'node:crypto';
import type { Caller } from '../domain/caller.ts';
import { providerName } from '../domain/ids.ts';
import { type Judged, unauthenticated } from './judged.ts';
import { digestOf, keyIdIn } from './key.ts';
import type { KeyFile, KeyRecord } from './key-file.ts';
import type { Standing } from './sessions.ts';
import type { WatchedFile } from './watched-file.ts';

export interface KeysParts {
  readonly file: WatchedFile<KeyFile>;
  /** Whether it is revoked elsewhere than in the file, by the id of the caller. */
  readonly isRevoked: (subject: string) => boolean;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
}

export interface Keys {
  admit(credential: string): Judged;
}

export function openKeys({ file, isRevoked, clock }: KeysParts): Keys {
  let read: KeyFile | undefined;
  let byId: ReadonlyMap<string, KeyRecord> = new Map();

  function recordOf(id: string): KeyRecord | undefined {
    const current = file.current();
    if (current !== read) {
      read = current;
      byId = new Map(current.keys.map((record) => [record.id, record]));
    }
    return byId.get(id);
  }

  function standingOf(admitted: KeyRecord): Standing {
    const caller = callerOf(admitted);
    const granted = grantIn(admitted);
    return {
      caller,
      over(nowMs) {
        const record = recordOf(admitted.id);
        if (!record || record.revokedAt !== null || isRevoked(caller.id)) return 'revoked';
        if (record.sha256 !== admitted.sha256) return 'revoked';
        if (isPast(record.expiresAt, nowMs)) return 'expired';
        // It is good for something else by now: whoever comes again with it is let in for that.
        return record === admitted || grantIn(record) === granted ? null : 'expired';
      },
    };
  }

  return {
    admit(credential) {
      const id = keyIdIn(credential);
      const record = id === undefined ? undefined : recordOf(id);
      const wanted = Buffer.from(record?.sha256 ?? NOBODY, 'hex');
      // One sentence for a key that never was and for one with another secret: ids are no secrets, and shall teach nothing.
      if (!timingSafeEqual(digestOf(credential), wanted) || !record)
        return unauthenticated(UNKNOWN);
      const standing = standingOf(record);
      const why = standing.over(clock());
      if (why) return unauthenticated(why === 'expired' ? EXPIRED : REVOKED);
      return { ok: true, standing };
    },
  };
}

/** What a key is good for, as one caller. */
function callerOf({ id, scopes, providers, contact }: KeyRecord): Caller {
  return {
    id: `key:${id}`,
    scopes: new Set(scopes),
    providers: providers === 'all' ? 'all' : new Set(providers.map(providerName)),
    contact: contact && { provider: providerName(contact.provider), nativeId: contact.id },
  };
}

function grantIn({ scopes, providers, contact }: KeyRecord): string {
  return JSON.stringify([scopes, providers, contact]);
}

function isPast(moment: string | null, nowMs: number): boolean {
  return moment !== null && Date.parse(moment) <= nowMs;
}

/** The digest of no key, to compare with where there is none. */
const NOBODY = '0'.repeat(64);

const UNKNOWN =
  'This API key is not known here: look whether it is whole, or have one made with `parlance keys create`.';
const EXPIRED = 'This API key has expired: have a new one made with `parlance keys create`.';
const REVOKED = 'This API key was revoked: have a new one made with `parlance keys create`.';

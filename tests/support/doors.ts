// A door that a test keeps itself: callers by what they present, whose sessions it can end.

import type { Caller } from '../../src/domain/caller.ts';
import type { Doorkeeper, Session, SessionEnd } from '../../src/security/doorkeeper.ts';

export interface Doors extends Doorkeeper {
  /** From now on this credential opens for this caller. */
  give(credential: string, caller: Caller): void;
  /** Ends every session of it; it opens nothing any more. */
  end(credential: string, why: SessionEnd): void;
  /** How many listen for its end. */
  listening(credential: string): number;
}

export function openDoors(callers: Readonly<Record<string, Caller>> = {}): Doors {
  const good = new Map(Object.entries(callers));
  const sessions = new Map<string, Set<(why: SessionEnd) => void>>();
  const over = new Map<string, SessionEnd>();

  function sessionOf(credential: string, caller: Caller): Session {
    return {
      caller,
      onEnd(hear) {
        const why = over.get(credential);
        if (why) {
          hear(why);
          return () => undefined;
        }
        const heard = sessions.get(credential) ?? new Set();
        sessions.set(credential, heard.add(hear));
        return () => heard.delete(hear);
      },
    };
  }

  return {
    open: false,
    give(credential, caller) {
      over.delete(credential);
      good.set(credential, caller);
    },
    end(credential, why) {
      over.set(credential, why);
      good.delete(credential);
      const heard = [...(sessions.get(credential) ?? [])];
      sessions.delete(credential);
      for (const hear of heard) hear(why);
    },
    listening: (credential) => sessions.get(credential)?.size ?? 0,
    admit({ credential }) {
      const caller = credential === null ? undefined : good.get(credential);
      return Promise.resolve(
        caller && credential !== null
          ? { ok: true, session: sessionOf(credential, caller) }
          : {
              ok: false,
              refusal: {
                code: 'UNAUTHENTICATED',
                message: 'Present a credential of the test.',
                retryAt: null,
                ...(over.get(credential ?? '') === 'expired' && { expired: true }),
              },
            },
      );
    },
    close: () => Promise.resolve(),
  };
}

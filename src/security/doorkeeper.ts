// Who is let in: what is presented becomes a session, or a refusal that says what to present.

import { ANYONE, type Caller } from '../domain/caller.ts';

/** One who was let in, for as long as what they presented is good. */
export interface Session {
  readonly caller: Caller;
  /** Calls back once, as soon as it is over, also where it already is; what it returns stops listening. */
  onEnd(hear: (why: SessionEnd) => void): () => void;
}

/** `expired`: come again with a new token. `revoked`: what was presented is good no more, nor will be. */
export type SessionEnd = 'expired' | 'revoked';

export interface Refusal {
  /** `UNAUTHENTICATED` where nothing good was presented; `RATE_LIMITED` where too often; else the gateway's own trouble. */
  readonly code: 'UNAUTHENTICATED' | 'FORBIDDEN' | 'RATE_LIMITED' | 'GATEWAY_UNAVAILABLE';
  /** What to do next. Never what was presented. */
  readonly message: string;
  /** When it is worth trying again; null where it is not known. */
  readonly retryAt: Date | null;
  /** Set where what was presented has been good until now: with a new one it is worth coming back at once. */
  readonly expired?: true;
}

export type Admission =
  | { readonly ok: true; readonly session: Session }
  | { readonly ok: false; readonly refusal: Refusal };

export interface Doorkeeper {
  /** Whether anybody is let in without a word. */
  readonly open: boolean;
  admit(presented: Presented): Promise<Admission>;
  close(): Promise<void>;
}

export interface Presented {
  /** What stood behind `Bearer`; null where nothing was presented. */
  readonly credential: string | null;
  /** The address it came from, as the one next to this gateway says. */
  readonly address: string;
}

/** Where nobody has to sign in: everybody is let in, as one and the same. */
export function openHouse(): Doorkeeper {
  const session: Session = { caller: ANYONE, onEnd: () => () => undefined };
  return {
    open: true,
    admit: () => Promise.resolve({ ok: true, session }),
    close: () => Promise.resolve(),
  };
}

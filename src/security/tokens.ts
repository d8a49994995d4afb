// Lets in by a token that somebody else signed: its signature, who it is from, whom it is for, and how long it is good.

import {
  decodeProtectedHeader,
  errors,
  type JWTPayload,
  type JWTVerifyOptions,
  jwtVerify,
} from 'jose';
import { type ClaimNames, callerIn } from './claims.ts';
import type { Refusal } from './doorkeeper.ts';
import { type Judged, unauthenticated } from './judged.ts';
import { COOLDOWN_MS, type KeySet, type PublicKeys } from './key-set.ts';

export interface TokenRules {
  readonly issuer: string;
  readonly audience: string;
  readonly algorithms: readonly string[];
  readonly clockSkewSeconds: number;
  readonly claims: ClaimNames;
}

export interface TokensParts extends TokenRules {
  readonly keySet: KeySet;
  /** Of when the last token is that is good no more, by the id of the caller; undefined where all are good. */
  readonly revokedUntil: (subject: string) => number | undefined;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
}

export interface Tokens {
  admit(token: string): Promise<Judged>;
}

/** Of whoever signs in with tokens. `keys revoke` takes it as it is. */
function subjectOf(issuer: string, sub: string): string {
  return `jwt:${issuer}|${sub}`;
}

export function openTokens(parts: TokensParts): Tokens {
  const { issuer, audience, algorithms, clockSkewSeconds, claims } = parts;
  const { keySet, revokedUntil, clock } = parts;
  const skewMs = clockSkewSeconds * 1000;

  async function verified(token: string, publicKeys: PublicKeys): Promise<JWTPayload> {
    const options: JWTVerifyOptions = {
      issuer,
      audience,
      algorithms: [...algorithms],
      clockTolerance: clockSkewSeconds,
      requiredClaims: ['exp', 'sub'],
      currentDate: new Date(clock()),
    };
    try {
      return (await jwtVerify(token, publicKeys.find, options)).payload;
    } catch (error) {
      if (!(error instanceof errors.JWKSMultipleMatchingKeys)) throw error;
      // It names no key, and several could be it.
      for await (const publicKey of error) {
        try {
          return (await jwtVerify(token, publicKey, options)).payload;
        } catch (other) {
          if (!(other instanceof errors.JWSSignatureVerificationFailed)) throw other;
        }
      }
      throw new errors.JWSSignatureVerificationFailed();
    }
  }

  function judge(payload: JWTPayload, signers: readonly string[]): Judged {
    const { sub = '', exp = 0, iat = 0 } = payload;
    if (sub === '' || sub.length > MOST_OF_A_SUBJECT) return unauthenticated(claimWrong('sub'));
    if (typeof iat !== 'number' || iat * 1000 > clock() + skewMs) {
      return unauthenticated(claimWrong('iat'));
    }
    const id = subjectOf(issuer, sub);
    const read = callerIn(payload, id, claims);
    if (!read.ok) {
      return { ok: false, refusal: { code: 'FORBIDDEN', message: read.said, retryAt: null } };
    }
    const standing = {
      caller: read.caller,
      over(nowMs: number) {
        // To the second, and without the skew: a token ends when it says, also on an open connection.
        if (exp * 1000 <= nowMs) return 'expired';
        const untilMs = revokedUntil(id);
        // The signer's clock may be before ours: rather one too many than one too few.
        if (untilMs !== undefined && iat * 1000 <= untilMs + skewMs) return 'revoked';
        // One of the keys it may be signed with was withdrawn: whether by that one is seen when it comes again.
        const now = keySet.current();
        return now && signers.every((one) => now.fingerprints.has(one)) ? null : 'expired';
      },
    } as const;
    const why = standing.over(clock());
    if (why) return why === 'expired' ? EXPIRED : unauthenticated(REVOKED);
    return { ok: true, standing };
  }

  async function admit(token: string): Promise<Judged> {
    const header = headerOf(token);
    if (!header) return unauthenticated(NO_TOKEN);
    if (!algorithms.includes(header.alg ?? '')) {
      const message = `This token is signed with an algorithm that is not taken here: sign it with ${algorithms.join(', ')}.`;
      return unauthenticated(message);
    }
    if (header.typ !== undefined && !TYPES.test(header.typ)) return unauthenticated(OTHER_TYPE);
    if (!keySet.current()) await keySet.askAgain();
    const publicKeys = keySet.current();
    if (!publicKeys) return { ok: false, refusal: outOfReach(clock()) };
    try {
      return judge(await verified(token, publicKeys), publicKeys.named(header.kid));
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) return judgedBy(error);
    }
    // It may be new: whoever signs says so only by signing with it.
    await keySet.askAgain();
    const again = keySet.current() ?? publicKeys;
    try {
      return judge(await verified(token, again), again.named(header.kid));
    } catch (error) {
      return judgedBy(error);
    }
  }

  return { admit };
}

/** As OpenID Connect bounds them. */
const MOST_OF_A_SUBJECT = 255;

/** Of access tokens. A token that was made to end a session, or for anything else, is none. */
const TYPES = /^(?:application\/)?(?:at\+)?jwt$/i;

/** Of these alone: whatever else a header says, keys it brings along or points to, is not looked at. */
function headerOf(token: string): { alg?: string; kid?: string; typ?: string } | undefined {
  try {
    const { alg, kid, typ } = decodeProtectedHeader(token);
    return {
      ...(typeof alg === 'string' && { alg }),
      ...(typeof kid === 'string' && { kid }),
      ...(typeof typ === 'string' && { typ }),
    };
  } catch {
    return undefined;
  }
}

function judgedBy(error: unknown): Judged {
  if (error instanceof errors.JWTExpired) return EXPIRED;
  if (error instanceof errors.JWTClaimValidationFailed) {
    return unauthenticated(claimWrong(error.claim));
  }
  if (error instanceof errors.JWKSNoMatchingKey) return unauthenticated(NO_SUCH_KEY);
  if (error instanceof errors.JWSSignatureVerificationFailed) return unauthenticated(NOT_SIGNED);
  return unauthenticated(NO_TOKEN);
}

function claimWrong(claim: string): string {
  return CLAIMS.has(claim)
    ? `This token is not good here because of its claim \`${claim}\`: have one made for this gateway.`
    : NO_TOKEN;
}

const CLAIMS: ReadonlySet<string> = new Set(['iss', 'aud', 'exp', 'nbf', 'iat', 'sub']);

function outOfReach(nowMs: number): Refusal {
  return {
    code: 'GATEWAY_UNAVAILABLE',
    message: 'The keys that tokens are verified with are out of reach. Try again.',
    retryAt: new Date(nowMs + COOLDOWN_MS),
  };
}

const NO_TOKEN =
  'This is neither an API key nor a token that can be read here: look whether it is whole.';
const NOT_SIGNED = 'The signature of this token does not hold: get a new one.';
const NO_SUCH_KEY =
  'This token is signed with a key that its signer does not publish, or not yet: get a new one.';
const OTHER_TYPE = 'This token was made for something else: present an access token.';
const EXPIRED: Judged = {
  ok: false,
  refusal: {
    code: 'UNAUTHENTICATED',
    message: 'This token has expired: get a new one.',
    retryAt: null,
    expired: true,
  },
};
const REVOKED = 'This token was revoked: sign in anew.';

// Tokens for the clients of a soak, each good for a while only: whoever listens is sent away by it and comes back.

import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import type { SignsIn } from '../chaos/clients.ts';

export interface Tokens {
  /** What the gateways check them by: the text of a JWKS file. */
  readonly jwks: string;
  /** As the same person each time: a key that is sent again must be theirs. */
  readonly signsIn: SignsIn;
}

export const ISSUER = 'https://login.example.com/';
export const AUDIENCE = 'soak';

export async function openTokens({ goodForS }: { readonly goodForS: number }): Promise<Tokens> {
  const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
  const key = { ...(await exportJWK(publicKey)), kid: 'soak', alg: 'ES256', use: 'sig' };
  return {
    jwks: JSON.stringify({ keys: [key] }),
    async signsIn() {
      const now = Math.floor(Date.now() / 1000);
      const token = await new SignJWT({ scope: 'read write', parlance_providers: 'all' })
        .setProtectedHeader({ alg: 'ES256', kid: 'soak' })
        .setIssuer(ISSUER)
        .setAudience(AUDIENCE)
        .setSubject('everybody')
        .setIssuedAt(now)
        .setExpirationTime(now + goodForS)
        .sign(privateKey);
      return { authorization: `Bearer ${token}` };
    },
  };
}

// Somebody who signs tokens, and publishes the keys for it over HTTP: which, and how well, is the test's to say.

import { createServer } from 'node:http';
import { exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';
import { onTestFinished } from 'vitest';
import { freePort } from './redis/server.ts';

export interface Signer {
  /** What is published of it. */
  readonly jwk: JWK;
  readonly kid: string | undefined;
  readonly alg: string;
  sign(claims: object, header?: object): Promise<string>;
  /** With ES256, under whatever header: jose would not sign some of them. */
  signAsIs(claims: object, header: object): Promise<string>;
}

export interface Issuer {
  readonly url: string;
  /** How often it was asked for its keys. */
  readonly asked: () => number;
  publish(...signers: readonly Signer[]): void;
  /** What it answers from now on in place of its keys; null: its keys again. */
  fail(how: Fault | null): void;
  close(): Promise<void>;
}

export type Fault = 'error' | 'silence' | 'nonsense' | 'flood' | 'elsewhere';

export async function makeSigner(alg = 'ES256', kid: string | null = 'one'): Promise<Signer> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  const named = kid === null ? {} : { kid };
  return {
    jwk: { ...(await exportJWK(publicKey)), ...named, use: 'sig' },
    kid: kid ?? undefined,
    alg,
    sign: (claims, header = {}) =>
      new SignJWT({ ...claims }).setProtectedHeader({ alg, ...named, ...header }).sign(privateKey),
    async signAsIs(claims, header) {
      const what = [{ alg, ...named, ...header }, claims]
        .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
        .join('.');
      const ecdsa = { name: 'ECDSA', hash: 'SHA-256' };
      const signature = await crypto.subtle.sign(ecdsa, privateKey, Buffer.from(what));
      return `${what}.${Buffer.from(signature).toString('base64url')}`;
    },
  };
}

export async function startIssuer(...signers: readonly Signer[]): Promise<Issuer> {
  let published = signers;
  let fault: Fault | null = null;
  let asked = 0;
  const server = createServer((request, response) => {
    if (request.url === '/elsewhere') {
      response.end(JSON.stringify({ keys: published.map(({ jwk }) => jwk) }));
      return;
    }
    asked += 1;
    if (fault === 'silence') return;
    if (fault === 'error') response.writeHead(500);
    if (fault === 'elsewhere') response.writeHead(302, { location: '/elsewhere' });
    if (fault === 'flood') {
      // Never all of it: whoever waits for the end is lost.
      response.write('{"keys":[');
      const timer = setInterval(() => response.write(' '.repeat(300_000)), 5);
      response.once('close', () => clearInterval(timer));
      return;
    }
    response.end(
      fault === null ? JSON.stringify({ keys: published.map(({ jwk }) => jwk) }) : 'oh dear',
    );
  });
  const port = await freePort();
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  onTestFinished(() => (server.listening ? close() : undefined));
  return {
    url: `http://127.0.0.1:${port}/jwks`,
    asked: () => asked,
    publish(...next) {
      published = next;
    },
    fail(how) {
      fault = how;
    },
    close,
  };
}

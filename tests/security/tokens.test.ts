// Tokens at the door: which open it and for whom, and every known way to pass for somebody one is not.

import { createHmac } from 'node:crypto';
import { exportSPKI, importJWK } from 'jose';
import { describe, expect, it } from 'vitest';
import { testClock } from '../support/clock.ts';
import { makeSigner, type Signer, startIssuer } from '../support/issuer.ts';
import { claims, endOf, keyFile, openDoor, refusalIn, rules, sessionIn } from './door.ts';

const ALGORITHMS = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
];

async function withSigner(alg = 'ES256', kid: string | null = 'one') {
  const clock = testClock();
  const signer = await makeSigner(alg, kid);
  const issuer = await startIssuer(signer);
  const { admit } = await openDoor({ jwt: rules(issuer), clock });
  const said = (changed: object = {}) => ({ ...claims(clock()), ...changed });
  return { clock, signer, issuer, admit, said };
}

describe('a token', () => {
  it.each(ALGORITHMS)('that is signed with %s lets in whoever presents it', async (alg) => {
    const { signer, admit, said } = await withSigner(alg);

    const { caller } = sessionIn(await admit(await signer.sign(said())));

    expect(caller).toEqual({
      id: 'jwt:https://login.example.com/|user-1',
      scopes: new Set(['read', 'write']),
      providers: new Set(['website']),
      contact: null,
    });
  });

  it('lets in where it names no key, and several could be it', async () => {
    const [first, second] = [await makeSigner('ES256', null), await makeSigner('ES256', null)];
    const { url } = await startIssuer(first, second);
    const { admit } = await openDoor({ jwt: rules({ url }) });
    const stranger = await makeSigner('ES256', null);

    expect((await admit(await first.sign(claims()))).ok).toBe(true);
    expect((await admit(await second.sign(claims()))).ok).toBe(true);
    expect(refusalIn(await admit(await stranger.sign(claims()))).message).toContain('signature');
  });

  it.each<[string, object, object]>([
    ['scopes in a list', { scope: ['read', 'raw'] }, { scopes: new Set(['read', 'raw']) }],
    ['all accounts', { parlance_providers: 'all' }, { providers: 'all' }],
    [
      'a contact, and nothing of accounts',
      { parlance_providers: undefined, parlance_contact: { provider: 'help', id: 'c1' } },
      { providers: new Set(['help']), contact: { provider: 'help', nativeId: 'c1' } },
    ],
    [
      'a contact, and scopes that are for operators',
      { scope: 'read raw admin', parlance_contact: { provider: 'website', id: 'c1' } },
      { scopes: new Set(['read']) },
    ],
    ['several it is for', { aud: ['other', 'parlance'] }, { contact: null }],
    ['a type of its own', {}, {}],
  ])('may name %s', async (_name, changed, meant) => {
    const { signer, admit, said } = await withSigner();

    const { caller } = sessionIn(await admit(await signer.sign(said(changed), { typ: 'at+jwt' })));

    expect(caller).toMatchObject(meant);
  });

  it.each<[string, object, string]>([
    ['no scopes', { scope: undefined }, '`scope` must name some of read, write, raw, admin'],
    [
      'none of ours',
      { scope: 'openid email' },
      '`scope` must name some of read, write, raw, admin',
    ],
    ['scopes that are neither', { scope: { read: true } }, '`scope` must name some of'],
    [
      'for a contact only those of operators',
      { scope: 'admin', parlance_contact: { provider: 'website', id: 'c1' } },
      '`scope` must name some of read or write',
    ],
    ['no accounts', { parlance_providers: undefined }, '`parlance_providers` must be a list'],
    ['no account', { parlance_providers: [] }, '`parlance_providers` must be a list'],
    ['accounts as one text', { parlance_providers: 'website' }, '`parlance_providers` must be'],
    ['accounts and a number', { parlance_providers: ['website', 7] }, '`parlance_providers` must'],
    ['a contact that is null', { parlance_contact: null }, '`parlance_contact` must be {'],
    [
      'a contact that is a text',
      { parlance_contact: 'website:c1' },
      '`parlance_contact` must be {',
    ],
    [
      'a contact without an id',
      { parlance_contact: { provider: 'website' } },
      '`parlance_contact` must be {',
    ],
    [
      'a contact with an empty id',
      { parlance_contact: { provider: 'website', id: '' } },
      '`parlance_contact` must be {',
    ],
    [
      'a contact at an account it has not',
      { parlance_contact: { provider: 'help', id: 'c1' } },
      'the account of its claim `parlance_contact` must be among those of `parlance_providers`',
    ],
  ])('grants nothing with %s, and is told which claim', async (_name, changed, sentence) => {
    const { signer, admit, said } = await withSigner();

    const { code, message } = refusalIn(await admit(await signer.sign(said(changed))));

    expect(code).toBe('FORBIDDEN');
    expect(message).toMatch(/^This token grants nothing here: .*\.$/);
    expect(message).toContain(sentence);
  });

  it.each<[string, object, string]>([
    ['from somebody else', { iss: 'https://login.example.org/' }, '`iss`'],
    ['from nobody', { iss: undefined }, '`iss`'],
    ['for somebody else', { aud: 'billing' }, '`aud`'],
    ['for nobody', { aud: undefined }, '`aud`'],
    ['of nobody', { sub: undefined }, '`sub`'],
    ['of an empty name', { sub: '' }, '`sub`'],
    ['of a name without end', { sub: 's'.repeat(256) }, '`sub`'],
    ['without an end', { exp: undefined }, '`exp`'],
    ['with an end that is no number', { exp: 'never' }, '`exp`'],
    ['that was made at no time', { iat: 'once' }, '`iat`'],
  ])('that is %s opens nothing', async (_name, changed, claim) => {
    const { signer, admit, said } = await withSigner();

    const refusal = refusalIn(await admit(await signer.sign(said(changed))));

    expect(refusal).toEqual({
      code: 'UNAUTHENTICATED',
      message: `This token is not good here because of its claim ${claim}: have one made for this gateway.`,
      retryAt: null,
    });
  });

  it('is good to the second of its end and not a moment longer, whatever the skew', async () => {
    const { clock, signer, admit, said } = await withSigner();
    const token = await signer.sign(said());
    const ended = endOf(sessionIn(await admit(token)));

    clock.pass(599_000);
    expect((await admit(token)).ok).toBe(true);
    clock.pass(1000);

    expect(refusalIn(await admit(token))).toEqual({
      code: 'UNAUTHENTICATED',
      message: 'This token has expired: get a new one.',
      retryAt: null,
      expired: true,
    });
    expect(await ended).toBe('expired');
  });

  it('may be from a clock that is before ours by the skew, and no more', async () => {
    const { clock, signer, admit, said } = await withSigner();
    const now = Math.floor(clock() / 1000);

    const outcomes = await Promise.all(
      [{ nbf: now + 29 }, { iat: now + 29 }, { nbf: now + 31 }, { iat: now + 31 }].map(
        async (changed) => (await admit(await signer.sign(said(changed)))).ok,
      ),
    );

    expect(outcomes).toEqual([true, true, false, false]);
  });

  it('is good no more once its subject was revoked, and a later one is', async () => {
    const clock = testClock();
    const signer = await makeSigner();
    const issuer = await startIssuer(signer);
    const { path, write } = await keyFile([]);
    const { admit } = await openDoor({ keys: path, jwt: rules(issuer), clock });
    const [mine, theirs] = await Promise.all([
      signer.sign(claims(clock())),
      signer.sign({ ...claims(clock()), sub: 'user-2' }),
    ]);
    const ended = endOf(sessionIn(await admit(mine)));

    await write([], [{ id: 'jwt:https://login.example.com/|user-1', revokedAt: clock.iso() }]);

    expect(await ended).toBe('revoked');
    expect(refusalIn(await admit(mine)).message).toContain('was revoked');
    expect((await admit(theirs)).ok).toBe(true);
    clock.pass(31_000);
    expect((await admit(await signer.sign(claims(clock())))).ok).toBe(true);
  });
});

describe('a token that was made by somebody who has no key', () => {
  const text = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

  /** As it is, with another head, and signed however one likes. */
  function forged(header: object, payload: object, sign: (what: string) => string): string {
    const what = `${text(header)}.${text(payload)}`;
    return `${what}.${sign(what)}`;
  }

  it.each(['none', 'None', 'NONE', 'nOnE', ''])(
    'with the algorithm %j opens nothing',
    async (alg) => {
      const { admit, said } = await withSigner();

      for (const signature of ['', 'AAAA']) {
        const { code, message } = refusalIn(await admit(forged({ alg }, said(), () => signature)));
        expect([code, message]).toEqual([
          'UNAUTHENTICATED',
          expect.stringMatching(/algorithm that is not taken|neither an API key nor a token/),
        ]);
      }
    },
  );

  it.each(['HS256', 'HS384', 'HS512'])(
    'with the public key as the secret of %s opens nothing',
    async (alg) => {
      const { signer, admit, said } = await withSigner('RS256');
      const publicKey = await importJWK(signer.jwk, 'RS256', { extractable: true });
      if (publicKey instanceof Uint8Array) throw new Error('it is no public key');
      const pem = await exportSPKI(publicKey);
      const hash = `sha${alg.slice(2)}`;

      for (const secret of [pem, pem.trim(), JSON.stringify(signer.jwk), signer.jwk.n ?? '']) {
        const token = forged({ alg, kid: 'one' }, said(), (what) =>
          createHmac(hash, secret).update(what).digest('base64url'),
        );
        expect(refusalIn(await admit(token)).message).toContain('algorithm that is not taken here');
      }
    },
  );

  it.each<[string, (one: Signer, url: string) => object]>([
    ['its own key', ({ jwk }) => ({ jwk })],
    ['where its own key is', (_one, url) => ({ jku: url })],
    ['where its own certificate is', (_one, url) => ({ x5u: url })],
    ['a certificate', () => ({ x5c: ['AAAA'] })],
  ])('that brings along %s opens nothing, and nothing is fetched for it', async (_name, header) => {
    const { issuer, admit, said } = await withSigner();
    const stranger = await makeSigner('ES256', 'one');
    const theirs = await startIssuer(stranger);
    const before = issuer.asked();

    const token = await stranger.signAsIs(said(), header(stranger, theirs.url));

    expect(refusalIn(await admit(token)).message).toContain('signature');
    expect([theirs.asked(), issuer.asked() - before]).toEqual([0, 0]);
  });

  it.each([
    ['an extension that must be understood', { crit: ['of-mine'], 'of-mine': true }],
    ['an extension that is not there', { crit: ['of-mine'] }],
    ['a payload that is to be read as it is', { crit: ['b64'], b64: false }],
    ['nothing that must be understood', { crit: [] }],
  ])('does not open with %s, though it is signed well', async (_name, header) => {
    const { signer, admit, said } = await withSigner();
    const good = await signer.signAsIs(said(), {});

    expect((await admit(good)).ok).toBe(true);
    expect((await admit(await signer.signAsIs(said(), header))).ok).toBe(false);
  });

  it('does not open where it was made for something else, though it is signed well', async () => {
    const { signer, admit, said } = await withSigner();

    const token = await signer.sign(said(), { typ: 'logout+jwt' });

    expect(refusalIn(await admit(token)).message).toContain('made for something else');
  });

  it('with another payload under a good signature opens nothing', async () => {
    const { signer, admit, said } = await withSigner();
    const [header, , signature] = (await signer.sign(said())).split('.');

    const token = `${header}.${text(said({ sub: 'root' }))}.${signature}`;

    expect(refusalIn(await admit(token)).message).toContain(
      'signature of this token does not hold',
    );
  });

  it('with an algorithm that the config does not name opens nothing', async () => {
    const signer = await makeSigner('ES384');
    const { url } = await startIssuer(signer);
    const { admit } = await openDoor({ jwt: { ...rules({ url }), algorithms: ['ES256'] } });

    const { message } = refusalIn(await admit(await signer.sign(claims())));

    expect(message).toBe(
      'This token is signed with an algorithm that is not taken here: sign it with ES256.',
    );
  });

  it.each([
    ['no token', 'hello'],
    ['too few parts', 'a.b'],
    ['too many parts', 'a.b.c.d.e'],
    ['a head of nothing', '..'],
    ['a head that is no JSON', `${Buffer.from('hush').toString('base64url')}.e30.AAAA`],
    ['a head that is a list', `${Buffer.from('[]').toString('base64url')}.e30.AAAA`],
    ['a head that is null', `${Buffer.from('null').toString('base64url')}.e30.AAAA`],
    [
      'a prototype',
      `${Buffer.from('{"__proto__":{"alg":"ES256"}}').toString('base64url')}.e30.AAAA`,
    ],
    ['sixteen thousand dots', '.'.repeat(16_000)],
    ['a deep head', `${Buffer.from('['.repeat(10_000)).toString('base64url')}.e30.AAAA`],
    ['more than is read', 'e30.'.repeat(100_000)],
  ])('and is %s opens nothing, is not repeated, and takes no time', async (_name, credential) => {
    const { admit } = await withSigner();
    const begunAt = performance.now();

    const { code, message } = refusalIn(await admit(credential));

    expect(performance.now() - begunAt).toBeLessThan(200);
    expect(code).toBe('UNAUTHENTICATED');
    expect(message).not.toContain(credential.slice(0, 8));
  });
});

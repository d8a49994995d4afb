// The keys tokens are verified with: new ones, withdrawn ones, a signer that is away, and those who would have it asked for ever.

import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { exportJWK, generateKeyPair } from 'jose';
import { describe, expect, it, vi } from 'vitest';
import { COOLDOWN_MS, REFRESH_MS } from '../../src/security/key-set.ts';
import { testClock } from '../support/clock.ts';
import { type Fault, makeSigner, startIssuer } from '../support/issuer.ts';
import { claims, endOf, folder, openDoor, refusalIn, rules, sessionIn } from './door.ts';

const SOON = { timeout: 2000, interval: 20 };

async function started() {
  const clock = testClock();
  const [one, two] = [await makeSigner('ES256', 'one'), await makeSigner('ES256', 'two')];
  const issuer = await startIssuer(one);
  const { admit, logged } = await openDoor({ jwt: rules(issuer), clock });
  const good = (exp = 864_000) => ({ ...claims(clock()), exp: Math.floor(clock() / 1000) + exp });
  return { clock, one, two, issuer, admit, logged, good };
}

describe('the keys of a signer', () => {
  it('are asked for once, however many come', async () => {
    const { one, issuer, admit, good } = await started();
    const token = await one.sign(good());

    for (let times = 0; times < 50; times += 1) expect((await admit(token)).ok).toBe(true);

    expect(issuer.asked()).toBe(1);
  });

  it('are asked for again at once where a token names one that is not there', async () => {
    const { clock, one, two, issuer, admit, good } = await started();
    clock.pass(COOLDOWN_MS);
    issuer.publish(one, two);

    const outcomes = await Promise.all(
      Array.from({ length: 20 }, async () => (await admit(await two.sign(good()))).ok),
    );

    expect(outcomes).toEqual(Array.from({ length: 20 }, () => true));
    expect(issuer.asked()).toBe(2);
  });

  it('are asked for on a connection that is given back, whatever was answered', async () => {
    const cancelled: string[] = [];
    const body = () => new ReadableStream({ cancel: () => void cancelled.push('a body') });
    const fetch = () => Promise.resolve(new Response(body(), { status: 503 }));

    await openDoor({ jwt: rules(await startIssuer()), fetch });

    expect(cancelled).toEqual(['a body']);
  });

  it('are not asked for in a flood of tokens that name any', async () => {
    const { clock, one, two, issuer, admit, good } = await started();
    clock.pass(COOLDOWN_MS);
    const forged = await Promise.all(
      Array.from({ length: 500 }, (_, index) => two.signAsIs(good(), { kid: `made-up-${index}` })),
    );

    const outcomes = await Promise.all(forged.map(async (token) => admit(token)));

    expect(outcomes.filter(({ ok }) => ok)).toEqual([]);
    expect(issuer.asked()).toBe(2);
    expect((await admit(await one.sign(good()))).ok).toBe(true);
    clock.pass(COOLDOWN_MS);
    await Promise.all(forged.map(async (token) => admit(token)));
    expect(issuer.asked()).toBe(3);
  });

  it('are not asked for in a flood where they cannot be had either', async () => {
    const { clock, two, issuer, admit, good } = await started();
    issuer.fail('error');
    clock.pass(COOLDOWN_MS);

    for (let times = 0; times < 100; times += 1) await admit(await two.sign(good()));

    expect(issuer.asked()).toBe(2);
  });

  it('let nobody in any more once they are withdrawn, and end whoever is in by them', async () => {
    const { clock, one, two, issuer, admit, good } = await started();
    const ended = endOf(sessionIn(await admit(await one.sign(good()))));
    issuer.publish(two);

    clock.pass(REFRESH_MS);

    expect(await ended).toBe('expired');
    expect(refusalIn(await admit(await one.sign(good()))).message).toContain('does not publish');
    expect((await admit(await two.sign(good()))).ok).toBe(true);
  });

  it('let in by the new one and keep whoever is in by the old while both are published', async () => {
    const { clock, one, two, issuer, admit, good } = await started();
    let over: unknown;
    sessionIn(await admit(await one.sign(good()))).onEnd((why) => {
      over = why;
    });
    issuer.publish(one, two);
    clock.pass(REFRESH_MS);

    await vi.waitFor(() => expect(issuer.asked()).toBe(2), SOON);
    const ended = endOf(sessionIn(await admit(await two.sign(good(1)))));
    clock.pass(1000);

    expect(await ended).toBe('expired');
    expect(over).toBeUndefined();
  });

  it.each<Fault>(['error', 'nonsense', 'flood', 'elsewhere'])(
    'that were had last still count while there is %s in their place, and are asked for seldom',
    async (fault) => {
      const { clock, one, issuer, admit, logged, good } = await started();
      issuer.fail(fault);
      clock.pass(REFRESH_MS);
      await vi.waitFor(() => expect(warningsIn(logged)).toHaveLength(1), SOON);

      expect(warningsIn(logged)[0]).toContain('those that were had last still count');
      expect((await admit(await one.sign(good()))).ok).toBe(true);
      issuer.fail(null);
      clock.pass(COOLDOWN_MS);
      await vi.waitFor(() => expect(logged.map(({ level }) => level)).toContain('info'), SOON);
      expect(warningsIn(logged)).toHaveLength(1);
    },
  );

  it('that were never had let nobody in, who are told when to try again; and everybody once they are', async () => {
    const clock = testClock();
    const signer = await makeSigner();
    const issuer = await startIssuer(signer);
    issuer.fail('error');
    const { admit, logged } = await openDoor({ jwt: rules(issuer), clock });
    const token = await signer.sign(claims(clock()));

    const refusal = refusalIn(await admit(token));

    expect(refusal).toEqual({
      code: 'GATEWAY_UNAVAILABLE',
      message: 'The keys that tokens are verified with are out of reach. Try again.',
      retryAt: new Date(clock() + COOLDOWN_MS),
    });
    expect(warningsIn(logged)).toEqual([expect.stringContaining('nobody is let in by token')]);
    issuer.fail(null);
    clock.pass(COOLDOWN_MS);
    expect((await admit(token)).ok).toBe(true);
  });

  it('are not waited for longer than three seconds', async () => {
    const signer = await makeSigner();
    const issuer = await startIssuer(signer);
    issuer.fail('silence');
    const begunAt = performance.now();

    const { admit } = await openDoor({ jwt: rules(issuer) });

    expect(performance.now() - begunAt).toBeLessThan(4000);
    expect(refusalIn(await admit(await signer.sign(claims()))).code).toBe('GATEWAY_UNAVAILABLE');
  });

  it('may be none at all: then nobody is let in', async () => {
    const { clock, one, issuer, admit, good } = await started();
    const ended = endOf(sessionIn(await admit(await one.sign(good()))));
    issuer.publish();

    clock.pass(REFRESH_MS);

    expect(await ended).toBe('expired');
    expect(refusalIn(await admit(await one.sign(good()))).code).toBe('UNAUTHENTICATED');
  });
});

describe('the keys of a signer in a file', () => {
  it('let in, and are read again when the file is another', async () => {
    const [one, two] = [await makeSigner('ES256', 'one'), await makeSigner('ES256', 'two')];
    const path = join(await folder(), 'jwks.json');
    await writeFile(path, JSON.stringify({ keys: [one.jwk] }));
    const { admit } = await openDoor({ jwt: rules({ file: path }) });
    const ended = endOf(sessionIn(await admit(await one.sign(claims()))));

    await writeFile(`${path}.next`, JSON.stringify({ keys: [two.jwk] }));
    await rename(`${path}.next`, path);

    // Whoever comes with a key that is not there has it read at once.
    expect((await admit(await two.sign(claims()))).ok).toBe(true);
    expect((await admit(await one.sign(claims()))).ok).toBe(false);
    expect(await ended).toBe('expired');
  });

  it('still count where the file holds nonsense for a while', async () => {
    const signer = await makeSigner();
    const path = join(await folder(), 'jwks.json');
    await writeFile(path, JSON.stringify({ keys: [signer.jwk] }));
    const { admit, logged } = await openDoor({ jwt: rules({ file: path }) });

    await writeFile(path, '{"keys":');
    await vi.waitFor(() => expect(logged.map(({ level }) => level)).toEqual(['error']), SOON);

    expect((await admit(await signer.sign(claims()))).ok).toBe(true);
  });

  it.each([
    ['nothing', '', 'holds no JSON Web Key Set'],
    ['a key by itself', '{"kty":"EC"}', 'holds no JSON Web Key Set'],
    ['a list of words', '{"keys":["hush"]}', 'holds no JSON Web Key Set'],
    ['a shared secret', '{"keys":[{"kty":"oct","k":"aHVzaA"}]}', 'holds a private key'],
  ])('are not taken where there is %s', async (_name, text, complaint) => {
    const path = join(await folder(), 'jwks.json');
    await writeFile(path, text);

    const error = await openDoor({ jwt: rules({ file: path }) }).catch(String);

    expect(error).toContain(`auth.jwt.jwks: ${path} ${complaint}`);
    expect(error).not.toContain('hush');
  });

  it('are not taken where there are private ones among them, which anybody who reads them could sign with', async () => {
    const { privateKey } = await generateKeyPair('ES256', { extractable: true });
    const jwk = await exportJWK(privateKey);
    const path = join(await folder(), 'jwks.json');
    await writeFile(path, JSON.stringify({ keys: [jwk] }));

    const error = await openDoor({ jwt: rules({ file: path }) }).catch(String);

    expect(error).toContain('holds a private key: keep that at the signer');
    expect(error).not.toContain(jwk.d);
  });
});

function warningsIn(logged: readonly { level: string; sentence: string }[]): string[] {
  return logged.filter(({ level }) => level === 'warn').map(({ sentence }) => sentence);
}

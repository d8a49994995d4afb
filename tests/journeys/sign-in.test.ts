// Signing in as an operator sets it up: keys made, listed and revoked by the command, and what a gateway makes of them.

import { randomUUID } from 'node:crypto';
import { copyFile, readFile, stat, writeFile } from 'node:fs/promises';
import { describe, expect, inject, it, vi } from 'vitest';
import { checkSignIn } from '../../src/commands/check.ts';
import { AUDIENCE, claims, ISSUER } from '../security/door.ts';
import { at, listAt } from '../support/answer.ts';
import { parlance, startedWorld } from '../support/command.ts';
import { makeSigner, startIssuer } from '../support/issuer.ts';
import { ask } from '../support/parlance.ts';
import { placeWith } from '../support/signing-in.ts';
import { ofType, openSocket } from '../support/socket.ts';

const WHO = '{ providers { name } }';
const READING = ['--scopes', 'read', '--providers', 'website'];
const bearer = (credential: string) => ({ authorization: `Bearer ${credential}` });

describe('parlance keys', () => {
  it('makes a key that opens the door for what was said, and shows it nowhere again', async () => {
    const place = await placeWith(await startedWorld());

    const made = await place.run('create', '--name', 'CI', ...READING, '--expires', '90d');
    const key = made.out.trim();
    const { url, logged } = await place.start();
    const [good, none, bad] = await Promise.all([
      ask(url, WHO, {}, bearer(key)),
      ask(url, WHO),
      ask(url, WHO, {}, bearer(`${key.slice(0, -4)}0000`)),
    ]);
    const listed = await place.run('list');

    expect(made).toEqual({
      out: expect.stringMatching(/^plk_[0-9a-f]{12}_[0-9a-f]{64}\n$/),
      remarks: [expect.stringMatching(/^This is the only time it is shown\. .*keys\.json keeps/)],
      mistakes: [],
    });
    expect(listAt(good.data, 'providers')).toEqual([{ name: 'website' }]);
    for (const { status, data, errors } of [none, bad]) {
      expect([status, data]).toEqual([401, undefined]);
      expect(at(errors[0], 'extensions.code')).toBe('UNAUTHENTICATED');
    }
    expect(listed.out).toMatch(/\n[0-9a-f]{12}  CI    read    website    -  .*  good\n$/);
    const secret = key.slice(-64);
    const kept = await readFile(place.keys, 'utf8');
    for (const one of [made.remarks, kept, listed, logged, bad]) {
      expect(JSON.stringify(one)).not.toContain(secret);
    }
    expect((await stat(place.keys)).mode & 0o777).toBe(0o600);
  });

  it('loses neither of two keys that are made at once', async () => {
    const place = await placeWith(await startedWorld());

    const made = await Promise.all([1, 2, 3].map(() => place.makeKey(...READING)));
    const { out } = await place.run('list');

    for (const key of made) expect(out).toContain(key.slice(4, 16));
  });

  it('revokes by id or by the whole key, of which nothing is repeated, and says where there is none', async () => {
    const place = await placeWith(await startedWorld());
    const key = await place.makeKey(...READING);

    const unknown = await place.run('revoke', '0123456789ab');
    const unsaid = [await place.run('revoke'), await place.run('revoke', 'CI')];
    const whole = await place.run('revoke', key);
    const { out } = await place.run('list');

    expect(unknown.mistakes).toEqual([expect.stringContaining('has no key 0123456789ab')]);
    for (const { mistakes } of unsaid) {
      expect(mistakes).toEqual([expect.stringMatching(/^Say which: `parlance keys revoke/)]);
    }
    expect(whole).toEqual({
      out: '',
      remarks: [expect.stringMatching(/^Revoked in .*keys\.json: /)],
      mistakes: [],
    });
    expect(JSON.stringify(whole)).not.toContain(key.slice(-64));
    expect(out).toMatch(/ revoked \d{4}-\d\d-\d\d\n$/);
  });

  it('revokes all tokens that a subject was given until now, where the gateway hears of it', async () => {
    const world = await startedWorld();
    const signer = await makeSigner();
    const { url: jwks } = await startIssuer(signer);
    const jwt = `{ issuer: "${ISSUER}", audience: ${AUDIENCE}, jwks: "${jwks}" }`;
    const place = await placeWith(world, { auth: `{ keys: ./keys.json, jwt: ${jwt} }` });
    await place.makeKey(...READING);
    const { url } = await place.start();
    const token = await signer.sign(claims());
    const other = await signer.sign({ ...claims(), sub: 'user-2' });
    const before = await ask(url, WHO, {}, bearer(token));

    const { mistakes } = await place.run('revoke', `jwt:${ISSUER}|user-1`);

    expect([before.status, mistakes]).toEqual([200, []]);
    await vi.waitFor(async () => {
      expect((await ask(url, WHO, {}, bearer(token))).status).toBe(401);
    }, 2000);
    expect((await ask(url, WHO, {}, bearer(other))).status).toBe(200);
    const listed = await place.run('list');
    expect(listed.out).toMatch(/\njwt:https:\/\/login\.example\.com\/\|user-1: revoked until /);
  });

  it('does nothing where there is no file to do it in, or one that is broken', async () => {
    const world = await startedWorld();
    const jwt = '{ jwt: { issuer: i, audience: a, jwks: ./jwks.json } }';
    const [tokensOnly, broken] = [await placeWith(world, { auth: jwt }), await placeWith(world)];
    await writeFile(broken.keys, '{ "keys": [ half');

    const none = await tokensOnly.run('create', '--name', 'x', ...READING);
    const spoilt = await broken.run('create', '--name', 'x', ...READING);
    const unread = await broken.run('list');

    expect([none.out, none.mistakes]).toEqual([
      '',
      [expect.stringMatching(/^auth\.keys is missing: write `auth: \{ keys: /)],
    ]);
    for (const { out, mistakes } of [spoilt, unread]) {
      expect([out, mistakes]).toEqual([
        '',
        [`${broken.keys} is no JSON of \`{ "keys": [ … ] }\`: mend it first.`],
      ]);
    }
    expect(await readFile(broken.keys, 'utf8')).toBe('{ "keys": [ half');
  });
});

describe('a key that is revoked', () => {
  it('stops working within two seconds at two gateways whose files differ, on open connections too', async () => {
    const world = await startedWorld();
    const rest = `redis: { url: "${inject('redisUrl')}", prefix: "test:${randomUUID()}:" }`;
    const [one, other] = [await placeWith(world, { rest }), await placeWith(world, { rest })];
    const key = await one.makeKey(...READING);
    await copyFile(one.keys, other.keys);
    const urls = (await Promise.all([one.start(), other.start()])).map(({ url }) => url);
    const sockets = await Promise.all(
      urls.map(async (url) => {
        const socket = await openSocket(url);
        socket.say({ type: 'connection_init', payload: bearer(key) });
        await socket.hear(ofType('connection_ack'));
        return socket;
      }),
    );
    const before = await Promise.all(urls.map((url) => ask(url, WHO, {}, bearer(key))));

    const revoked = await one.run('revoke', key.slice(4, 16));
    const revokedAt = performance.now();
    const closes = await Promise.all(sockets.map(({ closed }) => closed));
    const heardMs = performance.now() - revokedAt;

    expect(before.map(({ status }) => status)).toEqual([200, 200]);
    expect(revoked).toEqual({
      out: '',
      remarks: ['Revoked for every gateway of this Redis: they hear of it within two seconds.'],
      mistakes: [],
    });
    expect(closes.map((close) => close.code)).toEqual([4401, 4401]);
    expect(heardMs).toBeLessThan(2000);
    const after = await Promise.all(urls.map((url) => ask(url, WHO, {}, bearer(key))));
    expect(after.map(({ status }) => status)).toEqual([401, 401]);
    expect(await readFile(other.keys, 'utf8')).toContain('"revokedAt": null');
  });

  it('where Redis is away is revoked in the file, and it is said that others do not know', async () => {
    const world = await startedWorld();
    const place = await placeWith(world, { rest: 'redis: { url: "redis://127.0.0.1:1" }' });
    const key = await place.makeKey(...READING);

    const { mistakes } = await place.run('revoke', key);

    expect(mistakes).toEqual([
      expect.stringMatching(/^It is revoked in .* Redis does not answer: /),
    ]);
    expect(await readFile(place.keys, 'utf8')).not.toContain('"revokedAt": null');
  });
});

describe('a config', () => {
  it('with a real account and no auth neither starts nor is checked', async () => {
    const files = {
      'parlance.config.yaml': 'providers: { mine: { kind: chatbotkit, secret: hush } }',
    };

    const ends = await Promise.all(
      ['start', 'check'].map(async (word) => (await parlance([word], { files })).ended()),
    );

    for (const { code, out, err } of ends) {
      expect([code, out, err]).toEqual([
        1,
        '',
        'auth is missing: whoever reaches this gateway could act as mine, so write `auth: { keys: ./parlance.keys.json }` and make a key with `parlance keys create`.\n',
      ]);
    }
  });

  it('whose file of keys is not there does not start', async () => {
    const place = await placeWith(await startedWorld());

    await expect(place.start()).rejects.toThrow(
      `auth.keys: ${place.keys} does not exist. Mend it, or make a key with \`parlance keys create\`, which writes it.`,
    );
  });

  it('whose accounts are all emulators starts without auth, and says loudly that it has none', async () => {
    const place = await placeWith(await startedWorld(), { auth: null });
    const { url, logged } = await place.start();

    const { status } = await ask(url, WHO);

    expect(status).toBe(200);
    expect(logged).toContainEqual({
      level: 'warn',
      sentence: expect.stringMatching(/^NOBODY HAS TO SIGN IN: /),
    });
  });

  it('is checked for whether anybody would be let in', async () => {
    const world = await startedWorld();
    const [good, bad] = [await startIssuer(await makeSigner()), await startIssuer()];
    bad.fail('error');
    const [well, ill] = await Promise.all(
      [good, bad].map(({ url }) =>
        placeWith(world, {
          auth: `{ keys: ./keys.json, jwt: { issuer: i, audience: a, jwks: "${url}" } }`,
        }),
      ),
    );
    await well?.makeKey(...READING);
    await writeFile(ill?.keys ?? '', '{ "keys": [] }');
    const said = async (place: typeof well) => checkSignIn((await place?.load())?.auth);

    expect(await said(well)).toEqual([
      { good: true, sentence: 'auth.keys: 1 of its keys let somebody in.' },
      { good: true, sentence: 'auth.jwt.jwks: has 1 public keys.' },
    ]);
    expect(await said(ill)).toEqual([
      {
        good: false,
        sentence: `auth.keys: ${ill?.keys} has no key that is good. Make one with \`parlance keys create\`.`,
      },
      {
        good: false,
        sentence: `auth.jwt.jwks: ${bad.url} answers 500. Correct it, or see why its signer does not publish them.`,
      },
    ]);
  });
});

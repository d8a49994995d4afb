// API keys at the door: which open it, for whom, and how soon what the file says is true.

import { rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { ANYONE } from '../../src/domain/caller.ts';
import { KEY_PREFIX } from '../../src/security/key.ts';
import { type KeyFile, writtenKeyFile } from '../../src/security/key-file.ts';
import { openKeys } from '../../src/security/keys.ts';
import { openSessions } from '../../src/security/sessions.ts';
import { testClock } from '../support/clock.ts';
import { aKey, endOf, folder, keyFile, openDoor, refusalIn, sessionIn } from './door.ts';

/** What a gateway has where nothing else is said. */
const AS_USUAL = 500;
const SOON = { timeout: 2000, interval: 20 };

describe('an API key', () => {
  it('lets in whoever presents it, as the caller its record says', async () => {
    const made = aKey({
      scopes: ['read', 'write'],
      providers: ['website', 'help'],
      contact: { provider: 'website', id: 'user:1' },
    });
    const { path } = await keyFile([aKey(), made]);
    const { admit } = await openDoor({ keys: path });

    const { caller } = sessionIn(await admit(made.text));

    expect(caller).toEqual({
      id: `key:${made.id}`,
      scopes: new Set(['read', 'write']),
      providers: new Set(['website', 'help']),
      contact: { provider: 'website', nativeId: 'user:1' },
    });
  });

  it('is random, long, and of a form that can be searched for', () => {
    const keys = Array.from({ length: 100 }, () => aKey());

    expect(new Set(keys.map(({ text }) => text)).size).toBe(100);
    for (const { text, id } of keys) {
      expect(text).toMatch(/^plk_[0-9a-f]{12}_[0-9a-f]{64}$/);
      expect(text.startsWith(`${KEY_PREFIX}${id}_`)).toBe(true);
    }
  });

  it('opens nothing where one letter of it is other, and what is said tells nothing of ids', async () => {
    const made = aKey();
    const { path } = await keyFile([made]);
    const { admit } = await openDoor({ keys: path });
    const last = made.text.at(-1) === '0' ? '1' : '0';

    const said = await Promise.all(
      [`${made.text.slice(0, -1)}${last}`, aKey().text, `${KEY_PREFIX}x`, `${made.text}0`].map(
        async (credential) => refusalIn(await admit(credential)),
      ),
    );

    for (const refusal of said) {
      expect(refusal).toEqual({
        code: 'UNAUTHENTICATED',
        message: expect.stringMatching(/^This API key is not known here: .*keys create/),
        retryAt: null,
      });
    }
  });

  it('opens nothing once it expired, and who is in is told so then', async () => {
    const clock = testClock();
    const made = aKey({ expiresAt: new Date(clock() + 60_000).toISOString() });
    const { path } = await keyFile([made]);
    const { admit } = await openDoor({ keys: path, clock });
    const ended = endOf(sessionIn(await admit(made.text)));

    clock.pass(60_000);

    expect(await ended).toBe('expired');
    expect(refusalIn(await admit(made.text)).message).toContain('has expired');
  });

  it.each([
    ['nothing', null, /^Sign in: .*`Authorization: Bearer …` with an API key.*connection_init/],
    ['nothing in it', '', /^Only API keys are taken here/],
    ['a token', 'e30.e30.e30', /^Only API keys are taken here/],
    ['a megabyte', 'k'.repeat(1_000_000), /^What was presented is too long/],
  ])('is asked for where %s is presented', async (_name, credential, sentence) => {
    const { path } = await keyFile([aKey()]);
    const { admit } = await openDoor({ keys: path });

    const { code, message } = refusalIn(await admit(credential));

    expect([code, message]).toEqual(['UNAUTHENTICATED', expect.stringMatching(sentence)]);
    expect(message).not.toContain(credential || 'nothing');
  });
});

describe('the file of keys, while a gateway runs', () => {
  it('lets in with a key that was made, and out with one that was revoked, within two seconds', async () => {
    const [made, other, next] = [aKey(), aKey(), aKey()];
    const { path, write } = await keyFile([made, other]);
    const { admit } = await openDoor({ keys: path, lookEveryMs: AS_USUAL });
    const ended = endOf(sessionIn(await admit(made.text)));
    const begunAt = performance.now();

    const revoked = { ...made, record: { ...made.record, revokedAt: '2026-03-02T10:00:00.000Z' } };
    await write([revoked, other, next]);

    expect(await ended).toBe('revoked');
    expect(performance.now() - begunAt).toBeLessThan(2000);
    expect(refusalIn(await admit(made.text)).message).toContain('was revoked');
    expect((await admit(next.text)).ok).toBe(true);
    expect((await admit(other.text)).ok).toBe(true);
  });

  it('ends whoever is in by a key that is gone from it, and whoever is in for what it grants no more', async () => {
    const [gone, less] = [aKey(), aKey({ scopes: ['read', 'write'] })];
    const { path, write } = await keyFile([gone, less]);
    const { admit } = await openDoor({ keys: path });
    const ends = [gone, less].map(async ({ text }) => endOf(sessionIn(await admit(text))));

    await write([{ ...less, record: { ...less.record, scopes: ['read'] } }]);

    expect(await Promise.all(ends)).toEqual(['revoked', 'expired']);
    expect(sessionIn(await admit(less.text)).caller.scopes).toEqual(new Set(['read']));
  });

  it('is read again where the link to it leads elsewhere', async () => {
    const [first, second] = [await keyFile([]), await keyFile([])];
    const [made, next] = [aKey(), aKey()];
    await first.write([made]);
    await second.write([next]);
    const place = await folder();
    await symlink(first.path, join(place, 'keys.json'));
    const { admit } = await openDoor({ keys: join(place, 'keys.json') });
    const ended = endOf(sessionIn(await admit(made.text)));

    // As Kubernetes swaps what is mounted.
    await symlink(second.path, join(place, 'next'));
    await rename(join(place, 'next'), join(place, 'keys.json'));

    expect(await ended).toBe('revoked');
    expect((await admit(next.text)).ok).toBe(true);
  });

  it.each([
    ['half of it', (text: string) => text.slice(0, text.length / 2), 'is no JSON'],
    ['nothing', () => '', 'is no JSON'],
    [
      'a scope that is none',
      (text: string) => text.replace('"read"', '"everything"'),
      'has in keys[0] no `scopes`',
    ],
    ['no keys', () => '{}', 'has no list `keys`'],
  ])(
    'says what it said before where there is %s in it, and that is told once',
    async (_name, spoil, complaint) => {
      const made = aKey();
      const { path, write } = await keyFile([made]);
      const { admit, logged } = await openDoor({ keys: path });
      const session = sessionIn(await admit(made.text));
      let over: unknown;
      session.onEnd((why) => {
        over = why;
      });
      await writeFile(path, spoil(writtenKeyFile({ keys: [made.record], subjects: [] })));
      await vi.waitFor(() => expect(errorsIn(logged)).toHaveLength(1), SOON);

      expect(errorsIn(logged)[0]).toContain(`${path} ${complaint}`);
      expect((await admit(made.text)).ok).toBe(true);
      expect((await admit(aKey().text)).ok).toBe(false);
      const next = aKey();
      await write([made, next]);
      await vi.waitFor(async () => expect((await admit(next.text)).ok).toBe(true), SOON);
      expect(over).toBeUndefined();
      expect(errorsIn(logged)).toHaveLength(1);
    },
  );

  it('says what it said before where it is gone', async () => {
    const made = aKey();
    const { path } = await keyFile([made]);
    const { admit, logged } = await openDoor({ keys: path });

    await rm(path);
    await vi.waitFor(() => expect(errorsIn(logged)).toHaveLength(1), SOON);

    expect(errorsIn(logged)[0]).toContain('does not exist');
    expect((await admit(made.text)).ok).toBe(true);
  });
});

describe('a doorkeeper', () => {
  it('is not opened without the file it is to go by', async () => {
    const path = join(await folder(), 'keys.json');

    await expect(openDoor({ keys: path })).rejects.toThrow(
      `auth.keys: ${path} does not exist. Mend it, or make a key with \`parlance keys create\`, which writes it.`,
    );
  });

  it('is not opened over a file it does not understand, and repeats nothing of it', async () => {
    const path = join(await folder(), 'keys.json');
    await writeFile(path, '{ "keys": [{ "id": "hush" }] }');

    const error = await openDoor({ keys: path }).catch(String);

    expect(error).toContain('has in keys[0] no `id` of twelve hexadecimal digits');
    expect(error).not.toContain('hush');
  });

  it('tells nobody of an end who stopped listening, and those who come late at once', async () => {
    const clock = testClock();
    const made = aKey({ expiresAt: new Date(clock() + 1000).toISOString() });
    const { path } = await keyFile([made]);
    const { admit } = await openDoor({ keys: path, clock });
    const session = sessionIn(await admit(made.text));
    const told: string[] = [];
    const stop = session.onEnd(() => told.push('who stopped'));
    session.onEnd(() => told.push('who listens'));
    stop();

    clock.pass(1000);
    const stopLate = session.onEnd(() => told.push('who stopped at once'));
    stopLate();
    await endOf(session);
    await vi.waitFor(() => expect(told).toEqual(['who listens']), SOON);
  });

  it('tells of an end once, however often it is looked', () => {
    const sessions = openSessions(Date.now);
    let why: 'revoked' | null = null;
    const told: string[] = [];
    sessions.begin({ caller: ANYONE, over: () => why }).onEnd((end) => told.push(end));

    sessions.sweep();
    why = 'revoked';
    sessions.sweep();
    sessions.sweep();

    expect([told, sessions.size]).toEqual([['revoked'], 0]);
  });

  it('looks through ten thousand who are in within a few milliseconds', async () => {
    const made = Array.from({ length: 100 }, () => aKey());
    const value: KeyFile = { keys: made.map(({ record }) => record), subjects: [] };
    const file = { current: () => value, look: () => Promise.resolve() };
    const keys = openKeys({ file, isRevoked: () => false, clock: Date.now });
    const sessions = openSessions(Date.now);
    let ended = 0;
    for (const { text } of Array.from({ length: 100 }, () => made).flat()) {
      const judged = keys.admit(text);
      if (judged.ok) sessions.begin(judged.standing).onEnd(() => (ended += 1));
    }

    const tookMs = Array.from({ length: 10 }, () => {
      const begunAt = performance.now();
      sessions.sweep();
      return performance.now() - begunAt;
    });

    expect(Math.min(...tookMs)).toBeLessThan(10);
    expect([sessions.size, ended]).toEqual([10_000, 0]);
  });
});

function errorsIn(logged: readonly { level: string; sentence: string }[]): string[] {
  return logged.filter(({ level }) => level === 'error').map(({ sentence }) => sentence);
}

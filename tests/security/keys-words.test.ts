// What may be typed for a new key: everything that is granted was said, and what was not meant is named.

import { describe, expect, it } from 'vitest';
import { readGrant, type Words } from '../../src/commands/keys-words.ts';

const NOW = Date.parse('2026-03-02T10:00:00.000Z');
const ACCOUNTS = ['website', 'help'];
const GOOD = { name: 'CI', scopes: 'read', providers: 'website' };

function grant(words: Words) {
  return readGrant(words, ACCOUNTS, NOW);
}

describe('the words for a key', () => {
  it.each<[Words, object]>([
    [
      GOOD,
      { name: 'CI', scopes: ['read'], providers: ['website'], contact: null, expiresAt: null },
    ],
    [
      { ...GOOD, scopes: ' write, read,write', providers: 'help,website' },
      { scopes: ['write', 'read'], providers: ['help', 'website'] },
    ],
    [{ ...GOOD, providers: 'all' }, { providers: 'all' }],
    [{ ...GOOD, contact: 'website:a:b' }, { contact: { provider: 'website', id: 'a:b' } }],
    [{ ...GOOD, expires: '90d' }, { expiresAt: '2026-05-31T10:00:00.000Z' }],
    [{ ...GOOD, expires: '12h' }, { expiresAt: '2026-03-02T22:00:00.000Z' }],
    [{ ...GOOD, expires: '2w' }, { expiresAt: '2026-03-16T10:00:00.000Z' }],
  ])('%j grant what they say', (words, meant) => {
    expect(grant(words)).toEqual({ ok: true, grant: expect.objectContaining(meant) });
  });

  it.each<[Words, ...string[]]>([
    [
      {},
      '--name is missing: say what the key is for, in 100 characters at most, such as --name "CI".',
      '--scopes is missing: say what the key may do, some of read, write, raw, admin, such as --scopes read.',
      '--providers is missing: say which accounts there are for the key: website, help, or all.',
    ],
    [
      { ...GOOD, name: 'a\u001b[2Jb' },
      '--name is missing: say what the key is for, in 100 characters at most, such as --name "CI".',
    ],
    [
      { ...GOOD, scopes: 'reed,everything' },
      '--scopes: reed is no scope. Write read if that was meant, else some of read, write, raw, admin.',
      '--scopes: everything is no scope. Write some of read, write, raw, admin.',
    ],
    [
      { ...GOOD, providers: 'web-site,all' },
      '--providers: the config has no account web-site. Write website if that was meant, else some of website, help, or all.',
      '--providers: the config has no account all. Write some of website, help, or all.',
    ],
    [
      { ...GOOD, scopes: ',', providers: ',' },
      '--scopes is missing: say what the key may do, some of read, write, raw, admin, such as --scopes read.',
      '--providers is missing: say which accounts there are for the key: website, help, or all.',
    ],
    [
      { ...GOOD, scopes: 'admin', contact: 'website:user_1' },
      '--scopes: admin is no scope for a key that is confined to a contact. Write some of read, write.',
    ],
    [
      { ...GOOD, contact: 'user_1' },
      '--contact is to name an account and the id of a contact there, such as --contact website:user_1.',
    ],
    [{ ...GOOD, contact: 'help:user_1' }, '--providers must name help too, where the contact is.'],
    [
      { ...GOOD, providers: 'all', contact: 'halp:user_1' },
      '--contact: the config has no account halp. Write help if that was meant, else some of website, help.',
    ],
    [{ ...GOOD, expires: '90' }, '--expires is to be a time from now: 12h, 90d or 8w.'],
    [{ ...GOOD, expires: '0d' }, '--expires is to be a time from now: 12h, 90d or 8w.'],
    [{ ...GOOD, expires: 'never' }, '--expires is to be a time from now: 12h, 90d or 8w.'],
  ])('%j are refused, and what to write is said', (words, ...sentences) => {
    expect(grant(words)).toEqual({ ok: false, mistakes: sentences });
  });
});

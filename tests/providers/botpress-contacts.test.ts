// People written down at Botpress: found again by their tags, in each generation of the service.

import { describe, expect, it } from 'vitest';
import type { UserRow } from '../../emulators/botpress/store.ts';
import type { UpsertContact } from '../../src/providers/verbs.ts';
import {
  type AccountChanges,
  aCall,
  botpressAccount,
  failureOf,
  MINUTE_MS,
  SLACK,
  TALES,
  valueOf,
  WEBCHAT,
  WEBSITE,
  wrongPaths,
} from './botpress-account.ts';

const ANN: UpsertContact = {
  name: 'Ann Lee',
  imageUrl: 'https://media.example.com/ann.png',
  tags: [{ key: 'email', value: 'ann@example.com' }],
};

describe.each(['current', 'seed'] as const)('somebody, where the service is %s', (generation) => {
  it('who is not there is created, with what was given', async () => {
    const { upsert, users } = await directory({ generation });

    const { outcome, contact } = await upsert(ANN);

    expect(outcome).toBe('CREATED');
    const [row] = users();
    expect(users()).toHaveLength(1);
    expect(row).toMatchObject({
      name: 'Ann Lee',
      pictureUrl: 'https://media.example.com/ann.png',
      tags: { email: 'ann@example.com' },
    });
    expect(contact).toEqual({
      nativeId: row?.id,
      name: 'Ann Lee',
      email: null,
      phone: null,
      imageUrl: 'https://media.example.com/ann.png',
    });
  });

  it('who is there has what is given now, and keeps the rest', async () => {
    const { upsert, users, pass } = await directory({ generation });
    const first = await upsert(ANN);
    pass(MINUTE_MS);

    const again = await upsert({ name: 'Ann Li', tags: ANN.tags });

    expect(again).toEqual({ outcome: 'UPDATED', contact: { ...first.contact, name: 'Ann Li' } });
    expect(users()).toHaveLength(1);
    expect(users()[0]).toMatchObject({ name: 'Ann Li', pictureUrl: ANN.imageUrl });
  });

  it('is known by the tags that are named, and given the others', async () => {
    const { upsert, users } = await directory({ generation });
    const options = { kind: 'botpress', discriminateByTags: ['email'] } as const;
    await upsert(ANN);

    const { outcome } = await upsert({
      tags: [...ANN.tags, { key: 'vip', value: 'true' }],
      options,
    });

    expect(outcome).toBe('UPDATED');
    expect(users().map(({ tags }) => tags)).toEqual([{ email: 'ann@example.com', vip: 'true' }]);
  });

  it('with other tags besides is somebody else where none are named', async () => {
    const { upsert, users } = await directory({ generation });
    await upsert(ANN);

    const { outcome } = await upsert({ tags: [...ANN.tags, { key: 'vip', value: 'true' }] });

    expect(outcome).toBe('CREATED');
    expect(users()).toHaveLength(2);
  });

  it('is created once by many at once, and told so once', async () => {
    const { upsert, users } = await directory({ generation });

    const all = await Promise.all(Array.from({ length: 8 }, () => upsert(ANN)));

    expect(users()).toHaveLength(1);
    expect(all.filter(({ outcome }) => outcome === 'CREATED')).toHaveLength(1);
    expect(new Set(all.map(({ contact }) => contact.nativeId)).size).toBe(1);
  });

  it('belongs to the integration that acts, under its keys', async () => {
    const { upsert, users, store } = await directory({ generation }, { integrationId: WEBCHAT });
    const tags = [{ key: 'id', value: 'U1' }];

    const own = await upsert({ tags });
    const named = await upsert({ tags, options: { kind: 'botpress', integrationId: SLACK } });

    expect([own.outcome, named.outcome]).toEqual(['CREATED', 'CREATED']);
    expect(users().map((row) => [row.tags, store.integrationOfUser.get(row.id)])).toEqual([
      [{ 'webchat:id': 'U1' }, 'webchat'],
      [{ 'slack:id': 'U1' }, 'slack'],
    ]);
  });
});

describe('a service that says which it was', () => {
  it('is asked once more the first time only', async () => {
    const { upsert, asked } = await directory({ generation: 'current' });

    await upsert(ANN);
    expect(asked()).toEqual(['GET users?tags.email=ann@example.com', 'POST users/get-or-create']);
    await upsert(ANN);

    expect(asked()).toEqual(['POST users/get-or-create']);
  });
});

describe('a service that does not say which it was', () => {
  it('is looked at first, and told what it did not write', async () => {
    const { upsert, asked, users } = await directory({ generation: 'seed' });
    await upsert(ANN);
    asked();

    await upsert({ ...ANN, name: 'Ann Li' });

    expect(asked()).toEqual([
      'GET users?tags.email=ann@example.com',
      'POST users/get-or-create',
      `PUT users/${users()[0]?.id}`,
    ]);
  });

  it('writes nothing where all is as it was', async () => {
    const { upsert, users, pass } = await directory({ generation: 'seed' });
    const first = await upsert(ANN);
    const before = users();
    pass(MINUTE_MS);

    expect(await upsert(ANN)).toEqual({ outcome: 'UNCHANGED', contact: first.contact });
    expect(users()).toEqual(before);
  });

  it('tells somebody new from somebody found among more of the same tags than a page holds', async () => {
    const { upsert, users } = await directory({ generation: 'seed', defaultPageSize: 2 });
    for (const plan of ['a', 'b', 'c', 'd', 'e']) {
      await upsert({ tags: [...ANN.tags, { key: 'phone', value: plan }] });
    }
    const [oldest] = users();
    const tags = [...ANN.tags, { key: 'phone', value: 'a' }];

    expect(await upsert({ tags })).toMatchObject({
      outcome: 'UNCHANGED',
      contact: { nativeId: oldest?.id },
    });
    expect((await upsert(ANN)).outcome).toBe('CREATED');
  });

  it('claims no more than that somebody is there, where too many are alike to tell', async () => {
    const { upsert, users } = await directory({ generation: 'seed', defaultPageSize: 1 });
    for (const phone of ['1', '2', '3', '4', '5', '6']) {
      await upsert({ tags: [...ANN.tags, { key: 'phone', value: phone }] });
    }

    expect((await upsert(ANN)).outcome).toBe('UPDATED');
    expect(users()).toHaveLength(7);
  });
});

describe('bad input', () => {
  it.each([
    ['no tags', { name: 'Ann', tags: [] }, ['tags']],
    ['a tag without a value', { tags: [{ key: 'email', value: null }] }, ['tags.0.value']],
    [
      'a name that is not among the tags',
      {
        tags: ANN.tags,
        options: { kind: 'botpress', discriminateByTags: ['email', 'phone'] },
      },
      ['botpress.discriminateByTags.1'],
    ],
    [
      'an integration that no header can carry',
      { tags: ANN.tags, options: { kind: 'botpress', integrationId: 'a b' } },
      ['botpress.integrationId'],
    ],
  ] as const)('as %s is refused before anything is asked', async (_, input, paths) => {
    const { upsertContact, asked, users } = await directory();

    expect(wrongPaths(await upsertContact.does(input, aCall()))).toEqual(paths);
    expect(asked()).toEqual([]);
    expect(users()).toEqual([]);
  });

  it('as a tag that nobody declared is refused by the service, and nobody is created', async () => {
    const { upsertContact, users } = await directory({ undeclaredTags: 'refuse' });
    const tags = [{ key: 'mood', value: 'good' }];

    const failure = failureOf(await upsertContact.does({ tags }, aCall()));

    expect(failure).toMatchObject({ kind: 'refused', provider: WEBSITE, code: 'InvalidPayload' });
    expect(users()).toEqual([]);
  });
});

it('knows people of the story again', async () => {
  const { upsertContact, store } = await botpressAccount({ tales: TALES });
  const known = [...store.users.values()].filter(({ tags }) => tags['email']);
  const before = store.users.size;

  for (const { id, tags } of known) {
    const given = Object.entries(tags).map(([key, value]) => ({ key, value }));
    const { outcome, contact } = valueOf(await upsertContact.does({ tags: given }, aCall()));
    expect([outcome, contact.nativeId]).toEqual(['UPDATED', id]);
  }

  expect(store.users.size).toBe(before);
  expect(known.length).toBeGreaterThan(0);
});

/** A bot that knows nobody. */
async function directory(
  options: Parameters<typeof botpressAccount>[0] = {},
  changes: AccountChanges = {},
) {
  const account = await botpressAccount(options, changes);
  return {
    ...account,
    users: (): UserRow[] => [...account.store.users.values()],
    upsert: async (input: UpsertContact) =>
      valueOf(await account.upsertContact.does(input, aCall())),
  };
}

// Contacts through the Chatling adapter: found by what tells people apart, else created, and never twice.

import { describe, expect, it } from 'vitest';
import { keepRows } from '../../emulators/chatling/store.ts';
import { MOST_CONTACT_PAGES } from '../../src/providers/chatling/contacts.ts';
import type { UpsertContact } from '../../src/providers/verbs.ts';
import {
  aCall,
  chatlingAccount,
  failureOf,
  NOW_MS,
  TALES,
  valueOf,
  wrongPaths,
} from './chatling-account.ts';

const ANN = { name: 'Ann Marie Lee', email: 'ann@example.com', phone: '+1 555 0100' };

describe('somebody who is not there', () => {
  it('is created with what was given, the name in its two parts', async () => {
    const { upsert, rows, asked } = await directory();

    const { outcome, contact } = await upsert(ANN);

    expect(outcome).toBe('CREATED');
    const [row] = rows();
    expect(rows()).toHaveLength(1);
    expect(row?.properties).toEqual({
      first_name: 'Ann',
      last_name: 'Marie Lee',
      email: 'ann@example.com',
      phone: '+1 555 0100',
    });
    expect(contact).toEqual({
      nativeId: row?.id,
      name: 'Ann Marie Lee',
      email: 'ann@example.com',
      phone: '+1 555 0100',
      imageUrl: null,
    });
    expect(asked()).toEqual([
      'GET /contacts?page=1&sort=date_desc',
      'POST /contacts',
      `GET /contacts/${row?.id}`,
    ]);
  });

  it('is created with everything that only Chatling has a place for', async () => {
    const { upsert, rows } = await directory();

    await upsert({
      email: ANN.email,
      options: {
        kind: 'chatling',
        firstName: 'Ann',
        lastName: 'Lee',
        jobTitle: 'Editor',
        companyName: 'Leaf',
        websiteUrl: 'https://leaf.example.com',
        industry: 'Books',
        address: '1 Main Street',
        city: 'Springfield',
        state: 'IL',
        postalCode: '62701',
        country: 'US',
      },
    });

    expect(rows()[0]?.properties).toEqual({
      first_name: 'Ann',
      last_name: 'Lee',
      email: 'ann@example.com',
      job_title: 'Editor',
      company_name: 'Leaf',
      website_url: 'https://leaf.example.com',
      industry: 'Books',
      address: '1 Main Street',
      city: 'Springfield',
      state: 'IL',
      postal_code: '62701',
      country: 'US',
    });
  });

  it('is created where the last of the pages that are looked through is the last one', async () => {
    const { upsert, rows, fill } = await directory({ perPage: { contacts: 2 } });
    fill(2 * MOST_CONTACT_PAGES);

    expect((await upsert(ANN)).outcome).toBe('CREATED');
    expect(rows()).toHaveLength(2 * MOST_CONTACT_PAGES + 1);
  });

  it('is created, though they cannot be read back', async () => {
    const { upsert, rows, emulator } = await directory();
    // The first read is of the list; the second is of the contact.
    emulator.inject({ kind: 'status', status: 500, match: { method: 'GET', path: CONTACT } });

    const { outcome, contact } = await upsert(ANN);

    expect(outcome).toBe('CREATED');
    expect(contact).toEqual({ nativeId: rows()[0]?.id, ...ANN, imageUrl: null });
  });
});

describe('somebody who is there', () => {
  it.each([
    ['the same email', { email: 'ann@example.com' }],
    ['the same email in other letters', { email: ' Ann@Example.COM ' }],
    ['the same phone, spaced otherwise', { phone: '+1 (555) 01-00' }],
    ['the same email and another phone', { email: 'ann@example.com', phone: '+44 20 7946 0000' }],
  ])('by %s is given back as they are, and nothing is written', async (_, given) => {
    const { upsert, rows, asked } = await directory();
    const { contact } = await upsert(ANN);
    const before = structuredClone(rows());
    asked();

    expect(await upsert({ name: 'Somebody Else', ...given })).toEqual({
      outcome: 'UNCHANGED',
      contact,
    });
    expect(rows()).toEqual(before);
    expect(asked()).toEqual(['GET /contacts?page=1&sort=date_desc']);
  });

  it('by email comes before somebody by phone, however much newer that one is', async () => {
    const { upsert, fill } = await directory({ perPage: { contacts: 2 } });
    const ann = await upsert({ email: ANN.email });
    fill(5);
    const nameless = await upsert({ phone: ANN.phone });

    expect((await upsert(ANN)).contact).toEqual(ann.contact);
    expect((await upsert({ phone: ANN.phone })).contact).toEqual(nameless.contact);
  });

  it('by phone is enough where no page that is looked through has the email', async () => {
    const { upsert, fill, make, asked } = await directory({ perPage: { contacts: 1 } });
    fill(2 * MOST_CONTACT_PAGES);
    const { id } = make({ phone: ANN.phone });

    const { outcome, contact } = await upsert(ANN);

    expect([outcome, contact.nativeId]).toEqual(['UNCHANGED', id]);
    expect(asked()).toHaveLength(MOST_CONTACT_PAGES);
  });

  it('with the same phone and another email is somebody else', async () => {
    const { upsert, rows } = await directory();
    await upsert(ANN);

    expect((await upsert({ email: 'bob@example.com', phone: ANN.phone })).outcome).toBe('CREATED');
    expect(rows()).toHaveLength(2);
  });

  it('is created once by many at once', async () => {
    const { upsert, rows } = await directory();

    const all = await Promise.all(Array.from({ length: 6 }, () => upsert(ANN)));

    expect(rows()).toHaveLength(1);
    expect(all.map(({ outcome }) => outcome)).toEqual([
      'CREATED',
      ...Array.from({ length: 5 }, () => 'UNCHANGED'),
    ]);
  });
});

describe('somebody who may be there', () => {
  it('beyond the pages that are looked through is not created, and the client told what to do', async () => {
    const { upsertContact, rows, fill, asked } = await directory({ perPage: { contacts: 2 } });
    fill(2 * MOST_CONTACT_PAGES + 1);

    const failure = failureOf(await upsertContact.does({ ...ANN, tags: [] }, aCall()));

    expect(failure).toMatchObject({
      kind: 'unsupported',
      verb: 'CONTACT_UPSERT',
      note: expect.stringMatching(/^Among the 20 newest contacts nobody has .* Look in Chatling/),
    });
    expect(asked()).toHaveLength(MOST_CONTACT_PAGES);
    expect(rows()).toHaveLength(2 * MOST_CONTACT_PAGES + 1);
  });

  it('is not created where the contacts cannot be read', async () => {
    const { upsertContact, rows, emulator } = await directory();
    emulator.inject({ kind: 'status', status: 503, match: { method: 'GET' } });

    const failure = failureOf(await upsertContact.does({ ...ANN, tags: [] }, aCall()));

    expect(failure.kind).toBe('unavailable');
    expect(rows()).toEqual([]);
  });

  it('is not created again where the answer to a create was lost', async () => {
    const { upsert, upsertContact, rows, emulator } = await directory();
    emulator.inject({ kind: 'cut-after-accept', times: 1, match: { method: 'POST' } });

    const failure = failureOf(await upsertContact.does({ ...ANN, tags: [] }, aCall()));

    expect(failure.kind).toBe('outcome-unknown');
    expect((await upsert(ANN)).outcome).toBe('UNCHANGED');
    expect(rows()).toHaveLength(1);
  });
});

describe('bad input', () => {
  it.each([
    ['a name alone', { name: 'Ann' }, ['email']],
    ['an empty email and a phone without digits', { email: ' ', phone: '-' }, ['email']],
    [
      'a name twice',
      { ...ANN, options: { kind: 'chatling', firstName: 'Ann', lastName: 'Lee' } },
      ['chatling.firstName', 'chatling.lastName'],
    ],
  ] as const)('as %s is refused before anything is asked', async (_, given, paths) => {
    const { upsertContact, asked, rows } = await directory();

    expect(wrongPaths(await upsertContact.does({ tags: [], ...given }, aCall()))).toEqual(paths);
    expect(asked()).toEqual([]);
    expect(rows()).toEqual([]);
  });
});

it('knows the people of the story again, and makes nobody twice', async () => {
  const { upsertContact, store } = await chatlingAccount({ tales: TALES });
  const before = structuredClone([...store.contacts.values()]);
  const reachable = before.filter(({ properties }) => properties['email']);

  for (const { properties } of reachable) {
    const email = properties['email'] ?? '';
    const { outcome, contact } = valueOf(await upsertContact.does({ email, tags: [] }, aCall()));
    expect([outcome, contact.email]).toEqual(['UNCHANGED', email]);
  }

  expect([...store.contacts.values()]).toEqual(before);
  expect(reachable.length).toBeGreaterThan(0);
});

const CHATBOT = '4829173650';

/** Below it are the contacts one by one; the list is beside it. */
const CONTACT = `/v2/chatbots/${CHATBOT}/contacts/`;

/** A chatbot that nobody has written to. */
async function directory(options: Parameters<typeof chatlingAccount>[0] = {}) {
  const account = await chatlingAccount({ chatbotId: CHATBOT, ...options });
  const { makeContact } = keepRows(account.store);
  const make = (properties: Record<string, string>) => makeContact(CHATBOT, properties, NOW_MS);
  return {
    ...account,
    make,
    rows: () => [...account.store.contacts.values()],
    /** Some more people, newer than those who are there. */
    fill: (count: number) => {
      for (let nth = 0; nth < count; nth += 1) {
        make({ email: `somebody-${account.store.contacts.size}@example.com` });
      }
    },
    upsert: async (input: Omit<UpsertContact, 'tags'>) =>
      valueOf(await account.upsertContact.does({ ...input, tags: [] }, aCall())),
  };
}

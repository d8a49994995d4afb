import { describe, expect, it } from 'vitest';
import type { ContactOptions } from '../../src/domain/native.ts';
import type { UpsertContact } from '../../src/providers/verbs.ts';
import { rowsAdded } from '../support/stores.ts';
import {
  aCall,
  accountHearing,
  chatbotkitAccount,
  failureOf,
  pathsOf,
  present,
  ref,
  valueOf,
} from './chatbotkit-account.ts';

const FINGERPRINT = 'browser-7f3a90c1e2';

function own(options: Omit<Extract<ContactOptions, { readonly kind: 'chatbotkit' }>, 'kind'>) {
  return { kind: 'chatbotkit', ...options } as const;
}

/** An account with a conversation that nobody is the contact of yet. */
async function withNobody(options: Parameters<typeof chatbotkitAccount>[0] = {}) {
  const account = await chatbotkitAccount(options);
  const { id } = account.plant({ contactId: null });
  const upsert = (fields: Partial<UpsertContact>) =>
    account.upsertContact({ conversation: ref(id), tags: [], ...fields }, aCall());
  const contact = (nativeId: string) => present(account.store.contacts.get(nativeId));
  return { account, id, upsert, contact, added: rowsAdded(account.store.contacts) };
}

describe('the contact of a conversation', () => {
  it('is made of all that is given, and linked', async () => {
    const { account, id, upsert, contact } = await withNobody();

    const upserted = valueOf(
      await upsert({
        name: 'Ada',
        description: 'Counts',
        email: 'ada@example.com',
        phone: '+442079460000',
        tags: [{ key: 'plan', value: 'pro' }],
        options: own({ nick: 'countess', meta: { seats: 3, address: { city: 'London' } } }),
      }),
    );

    const { nativeId } = upserted.contact;
    expect(contact(nativeId)).toMatchObject({
      name: 'Ada',
      description: 'Counts',
      email: 'ada@example.com',
      phone: '+442079460000',
      nick: 'countess',
      meta: { plan: 'pro', seats: 3, address: { city: 'London' } },
      verifiedAt: null,
    });
    expect(account.row(id).contactId).toBe(nativeId);
    expect(upserted).toEqual({
      outcome: 'LINKED',
      contact: {
        nativeId,
        name: 'Ada',
        email: 'ada@example.com',
        phone: '+442079460000',
        imageUrl: null,
      },
    });
  });

  it('costs one call, which says no more than was given', async () => {
    const { account, upsert } = await withNobody();

    await upsert({ name: 'Ada' });

    expect(account.emulator.journal).toHaveLength(1);
    expect(account.written()).toEqual([{ name: 'Ada' }]);
  });

  it('is told to the bot by a row that people do not see', async () => {
    const { account, id, upsert } = await withNobody();

    await upsert({ name: 'Ada' });

    const question = { conversation: ref(id), at: null, size: 10 };
    const { items } = valueOf(await account.messages(question, aCall()));
    expect(items).toMatchObject([{ kind: 'CONTEXT', visibility: 'INTERNAL' }]);
    expect(present(items[0]).text).toContain('Ada');
  });

  it('is the same one where the same words are said', async () => {
    const { account, upsert, added } = await withNobody();
    const second = account.plant({ id: 'second', contactId: null });

    const one = valueOf(await upsert({ name: 'Ada', email: 'ada@example.com' }));
    const other = valueOf(
      await upsert({ conversation: ref(second.id), name: 'Ada', email: 'ada@example.com' }),
    );

    expect(other).toEqual(one);
    expect(added()).toHaveLength(1);
    expect(account.row(second.id).contactId).toBe(one.contact.nativeId);
  });

  it('is made verified by a fingerprint', async () => {
    const { upsert, contact } = await withNobody();

    const upserted = valueOf(
      await upsert({ name: 'Ada', options: own({ fingerprint: FINGERPRINT }) }),
    );

    const row = contact(upserted.contact.nativeId);
    expect(row).toMatchObject({ name: 'Ada', fingerprint: FINGERPRINT });
    expect(row.verifiedAt).not.toBeNull();
    expect(upserted.outcome).toBe('LINKED');
  });

  it('keeps its own fields where it is found by its fingerprint, and none are claimed of it', async () => {
    const { account, upsert, contact, added } = await withNobody();
    const second = account.plant({ id: 'second', contactId: null });
    const options = own({ fingerprint: FINGERPRINT });
    const { nativeId } = valueOf(await upsert({ name: 'Ada', options })).contact;
    const before = contact(nativeId);

    const upserted = valueOf(
      await upsert({
        conversation: ref(second.id),
        name: 'Countess',
        email: 'ada@example.com',
        phone: '+442079460000',
        options,
      }),
    );

    expect(contact(nativeId)).toEqual(before);
    expect(added()).toHaveLength(1);
    expect(account.row(second.id).contactId).toBe(nativeId);
    expect(upserted).toEqual({
      outcome: 'LINKED',
      contact: { nativeId, name: null, email: null, phone: null, imageUrl: null },
    });
  });

  it.each(['null', 'omit'] as const)(
    'that is there is shown unchanged, and nothing is written (unset columns %s)',
    async (nulls) => {
      const { account, upsert, added } = await withNobody({ nulls });
      const [contactId] = [...account.store.contacts.keys()];
      const taken = account.plant({ id: 'taken', contactId: present(contactId) });
      const contacts = new Map(account.store.contacts);

      const upserted = valueOf(
        await upsert({ conversation: ref(taken.id), name: 'Somebody else' }),
      );

      expect(upserted).toEqual({
        outcome: 'UNCHANGED',
        contact: { nativeId: contactId, name: null, email: null, phone: null, imageUrl: null },
      });
      expect(added()).toEqual([]);
      expect(account.store.contacts).toEqual(contacts);
      expect(account.row(taken.id)).toEqual(taken);
      expect(account.messagesOf(taken.id)).toEqual([]);
      expect(account.asked()).toEqual([
        `POST /v1/conversation/taken/contact/upsert`,
        `GET /v1/conversation/taken/fetch`,
      ]);
    },
  );

  it('is asked for again without harm where it was there and could not be shown', async () => {
    const account = await chatbotkitAccount();
    const [contactId] = [...account.store.contacts.keys()];
    const { id } = account.plant({ contactId: present(contactId) });
    account.emulator.inject({ kind: 'status', status: 503, match: { method: 'GET' } });

    const outcome = await account.upsertContact(
      { conversation: ref(id), name: 'Ada', tags: [] },
      aCall(),
    );

    expect(failureOf(outcome)).toMatchObject({
      kind: 'unavailable',
      because: 'it answered HTTP 503',
    });
  });

  it('is not made up where the service says that there is one and shows none', async () => {
    const account = await accountHearing((method) =>
      method === 'POST' ? { status: 304 } : { status: 200, body: { id: 'c1' } },
    );

    const outcome = await account.upsertContact(
      { conversation: ref('c1'), name: 'Ada', tags: [] },
      aCall(),
    );

    expect(failureOf(outcome)).toMatchObject({ kind: 'unavailable', provider: 'assistant' });
  });

  it('may have been linked where an empty body says nothing of it', async () => {
    const account = await accountHearing(() => ({ status: 200 }));

    const outcome = await account.upsertContact(
      { conversation: ref('c1'), name: 'Ada', tags: [] },
      aCall(),
    );

    expect(failureOf(outcome).kind).toBe('outcome-unknown');
  });

  it.each([
    [{ email: 'nobody' }, '"email" must be a valid email'],
    [{ phone: '12' }, '"phone" must be a phone number'],
  ])('is refused by the service for %o', async (fields, said) => {
    const { account, id, upsert, added } = await withNobody();

    const failure = failureOf(await upsert({ name: 'Ada', ...fields }));

    expect(failure).toEqual({ kind: 'refused', provider: 'assistant', code: 'BAD_REQUEST', said });
    expect(added()).toEqual([]);
    expect(account.row(id).contactId).toBeNull();
  });
});

describe('nobody becomes a contact', () => {
  it.each<readonly [string, Partial<UpsertContact>, readonly string[]]>([
    ['of whom nothing is said', {}, ['name']],
    ['of whom only spaces are said', { name: '  ', email: '' }, ['name']],
    [
      'who is only described: everybody described would be one',
      {
        description: 'Counts',
        tags: [{ key: 'plan', value: 'pro' }],
        options: own({ meta: { a: 1 } }),
      },
      ['name'],
    ],
    [
      'with a fingerprint of 16 characters',
      { options: own({ fingerprint: '0123456789abcdef' }) },
      ['chatBotKit.fingerprint'],
    ],
    [
      'with a fingerprint made long by spaces',
      { name: 'Ada', options: own({ fingerprint: '  0123456789abcdef  ' }) },
      ['chatBotKit.fingerprint'],
    ],
    [
      'with an empty fingerprint',
      { name: 'Ada', options: own({ fingerprint: '' }) },
      ['chatBotKit.fingerprint'],
    ],
    [
      'with tags that would not be kept',
      {
        name: 'Ada',
        tags: [
          { key: 'vip', value: null },
          { key: '_x', value: 'y' },
        ],
        options: own({ meta: { $update: {} } }),
      },
      ['tags.0.value', 'tags.1.key', 'chatBotKit.meta.$update'],
    ],
  ])('%s', async (_who, fields, paths) => {
    const { account, upsert, added } = await withNobody();

    const outcome = await upsert(fields);

    expect(pathsOf(outcome)).toEqual(paths);
    expect(account.asked()).toEqual([]);
    expect(added()).toEqual([]);
  });

  it('of no conversation', async () => {
    const account = await chatbotkitAccount();

    const outcome = await account.upsertContact({ name: 'Ada', tags: [] }, aCall());

    expect(pathsOf(outcome)).toEqual(['conversationId']);
    expect(account.asked()).toEqual([]);
  });

  it('is needed beside a fingerprint of 17 characters, a nick, an email or a phone', async () => {
    const { account, upsert } = await withNobody();
    const ways = [
      { options: own({ fingerprint: '0123456789abcdefg' }) },
      { options: own({ nick: 'ada' }) },
      { email: 'ada@example.com' },
      { phone: '(415) 555-0100' },
    ];

    const outcomes = [];
    for (const [index, fields] of ways.entries()) {
      const { id } = account.plant({ id: `way-${index}`, contactId: null });
      outcomes.push(valueOf(await upsert({ conversation: ref(id), ...fields })).outcome);
    }

    expect(outcomes).toEqual(['LINKED', 'LINKED', 'LINKED', 'LINKED']);
  });
});

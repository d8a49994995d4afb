// Chatling's conversations through the adapter, begun, changed and deleted, with the service's store as the witness.

import { describe, expect, it } from 'vitest';
import type { Conversation } from '../../src/domain/conversation.ts';
import {
  aCall,
  accountHearing,
  chatlingAccount,
  failureOf,
  HELP,
  NOW_MS,
  ref,
  stored,
  TALES,
  valueOf,
} from './chatling-account.ts';

describe('an update', () => {
  it.each([
    { archived: true },
    { archived: false },
    { important: true },
    { important: false },
    { archived: true, important: false },
  ])('writes %j and leaves the rest as it was', async (changes) => {
    const { store, update } = await chatlingAccount({ tales: TALES });
    const [id = ''] = store.conversations.keys();
    const row = stored(store, id);
    row.archived = changes.archived ? 0 : 1;
    row.important = changes.important ? 0 : 1;
    const before = structuredClone(row);

    const { conversation, ignored, unfinished } = valueOf(
      await update.does({ conversation: ref(id), changes }, aCall()),
    );

    const expected = {
      archived: changes.archived ?? before.archived === 1,
      important: changes.important ?? before.important === 1,
    };
    expect(row).toEqual({
      ...before,
      archived: expected.archived ? 1 : 0,
      important: expected.important ? 1 : 0,
    });
    expect(conversation).toMatchObject({ nativeId: id, ...expected });
    expect({ ignored, unfinished }).toEqual({ ignored: [], unfinished: null });
  });

  it('costs one call', async () => {
    const { store, update, asked } = await chatlingAccount({ tales: TALES });
    const [id = ''] = store.conversations.keys();

    await update.does({ conversation: ref(id), changes: { archived: true } }, aCall());

    expect(asked()).toEqual([`PATCH /conversations/${id}`]);
  });

  it('links another contact', async () => {
    const { store, update } = await chatlingAccount({ tales: TALES });
    const [id = ''] = store.conversations.keys();
    const contactId = [...store.contacts.keys()].at(-1) ?? '';

    const { conversation } = valueOf(
      await update.does({ conversation: ref(id), changes: { contactId } }, aCall()),
    );

    expect(stored(store, id).contact_id).toBe(contactId);
    expect(conversation.contact?.nativeId).toBe(contactId);
  });

  it('of a contact nobody knows says that it is the contact', async () => {
    const { store, update } = await chatlingAccount({ tales: TALES });
    const [id = ''] = store.conversations.keys();
    const before = structuredClone(stored(store, id));

    const changes = { contactId: 'nobody', archived: true };
    const outcome = await update.does({ conversation: ref(id), changes }, aCall());

    expect(failureOf(outcome)).toEqual({ kind: 'not-found', what: 'contact nobody at help' });
    expect(stored(store, id)).toEqual(before);
  });

  it('of a contact nobody knows is refused where the service checks while validating', async () => {
    const { store, update } = await chatlingAccount({ tales: TALES, errors: 'laravel' });
    const [id = ''] = store.conversations.keys();

    const changes = { contactId: 'nobody' };
    const outcome = await update.does({ conversation: ref(id), changes }, aCall());

    expect(failureOf(outcome)).toEqual({
      kind: 'refused',
      provider: HELP,
      code: null,
      said: 'contact_id: The selected contact_id is invalid.',
    });
  });

  it.each(['refuse', 'clear'] as const)(
    'never unlinks a contact, whether the service would %s',
    async (contactNull) => {
      const { store, update, asked } = await chatlingAccount({ tales: TALES, contactNull });
      const [id = ''] = store.conversations.keys();

      const changes = { contactId: null, archived: true };
      const outcome = await update.does({ conversation: ref(id), changes }, aCall());

      expect(failureOf(outcome)).toMatchObject({
        kind: 'unsupported',
        provider: HELP,
        verb: 'CONVERSATION_UPDATE',
        note: expect.stringContaining('another contact'),
      });
      expect(asked()).toEqual([]);
    },
  );

  it('of nothing reads the conversation, because an empty change is refused', async () => {
    const { store, get, update, asked } = await chatlingAccount({ tales: TALES });
    const [id = ''] = store.conversations.keys();
    const expected = valueOf(await get.does(ref(id), aCall()));
    asked();

    const updated = valueOf(await update.does({ conversation: ref(id), changes: {} }, aCall()));

    expect(updated).toEqual({ conversation: expected, ignored: [], unfinished: null });
    expect(asked()).toEqual([`GET /conversations/${id}`]);
  });

  it('of a conversation that is not there is not found', async () => {
    const { update } = await chatlingAccount({ tales: TALES });

    const changes = { archived: true };
    const outcome = await update.does({ conversation: ref('1234567890'), changes }, aCall());

    expect(failureOf(outcome)).toEqual({
      kind: 'not-found',
      what: 'conversation 1234567890 at help',
    });
  });
});

it('names what the service accepted and did not do', async () => {
  const row = { id: '1', contact_id: 'c0', archived: 0, important: 1 };
  const { update } = await accountHearing(() => ({
    status: 200,
    body: { status: 'success', data: row },
  }));
  const changes = { archived: true, important: true, contactId: 'c1' };

  const updated = valueOf(await update.does({ conversation: ref('1'), changes }, aCall()));

  expect(updated.ignored).toEqual(['archived', 'contactId']);
  expect(updated.conversation).toMatchObject({ archived: false, contact: { nativeId: 'c0' } });
});

describe('a new conversation', () => {
  it('begins with a message, which the AI answers', async () => {
    const { store, create, get, asked } = await chatlingAccount({ tales: TALES });
    const contactId = [...store.contacts.keys()][0] ?? '';

    const conversation: Conversation = valueOf(
      await create.does({ tags: [], message: 'Do you ship to Malta?', contactId }, aCall()),
    );

    expect(asked()).toEqual(['POST /ai/kb/chat', `GET /conversations/${conversation.nativeId}`]);
    const row = stored(store, conversation.nativeId);
    expect(row.messages.map(({ role, text }) => [role, text])).toEqual([
      ['user', 'Do you ship to Malta?'],
      ['bot', expect.any(String)],
    ]);
    expect(row.contact_id).toBe(contactId);
    expect(conversation).toEqual(valueOf(await get.does(ref(conversation.nativeId), aCall())));
    expect(conversation).toMatchObject({
      contact: { nativeId: contactId },
      createdAt: new Date(NOW_MS),
      embedded: { complete: true, items: [{ role: 'BOT' }, { role: 'USER' }] },
    });
  });

  it('is given as far as it is known where it cannot be read, so that nobody begins it twice', async () => {
    const { emulator, store, create } = await chatlingAccount();
    emulator.inject({ kind: 'status', status: 500, match: { method: 'GET' } });

    const conversation = valueOf(await create.does({ tags: [], message: 'Hello!' }, aCall()));

    const [id] = store.conversations.keys();
    expect(conversation).toMatchObject({
      nativeId: id,
      preview: stored(store, String(id)).messages.at(-1)?.text,
      createdAt: null,
      sortedAt: new Date(NOW_MS),
      embedded: null,
      archived: null,
      contact: null,
    });
  });

  it.each([undefined, '', ' \n'])('does not begin with %j', async (message) => {
    const { create, asked } = await chatlingAccount();

    const outcome = await create.does(
      { tags: [], ...(message === undefined ? {} : { message }) },
      aCall(),
    );

    expect(failureOf(outcome)).toEqual({
      kind: 'invalid-input',
      issues: [{ path: 'message', message: expect.stringContaining('give `message`') }],
    });
    expect(asked()).toEqual([]);
  });

  it('with a contact nobody knows is not begun', async () => {
    const { store, create } = await chatlingAccount({ tales: TALES });
    const before = store.conversations.size;

    const input = { tags: [], message: 'Hello!', contactId: 'nobody' };

    expect(failureOf(await create.does(input, aCall()))).toEqual({
      kind: 'not-found',
      what: 'contact nobody at help',
    });
    expect(store.conversations.size).toBe(before);
  });
});

describe('a deletion', () => {
  it('takes the conversation, and only it', async () => {
    const { store, get, remove } = await chatlingAccount({ tales: TALES });
    const [id = '', ...others] = store.conversations.keys();

    expect(valueOf(await remove.does(ref(id), aCall()))).toBeNull();

    expect([...store.conversations.keys()]).toEqual(others);
    expect(failureOf(await get.does(ref(id), aCall())).kind).toBe('not-found');
    expect(failureOf(await remove.does(ref(id), aCall()))).toEqual({
      kind: 'not-found',
      what: `conversation ${id} at help`,
    });
  });
});

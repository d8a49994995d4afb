// Messages changed and deleted at Botpress: what the emulated bot keeps of them afterwards, and what it was never asked.

import { describe, expect, it } from 'vitest';
import type { MessageRow } from '../../emulators/botpress/store.ts';
import type { MessageContent } from '../../src/domain/message.ts';
import type { MessageChanges } from '../../src/providers/verbs.ts';
import {
  type AccountChanges,
  aCall,
  accountHearing,
  botpressAccount,
  failureOf,
  firstOf,
  MINUTE_MS,
  ref,
  SLACK,
  TALES,
  valueOf,
  WEBSITE,
  wrongPaths,
} from './botpress-account.ts';

const TEXT: MessageContent = { type: 'text', text: 'Mended.' };

describe('content', () => {
  it.each(['replace', 'merge'] as const)(
    'takes the place of what the message said, and its type stays (payloads %s)',
    async (payloadUpdate) => {
      const { change, row, before, pass, written } = await oneMessage('text', { payloadUpdate });
      pass(MINUTE_MS);

      const { message, ignored } = valueOf(await change({ content: TEXT }));

      expect(row()).toEqual({
        ...before,
        payload: { text: 'Mended.' },
        updatedAt: new Date(Date.parse('2026-05-01T12:01:00.000Z')).toISOString(),
      });
      expect(message).toMatchObject({ nativeId: before.id, text: 'Mended.', raw: row() });
      expect(ignored).toEqual([]);
      expect(written()).toEqual([{ tags: {}, payload: { text: 'Mended.' } }]);
    },
  );

  it('of every other kind is written in its own type', async () => {
    const { store, updateMessage } = await botpressAccount({ tales: TALES });
    const changes: Readonly<Record<string, MessageContent>> = {
      image: { type: 'image', url: 'https://media.example.com/new.png', title: 'New' },
      choice: { type: 'choice', text: 'Yes?', options: [], dropdown: false },
      dropdown: { type: 'choice', text: 'Which?', options: [], dropdown: true },
      markdown: { type: 'markdown', markdown: '**New**' },
      supportTicket: { type: 'unknown', said: 'supportTicket', payload: { text: 'T', ticket: 1 } },
    };

    for (const [type, content] of Object.entries(changes)) {
      const { id, conversationId } = ofType(store.messages.values(), type);
      const message = { conversation: ref(conversationId), nativeId: id };
      const updated = valueOf(await updateMessage.does({ message, changes: { content } }, aCall()));
      expect(updated).toMatchObject({ message: { content }, ignored: [] });
    }

    const payloads = Object.keys(changes).map(
      (type) => ofType(store.messages.values(), type).payload,
    );
    expect(payloads).toEqual([
      { imageUrl: 'https://media.example.com/new.png', title: 'New' },
      { text: 'Yes?', options: [] },
      { text: 'Which?', options: [] },
      { markdown: '**New**' },
      { text: 'T', ticket: 1 },
    ]);
  });

  it('that the service only lays over the old one is named as ignored', async () => {
    const { change, row } = await oneMessage('image', { payloadUpdate: 'merge' });
    const url = 'https://media.example.com/new.png';

    const updated = valueOf(await change({ content: { type: 'image', url, title: null } }));

    expect(updated.ignored).toEqual(['content']);
    expect(row().payload).toEqual({ imageUrl: url, title: 'What I see' });
    expect(updated.message.content).toEqual({ type: 'image', url, title: 'What I see' });
  });

  it.each(['image', 'choice', 'supportTicket'])(
    'of another type than the message has, as words for %s, is refused and nothing written',
    async (type) => {
      const { change, row, before, written } = await oneMessage(type);

      const outcome = await change({ content: TEXT });

      expect(wrongPaths(outcome)).toEqual(['content']);
      expect(failureOf(outcome)).toHaveProperty(
        'issues.0.message',
        expect.stringContaining(`must be ${type}`),
      );
      expect(written()).toEqual([]);
      expect(row()).toEqual(before);
    },
  );

  it('beside a payload, or a bloc of what no bloc holds, is refused before anything is asked', async () => {
    const { change, asked } = await oneMessage('bloc');
    const choice: MessageContent = { type: 'choice', text: 'Yes?', options: [], dropdown: false };
    const options = { kind: 'botpress', payload: { items: [] } } as const;

    const both = await change({ content: { type: 'bloc', items: [] }, options });
    const misfit = await change({ content: { type: 'bloc', items: [TEXT, choice] } });
    const formless = await change({ content: { type: 'unknown', said: 'bloc', payload: 'x' } });

    expect(wrongPaths(both)).toEqual(['botpress.payload']);
    expect(wrongPaths(misfit)).toEqual(['content.bloc.items.1']);
    expect(wrongPaths(formless)).toEqual(['content']);
    expect(asked()).toEqual([]);
  });
});

describe("a payload of Botpress' own", () => {
  it('takes the place of the old one, whatever the type', async () => {
    const { change, row } = await oneMessage('supportTicket');
    const payload = { text: 'Closed.', ticket: { state: 'closed' } };

    const { message } = valueOf(await change({ options: { kind: 'botpress', payload } }));

    expect(row()).toMatchObject({ type: 'supportTicket', payload });
    expect(message).toMatchObject({ text: 'Closed.', native: { type: 'supportTicket', payload } });
  });

  it('that the service took and did not keep is named as ignored', async () => {
    const message = {
      id: 'msg_1',
      conversationId: 'conv_1',
      type: 'text',
      payload: { text: 'Old' },
    };
    const { updateMessage } = await accountHearing(() => ({ status: 200, body: { message } }));
    const options = { kind: 'botpress', payload: { text: 'New' } } as const;

    const { ignored } = valueOf(
      await updateMessage.does(
        { message: { conversation: ref('conv_1'), nativeId: 'msg_1' }, changes: { options } },
        aCall(),
      ),
    );

    expect(ignored).toEqual(['botpress.payload']);
  });
});

describe('tags', () => {
  it.each(['current', 'seed'] as const)(
    'are set and removed by name, and what the message says stays (%s)',
    async (generation) => {
      const { change, row, before, store, written } = await oneMessage('text', { generation });
      store.messages.set(before.id, {
        ...before,
        tags: { agent: 'ann', 'slack:ts': '1', old: 'x' },
      });
      const tags = { set: [{ key: 'agent', value: 'bob' }], remove: ['old', 'never'] };

      const { message, ignored } = valueOf(await change({ tags }));

      expect(row()).toMatchObject({
        payload: before.payload,
        tags: { agent: 'bob', 'slack:ts': '1' },
      });
      expect(row().tags).not.toHaveProperty('old');
      expect(message.tags).toEqual([
        { key: 'agent', value: 'bob' },
        { key: 'slack:ts', value: '1' },
      ]);
      expect(ignored).toEqual([]);
      expect(written()).toEqual([{ tags: { agent: 'bob', old: '', never: '' } }]);
    },
  );

  it('that nobody declared are refused by the service in its own words', async () => {
    const { change, row, before } = await oneMessage('text', { undeclaredTags: 'refuse' });

    const failure = failureOf(
      await change({ tags: { set: [{ key: 'mood', value: 'good' }], remove: [] } }),
    );

    expect(failure).toMatchObject({ kind: 'refused', provider: WEBSITE, code: 'InvalidPayload' });
    expect(failure).toHaveProperty('said', expect.stringContaining('mood'));
    expect(row()).toEqual(before);
  });

  it('that the service drops are named as ignored', async () => {
    const { change, row } = await oneMessage('text', { undeclaredTags: 'drop' });
    const set = [
      { key: 'mood', value: 'good' },
      { key: 'agent', value: 'ann' },
    ];

    const { ignored } = valueOf(await change({ tags: { set, remove: [] } }));

    expect(ignored).toEqual(['tags.mood']);
    expect(row().tags).toMatchObject({ agent: 'ann' });
  });

  it('are refused without a value before anything is asked', async () => {
    const { change, asked } = await oneMessage('text');

    const outcome = await change({ tags: { set: [{ key: 'agent', value: '' }], remove: [] } });

    expect(wrongPaths(outcome)).toEqual(['tags.set.0.value']);
    expect(asked()).toEqual([]);
  });

  it.each(['hidden', 'shown'] as const)(
    "of another identity are written under its keys and shown under the account's (foreign tags %s)",
    async (foreignTags) => {
      const { change, row, store, before } = await oneMessage('text', { foreignTags });
      store.messages.set(before.id, { ...before, tags: { agent: 'ann', 'slack:ts': '1' } });
      const tags = { set: [{ key: 'channelId', value: 'C1' }], remove: ['ts'] };
      const options = { kind: 'botpress', integrationId: SLACK } as const;

      const { message, ignored } = valueOf(await change({ tags, options }));

      expect(row().tags).toEqual({ agent: 'ann', 'slack:channelId': 'C1' });
      expect(message.tags).toEqual([
        { key: 'agent', value: 'ann' },
        { key: 'slack:channelId', value: 'C1' },
      ]);
      expect(ignored).toEqual([]);
    },
  );

  it("of an account that is an integration have that one's keys, also on the bot's own words", async () => {
    const { change, row } = await oneMessage('text', {}, { integrationId: SLACK });

    const { message } = valueOf(
      await change({ tags: { set: [{ key: 'ts', value: '7' }], remove: [] } }),
    );

    expect(row().tags).toMatchObject({ 'slack:ts': '7' });
    expect(message.tags).toContainEqual({ key: 'ts', value: '7' });
  });
});

describe('a change', () => {
  it('of nothing is refused before anything is asked', async () => {
    const { change, asked } = await oneMessage('text');

    expect(wrongPaths(await change({}))).toEqual(['']);
    expect(wrongPaths(await change({ tags: { set: [], remove: [] } }))).toEqual(['']);
    expect(asked()).toEqual([]);
  });

  it('costs one read and one write', async () => {
    const { change, before, asked } = await oneMessage('text');

    valueOf(await change({ content: TEXT }));

    expect(asked()).toEqual([`GET messages/${before.id}`, `PUT messages/${before.id}`]);
  });

  it('in another conversation than the message is in is not found, and nothing is written', async () => {
    const { updateMessage, removeMessage, before, store, written } = await oneMessage('text');
    const other = firstOf(
      [...store.conversations.keys()].filter((id) => id !== before.conversationId),
    );
    const message = { conversation: ref(other), nativeId: before.id };
    const what = `message ${before.id} in conversation ${other} at website`;

    const changed = await updateMessage.does({ message, changes: { content: TEXT } }, aCall());
    const removed = await removeMessage.does(message, aCall());

    expect(failureOf(changed)).toEqual({ kind: 'not-found', what });
    expect(failureOf(removed)).toEqual({ kind: 'not-found', what });
    expect(written()).toEqual([]);
    expect(store.messages.get(before.id)).toEqual(before);
  });

  it.each(['msg_never', '../conversations'])(
    'of %s, which is not there, is not found',
    async (id) => {
      const { updateMessage, removeMessage, before, written } = await oneMessage('text');
      const message = { conversation: ref(before.conversationId), nativeId: id };

      const changed = await updateMessage.does({ message, changes: { content: TEXT } }, aCall());
      const removed = await removeMessage.does(message, aCall());

      const failure = { kind: 'not-found', what: `message ${id} at website` };
      expect(failureOf(changed)).toEqual(failure);
      expect(failureOf(removed)).toEqual(failure);
      expect(written()).toEqual([]);
    },
  );

  it('whose answer is lost is not known to be done, and is not sent again', async () => {
    const { change, before, emulator, asked } = await oneMessage('text');
    emulator.inject({ kind: 'cut-after-accept', times: 1, match: { method: 'PUT' } });

    const failure = failureOf(await change({ content: TEXT }));

    expect(failure).toMatchObject({ kind: 'outcome-unknown', provider: WEBSITE });
    expect(asked()).toEqual([`GET messages/${before.id}`, `PUT messages/${before.id}`]);
  });
});

describe('a deletion', () => {
  it('takes the message away for good, and leaves the others', async () => {
    const { removeMessage, message, before, store, written } = await oneMessage('text');
    const others = [...store.messages.keys()].filter((id) => id !== before.id);

    expect(valueOf(await removeMessage.does(message, aCall()))).toBeNull();

    expect([...store.messages.keys()]).toEqual(others);
    expect(written()).toEqual([{}]);
    expect(failureOf(await removeMessage.does(message, aCall())).kind).toBe('not-found');
  });
});

/** An account, and a message of a type that is in its story. */
async function oneMessage(
  type: string,
  options: Parameters<typeof botpressAccount>[0] = {},
  changes: AccountChanges = {},
) {
  const account = await botpressAccount({ tales: TALES, ...options }, changes);
  const before = ofType(account.store.messages.values(), type);
  const message = { conversation: ref(before.conversationId), nativeId: before.id };
  return {
    ...account,
    before,
    message,
    row: () => ofId(account.store.messages, before.id),
    change: (wanted: MessageChanges) =>
      account.updateMessage.does({ message, changes: wanted }, aCall()),
  };
}

function ofType(rows: Iterable<MessageRow>, type: string): MessageRow {
  return firstOf([...rows].filter((row) => row.type === type));
}

function ofId(rows: ReadonlyMap<string, MessageRow>, id: string): MessageRow {
  const row = rows.get(id);
  if (!row) throw new Error(`Expected a message ${id} in the store.`);
  return row;
}

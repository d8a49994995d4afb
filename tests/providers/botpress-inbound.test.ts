// What is made of the Chat integration's webhooks: nothing without the secret, and of a post no more than can be read again.

import { describe, expect, it } from 'vitest';
import type { Signal } from '../../emulators/botpress/webhooks.ts';
import type { News } from '../../src/domain/event.ts';
import type { Outcome } from '../../src/domain/failure.ts';
import type { Call } from '../../src/providers/provider.ts';
import {
  aCall,
  accountHearing,
  botpressAccount,
  failureOf,
  firstOf,
  ref,
  TALES,
  valueOf,
} from './botpress-account.ts';

const SECRET = 'a word between us';

type Account = Pick<Awaited<ReturnType<typeof botpressAccount>>, 'provider'>;

function tell(
  { provider }: Account,
  body: unknown,
  { secret = SECRET, call = aCall() }: { readonly secret?: string; readonly call?: Call } = {},
): Promise<Outcome<readonly News[]>> {
  const webhook = provider.inbound?.webhook;
  if (!webhook) throw new Error('Expected an account that is posted to.');
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return webhook(
    {
      header: (name) => (name === 'x-secret-key' && secret !== '' ? secret : undefined),
      body: Buffer.from(text),
    },
    call,
  );
}

/** An account with one conversation of the Chat integration, and what was posted of it. */
async function scene() {
  const account = await botpressAccount(
    { tales: TALES.slice(0, 1) },
    { webhookSecret: { reveal: () => SECRET } },
  );
  const { emulator, store } = account;
  const conversationId = firstOf(store.conversations.keys());
  // Nobody is there: what would be posted is looked at, and told by the test.
  emulator.webhooks.target({ webhookUrl: 'http://127.0.0.1:1', webhookSecret: SECRET });
  return {
    ...account,
    conversationId,
    happened: async (): Promise<Signal> => {
      await emulator.webhooks.settled();
      const last = emulator.webhooks.sent.at(-1);
      if (!last) throw new Error('Expected something to have happened.');
      account.asked();
      return last.signal;
    },
  };
}

describe('a post of the Chat integration', () => {
  it('becomes a message as the Runtime API tells it, in its own conversation', async () => {
    const account = await scene();
    const { emulator, conversationId, store } = account;
    emulator.say(conversationId, 'hello');
    const signal = await account.happened();

    const news = valueOf(await tell(account, signal));

    const row = [...store.messages.values()].at(-1);
    const tags = Object.entries(store.conversations.get(conversationId)?.tags ?? {});
    expect(news).toEqual([
      {
        type: 'message',
        message: valueOf(
          await account.message.does(
            { conversation: ref(conversationId), nativeId: row?.id ?? '' },
            aCall(),
          ),
        ),
        tags: tags.map(([key, value]) => ({ key, value })),
      },
    ]);
    expect(tags.length).toBeGreaterThan(0);
    expect(news).toMatchObject([{ message: { text: 'hello', conversation: ref(conversationId) } }]);
  });

  it('is believed in nothing that can be read again', async () => {
    const account = await scene();
    const { emulator, conversationId } = account;
    emulator.say(conversationId, 'hello');
    const { type, data } = await account.happened();

    const news = valueOf(
      await tell(account, {
        type,
        data: {
          ...data,
          payload: { type: 'text', text: 'send your password' },
          userId: 'somebody else',
          isBot: true,
          conversationId: 'user-chosen',
        },
      }),
    );

    expect(news).toMatchObject([
      { message: { text: 'hello', role: 'USER', conversation: { nativeId: conversationId } } },
    ]);
  });

  it('of a message that is gone again is no news', async () => {
    const account = await scene();
    const { emulator, conversationId, store } = account;
    emulator.say(conversationId, 'hello');
    const signal = await account.happened();
    store.messages.delete(String(signal.data['id']));

    expect(valueOf(await tell(account, signal))).toEqual([]);
  });

  it.each(['participant_added', 'participant_removed', 'event_created', 'of tomorrow', ''])(
    'that says %j is no news, and nothing is asked',
    async (type) => {
      const account = await scene();

      expect(valueOf(await tell(account, { type, data: 5 }))).toEqual([]);
      expect(account.asked()).toEqual([]);
    },
  );

  it('that cannot be read again now is a failure, and not nothing', async () => {
    const account = await scene();
    const { emulator, conversationId } = account;
    emulator.say(conversationId, 'hello');
    const signal = await account.happened();
    emulator.inject({ kind: 'status', status: 503, retryAfter: 7 });

    expect(failureOf(await tell(account, signal))).toMatchObject({
      kind: 'unavailable',
      retryAt: expect.any(Date),
    });
    emulator.heal();
    emulator.inject({ kind: 'status', status: 500, match: { path: '/v1/chat/conversations' } });
    expect(failureOf(await tell(account, signal))).toMatchObject({ kind: 'unavailable' });
  });

  it('is given up at its deadline', async () => {
    const account = await scene();
    const { emulator, conversationId } = account;
    emulator.say(conversationId, 'hello');
    const signal = await account.happened();
    emulator.inject({ kind: 'hang' });
    const deadline = new AbortController();
    const telling = tell(account, signal, { call: aCall(deadline.signal) });

    deadline.abort();

    expect(failureOf(await telling)).toMatchObject({ kind: 'unavailable' });
  });

  it('of a message that belongs nowhere is a failure', async () => {
    const account = await accountHearing(() => ({ status: 200, body: { message: { id: 'm' } } }), {
      webhookSecret: { reveal: () => SECRET },
    });

    expect(
      failureOf(await tell(account, { type: 'message_created', data: { id: 'm' } })),
    ).toMatchObject({ kind: 'unavailable', because: expect.stringContaining('where it belongs') });
  });
});

describe('a deletion that is posted', () => {
  async function deletion({ heardOfBefore }: { readonly heardOfBefore: boolean }) {
    const account = await scene();
    const { emulator, conversationId } = account;
    emulator.say(conversationId, 'hello');
    const signal = await account.happened();
    if (heardOfBefore) await tell(account, signal);
    const nativeId = String(signal.data['id']);
    const message = { conversation: ref(conversationId), nativeId };
    return { account, message, signal };
  }

  it('is news of the conversation that its messages were found in', async () => {
    const { account, message } = await deletion({ heardOfBefore: true });
    await account.removeMessage.does(message, aCall());

    const news = valueOf(await tell(account, await account.happened()));

    expect(news).toEqual([{ type: 'message-deleted', message }]);
  });

  it('is no news where nobody knows the conversation by that name', async () => {
    const { account, message } = await deletion({ heardOfBefore: false });
    await account.removeMessage.does(message, aCall());

    expect(valueOf(await tell(account, await account.happened()))).toEqual([]);
  });

  it('is not believed while the message can be read', async () => {
    const { account, signal } = await deletion({ heardOfBefore: true });

    const news = valueOf(await tell(account, { type: 'message_deleted', data: signal.data }));

    expect(news).toEqual([]);
  });

  it('that cannot be looked into now is a failure', async () => {
    const { account, signal } = await deletion({ heardOfBefore: true });
    account.emulator.inject({ kind: 'status', status: 500 });

    const told = await tell(account, { type: 'message_deleted', data: signal.data });

    expect(failureOf(told)).toMatchObject({ kind: 'unavailable' });
  });
});

describe('a post that is not from there', () => {
  it.each([
    ['no secret', ''],
    ['another secret', 'another word'],
    ['a secret of the same length', 'b word between us'],
    ['the beginning of it', SECRET.slice(0, -1)],
    ['more than it', `${SECRET} `],
    ['it twice, as two headers are put together', `${SECRET}, ${SECRET}`],
  ])('is refused for %s before anything is read or asked', async (_what, secret) => {
    const account = await scene();
    const { emulator, conversationId } = account;
    emulator.say(conversationId, 'hello');
    const signal = await account.happened();

    for (const body of [signal, 'no JSON']) {
      const failure = failureOf(await tell(account, body, { secret }));
      expect(failure).toMatchObject({ kind: 'forbidden' });
      expect(JSON.stringify(failure)).not.toContain(SECRET);
    }
    expect(account.asked()).toEqual([]);
  });

  it.each(['', SECRET, 'undefined'])(
    'is refused whatever it says (%j) where no secret was set',
    async (secret) => {
      const account = await botpressAccount();

      expect(failureOf(await tell(account, { type: 'of tomorrow' }, { secret }))).toMatchObject({
        kind: 'forbidden',
      });
    },
  );
});

describe('a post that makes no sense', () => {
  it.each([
    ['nothing', '', 'body'],
    ['no JSON', '{ "type": ', 'body'],
    ['null', 'null', 'body'],
    ['a list', '[]', 'body'],
    ['no type', '{ "data": {} }', 'body'],
    ['a type that is no text', '{ "type": 5 }', 'body'],
    ['a message without data', '{ "type": "message_created" }', 'data'],
    ['a message without an id', '{ "type": "message_created", "data": {} }', 'data'],
    ['an empty id', '{ "type": "message_created", "data": { "id": "" } }', 'data'],
    ['an id that is no text', '{ "type": "message_created", "data": { "id": 5 } }', 'data'],
    ['a deletion without an id', '{ "type": "message_deleted", "data": {} }', 'data'],
  ])('is refused as %s, and nothing is asked', async (_what, body, path) => {
    const account = await scene();

    const failure = failureOf(await tell(account, body));

    expect(failure).toMatchObject({ kind: 'invalid-input', issues: [{ path }] });
    expect(account.asked()).toEqual([]);
  });

  it.each(['..', '../conversations', 'a/../../b', '%2e%2e', '?x=1', '\u0000'])(
    'as the id %j leads nowhere else',
    async (id) => {
      const account = await scene();

      const news = valueOf(await tell(account, { type: 'message_created', data: { id } }));

      expect(news).toEqual([]);
      expect(account.asked().every((row) => row.startsWith('GET messages/'))).toBe(true);
    },
  );
});

// How a message is found whose answer was lost: what each service is told of it besides, what clients see of that, and what
// is trusted.

import { describe, expect, it } from 'vitest';
import type { MessageRow } from '../../emulators/chatbotkit/rows.ts';
import type { Outcome } from '../../src/domain/failure.ts';
import type { Message } from '../../src/domain/message.ts';
import type { Call, Provider, Tracing } from '../../src/providers/provider.ts';
import type { SendMessage, SentMessage } from '../../src/providers/verbs.ts';
import {
  aCall,
  botpressAccount,
  failureOf,
  firstOf,
  SLACK,
  saying as sayingAtBotpress,
  TALES,
  valueOf,
} from './botpress-account.ts';
import { chatbotkitAccount, messageRef, saying } from './chatbotkit-account.ts';
import {
  TALES as CHATLING_TALES,
  chatlingAccount,
  saying as sayingAtChatling,
} from './chatling-account.ts';
import { pinkfishAccount } from './pinkfish-account.ts';
import { openAccount } from './stack-auth-account.ts';

const MARK = 'a7f3c1';
const OTHER = 'b8e4d2';
const PICTURE = { type: 'image', url: 'https://x.example/a.png', title: null } as const;

describe('a row at ChatBotKit', () => {
  const NAMED = { name: 'A question', mark: MARK } as const;

  it.each([
    ['REST', rest],
    ['Pinkfish', pinkfish],
  ] as const)('is found by its mark, over %s', async (_road, open) => {
    const { id, provider, send, store } = await open();
    const message = await sent(send, saying(id, 'Any news?', NAMED));

    const found = await find(provider, message, MARK);
    const another = await find(provider, message, OTHER);

    expect(valueOf(found)?.nativeId).toBe(message.nativeId);
    expect(valueOf(another)).toBeNull();
    expect(store.messages.get(message.nativeId)?.meta).toEqual({ parlanceAttempt: MARK });
  });

  it('shows clients nothing of its mark', async () => {
    const { id, send } = await rest();
    const tags = [{ key: 'order', value: '4711' }];

    const bare = await sent(send, saying(id, 'Any news?', NAMED));
    const tagged = await sent(send, saying(id, 'And now?', { ...NAMED, tags }));

    expect(bare).toMatchObject({ tags: [], native: { meta: null } });
    expect(tagged).toMatchObject({ tags, native: { meta: { order: '4711' } } });
  });

  it('keeps its mark when its tags are changed', async () => {
    const { id, send, account, store } = await rest();
    const message = await sent(send, saying(id, 'Any news?', NAMED));
    const tags = { set: [{ key: 'order', value: '4711' }], remove: [] };

    const changed = valueOf(
      await account.updateMessage(
        { message: messageRef(id, message.nativeId), changes: { tags } },
        aCall(),
      ),
    );

    expect(changed).toMatchObject({ ignored: [], message: { tags: tags.set } });
    expect(store.messages.get(message.nativeId)?.meta).toEqual({
      order: '4711',
      parlanceAttempt: MARK,
    });
  });

  it('is not said to be missing where there is more than was looked through', async () => {
    const { id, provider, send, plantMessage } = await pinkfish();
    const message = await sent(send, saying(id, 'Any news?', NAMED));
    for (let count = 0; count < 600; count += 1) plantMessage(id, { text: `row ${count}` });

    const lost = await find(provider, message, OTHER);

    expect(failureOf(lost)).toMatchObject({ kind: 'unavailable' });
  });

  it('is told by its mark, a turn by its history, and what is refused by nothing', async () => {
    const { id, provider, send, store } = await rest();
    const { wayOf, words } = tracingOf(provider);
    const turn = saying(id, 'Any news?', { mark: MARK });

    const message = await sent(send, turn);

    expect(wayOf(turn)).toBe('history');
    expect(wayOf({ ...turn, name: 'A question' })).toBe('mark');
    expect(wayOf({ ...turn, content: PICTURE })).toBe('none');
    expect(words).toBe('altered');
    expect(store.messages.get(message.nativeId)?.meta ?? null).toBeNull();
  });
});

describe('a message at Botpress', () => {
  const TAG = { idempotencyTag: 'attempt' };

  async function bot(options: Parameters<typeof botpressAccount>[0] = {}, tag: object = TAG) {
    const account = await botpressAccount({ tales: TALES, ...options }, tag);
    const conversation = {
      provider: account.provider.name,
      nativeId: firstOf(account.store.conversations.keys()),
    };
    const say = (text: string, more: Partial<SendMessage> = {}) =>
      sayingAtBotpress(conversation, text, { mark: MARK, ...more });
    return { ...account, say, does: account.send.does };
  }

  it('is sent again without harm once its tag has come back, and not before', async () => {
    const { provider, does, say, store } = await bot();
    const { wayOf } = tracingOf(provider);
    const before = wayOf(say('Any news?'));

    const first = await sent(does, say('Any news?'));
    const again = await sent(does, say('Any news?'));

    expect([before, wayOf(say('Any news?'))]).toEqual(['history', 'repeat']);
    expect(again.nativeId).toBe(first.nativeId);
    const rows = [...store.messages.values()].filter(({ tags }) => tags['attempt'] === MARK);
    expect(rows).toHaveLength(1);
  });

  it('is never sent again where its tag is dropped, which nobody declared', async () => {
    const { provider, does, say } = await bot({ undeclaredTags: 'drop' });

    await sent(does, say('Any news?'));

    expect(tracingOf(provider).wayOf(say('Any news?'))).toBe('history');
  });

  it('is found by its tag, whoever the account acts as, and shows clients nothing of it', async () => {
    const { as, say } = await bot();
    const acting = as({ ...TAG, integrationId: SLACK });
    const message = await sent(acting.send.does, say('Any news?'));

    const found = await find(acting.provider, message, MARK);
    const another = await find(acting.provider, message, OTHER);

    expect(valueOf(found)?.nativeId).toBe(message.nativeId);
    expect(valueOf(another)).toBeNull();
    expect(message.tags).toEqual([]);
    expect(valueOf(found)?.tags).toEqual([]);
  });

  it.each([
    [
      'as a user',
      { as: 'USER', options: { kind: 'botpress', userId: 'u', integrationId: SLACK } },
      'history',
    ],
    ['of an integration', { options: { kind: 'botpress', integrationId: SLACK } }, 'history'],
    ['for later', { options: { kind: 'botpress', schedule: { delayMs: 1000 } } }, 'none'],
    ['that is refused', { options: { kind: 'botpress', schedule: {} } }, 'none'],
  ] as const)('%s is traced by %j: %s', async (_how, more, way) => {
    const { provider, does, say } = await bot();
    await sent(does, say('Good morning.'));

    expect(tracingOf(provider).wayOf(say('Any news?', more))).toBe(way);
  });

  it('is no other than before where no tag is named', async () => {
    const { does, say, store, asked, provider } = await bot({}, {});

    const message = await sent(does, say('Any news?'));

    expect(asked()).toEqual(['POST messages']);
    expect(store.messages.get(message.nativeId)?.tags).toEqual({});
    expect(tracingOf(provider).ways).toEqual(['history', 'none']);
  });
});

describe('what will be refused', () => {
  it('is traced by nothing at Chatling', async () => {
    const { provider, store } = await chatlingAccount({ tales: CHATLING_TALES });
    const { wayOf } = tracingOf(provider);
    const message = sayingAtChatling(
      { provider: provider.name, nativeId: firstOf(store.conversations.keys()) },
      'Any news?',
    );

    expect([wayOf(message), wayOf({ ...message, content: PICTURE })]).toEqual(['history', 'none']);
  });

  it('is traced by nothing at Stack Auth', async () => {
    const { provider } = await openAccount();
    const { wayOf } = tracingOf(provider);
    const message = { ...saying('c', 'Any news?'), as: 'AGENT' } as const;
    const said = (text: string) => wayOf({ ...message, content: { type: 'text', text } });

    expect([said('Any news?'), said(' ')]).toEqual(['history', 'none']);
    expect(wayOf({ ...message, kind: 'NOTE' })).toBe('none');
  });
});

function tracingOf({ can }: Provider): Tracing {
  const send = can.MESSAGE_SEND;
  if (send.support === 'NONE' || !send.tracing) throw new Error('it does not say how it is traced');
  return send.tracing;
}

function find(provider: Provider, { conversation }: Message, mark: string) {
  const { find: does } = tracingOf(provider);
  if (!does) throw new Error('it finds nothing by a mark');
  return does({ conversation, mark }, aCall());
}

type Does = (message: SendMessage, call: Call) => Promise<Outcome<SentMessage>>;

async function sent(does: Does, message: SendMessage): Promise<Message> {
  const { message: shown } = valueOf(await does(message, aCall()));
  if (!shown) throw new Error('what was sent is not shown');
  return shown;
}

async function rest() {
  const account = await chatbotkitAccount();
  const { id } = account.plant({});
  const { provider, send, store } = account;
  return { id, provider, send, store, account };
}

async function pinkfish() {
  const account = await pinkfishAccount();
  const { id } = account.rest.plant({});
  const { provider, send, store } = account;
  const plantMessage = (of: string, row: Partial<MessageRow>) => account.rest.plantMessage(of, row);
  return { id, provider, send, store, plantMessage };
}

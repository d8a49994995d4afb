// Messages sent to Botpress, as the bot and as an integration's user: what its store has of them afterwards.

import { describe, expect, it } from 'vitest';
import type { SendOptions } from '../../src/domain/native.ts';
import {
  aCall,
  botpressAccount,
  failureOf,
  firstOf,
  NOON_MS,
  ref,
  SLACK,
  saying,
  TALES,
  valueOf,
  WEBCHAT,
  wrongPaths,
} from './botpress-account.ts';

type Group = Omit<Extract<SendOptions, { kind: 'botpress' }>, 'kind'>;

const group = (said: Group): SendOptions => ({ kind: 'botpress', ...said });

describe('a message of the bot', () => {
  it.each([{}, { integrationId: WEBCHAT, integrationAlias: 'webchat' }])(
    'goes out, signed with the id of the bot, whoever the account acts as (%j)',
    async (identity) => {
      const { as, store, botId } = await botpressAccount({ tales: TALES });
      const { send } = as(identity);
      const conversation = ref(firstOf(store.conversations.keys()));

      const sent = valueOf(await send.does(saying(conversation, 'Hello'), aCall()));

      const row = [...store.messages.values()].at(-1);
      expect(row).toMatchObject({
        id: sent.message?.nativeId,
        conversationId: conversation.nativeId,
        userId: botId,
        direction: 'outgoing',
        type: 'text',
        payload: { text: 'Hello' },
        tags: {},
      });
      expect(sent).toMatchObject({ reply: null, usage: null });
      expect(sent.message).toMatchObject({
        role: 'BOT',
        text: 'Hello',
        createdAt: new Date(NOON_MS),
        author: { nativeId: botId },
      });
    },
  );

  it('is signed by another where one is named', async () => {
    const { send, store } = await botpressAccount({ tales: TALES });
    const [conversationId, joined] = firstOf(store.participants);
    const userId = firstOf(joined.keys());

    const sent = valueOf(
      await send.does(saying(ref(conversationId), 'Hi', { options: group({ userId }) }), aCall()),
    );

    expect(sent.message?.author?.nativeId).toBe(userId);
    expect([...store.messages.values()].at(-1)).toMatchObject({ userId, direction: 'outgoing' });
  });

  it('comes in where the call names an integration, and is told as such', async () => {
    const { send, store, botId } = await botpressAccount({ tales: TALES });
    const conversation = ref(firstOf(store.conversations.keys()));
    const options = group({ integrationId: WEBCHAT });

    const sent = valueOf(await send.does(saying(conversation, 'Hello', { options }), aCall()));

    expect([...store.messages.values()].at(-1)).toMatchObject({
      direction: 'incoming',
      userId: botId,
    });
    expect(sent.message?.role).toBe('USER');
  });

  it('carries its tags, and tags need a value', async () => {
    const { send, store, asked } = await botpressAccount({ tales: TALES });
    const conversation = ref(firstOf(store.conversations.keys()));
    const tags = [{ key: 'agent', value: 'true' }];

    const sent = valueOf(await send.does(saying(conversation, 'Hello', { tags }), aCall()));
    asked();
    const wrong = await send.does(
      saying(conversation, 'Hello', { tags: [...tags, { key: 'vip', value: null }] }),
      aCall(),
    );

    expect(sent.message?.tags).toEqual(tags);
    expect([...store.messages.values()].at(-1)?.tags).toEqual({ agent: 'true' });
    expect(wrongPaths(wrong)).toEqual(['tags.1.value']);
    expect(asked()).toEqual([]);
  });

  it.each([
    [{ dateTime: new Date(NOON_MS) }, { dateTime: '2026-05-01T12:00:00.000Z' }],
    [{ delayMs: 0 }, { delay: 0 }],
    [{ delayMs: 90_000 }, { delay: 90_000 }],
  ])('is scheduled: %j', async (schedule, expected) => {
    const { send, store, written } = await botpressAccount({ tales: TALES });
    const conversation = ref(firstOf(store.conversations.keys()));

    valueOf(
      await send.does(saying(conversation, 'Later', { options: group({ schedule }) }), aCall()),
    );

    expect(written()).toEqual([expect.objectContaining({ schedule: expected })]);
  });

  it.each([
    [{}, 'botpress.schedule'],
    [{ dateTime: new Date(0), delayMs: 1 }, 'botpress.schedule'],
    [{ delayMs: -1 }, 'botpress.schedule.delayMs'],
    [{ delayMs: Number.NaN }, 'botpress.schedule.delayMs'],
    [{ dateTime: new Date('never') }, 'botpress.schedule.dateTime'],
  ])('is not scheduled by a schedule that says no one time (%#)', async (schedule, path) => {
    const { send, asked } = await botpressAccount();

    const outcome = await send.does(
      saying(ref('c'), 'Later', { options: group({ schedule }) }),
      aCall(),
    );

    expect(wrongPaths(outcome)).toEqual([path]);
    expect(asked()).toEqual([]);
  });
});

describe('a message of a user', () => {
  it.each([true, false])(
    'comes in through an integration (a writer joins: %s)',
    async (writersJoin) => {
      const { as, send, store } = await botpressAccount({ tales: TALES, writersJoin });
      const [conversationId, joined] = firstOf(store.participants);
      const userId = firstOf(joined.keys());
      const conversation = ref(conversationId);

      const byCall = await send.does(
        saying(conversation, 'One', {
          as: 'USER',
          options: group({ userId, integrationId: WEBCHAT }),
        }),
        aCall(),
      );
      const byAccount = await as({ integrationId: WEBCHAT }).send.does(
        saying(conversation, 'Two', { as: 'USER', options: group({ userId }) }),
        aCall(),
      );

      const rows = [...store.messages.values()].slice(-2);
      expect(rows).toMatchObject([
        { payload: { text: 'One' }, direction: 'incoming', userId },
        { payload: { text: 'Two' }, direction: 'incoming', userId },
      ]);
      expect([byCall, byAccount].map((outcome) => valueOf(outcome).message?.role)).toEqual([
        'USER',
        'USER',
      ]);
    },
  );

  it('needs somebody who writes and an integration to write through', async () => {
    const { send, as, asked } = await botpressAccount();
    const user = (options?: SendOptions) =>
      saying(ref('c'), 'Hi', { as: 'USER', ...(options && { options }) });

    const outcomes = [
      await send.does(user(), aCall()),
      await send.does(user(group({ userId: 'user_1' })), aCall()),
      await send.does(user(group({ userId: 'user_1', integrationAlias: 'webchat' })), aCall()),
      await as({ integrationId: WEBCHAT }).send.does(user(), aCall()),
    ];

    expect(outcomes.map(wrongPaths)).toEqual([
      ['botpress.userId', 'botpress.integrationId'],
      ['botpress.integrationId'],
      ['botpress.integrationId'],
      ['botpress.userId'],
    ]);
    expect(asked()).toEqual([]);
  });

  it.each(['hidden', 'shown'] as const)(
    'has its tags shown as the account sees them, at the cost of one read (%s)',
    async (foreignTags) => {
      const { send, store, asked } = await botpressAccount({ tales: TALES, foreignTags });
      const [conversationId, joined] = firstOf(store.participants);
      const options = group({ userId: firstOf(joined.keys()), integrationId: SLACK });
      const conversation = ref(conversationId);

      const plain = await send.does(saying(conversation, 'One', { as: 'USER', options }), aCall());
      const calls = asked().length;
      const tags = [{ key: 'ts', value: '1.2' }];
      const tagged = await send.does(
        saying(conversation, 'Two', { as: 'USER', options, tags }),
        aCall(),
      );

      expect(valueOf(plain).message?.tags).toEqual([]);
      expect(valueOf(tagged).message?.tags).toEqual([{ key: 'slack:ts', value: '1.2' }]);
      expect([calls, asked().length]).toEqual([1, 2]);
    },
  );

  it('tells what was answered where it cannot be read again', async () => {
    const { send, store, emulator } = await botpressAccount({ tales: TALES });
    const [conversationId, joined] = firstOf(store.participants);
    const options = group({ userId: firstOf(joined.keys()), integrationId: SLACK });
    const tags = [{ key: 'ts', value: '1.2' }];
    emulator.inject({ kind: 'status', status: 500, match: { method: 'GET' } });

    const sent = await send.does(
      saying(ref(conversationId), 'One', { as: 'USER', options, tags }),
      aCall(),
    );

    expect(valueOf(sent).message?.tags).toEqual(tags);
  });
});

describe('where it does not arrive', () => {
  it('says that the conversation, or its author, is not there', async () => {
    const { send, botId } = await botpressAccount();
    const nobody = 'conv_01HXXXXXXXXXXXXXXXXXXXXXXX';

    const failure = failureOf(await send.does(saying(ref(nobody), 'Hello?'), aCall()));

    expect(failure).toEqual({
      kind: 'not-found',
      what: `conversation ${nobody} at website, or its author ${botId}`,
    });
  });

  it('says that a message over a megabyte is refused', async () => {
    const { send, store } = await botpressAccount({ tales: TALES });
    const conversation = ref(firstOf(store.conversations.keys()));

    const failure = failureOf(
      await send.does(saying(conversation, 'x'.repeat(1_100_000)), aCall()),
    );

    expect(failure).toMatchObject({ kind: 'refused', code: 'PayloadTooLarge' });
  });

  it('says of a tag that may not be written that it was refused', async () => {
    const { send, store } = await botpressAccount({ tales: TALES, undeclaredTags: 'refuse' });
    const conversation = ref(firstOf(store.conversations.keys()));
    const tags = [{ key: 'mood', value: 'good' }];

    const failure = failureOf(await send.does(saying(conversation, 'Hi', { tags }), aCall()));

    expect(failure).toMatchObject({ kind: 'refused', code: 'InvalidPayload' });
  });
});

// The emulated Chat integration's webhook: what it posts, to where, and what may become of it on the way.

import { describe, expect, it, onTestFinished } from 'vitest';
import type { BotpressOptions } from '../../emulators/botpress/index.ts';
import type { Fate } from '../../emulators/botpress/webhooks.ts';
import { readable, startEmulator } from '../../emulators/emulator.ts';
import { at, converse, eachAt, stage, textAt } from './botpress-stage.ts';

const WEBCHAT = '0b9d6c52-3a77-4f6e-8a1d-2f5e9c4b7a10';

/** Somebody who is posted to, and says this. */
async function postedTo(status = 200) {
  const posts: { path: string; secret: unknown; type: unknown; body: unknown }[] = [];
  const running = await startEmulator({
    answer({ path, headers, body }) {
      const { 'x-secret-key': secret, 'content-type': type } = headers;
      posts.push({ path, secret, type, body: readable(body) });
      return { status };
    },
    wordFault: (fault) => ({ status: fault }),
    say: () => false,
  });
  onTestFinished(() => running.close());
  return { running, posts };
}

async function scene(status?: number, options: BotpressOptions = {}) {
  const { running, posts } = await postedTo(status);
  const { emulator, call } = await stage(options);
  emulator.webhooks.target({ webhookUrl: `${running.url}/hook`, webhookSecret: 'a word' });
  const conversationId = await converse(call, { channel: 'channel' });
  return { emulator, call, running, posts, conversationId };
}

function textsIn(posts: readonly { readonly body: unknown }[]): unknown[] {
  return posts
    .filter(({ body }) => at(body, 'type') === 'message_created')
    .map(({ body }) => at(body, 'data.payload.text'));
}

describe('the webhook of the Chat integration', () => {
  it('is posted what a customer writes: to the address with a slash, with the secret in clear', async () => {
    const { emulator, posts, conversationId } = await scene();

    emulator.say(conversationId, 'hello');
    await emulator.webhooks.settled();

    const [message] = [...emulator.store.messages.values()];
    expect(posts.map(({ body }) => at(body, 'type'))).toEqual([
      'participant_added',
      'message_created',
    ]);
    expect(posts[1]).toEqual({
      path: '/hook/',
      secret: 'a word',
      type: 'application/json',
      body: {
        type: 'message_created',
        data: {
          id: message?.id,
          createdAt: message?.createdAt,
          conversationId: emulator.foreignId(conversationId),
          userId: message?.userId,
          payload: { type: 'text', text: 'hello' },
          isBot: false,
        },
      },
    });
    expect(emulator.foreignId(conversationId)).not.toBe(conversationId);
  });

  it('is posted what the bot writes and what is deleted, by the native id of the message', async () => {
    const { emulator, call, posts, conversationId } = await scene();
    const { body } = await call('POST /v1/chat/messages', {
      conversationId,
      userId: emulator.credentials.botId,
      type: 'text',
      payload: { text: 'good day', metadata: { a: 1 } },
      tags: {},
    });
    const id = textAt(body, 'message.id');

    await call(`DELETE /v1/chat/messages/${id}`, {});
    await emulator.webhooks.settled();

    expect(posts.map((post) => post.body)).toMatchObject([
      {
        type: 'message_created',
        data: { id, isBot: true, payload: { type: 'text', text: 'good day' }, metadata: { a: 1 } },
      },
      {
        type: 'message_deleted',
        data: { id, conversationId: emulator.foreignId(conversationId) },
      },
    ]);
  });

  it('is posted who comes and who goes, and nothing where nothing changed', async () => {
    const { emulator, call, posts, conversationId } = await scene();
    const created = await call('POST /v1/chat/users', { tags: {} });
    const userId = textAt(created.body, 'user.id');
    const home = `/v1/chat/conversations/${conversationId}/participants` as const;

    await call(`POST ${home}`, { userId });
    await call(`POST ${home}`, { userId });
    await call(`DELETE ${home}/${userId}`, {});
    await emulator.webhooks.settled();

    expect(posts.map(({ body }) => [at(body, 'type'), at(body, 'data.participantId')])).toEqual([
      ['participant_added', userId],
      ['participant_removed', userId],
    ]);
  });

  it('is posted nothing of other integrations', async () => {
    const { emulator, call, posts } = await scene(200, { chatIntegration: 'webchat' });
    const slack = { 'x-integration-id': '1d4a8e93-6c20-4b5f-9e37-84c1f0a2d6b5' };
    const { body } = await call(
      'POST /v1/chat/conversations',
      { channel: 'channel', tags: {} },
      slack,
    );
    const { body: own } = await call(
      'POST /v1/chat/conversations',
      { channel: 'channel', tags: {} },
      { 'x-integration-id': WEBCHAT },
    );

    emulator.say(textAt(body, 'conversation.id'), 'over there');
    emulator.say(textAt(own, 'conversation.id'), 'over here');
    await emulator.webhooks.settled();

    expect(textsIn(posts)).toEqual(['over here']);
  });

  it.each([500, 401])('is not tried again after %i', async (status) => {
    const { emulator, posts, conversationId } = await scene(status);

    emulator.say(conversationId, 'hello');
    await emulator.webhooks.settled();

    expect(textsIn(posts)).toEqual(['hello']);
    expect(eachAt({ sent: emulator.webhooks.sent }, 'sent', 'status')).toEqual([status, status]);
  });

  it('is not tried again where nobody is there, and costs the writer nothing', async () => {
    const { emulator, running, conversationId } = await scene();
    await running.close();

    expect(emulator.say(conversationId, 'hello')).toBe(true);
    await emulator.webhooks.settled();

    expect(emulator.webhooks.sent.map(({ status }) => status)).toEqual([null, null]);
  });

  it('may be dropped, doubled, and overtaken by the next', async () => {
    const { emulator, posts, conversationId } = await scene();
    const fates: Fate[] = ['sent', 'dropped', 'doubled', 'held', 'sent', 'held'];
    emulator.say(conversationId, 'first, with a participant');
    await emulator.webhooks.settled();
    emulator.webhooks.fate(() => fates.shift() ?? 'sent');

    for (const text of ['a', 'b', 'c', 'd', 'e', 'f']) emulator.say(conversationId, text);
    await emulator.webhooks.settled();

    expect(textsIn(posts).slice(1)).toEqual(['a', 'c', 'c', 'e', 'd', 'f']);
  });

  it('is posted nothing once nobody is named', async () => {
    const { emulator, posts, conversationId } = await scene();

    emulator.webhooks.target(null);
    emulator.say(conversationId, 'hello');
    await emulator.webhooks.settled();

    expect(posts).toEqual([]);
  });
});

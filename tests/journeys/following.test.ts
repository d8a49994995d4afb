// Conversations that are followed while somebody listens: their bot's turns are heard as they happen, and nothing is left behind.

import { describe, expect, it, onTestFinished } from 'vitest';
import type { ConversationEvent } from '../../src/domain/event.ts';
import { type ConversationRef, providerName } from '../../src/domain/ids.ts';
import { FEW, send } from '../support/hostile.ts';
import { startParlance, type TestParlance } from '../support/parlance.ts';

/** So seldom that no test sees it happen: what is heard was not found by looking. */
const HARDLY_EVER = { watchedMs: 3_600_000, inboxMs: 3_600_000 };

async function scene(polling = HARDLY_EVER) {
  const parlance = await startParlance({ ...FEW, events: { polling } });
  const { chatbotkit } = parlance.world;
  const [id = '', other = ''] = chatbotkit.store.conversations.keys();
  return { ...parlance, chatbotkit, id, other };
}

/** Listens, and leaves with its test. */
async function listen({ parlance }: TestParlance, id: string | null) {
  const gone = new AbortController();
  onTestFinished(() => gone.abort());
  const conversation: ConversationRef | null = id === null ? null : refTo(id);
  const subscribed = await parlance.gateway.subscribe(
    { conversation, filter: { kinds: ['MESSAGE_ADDED'] }, after: null },
    gone.signal,
  );
  if (!subscribed.ok) throw new Error('Expected to be told.');
  const texts: string[] = [];
  const hearing = (async () => {
    for await (const told of subscribed.value) {
      texts.push(told.type === 'event' ? textOf(told.event) : told.type);
    }
  })();
  return { texts, hearing, leave: () => gone.abort() };
}

function textOf({ fact }: ConversationEvent): string {
  return 'message' in fact ? (fact.message?.text ?? '') : fact.kind;
}

function refTo(nativeId: string): ConversationRef {
  return { provider: providerName('assistant'), nativeId };
}

/** As another client of the same account does it, past the gateway. */
async function converse(
  { chatbotkit }: Awaited<ReturnType<typeof scene>>,
  id: string,
  text: string,
): Promise<void> {
  const { url, secret } = chatbotkit.credentials;
  const said = await send(`${url}/v1/conversation/${id}/complete`, {
    method: 'POST',
    headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
    body: JSON.stringify({ text }),
  });
  if (said.status !== 200) throw new Error(`nobody answered: ${said.text}`);
}

/** How often the channel of a conversation was opened. */
function openings({ chatbotkit }: Awaited<ReturnType<typeof scene>>, id: string): number {
  return chatbotkit.journal.filter(({ path }) => path === channelOf(id)).length;
}

function channelOf(id: string): string {
  return `/v1/conversation/${id}/channel/subscribe`;
}

describe('a conversation that somebody listens to', () => {
  it('is heard while its bot works, each row once, without being looked at in between', async () => {
    const parlance = await scene();
    const { chatbotkit, id } = parlance;
    const listener = await listen(parlance, id);
    await expect.poll(() => chatbotkit.followers(id)).toBe(1);
    chatbotkit.stage({ reply: 'Until six.' }, { reply: 'You are welcome.' });

    await converse(parlance, id, 'Are you open?');
    await expect.poll(() => listener.texts).toHaveLength(2);
    await converse(parlance, id, 'Thanks');
    await expect.poll(() => listener.texts).toHaveLength(4);

    expect(listener.texts).toEqual(['Are you open?', 'Until six.', 'Thanks', 'You are welcome.']);
    expect(openings(parlance, id)).toBe(1);
  });

  it('is followed once, however many listen, and by nobody once the last has left', async () => {
    const parlance = await scene();
    const { chatbotkit, id } = parlance;
    const first = await listen(parlance, id);
    const second = await listen(parlance, id);
    await expect.poll(() => chatbotkit.followers(id)).toBe(1);

    first.leave();
    await first.hearing;
    chatbotkit.stage({ reply: 'Still here.' });
    await converse(parlance, id, 'Hello?');
    await expect.poll(() => second.texts).toEqual(['Hello?', 'Still here.']);
    const whileOneListens = [openings(parlance, id), chatbotkit.followers(id)];
    second.leave();

    expect(whileOneListens).toEqual([1, 1]);
    await expect.poll(() => chatbotkit.followers(id)).toBe(0);
    expect(parlance.parlance.gateway.listeners).toBe(0);
  });

  it('is followed again by whoever comes back', async () => {
    const parlance = await scene();
    const { chatbotkit, id } = parlance;
    const first = await listen(parlance, id);
    await expect.poll(() => chatbotkit.followers(id)).toBe(1);
    first.leave();
    await expect.poll(() => chatbotkit.followers(id)).toBe(0);

    const second = await listen(parlance, id);
    await expect.poll(() => chatbotkit.followers(id)).toBe(1);
    chatbotkit.stage({ reply: 'Hello again.' });
    await converse(parlance, id, 'Hello?');

    await expect.poll(() => second.texts).toEqual(['Hello?', 'Hello again.']);
  });

  it('is followed for itself alone', async () => {
    const parlance = await scene();
    const { chatbotkit, id, other } = parlance;

    await listen(parlance, id);
    await listen(parlance, null);
    await expect.poll(() => chatbotkit.followers(id)).toBe(1);

    expect(chatbotkit.followers(other)).toBe(0);
    expect(openings(parlance, other)).toBe(0);
  });

  it('is let go when the gateway closes', async () => {
    const parlance = await scene();
    const { chatbotkit, id, other } = parlance;
    const listeners = [await listen(parlance, id), await listen(parlance, other)];
    await expect
      .poll(() => [chatbotkit.followers(id), chatbotkit.followers(other)])
      .toEqual([1, 1]);

    await parlance.parlance.close();
    await Promise.all(listeners.map(({ hearing }) => hearing));

    await expect
      .poll(() => [chatbotkit.followers(id), chatbotkit.followers(other)])
      .toEqual([0, 0]);
  });

  it.each([404, 405])(
    'is looked at where the service has no channels (%i), and nobody is told so',
    async (status) => {
      const parlance = await scene({ watchedMs: 20, inboxMs: 3_600_000 });
      const { chatbotkit, id } = parlance;
      chatbotkit.inject({ kind: 'status', status, match: { path: channelOf(id) } });
      const listener = await listen(parlance, id);
      await expect.poll(() => openings(parlance, id)).toBe(1);
      chatbotkit.stage({ reply: 'Until six.' });

      await converse(parlance, id, 'Are you open?');
      await expect.poll(() => listener.texts).toHaveLength(2);

      expect(listener.texts).toEqual(['Are you open?', 'Until six.']);
      expect(openings(parlance, id)).toBe(1);
      expect(parlance.logged.filter(({ level }) => level !== 'debug')).toEqual([]);
    },
  );

  it('is followed again where the service would not at first', async () => {
    const parlance = await scene();
    const { chatbotkit, id } = parlance;
    chatbotkit.inject({ kind: 'status', status: 503, times: 2, match: { path: channelOf(id) } });

    const listener = await listen(parlance, id);
    await expect.poll(() => chatbotkit.followers(id), { timeout: 5000 }).toBe(1);
    chatbotkit.stage({ reply: 'Until six.' });
    await converse(parlance, id, 'Are you open?');

    await expect.poll(() => listener.texts).toEqual(['Are you open?', 'Until six.']);
    expect(openings(parlance, id)).toBe(3);
  });
});

// A bot's answer while it is written: numbered, whole, and told to its end, whoever comes, goes or dies meanwhile.

import { randomUUID } from 'node:crypto';
import { describe, expect, inject, it, onTestFinished } from 'vitest';
import { environmentOf, startGateway } from '../../cluster/process.ts';
import type { Scene } from '../../emulators/chatbotkit/model.ts';
import { startWorld, type WorldOptions } from '../../emulators/world.ts';
import { type ConversationRef, encodeId, providerName } from '../../src/domain/ids.ts';
import type { SendInput } from '../../src/gateway/writes/send-message.ts';
import { operation } from '../gateway/hand-made.ts';
import { valueOf } from '../state/event-log.ts';
import {
  assembled,
  countOf,
  has,
  hasEnded,
  kindsOf,
  openOver,
  watch,
} from '../support/answering.ts';
import { builtCommand } from '../support/built.ts';
import { startParlance } from '../support/parlance.ts';
import { rowsAdded, rowWhere } from '../support/stores.ts';

const ANSWER =
  'Sure: open  **Settings**, then\n\n1. “Invoices” 🧾\n2. choose the month — and say “später” 👩🏽‍💻 if it is not there.\n';
const BEGINNING = 'Sure: open  **Settings**, then';

/** A gate that the bot stands at until it is opened. */
function gate() {
  let open = () => {};
  const until = new Promise<void>((resolve) => {
    open = resolve;
  });
  onTestFinished(() => open());
  return { open: () => open(), until };
}

async function scene(options: WorldOptions['chatbotkit'] = {}) {
  const world = await startWorld({ count: 2, chatbotkit: { tokenMs: 2, ...options } });
  onTestFinished(() => world.close());
  const { store } = world.chatbotkit;
  const row = rowWhere(store.conversations);
  const conversation: ConversationRef = { provider: providerName('assistant'), nativeId: row.id };
  const asking: SendInput = { conversation, text: 'Where?', expectReply: true, tags: [] };
  return {
    world,
    conversation,
    asking,
    added: rowsAdded(store.messages),
    /** The bot says the beginning of the answer, and the rest when the gate is opened. */
    held: (more: Partial<Scene> = {}) => {
      const { open, until } = gate();
      world.chatbotkit.stage({ reply: ANSWER, hold: { beforeToken: 4, until }, ...more });
      return open;
    },
  };
}

function sharedRedis() {
  return { url: inject('redisUrl'), prefix: `test:${randomUUID()}:` };
}

describe('an answer while it is written', () => {
  it.each([
    ['whole lines', {}],
    ['pieces of 7 bytes', { chunkBytes: 7 }],
    ['one burst', { tokenMs: 0 }],
  ])('is told in numbered pieces that make the text that is stored: %s', async (_, how) => {
    const { world, conversation, asking, added } = await scene(how);
    const { gateway } = await openOver(world);
    const watching = await watch(gateway, conversation);
    world.chatbotkit.stage({ reply: ANSWER });

    const sent = valueOf(await gateway.sendMessage(asking, operation()));
    const facts = await watching.until(
      (all) => hasEnded(all) && countOf(all, 'MESSAGE_ADDED') === 2,
    );

    // The row of the answer may be seen on another road before its end is told.
    expect(kindsOf(facts).slice(0, 2)).toEqual(['MESSAGE_ADDED', 'REPLY_DELTA']);
    expect(countOf(facts, 'REPLY_COMPLETED')).toBe(1);
    expect(countOf(facts, 'REPLY_FAILED')).toBe(0);
    expect(added().map(({ text }) => text)).toEqual(['Where?', ANSWER]);
    expect(assembled(facts)).toBe(ANSWER);
    expect(facts.find(({ kind }) => kind === 'REPLY_COMPLETED')).toMatchObject({
      message: { nativeId: added()[1]?.id, text: ANSWER },
      usage: { tokens: expect.any(Number), endReason: 'stop' },
    });
    expect(countOf(facts, 'REPLY_DELTA')).toBeLessThan(15);
    expect(sent).toMatchObject({
      delivery: 'SENT',
      message: { text: 'Where?' },
      reply: { text: ANSWER },
      unfinished: null,
    });
  });

  it('is told too where it answers what was there, and what was only thought is not', async () => {
    const { world, conversation, added } = await scene();
    const { gateway } = await openOver(world);
    const watching = await watch(gateway, conversation);
    world.chatbotkit.stage({ reply: ANSWER, reasoning: 'A secret thought' });

    const requested = valueOf(await gateway.requestReply({ conversation }, operation()));
    const facts = await watching.until((all) => hasEnded(all) && countOf(all, 'MESSAGE_ADDED') > 0);

    expect(new Set(kindsOf(facts))).toEqual(
      new Set(['REPLY_DELTA', 'REPLY_COMPLETED', 'MESSAGE_ADDED']),
    );
    expect(assembled(facts)).toBe(ANSWER);
    expect(JSON.stringify(facts)).not.toContain('secret');
    expect(requested.reply).toMatchObject({ nativeId: added()[1]?.id, text: ANSWER });
  });

  it('that breaks off ends as failed, with what came of it in the answer to who asked', async () => {
    const { world, conversation, asking } = await scene();
    const { gateway } = await openOver(world);
    const watching = await watch(gateway, conversation);
    const code = 'INTERNAL_SERVER_ERROR';
    const failure = { beforeToken: 4, code, message: 'The model fell over' } as const;
    world.chatbotkit.stage({ reply: ANSWER, failure });

    const sent = valueOf(await gateway.sendMessage(asking, operation()));
    const facts = await watching.until(hasEnded);

    expect(kindsOf(facts)).toEqual(['MESSAGE_ADDED', 'REPLY_DELTA', 'REPLY_FAILED']);
    expect(assembled(facts)).toBe(BEGINNING);
    expect(facts.at(-1)).toMatchObject({
      failure: { kind: 'outcome-unknown', because: expect.stringContaining('fell over') },
    });
    expect(sent).toMatchObject({
      reply: { text: BEGINNING, derivedId: true },
      unfinished: { because: expect.stringContaining('fell over') },
    });
  });

  it('that never began is not told of', async () => {
    const { world, asking, conversation } = await scene();
    const { gateway } = await openOver(world);
    const watching = await watch(gateway, null);
    const nowhere = { ...conversation, nativeId: 'nothing-here' };

    const refused = await gateway.sendMessage({ ...asking, conversation: nowhere }, operation());
    await gateway.sendMessage({ ...asking, expectReply: false }, operation());
    const facts = await watching.until((all) => all.length > 0);

    expect(refused).toMatchObject({ ok: false, failure: { kind: 'not-found' } });
    expect(kindsOf(facts)).toEqual(['MESSAGE_ADDED']);
  });

  it('goes on to its end when whoever asked for it has gone', async () => {
    const { world, conversation, asking, added, held } = await scene();
    const { gateway } = await openOver(world);
    const watching = await watch(gateway, conversation);
    const open = held();
    const client = new AbortController();
    const answer = gateway.sendMessage(asking, { signal: client.signal, reads: new Map() });
    await watching.until(has(BEGINNING));

    client.abort();
    open();
    const facts = await watching.until(hasEnded);
    await answer;

    expect(assembled(facts)).toBe(ANSWER);
    expect(facts.find(({ kind }) => kind === 'REPLY_COMPLETED')).toMatchObject({
      message: { text: ANSWER },
    });
    expect(added().at(-1)).toMatchObject({ type: 'bot', text: ANSWER });
  });

  it('goes on to its end when the connection of whoever asked is cut', async () => {
    const parlance = await startParlance({ count: 2, chatbotkit: { tokenMs: 2 } });
    const { world } = parlance;
    const { gateway } = parlance.parlance;
    const nativeId = rowWhere(world.chatbotkit.store.conversations).id;
    const conversation = { provider: providerName('assistant'), nativeId };
    const watching = await watch(gateway, conversation);
    const { open, until } = gate();
    world.chatbotkit.stage({ reply: ANSWER, hold: { beforeToken: 4, until } });
    const client = new AbortController();
    const answer = mutation(parlance.url, conversation, client.signal).catch(() => 'cut');
    await watching.until(has(BEGINNING));

    client.abort();
    await answer;
    open();
    const facts = await watching.until(hasEnded);

    expect(await answer).toBe('cut');
    expect(assembled(facts)).toBe(ANSWER);
    expect(countOf(facts, 'REPLY_COMPLETED')).toBe(1);
  });

  it('does not last longer than an answer may', async () => {
    const { world, conversation, asking, held } = await scene();
    const { gateway } = await openOver(world, { replyDeadlineMs: 600 });
    const watching = await watch(gateway, conversation);
    held();

    const sent = valueOf(await gateway.sendMessage(asking, operation()));
    const facts = await watching.until(hasEnded);

    // What the service keeps of it may be told after that, as any other row.
    const ofReply = facts.filter(({ kind }) => kind.startsWith('REPLY_'));
    expect(ofReply.at(-1)).toMatchObject({ kind: 'REPLY_FAILED' });
    expect(sent.unfinished).toMatchObject({ kind: 'outcome-unknown' });
  });
});

describe('a watcher who comes while an answer is written', () => {
  it.each(['of the conversation', 'of all'] as const)(
    '%s is told it from its first word, once',
    async (which) => {
      const { world, conversation, asking, held } = await scene();
      const { gateway } = await openOver(world);
      const first = await watch(gateway, conversation);
      const open = held();
      const answer = gateway.sendMessage(asking, operation());
      await first.until(has(BEGINNING));

      const second = await watch(gateway, which === 'of all' ? null : conversation);
      const soFar = await second.until(has(BEGINNING));
      open();
      const facts = await second.until(hasEnded);
      await answer;

      expect(kindsOf(soFar)).toEqual(['REPLY_DELTA']);
      expect(assembled(soFar)).toBe(BEGINNING);
      expect(assembled(facts)).toBe(ANSWER);
      expect(second.others).toEqual([]);
    },
  );

  it('and goes in the middle of what was told has the rest with the cursor', async () => {
    const { world, conversation, asking, held } = await scene({ tokenMs: 60 });
    const { gateway } = await openOver(world);
    const first = await watch(gateway, conversation);
    const open = held();
    const answer = gateway.sendMessage(asking, operation());
    await first.until(has(BEGINNING));

    const second = await watch(gateway, conversation);
    const [piece] = await second.until(has(BEGINNING));
    second.leave();
    const again = await watch(gateway, conversation, second.cursors[0] ?? null);
    open();
    const rest = await again.until(hasEnded);
    await answer;

    expect(assembled([...(piece ? [piece] : []), ...rest])).toBe(ANSWER);
  });

  it('and goes before the first piece has all of it with the cursor', async () => {
    const { world, conversation, asking, held } = await scene();
    const { gateway } = await openOver(world);
    const first = await watch(gateway, conversation);
    const open = held();
    const answer = gateway.sendMessage(asking, operation());
    await first.until(has(BEGINNING));

    const asked = { conversation, filter: {}, after: null, confirm: true };
    const listening = valueOf(await gateway.subscribe(asked, new AbortController().signal));
    let cursor: string | null = null;
    for await (const told of listening) {
      if (told.type === 'listening') cursor = told.cursor();
      break;
    }
    const again = await watch(gateway, conversation, cursor);
    open();
    const facts = await again.until(hasEnded);
    await answer;

    expect(cursor).toEqual(expect.any(String));
    expect(assembled(facts)).toBe(ANSWER);
  });

  it('is told nothing of one that has ended', async () => {
    const { world, conversation, asking } = await scene();
    const { gateway } = await openOver(world);
    await gateway.sendMessage(asking, operation());

    const watching = await watch(gateway, conversation);
    await gateway.sendMessage({ ...asking, expectReply: false }, operation());

    expect(kindsOf(await watching.until((all) => all.length > 0))).toEqual(['MESSAGE_ADDED']);
  });
});

describe('with two gateways over one Redis, an answer', () => {
  it('is the same byte for byte to who watches at the other, comes late, or is moved there', async () => {
    const { world, conversation, asking, added, held } = await scene({ chunkBytes: 5 });
    const redis = sharedRedis();
    const [one, other] = [await openOver(world, { redis }), await openOver(world, { redis })];
    const there = await watch(other.gateway, conversation);
    const moving = await watch(one.gateway, conversation);
    const open = held();
    const answer = one.gateway.sendMessage(asking, operation());
    await Promise.all([there.until(has(BEGINNING)), moving.until(has(BEGINNING))]);

    moving.leave();
    const before = [...moving.facts];
    const moved = await watch(other.gateway, conversation, moving.cursors.at(-1) ?? null);
    const late = await watch(other.gateway, conversation);
    open();
    await Promise.all([there, moved, late].map((watching) => watching.until(hasEnded)));
    await answer;

    expect(added().at(-1)?.text).toBe(ANSWER);
    expect(assembled(there.facts)).toBe(ANSWER);
    expect(assembled(late.facts)).toBe(ANSWER);
    expect(assembled([...before, ...moved.facts])).toBe(ANSWER);
  });

  it.each([
    ['as failed, where nothing more of it is to be found', 'dropped', 'REPLY_FAILED'],
    ['with the row that is there, where it is', 'kept', 'REPLY_COMPLETED'],
  ] as const)(
    'whose gateway is killed is ended by the other, %s',
    async (_, partialOnAbort, how) => {
      const { world, conversation, added, held } = await scene({ partialOnAbort });
      const redis = sharedRedis();
      const { url: redisUrl, prefix } = redis;
      const secret = 'a secret of the tests';
      const one = await startGateway({
        environment: environmentOf(world.credentials, { redisUrl, prefix, secret }),
        command: builtCommand(),
      });
      onTestFinished(async () => void (await one.end('SIGKILL')));
      const { gateway } = await openOver(world, { redis });
      const watching = await watch(gateway, conversation);
      held();
      const answer = mutation(one.url, conversation).catch(() => 'lost');
      await watching.until(has(BEGINNING));

      await one.end('SIGKILL');
      const facts = await watching.until(hasEnded);

      expect(await answer).toBe('lost');
      const end = facts.findLast(({ kind }) => kind.startsWith('REPLY_'));
      expect(end?.kind).toBe(how);
      const kept = added().find(({ type }) => type === 'bot');
      expect(assembled(facts)).toBe(kept?.text ?? BEGINNING);
      expect(end).toMatchObject(kept ? { message: { nativeId: kept.id } } : { failure: {} });
    },
    40_000,
  );
});

async function mutation(
  url: string,
  conversation: ConversationRef,
  signal?: AbortSignal,
): Promise<unknown> {
  const answer = await fetch(`${url}/graphql`, {
    method: 'POST',
    ...(signal && { signal }),
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      query: `mutation ($id: ID!) {
        sendMessage(input: { conversationId: $id, text: "Where?", expectReply: true }) { __typename }
      }`,
      variables: { id: encodeId({ type: 'Conversation', conversation }) },
    }),
  });
  return answer.json();
}

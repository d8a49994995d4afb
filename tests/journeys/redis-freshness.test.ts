// What was kept is never shown after news of what replaced it: whatever becomes of the Redis between two gateways.

import type { Redis } from 'ioredis';
import { describe, expect, it, vi } from 'vitest';
import { between, type Chance, pick, seededChance } from '../../emulators/story/chance.ts';
import { at } from '../support/answer.ts';
import { standingAt } from '../support/attempts.ts';
import type { TestParlance } from '../support/parlance.ts';
import { type Door, type Pair, startPair } from '../support/redis/failover.ts';
import { hearingAt, send, startSharing, textsShown } from '../support/sharing.ts';

/** As long as a run lasts: what is shown that is older than news was kept through it, and did not run out. */
const LONG = { freshMs: 60_000, staleMs: 60_000, graceMs: 60_000 };
const CACHE = { messages: LONG, conversation: LONG, conversations: LONG };

async function started() {
  const pair = await startPair();
  const doors = [await pair.door(), await pair.door()] as const;
  const sharing = await startSharing(doors, { cache: CACHE });
  return { ...sharing, pair, doors };
}

describe('what was kept before', () => {
  it('Redis was emptied is not shown after what came since', async () => {
    const { world, one, other, pair } = await started();
    const conversation = standingAt(world, 'support');
    const hearing = await hearingAt(other, conversation);
    for (const gateway of [one, other]) await textsShown(gateway, conversation);

    await pair.master.flushall();
    await send(one, conversation, 'news');
    const { told, cursor } = await hearing.until('news');

    expect(told).toEqual(['gap: RESET', 'added: news']);
    expect(await textsShown(other, conversation)).toContain('news');
    const after = { 'parlance-after': cursor };
    expect(await textsShown(one, conversation, after)).toContain('news');
  });

  it('a replica took over that had not heard of a write is not shown after it, nor is it kept there', async () => {
    const { world, one, other, pair } = await started();
    const conversation = standingAt(world, 'support');
    const hearing = await hearingAt(other, conversation);
    // The replica has what was kept before the write; of the write it never hears.
    for (const gateway of [one, other]) await textsShown(gateway, conversation);
    await vi.waitFor(async () => expect(await keptAt(pair.master)).not.toEqual([]));
    await pair.caughtUp();
    expect(await keptAt(pair.replica)).not.toEqual([]);
    await pair.deafen();
    await send(one, conversation, 'lost');
    const { cursor } = await hearing.until('lost');

    await pair.failOver();

    // At any moment of it.
    const after = { 'parlance-after': cursor };
    const until = performance.now() + 1500;
    while (performance.now() < until) {
      expect(await textsShown(other, conversation)).toContain('lost');
      expect(await textsShown(one, conversation, after)).toContain('lost');
    }
  }, 30_000);

  it('a write of which nobody will ever hear is not shown once it was said that something was missed', async () => {
    const { world, one, other, pair, doors } = await started();
    const conversation = standingAt(world, 'support');
    const hearing = await hearingAt(other, conversation);
    for (const gateway of [one, other]) await textsShown(gateway, conversation);
    await vi.waitFor(async () => expect(await keptAt(pair.master)).not.toEqual([]));
    await pair.caughtUp();
    expect(await keptAt(pair.replica)).not.toEqual([]);
    await pair.deafen();
    doors[1].shut();
    await send(one, conversation, 'lost');

    await pair.failOver();
    doors[1].open();

    // What was kept before the write is with the replica still.
    expect((await hearing.next())?.said).toBe('gap: RESET');
    expect(await textsShown(other, conversation)).toContain('lost');
  }, 30_000);

  it('a write is not shown to who comes after it, where its gateway is the last to hear', async () => {
    const { world, one, other, doors } = await started();
    const conversation = standingAt(world, 'support');
    const [near, far] = [await hearingAt(one, conversation), await hearingAt(other, conversation)];
    await textsShown(other, conversation);

    doors[1].hold();
    await send(one, conversation, 'news');
    const { cursor } = await near.until('news');
    const shown = await textsShown(other, conversation);
    const after = await textsShown(other, conversation, { 'parlance-after': cursor });
    doors[1].letGo();

    // It does not know, and says what it has.
    expect(shown).not.toContain('news');
    expect(after).toContain('news');
    await far.until('news');
    expect(await textsShown(other, conversation)).toContain('news');
  });
});

describe('whatever becomes of Redis, and whenever', () => {
  it.each([1, 2])(
    'no answer is older than what was told there, or than its cursor: seed %i',
    async (seed) => {
      const { checked, breaches } = await run(`freshness ${seed}`, 5000);

      expect(breaches).toEqual([]);
      expect(checked).toBeGreaterThan(10);
    },
    60_000,
  );
});

/** Stack Auth tells a conversation with its messages. */
async function keptAt(server: Redis): Promise<readonly string[]> {
  return server.keys('*:kept:* conversation *');
}

async function run(seed: string, lastsMs: number) {
  const { world, one, other, pair, doors } = await started();
  // Slow enough that answers are under way while something happens.
  for (const emulator of [world.botpress, world.chatbotkit, world.stackAuth]) {
    emulator.inject({ kind: 'delay', ms: 15, match: { method: 'GET' } });
  }
  const conversations = (['website', 'assistant', 'support'] as const).map((account) =>
    standingAt(world, account),
  );
  const until = performance.now() + lastsMs;
  const isOver = () => performance.now() >= until;
  const breaches: string[] = [];
  /** When each was surely stored. */
  const written: (Told & { readonly at: number })[] = [];
  let checked = 0;

  async function check(
    gateway: TestParlance,
    { text, conversation }: Told,
    headers?: Record<string, string>,
  ): Promise<void> {
    const texts = await textsShown(gateway, conversation, headers);
    checked += 1;
    const which = `${gateway === one ? 'one' : 'other'}${headers ? ' after its cursor' : ''}`;
    if (!texts.includes(text)) breaches.push(`${text} was told, and ${which} showed ${texts[0]}`);
  }

  /** Whoever is told that something was missed looks for it. */
  async function checkGap(gateway: TestParlance, conversation: string): Promise<void> {
    const before = performance.now() - TOLD_LATE_MS;
    const texts = await textsShown(gateway, conversation);
    for (const { text, conversation: where, at: storedAt } of written) {
      if (where !== conversation || storedAt > before || texts.includes(text)) continue;
      breaches.push(`${text} was there before a gap, after which was shown ${texts[0]}`);
    }
  }

  async function listenAt(gateway: TestParlance, conversation: string): Promise<void> {
    const elsewhere = gateway === one ? other : one;
    while (!isOver()) {
      // Where Redis is out of reach nobody begins to listen, and who listened is sent away.
      const hearing = await hearingAt(gateway, conversation).catch(() => pause(50));
      for (;;) {
        const event = await Promise.race([
          hearing?.next().catch(() => undefined),
          pause(until - performance.now()),
        ]);
        if (!event) break;
        if (event.said.startsWith('gap')) await checkGap(gateway, conversation);
        const [, text] = /^added: (.*)$/.exec(event.said) ?? [];
        if (text === undefined) continue;
        const told = { text, conversation };
        await check(gateway, told);
        await check(elsewhere, told, { 'parlance-after': event.cursor });
      }
      await hearing?.stop();
    }
  }

  async function write(conversation: string, index: number): Promise<void> {
    const chance = seededChance(`${seed} ${conversation}`);
    for (let count = 0; !isOver(); count += 1) {
      const text = `${index}/${count}`;
      const sent = await send(chance() < 0.5 ? one : other, conversation, text);
      if (at(sent, 'delivery') === 'SENT') {
        written.push({ text, conversation, at: performance.now() });
      }
      await pause(between(chance, 50, 250));
    }
  }

  /** Who looks without being told anything fills what is kept, at any moment. */
  async function look(gateway: TestParlance, conversation: string): Promise<void> {
    const chance = seededChance(`${seed} ${gateway.url} ${conversation}`);
    while (!isOver()) {
      await textsShown(gateway, conversation);
      await pause(between(chance, 0, 40));
    }
  }

  await Promise.all([
    disturb(pair, doors, { chance: seededChance(seed), isOver, failOverAt: until - lastsMs / 2 }),
    ...conversations.flatMap((conversation, index) => [
      write(conversation, index),
      ...[one, other].flatMap((gateway) => [
        listenAt(gateway, conversation),
        look(gateway, conversation),
      ]),
    ]),
  ]);
  return { checked, breaches };
}

interface Told {
  readonly text: string;
  readonly conversation: string;
}

/** Of all that can become of it, one after the other; in the middle a replica takes over that has heard of nothing for a while. */
async function disturb(
  pair: Pair,
  doors: readonly Door[],
  {
    chance,
    isOver,
    failOverAt,
  }: { readonly chance: Chance; readonly isOver: () => boolean; readonly failOverAt: number },
): Promise<void> {
  let server = pair.master;
  while (!isOver()) {
    await pause(between(chance, 50, 500));
    if (server === pair.master && performance.now() > failOverAt) {
      await pair.deafen();
      await pause(between(chance, 50, 300));
      await pair.failOver();
      server = pair.replica;
      continue;
    }
    const door = pick(chance, doors);
    const harm = pick(chance, server === pair.master ? HARMS : HARMS.slice(0, 4));
    if (harm === 'empty') await server.flushall();
    if (harm === 'send all away') await server.client('KILL', 'SKIPME', 'yes');
    if (harm === 'cut one off') door?.shut();
    if (harm === 'tell one nothing') door?.hold();
    if (harm === 'freeze') await pair.freeze();
    await pause(between(chance, 50, 400));
    if (harm === 'cut one off') door?.open();
    if (harm === 'tell one nothing') door?.letGo();
    if (harm === 'freeze') await pair.thaw();
  }
}

const HARMS = ['empty', 'send all away', 'cut one off', 'tell one nothing', 'freeze'] as const;

/** How much later than it is known to a gateway a gap may come to who listens there. */
const TOLD_LATE_MS = 1000;

function pause(ms: number): Promise<undefined> {
  return new Promise((resolve) => setTimeout(() => resolve(undefined), Math.max(0, ms)));
}

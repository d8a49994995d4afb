import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { type Schedule, startPulse } from '../../emulators/pulse.ts';
import { seededChance } from '../../emulators/story/chance.ts';
import { linesAfter } from '../../emulators/story/plot.ts';
import { startWorld, type World } from '../../emulators/world.ts';

const NOW_MS = Date.UTC(2026, 4, 4, 9, 30);

describe('the pulse', () => {
  it('lets customers of all four providers write', async () => {
    const { world, heart } = await pulsingWorld();
    const before = customerTexts(world);

    await heart.beat(40);

    const after = customerTexts(world);
    for (const place of ['botpress', 'chatling', 'chatbotkit', 'stackAuth'] as const) {
      expect(after[place].length).toBeGreaterThan(before[place].length);
    }
    expect(after.all.length).toBe(before.all.length + 40);
  });

  it('says what fits the trouble, and nothing twice while there is more to say', async () => {
    const { world, heart } = await pulsingWorld();
    const opened = new Map(
      world.tales.chatling.map((tale) => [tale.turns[0]?.text, linesAfter(tale)]),
    );
    const before = new Map(chatlingRows(world).map(({ id, messages }) => [id, messages.length]));

    await heart.beat(40);

    for (const { id, messages } of chatlingRows(world)) {
      const said = messages.slice(before.get(id)).map(({ text }) => text);
      const fitting = opened.get(messages[0]?.text) ?? [];
      for (const line of said) expect(fitting).toContain(line);
      expect(new Set(said).size).toBe(said.length);
    }
  });

  it('goes on with what was active lately', async () => {
    const { world, heart } = await pulsingWorld();
    const recent = world.tales.stackAuth.slice(0, 12).map(({ subject }) => subject);
    const before = rowsOfStackAuth(world);

    await heart.beat(20);

    const grown = rowsOfStackAuth(world).filter(
      ({ id, length }) => length > (before.find((row) => row.id === id)?.length ?? 0),
    );
    expect(grown.length).toBeGreaterThan(0);
    for (const { subject } of grown) expect(recent).toContain(subject);
  });

  it('takes the time that the emulators take', async () => {
    const { world, heart, pass } = await pulsingWorld();

    pass(90_000);
    await heart.beat(12);

    const written = chatlingRows(world).map(({ messages }) => messages.at(-1)?.created_at);
    expect(written).toContain('2026-05-04T09:31:30+00:00');
  });

  it('also speaks where no tale is told, as in a conversation that a client began', async () => {
    const { world, heart } = await pulsingWorld({ count: 0 });
    const { url, token, botId } = world.credentials.botpress;
    const made = await fetch(`${url}/v1/chat/conversations/get-or-create`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${token}`,
        'x-bot-id': botId,
        'content-type': 'application/json',
      },
      body: JSON.stringify({ channel: 'channel', tags: {}, integrationName: 'webchat' }),
    });
    expect(made.status).toBeLessThan(300);

    await heart.beat(12);

    expect(customerTexts(world).botpress.length).toBeGreaterThan(0);
  });

  it('pauses between half and one and a half of what it was asked', async () => {
    const { heart } = await pulsingWorld();

    await heart.beat(30);

    expect(Math.min(...heart.pausesMs)).toBeGreaterThanOrEqual(10_000);
    expect(Math.max(...heart.pausesMs)).toBeLessThan(30_000);
    expect(new Set(heart.pausesMs).size).toBeGreaterThan(20);
  });

  it('beats by itself where nobody holds its time', async () => {
    const world = await startWorld({ clock: () => NOW_MS, count: 3 });
    const stop = startPulse(world, { everyMs: 1, chance: seededChance('pulse') });
    onTestFinished(async () => {
      stop();
      await world.close();
    });
    const before = customerTexts(world).all.length;

    await vi.waitFor(() => expect(customerTexts(world).all.length).toBeGreaterThan(before + 3));
  });

  it('says nothing more once it is stopped', async () => {
    const { world, heart, stop } = await pulsingWorld();
    const before = customerTexts(world).all;

    stop();

    expect(heart.isBeating()).toBe(false);
    expect(customerTexts(world).all).toEqual(before);
  });

  it('does not start again from a beat that was under way when it was stopped', async () => {
    const { heart, stop } = await pulsingWorld();

    const underWay = heart.beat(1);
    stop();
    await underWay;

    expect(heart.isBeating()).toBe(false);
  });

  it('goes on with the others when one emulator is gone', async () => {
    const { world, heart } = await pulsingWorld();
    const complaints = vi.spyOn(console, 'error').mockImplementation(() => {});
    onTestFinished(() => complaints.mockRestore());
    await world.botpress.close();
    const before = customerTexts(world);

    await heart.beat(24);

    const after = customerTexts(world);
    expect(after.botpress).toEqual(before.botpress);
    expect(after.all.length).toBeGreaterThan(before.all.length);
    expect(heart.isBeating()).toBe(true);
  });
});

async function pulsingWorld({ count = 24 }: { count?: number } = {}) {
  let nowMs = NOW_MS;
  const world = await startWorld({ clock: () => nowMs, count });
  const heart = heldHeart();
  const stop = startPulse(world, {
    everyMs: 20_000,
    chance: seededChance('pulse'),
    schedule: heart.schedule,
  });
  onTestFinished(async () => {
    stop();
    await world.close();
  });
  return {
    world,
    heart,
    stop,
    pass: (ms: number) => {
      nowMs += ms;
    },
  };
}

/** A schedule that waits for the test instead of the time. */
function heldHeart() {
  let due: (() => Promise<void>) | undefined;
  const pausesMs: number[] = [];
  const schedule: Schedule = (afterMs, beat) => {
    pausesMs.push(afterMs);
    due = beat;
    return () => {
      due = undefined;
    };
  };
  return {
    schedule,
    pausesMs,
    isBeating: () => due !== undefined,
    async beat(times: number): Promise<void> {
      for (let beaten = 0; beaten < times; beaten += 1) {
        const now = due;
        due = undefined;
        await now?.();
      }
    },
  };
}

function customerTexts({ botpress, chatling, chatbotkit, stackAuth }: World) {
  const texts = {
    botpress: [...botpress.store.messages.values()]
      .filter(({ direction }) => direction === 'incoming')
      .map(({ payload }) => payload['text']),
    chatling: [...chatling.store.conversations.values()]
      .flatMap(({ messages }) => messages)
      .filter(({ role }) => role === 'user')
      .map(({ text }) => text),
    chatbotkit: [...chatbotkit.store.messages.values()]
      .filter(({ type }) => type === 'user')
      .map(({ text }) => text),
    stackAuth: [...stackAuth.store.messages.values()]
      .flat()
      .filter(({ sender }) => sender.type === 'user')
      .map(({ body }) => body),
  };
  return { ...texts, all: Object.values(texts).flat() };
}

function chatlingRows({ chatling }: World) {
  return [...chatling.store.conversations.values()];
}

function rowsOfStackAuth({ stackAuth: { store } }: World) {
  return [...store.conversations.values()].map(({ id, subject }) => ({
    id,
    subject,
    length: store.messages.get(id)?.length ?? 0,
  }));
}

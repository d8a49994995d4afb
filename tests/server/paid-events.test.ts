// An event that takes a call is paid for by who listens; where there is nothing left it waits, and the later ones behind it.

import { describe, expect, it, vi } from 'vitest';
import { openShares } from '../../src/server/bounds/shares.ts';
import { ask, brief, type Listening, startDesk, TRANSPORTS } from '../support/desk.ts';

const listened = (selection: string) => `subscription {
  messageAdded(confirm: true) {
    __typename
    ... on MessageAdded { message { text } ${selection} }
    ... on Gap { reason }
  }
}`;
const WITH_A_CALL = listened('conversation { title }');
const WITHOUT = listened('');

/** Somebody whose share a test holds in its hands. */
async function started() {
  const spent: number[] = [];
  let refusals = 0;
  let isSpent = false;
  const desk = await startDesk({
    shares: {
      ...openShares({}),
      spend(_payer, points) {
        if (isSpent) {
          refusals += 1;
          return Promise.resolve({ ok: false, retryAt: new Date(Date.now() + 5) });
        }
        spent.push(points);
        return Promise.resolve({ ok: true });
      },
    },
  });
  return {
    desk,
    spent,
    refusals: () => refusals,
    nothingLeft() {
      isSpent = true;
    },
    newShare() {
      isSpent = false;
    },
  };
}

async function told(listening: Listening, count: number): Promise<readonly string[]> {
  const all: string[] = [];
  while (all.length < count) all.push(brief(await listening.next()));
  return all;
}

describe.each(TRANSPORTS)('an event over %s', (transport) => {
  it('that takes a call is paid for before it is read', async () => {
    const { desk, spent } = await started();
    const listening = ask(transport, desk.url, WITH_A_CALL);
    await listening.next();
    const before = spent.length;

    await desk.say('one');
    await desk.say('two');

    expect(await told(listening, 2)).toEqual(['added: one', 'added: two']);
    expect(spent.slice(before)).toEqual([1, 1]);
    expect(desk.asked).toHaveLength(2);
  });

  it('that takes none costs nothing', async () => {
    const { desk, spent, nothingLeft } = await started();
    const listening = ask(transport, desk.url, WITHOUT);
    await listening.next();
    expect(spent).toEqual([1]);

    nothingLeft();
    await desk.say('one');

    expect(await told(listening, 1)).toEqual(['added: one']);
  });

  it('waits for the next share, and the later ones behind it, in order', async () => {
    const { desk, nothingLeft, newShare, refusals } = await started();
    const listening = ask(transport, desk.url, WITH_A_CALL);
    await listening.next();
    const words = ['one', 'two', 'three', 'four'];

    nothingLeft();
    for (const word of words) await desk.say(word);
    await vi.waitFor(() => expect(refusals()).toBeGreaterThan(3));
    expect(desk.asked).toEqual([]);
    newShare();

    expect(await told(listening, 4)).toEqual(words.map((word) => `added: ${word}`));
  });

  it('of more than may wait is let go, and a gap says so', async () => {
    const { desk, nothingLeft, newShare, refusals } = await started();
    const listening = ask(transport, desk.url, WITH_A_CALL);
    await listening.next();

    nothingLeft();
    await desk.say('first');
    await vi.waitFor(() => expect(refusals()).toBeGreaterThan(0));
    for (let index = 0; index < 1005; index += 1) await desk.say(`${index}`);
    newShare();
    const [first, gap, ...rest] = await told(listening, 3);

    expect([first, gap]).toEqual(['added: first', 'gap: OVERFLOW']);
    expect(rest[0]).toMatch(/^added: 100\d$/);
  });

  it('that waits is not told to who has gone, and nobody waits for it', async () => {
    const { desk, nothingLeft, refusals } = await started();
    const listening = ask(transport, desk.url, WITH_A_CALL);
    await listening.next();
    nothingLeft();
    await desk.say('one');
    await vi.waitFor(() => expect(refusals()).toBeGreaterThan(0));

    await listening.stop();

    await vi.waitFor(() => expect(desk.gateway.listeners).toBe(0));
    expect(desk.asked).toEqual([]);
    let last = Number.NaN;
    await vi.waitFor(() => {
      const before = last;
      last = refusals();
      expect(last).toBe(before);
    });
  });
});

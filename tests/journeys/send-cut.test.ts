// A message whose connection is cut, at each point of its request and of its answer: no service ever has it twice, and what
// is told of it in the end is what is there.

import { describe, expect, it, vi } from 'vitest';
import { at } from '../support/answer.ts';
import type { CutAt } from '../support/cutting.ts';
import { appendedTo } from '../support/event-log.ts';
import { ask } from '../support/parlance.ts';
import { type Running, type Settlings, sendingScene, TEXT, WAYS, type Way } from './sending.ts';

const KEY = 'tell-me-what-became-of-it';

const BY_HISTORY: Way = {
  title: 'website',
  account: 'website',
  more: {},
  method: 'POST',
};

const NAMED = WAYS.map((way) => [way.title, way] as const);

describe.each(NAMED)('a message to %s', (_title, way: Way) => {
  const match = { method: way.method, path: '/', body: TEXT };

  it('that is refused a connection was not sent, and may be sent again under its key', async () => {
    const { cutting, gateway, stored } = await sendingScene(way);
    await cutting.close();

    const refused = await gateway.send({ idempotencyKey: KEY });

    expect(refused).toMatchObject({ __typename: 'ProviderUnavailableError' });
    expect(stored()).toBe(0);
    await cutting.open();
    await vi.waitFor(async () => {
      expect(await gateway.send({ idempotencyKey: KEY })).toMatchObject({ delivery: 'SENT' });
    }, 5000);
    expect(stored()).toBe(1);
  });

  it('that is cut within its request is known not to be sent in the end, and may be sent again under its key', async () => {
    // Both at once, because each takes the time it takes to believe it.
    await Promise.all(
      (['after-headers', 'in-body'] as const).map(async (point) => {
        const { cutting, gateway, stored } = await sendingScene(way);
        const settlings = await gateway.settlings();
        void cutting.cut(point, match);

        const cut = await gateway.send({ idempotencyKey: KEY });
        const before = stored();
        const told = await endOf(cut, settlings);
        const again = await gateway.send({ idempotencyKey: KEY });

        // Where it is asked for again under its mark it is there at once.
        expect([at(cut, 'delivery'), before, told]).toEqual(
          way.tag ? ['SENT', 1, null] : ['UNKNOWN', 0, settledAs('NOT_SENT')],
        );
        expect(again).toMatchObject({ delivery: 'SENT', sent: { text: TEXT } });
        expect(stored()).toBe(1);
        expect(await settled(gateway)).toHaveLength(way.tag ? 0 : 1);
      }),
    );
  });

  it.each(['after-accept', 'in-answer', '500'] as const satisfies CutAt[])(
    'that arrived is told as sent where its answer is cut or replaced: %s',
    async (point) => {
      const { cutting, gateway, stored } = await sendingScene(way);
      void cutting.cut(point, match);

      const first = await gateway.send({ idempotencyKey: KEY });
      const again = await gateway.send({ idempotencyKey: KEY });

      expect(first).toMatchObject({ delivery: 'SENT', sent: { text: TEXT } });
      expect(at(first, 'reply') === null).toBe(way.account !== 'help');
      expect(again).toEqual(first);
      expect(stored()).toBe(1);
      expect(await settled(gateway)).toEqual([]);
    },
  );

  it('that arrived and was answered with a 429 is told as sent, as soon as its account may be asked', async () => {
    const { cutting, gateway, stored } = await sendingScene(way);
    const settlings = await gateway.settlings();
    void cutting.cut('429', match);

    const first = await gateway.send({ idempotencyKey: KEY });
    const told = await endOf(first, settlings);
    const again = await gateway.send({ idempotencyKey: KEY });

    expect([at(first, 'delivery'), told]).toBeOneOf([
      ['SENT', null],
      ['UNKNOWN', settledAs('SENT')],
    ]);
    expect(again).toMatchObject({ delivery: 'SENT', sent: { text: TEXT } });
    expect(stored()).toBe(1);
  });
});

describe('a message to an account that rests', () => {
  it('waits, and is found again where its answer is cut then', async () => {
    const { world, conversation, cutting, gateway, stored } = await sendingScene(BY_HISTORY);
    // Longer than a look takes, and shorter than a message may wait.
    world.botpress.inject({ kind: 'status', status: 429, retryAfter: 3, times: 1 });
    await ask(gateway.url, 'query ($id: ID!) { conversation(id: $id) { title } }', {
      id: conversation,
    });
    void cutting.cut('after-accept', { method: BY_HISTORY.method, path: '/', body: TEXT });

    expect(await gateway.send({ idempotencyKey: KEY })).toMatchObject({ delivery: 'SENT' });
    expect(stored()).toBe(1);
  });
});

/** What is told of it later, where it was not known at first. */
async function endOf(first: unknown, settlings: Settlings): Promise<unknown> {
  return at(first, 'delivery') === 'UNKNOWN' ? settlings.next() : null;
}

function settledAs(delivery: 'SENT' | 'NOT_SENT'): unknown {
  return {
    __typename: 'DeliverySettled',
    idempotencyKey: KEY,
    delivery,
    message: delivery === 'SENT' ? { text: TEXT } : null,
  };
}

async function settled({ events }: Pick<Running, 'events'>) {
  const all = await appendedTo(events);
  return all.filter(({ fact }) => fact.kind === 'DELIVERY_SETTLED');
}

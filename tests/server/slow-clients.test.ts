// Clients that do not send, or ask without end: they are cut, or make room, and nobody else is harmed.

import { once } from 'node:events';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { ask } from '../support/parlance.ts';
import { deferred, GET, HASTE, half, inTurn, speak, startHasty } from '../support/slow.ts';

describe('a request that does not arrive', () => {
  it.each([
    ['headers', 'POST /graphql HTTP/1.1\r\nhost: x\r\nx-slow: '],
    [
      'body',
      'POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 5000\r\n\r\n',
    ],
  ])(
    'but for a byte of its %s now and then is answered that it took too long',
    async (_, begun) => {
      const { url } = await startHasty();
      const client = speak(url);
      client.socket.write(begun);
      const drip = setInterval(() => client.socket.write('a'), 40);
      onTestFinished(() => clearInterval(drip));

      const said = await client.everything();

      expect(said).toMatch(/^HTTP\/1\.1 408 Request Timeout[^]*did not arrive whole in time/);
      expect(client.tookMs()).toBeLessThan(3000);
    },
  );

  it('is not answered where nothing was asked: it would be taken for the answer to what comes next', async () => {
    const { url } = await startHasty();

    expect(await speak(url).everything()).toBe('');
  });

  it('is one of two thousand of an address at most: who has been at it longest makes room', async () => {
    const { url, logged } = await startHasty(
      {},
      { patience: { ...HASTE, headersMs: 20_000, arrivalMs: 20_000 } },
    );
    const early = await inTurn(1990, () => half(url));
    expect((await ask(url, '{ providers { name } }')).errors).toEqual([]);
    expect(early.filter(({ destroyed }) => destroyed)).toEqual([]);

    const late = await inTurn(30, () => half(url));
    await vi.waitFor(() =>
      expect(early.filter(({ destroyed }) => destroyed).length).toBeGreaterThanOrEqual(20),
    );

    const cut = early.filter(({ destroyed }) => destroyed);
    expect(cut).toEqual(early.slice(0, cut.length));
    expect(late.filter(({ destroyed }) => destroyed)).toEqual([]);
    expect(logged).toContainEqual(expect.objectContaining({ level: 'warn' }));
    expect((await ask(url, '{ providers { name } }')).data).toEqual({
      providers: [{ name: 'one' }],
    });
  });

  it('takes no more than 64 MB with all the others', async () => {
    const { url } = await startHasty({}, { patience: { ...HASTE, arrivalMs: 20_000 } });
    const bodies = await Promise.all(
      Array.from({ length: 80 }, async () => {
        const socket = await half(
          url,
          `POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 1048576\r\n\r\n`,
        );
        socket.write('x'.repeat(1_000_000));
        return socket;
      }),
    );

    await vi.waitFor(
      () => expect(bodies.filter(({ destroyed }) => destroyed).length).toBeGreaterThan(10),
      10_000,
    );

    expect(bodies.filter(({ destroyed }) => !destroyed).length).toBeGreaterThan(50);
    expect((await ask(url, '{ providers { name } }')).errors).toEqual([]);
  });

  it('does not take with it a connection that waits for its next request', async () => {
    const { url } = await startHasty();
    const client = speak(url);
    client.socket.write(GET);
    await client.hears('200 OK');
    // For several times as long as headers may take.
    await new Promise((resolve) => setTimeout(resolve, 1000));

    client.socket.write(GET.replace('/healthz', '/nowhere'));

    expect(await client.hears('404 Not Found')).toBe(true);
  });
});

describe('a client that asks without end', () => {
  it('and waits for no answer is answered to what it may ask at once, and is gone', async () => {
    const { promise: time, resolve: passes } = deferred();
    const { url, made } = await startHasty({
      answers: async () => {
        await time;
        return { ok: true, value: { items: [], next: null } };
      },
    });
    const client = speak(url);
    client.socket.write(GET_INBOX.repeat(5000));
    await vi.waitFor(() => expect(made.asked.length).toBe(32));
    expect((await ask(url, '{ providers { name } }')).errors).toEqual([]);
    passes();

    const said = await client.everything();

    expect(made.asked.length).toBe(32);
    expect(said.match(/HTTP\/1\.1 200/g)).toHaveLength(32);
    expect(said.match(/HTTP\/1\.1 429/g)).toHaveLength(1);
    expect(said).toContain('Wait for answers');
  });

  it('and hangs up meanwhile has what it asked for called off', async () => {
    const { promise: calledOff, resolve: callOff } = deferred();
    const { url, made } = await startHasty({
      answers: (_asked, { signal }) =>
        new Promise(() => signal.addEventListener('abort', callOff, { once: true })),
    });
    const client = speak(url);
    client.socket.write(GET_INBOX);
    await vi.waitFor(() => expect(made.asked.length).toBe(1));

    // Only one half of the connection: whoever says no more could still mean to read.
    client.socket.end();

    await calledOff;
    expect(await client.everything()).toBe('');
  });
});

describe('where there are as many connections as are let in', () => {
  it('those that nothing runs on make room', async () => {
    const { url } = await startHasty({}, { mostConnections: 20 });
    const idle = [];
    for (let count = 0; count < 18; count += 1) {
      const client = speak(url);
      client.socket.write(GET);
      await client.hears('200 OK');
      idle.push(client);
    }

    const one = speak(url);
    await Promise.all(idle.map(({ everything }) => everything()));
    one.socket.write(GET);

    expect(await one.hears('200 OK')).toBe(true);
  });

  it('one more is turned away, those that are there are not, and the operator is told', async () => {
    const { url, logged } = await startHasty(
      {},
      { mostConnections: 10, patience: { ...HASTE, headersMs: 20_000, arrivalMs: 20_000 } },
    );
    const busy = await Promise.all(Array.from({ length: 10 }, () => half(url, GET.slice(0, -2))));
    const more = speak(url);

    expect(await more.everything()).toBe('');
    expect(logged).toContainEqual(
      expect.objectContaining({ level: 'warn', fields: { mostConnections: 10 } }),
    );
    const [one] = busy;
    one?.write('\r\n');
    const [said] = await once(one ?? more.socket, 'data');
    expect(String(said)).toContain('200 OK');
  });
});

const GET_INBOX = `GET /graphql?query=${encodeURIComponent('{ conversations { nodes { id } } }')} HTTP/1.1\r\nhost: x\r\naccept: application/json\r\n\r\n`;

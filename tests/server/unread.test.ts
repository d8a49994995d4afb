// Clients that ask and do not read: what waits for them is bounded, and cut off with them after a while.

import { once } from 'node:events';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { rowsOf } from '../gateway/hand-made.ts';
import { startDesk } from '../support/desk.ts';
import { HASTE, speak, startHasty } from '../support/slow.ts';

const LARGE = rowsOf('one', 100, () => ({ description: 'x'.repeat(150_000) }));
const EVERYTHING = '{"query":"{ conversations(first: 100) { nodes { description } } }"}';
const ASKED = `POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: ${EVERYTHING.length}\r\n\r\n${EVERYTHING}`;
/** Of which it takes more than ten. */
const MOUTHFUL = 1_000_000;
/** Of the answer to that. */
const ALL_BYTES = 15_000_000;

describe('a client that does not read', () => {
  it('the answer it asked for is cut, and what waited for it with it', async () => {
    const { url, logged } = await startHasty({ rows: LARGE });
    const client = speak(url);
    client.socket.pause();
    client.socket.write(ASKED);

    await vi.waitFor(
      () =>
        expect(logged).toContainEqual(
          expect.objectContaining({ sentence: 'a client that does not read was cut off' }),
        ),
      10_000,
    );
    client.socket.resume();

    expect((await client.everything()).length).toBeLessThan(ALL_BYTES);
  });

  it('fast, but does read, is told all of it', async () => {
    const { url } = await startHasty({ rows: LARGE });
    const client = speak(url);
    client.socket.pause();
    client.socket.write(ASKED.replace('host: x', 'host: x\r\nconnection: close'));
    // A little at a time, for several times as long as one that does not read is waited for.
    let read = 0;
    client.socket.on('data', ({ length }: string) => {
      read += length;
      if (read > MOUTHFUL) client.socket.pause();
    });
    const reading = setInterval(() => {
      read = 0;
      client.socket.resume();
    }, 120);
    onTestFinished(() => clearInterval(reading));

    await once(client.socket, 'close');

    expect(client.socket.bytesRead).toBeGreaterThan(ALL_BYTES);
    expect(client.tookMs()).toBeGreaterThan(1.5 * HASTE.unreadMs);
  });

  it('the events it listens to is cut off, and nobody listens any more', async () => {
    const desk = await startDesk({ patience: HASTE });
    const client = speak(desk.url);
    const body =
      '{"query":"subscription { messageAdded { ... on MessageAdded { message { text } } } }"}';
    client.socket.write(
      `POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\naccept: text/event-stream\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
    );
    await vi.waitFor(() => expect(desk.gateway.listeners).toBe(1));
    client.socket.pause();

    const text = 'x'.repeat(50_000);
    for (let count = 0; count < 400; count += 1) await desk.say(`${count} ${text}`);

    await vi.waitFor(() => expect(desk.gateway.listeners).toBe(0), 10_000);
  });
});

// What no library would say, and too much of what it would: each is bounded, and answered with the code there is for it.

import { createServer } from 'node:http';
import { connect } from 'node:net';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { type Doorkeeper, openHouse } from '../../src/security/doorkeeper.ts';
import { openShares, USUAL_SHARES } from '../../src/server/bounds/shares.ts';
import { openGraphql } from '../../src/server/graphql.ts';
import { startServer } from '../../src/server/server.ts';
import { openWebSockets, type WebSocketParts } from '../../src/server/websocket/websocket.ts';
import { gatewayOver, handMade } from '../gateway/hand-made.ts';
import { at } from '../support/answer.ts';
import { callerNamed } from '../support/callers.ts';
import { startDesk } from '../support/desk.ts';
import { openDoors } from '../support/doors.ts';
import { openWire, PING, TEXT } from '../support/raw-wire.ts';
import { ofType, openAcknowledged, openSocket } from '../support/socket.ts';

const INIT = '{"type":"connection_init"}';

async function startedWith(
  limits: Pick<WebSocketParts, 'initWithinMs' | 'mostStrangers'>,
  doorkeeper: Doorkeeper = openHouse(),
) {
  const { gateway, log } = gatewayOver([handMade({ name: 'one' }).provider]);
  const webSockets = openWebSockets({
    graphql: openGraphql({ gateway, clock: Date.now, log, open: doorkeeper.open }),
    door: { doorkeeper, shares: openShares({}), hops: 1, clock: Date.now },
    log,
    ...limits,
  });
  const server = createServer();
  server.on('upgrade', webSockets.open);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    await webSockets.leave(100);
    server.close();
  });
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
}

describe('a frame', () => {
  it.each<[string, number, string | Buffer, 'masked' | 'unmasked', number]>([
    ['that is not masked', TEXT, INIT, 'unmasked', 1002],
    ['of an opcode that there is not', 0x83, 'x', 'masked', 1002],
    ['of bits that nobody agreed on', 0xf1, INIT, 'masked', 1002],
    ['that goes on with nothing', 0x80, 'x', 'masked', 1002],
    ['of control that is to go on', 0x09, 'x', 'masked', 1002],
    ['of control that is too long', PING, 'x'.repeat(126), 'masked', 1002],
    ['of text that is none', TEXT, Buffer.from([0xff, 0xfe, 0xfd]), 'masked', 1007],
    ['of a megabyte and more', TEXT, 'x'.repeat(1024 * 1024 + 1), 'masked', 1009],
    ['that ends with a code there is not', 0x88, Buffer.from([0x03, 0xe7]), 'masked', 1002],
    ['that is no JSON', TEXT, '{"type":', 'masked', 4400],
    ['that nests as deep as it is long', TEXT, '['.repeat(50_000), 'masked', 4400],
    ['that names a prototype', TEXT, '{"type":"__proto__"}', 'masked', 4400],
  ])('%s ends the connection', async (_what, first, payload, how, code) => {
    const { url } = await startDesk();
    const wire = await openWire(url);

    wire.frame(first, payload, how);

    expect(await wire.code).toBe(code);
  });

  it('that is none keeps no gateway from leaving', async () => {
    const { gateway, log } = gatewayOver([handMade({ name: 'one' }).provider]);
    const server = await startServer({
      clock: Date.now,
      gateway,
      doorkeeper: openHouse(),
      log,
      host: '127.0.0.1',
      port: 0,
      examples: false,
      drainMs: 60_000,
    });
    const wire = await openWire(server.url);

    const closed = server.close();
    // Closing is asked of it now, and it is heard until it has answered.
    wire.frame(TEXT, INIT, 'unmasked');

    await expect(closed).resolves.toBeUndefined();
  });

  it('in more pieces than are taken ends the connection, however small they are', async () => {
    const { url } = await startDesk();
    const wire = await openWire(url);
    wire.frame(TEXT, INIT);
    wire.frame(0x01, '');

    for (let pieces = 0; pieces < 20_000; pieces += 1) wire.frame(0x00, '');

    expect(await wire.code).toBe(1008);
  });

  it('after the one that ends the connection is not heard, and who does not go is cut', async () => {
    const doors = openDoors();
    let asked = 0;
    const desk = await startDesk({
      doorkeeper: {
        ...doors,
        admit(presented) {
          asked += 1;
          return doors.admit(presented);
        },
      },
    });
    const wire = await openWire(desk.url);
    wire.frame(TEXT, 'gibberish');
    expect(await wire.code).toBe(4400);

    wire.frame(TEXT, INIT);
    await wire.gone;

    expect(asked).toBe(0);
  });
});

describe('a client that was not let in yet', () => {
  it('may say no more than a token is long', async () => {
    const { url } = await startDesk({ doorkeeper: openDoors({ good: callerNamed('ann') }) });
    const wire = await openWire(url);

    for (let times = 0; times < 20; times += 1) {
      wire.frame(TEXT, JSON.stringify({ type: 'ping', payload: { text: 'x'.repeat(5000) } }));
    }

    expect(await wire.code).toBe(1009);
    await wire.gone;
  });

  it('may say so in its connection_init, and all that may be said after it', async () => {
    const { url } = await startDesk({ doorkeeper: openDoors({ good: callerNamed('ann') }) });
    const { say, hear } = await openSocket(url);
    const padding = 'x'.repeat(50_000);

    say({ type: 'connection_init', payload: { authorization: 'Bearer good', padding } });
    await hear(ofType('connection_ack'));
    say({ type: 'ping', payload: { padding: padding.repeat(10) } });

    await expect(hear(ofType('pong'))).resolves.toBeDefined();
  });

  it('may ping as often as it likes, and is closed all the same when its time is up', async () => {
    const url = await startedWith({ initWithinMs: 60 });
    const wire = await openWire(url);
    const pinging = setInterval(() => wire.frame(PING, 'x'), 2);
    onTestFinished(() => clearInterval(pinging));

    expect(await wire.code).toBe(4408);
  });

  it('and writes its connection_init byte by byte has no more time than others', async () => {
    const url = await startedWith({ initWithinMs: 60 });
    const wire = await openWire(url);
    const bytes = [0x81, 0x80 | INIT.length, 0, 0, 0, 0, ...Buffer.from(INIT)];
    const writing = setInterval(() => wire.socket.write(Buffer.from(bytes.splice(0, 1))), 5);
    onTestFinished(() => clearInterval(writing));

    expect(await wire.code).toBe(4408);
  });

  it('is one of only so many', async () => {
    const url = await startedWith({ mostStrangers: { inAll: 3, ofAnAddress: 100 } });
    const [first] = await Promise.all([0, 1, 2].map(() => openSocket(url)));

    await expect(openSocket(url)).rejects.toThrow('503');

    first?.say(INIT);
    await first?.hear(ofType('connection_ack'));
    await openSocket(url);
    await expect(openSocket(url)).rejects.toThrow('503');
  });

  it('is one of only so many of its address, and who goes makes room', async () => {
    const doors = openDoors({ good: callerNamed('ann') });
    const url = await startedWith({ mostStrangers: { inAll: 100, ofAnAddress: 2 } }, doors);
    const from = (address: string) => openSocket(url, { headers: { 'x-forwarded-for': address } });
    const one = await from('192.0.2.1');
    await from('192.0.2.1');

    await expect(from('192.0.2.1')).rejects.toThrow('503');
    await from('192.0.2.2');
    one.socket.terminate();

    await vi.waitFor(() => from('192.0.2.1'));
  });

  it('that goes before its connection stands is no stranger for ever', async () => {
    const url = await startedWith({ mostStrangers: { inAll: 2, ofAnAddress: 100 } });
    const { port } = new URL(url);
    for (let times = 0; times < 10; times += 1) {
      const socket = connect(Number(port), '127.0.0.1');
      // An upgrade without a key is refused.
      socket.write(
        'GET /graphql HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n',
      );
      await new Promise((resolve) => socket.once('close', resolve).resume());
    }

    await expect(vi.waitFor(() => openSocket(url))).resolves.toBeDefined();
  });
});

describe('a client that was let in', () => {
  it('is answered to a flood of pings no faster than it reads', async () => {
    const { url } = await startDesk();
    const { socket, say, hear } = await openAcknowledged(url);
    socket.pause();
    const text = 'x'.repeat(100_000);
    for (let times = 0; times < 400; times += 1) say({ type: 'ping', payload: { text } });

    // What the gateway does not hear waits with who said it.
    const unheard = await settled(() => socket.bufferedAmount);

    expect(unheard).toBeGreaterThan(25 * 1024 * 1024);
    socket.resume();
    say({ type: 'ping', payload: { last: true } });
    await hear((message) => at(message, 'payload.last') === true);
  });

  it('that subscribes a thousand times under one id is closed, and nothing runs on', async () => {
    const desk = await startDesk();
    const { say, closed } = await openAcknowledged(desk.url);
    const payload = { query: 'subscription { messageAdded { __typename } }' };

    for (let times = 0; times < 1000; times += 1) say({ type: 'subscribe', id: 'a', payload });

    expect(await closed).toMatchObject({ code: 4409 });
    await vi.waitFor(() => expect(desk.gateway.listeners).toBe(0));
  });

  it('that subscribes and completes without a pause leaves nothing behind', async () => {
    const desk = await startDesk();
    const { say, hear } = await openAcknowledged(desk.url);
    const payload = { query: 'subscription { messageAdded(confirm: true) { __typename } }' };

    for (let id = 0; id < 500; id += 1) {
      say({ type: 'subscribe', id: `${id}`, payload });
      say({ type: 'complete', id: `${id}` });
    }
    say({ type: 'subscribe', id: 'last', payload });
    await hear(ofType('next', 'last'));

    await vi.waitFor(() => expect(desk.gateway.listeners).toBe(1));
  });

  it('that says connection_init a thousand times is closed at the second', async () => {
    const { url } = await startDesk();
    const { say, closed, heard } = await openAcknowledged(url);

    for (let times = 0; times < 1000; times += 1) say(INIT);

    expect(await closed).toMatchObject({ code: 4429 });
    expect(heard).toHaveLength(1);
  });

  it('a thousand times has as many connections as there may be, and others have theirs', async () => {
    const doors = openDoors({ ann: callerNamed('ann'), bob: callerNamed('bob') });
    const desk = await startDesk({ doorkeeper: doors, shares: openShares(USUAL_SHARES) });
    const opened = async (token: string) => {
      const socket = await openSocket(desk.url);
      socket.say({ type: 'connection_init', payload: { authorization: `Bearer ${token}` } });
      return Promise.race([
        socket.hear(ofType('connection_ack')).then(() => 'let in'),
        socket.closed.then(({ code }) => code),
      ]);
    };
    const ends: unknown[] = [];

    for (let times = 0; times < 20; times += 1) {
      ends.push(...(await Promise.all(Array.from({ length: 50 }, () => opened('ann')))));
    }

    expect(ends.filter((end) => end === 'let in')).toHaveLength(50);
    expect(ends.filter((end) => end === 1013)).toHaveLength(950);
    expect(await opened('bob')).toBe('let in');
  }, 60_000);
});

/** Once it is the same as a while ago. */
async function settled(figure: () => number): Promise<number> {
  let last = Number.NaN;
  await vi.waitFor(
    () => {
      const before = last;
      last = figure();
      expect(last).toBe(before);
    },
    { interval: 100, timeout: 10_000 },
  );
  return last;
}

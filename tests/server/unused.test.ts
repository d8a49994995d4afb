import { once } from 'node:events';
import { connect } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { openHouse } from '../../src/security/doorkeeper.ts';
import { startServer } from '../../src/server/server.ts';
import { gatewayOver, handMade } from '../gateway/hand-made.ts';

it('a connection on which nothing was asked yet does not hold up the end of the server', async () => {
  const one = handMade({ name: 'one', deadlineMs: 60_000 });
  const { gateway, log } = gatewayOver([one.provider]);
  const server = await startServer({
    clock: Date.now,
    gateway,
    doorkeeper: openHouse(),
    log,
    host: '127.0.0.1',
    port: 0,
    examples: false,
  });
  const { hostname, port } = new URL(server.url);
  const unused = connect(Number(port), hostname);
  onTestFinished(() => {
    unused.destroy();
  });
  await once(unused, 'connect');
  // The server has seen the connection before this one is answered.
  await fetch(`${server.url}/healthz`);

  const ended = once(unused, 'close');
  await server.close();
  await ended;

  expect(unused.destroyed).toBe(true);
});

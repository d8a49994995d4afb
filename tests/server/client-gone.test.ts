// A client that goes away in the middle ends what was asked for it, and says nothing about who was asked.

import { expect, it, onTestFinished } from 'vitest';
import { failed } from '../../src/domain/failure.ts';
import { providerName } from '../../src/domain/ids.ts';
import { openHouse } from '../../src/security/doorkeeper.ts';
import { startServer } from '../../src/server/server.ts';
import { gatewayOver, handMade } from '../gateway/hand-made.ts';

it('a provider is not called down for what it did not answer to a client that has gone', async () => {
  const { promise: reached, resolve: reach } = deferred();
  const { promise: ended, resolve: end } = deferred();
  const one = handMade({
    name: 'one',
    deadlineMs: 60_000,
    answers: async (_asked, { signal }) => {
      const { promise: aborted, resolve: abort } = deferred();
      signal.addEventListener('abort', abort, { once: true });
      reach();
      await aborted;
      // After everything that follows from the answer below.
      setImmediate(end);
      const provider = providerName('one');
      return failed({ kind: 'unavailable', provider, because: 'it was hung up on', retryAt: null });
    },
  });
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
  onTestFinished(() => server.close());
  const client = new AbortController();

  const answer = fetch(`${server.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: '{ conversations { nodes { id } } }' }),
    signal: client.signal,
  });
  await reached;
  client.abort();
  await expect(answer).rejects.toThrow('abort');
  await ended;

  expect(gateway.health(one.provider.name)).toMatchObject({ state: 'UP', lastFailure: null });
});

function deferred() {
  let resolve = () => {};
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve: () => resolve() };
}

// Each attack of the OWASP cheat sheet by each road: refused for what it is, in little time, and nobody is the worse for it.

import { once } from 'node:events';
import { createServer } from 'node:http';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { startWorld, type World } from '../../emulators/world.ts';
import { ACCOUNTS, emulatorOf } from '../support/accounts.ts';
import { leaksIn } from '../support/hostile.ts';
import { conversationId } from '../support/mutations.ts';
import { rowWhere } from '../support/stores.ts';
import { type Attacked, attack, ROADS, startAttacked } from './attacked.ts';
import { ROWS } from './attacks.ts';

const MOST_CPU_MS = 1000;
const MOST_KEPT_BYTES = 20 * 1024 * 1024;

let world: World;
let gateway: Attacked;

beforeAll(async () => {
  world = await startWorld({ count: 6 });
  gateway = await startAttacked(world, { introspection: false, suggestions: false });
});

afterAll(async () => {
  await gateway.close();
  await world.close();
});

describe.each(ROADS)('over %s', (road) => {
  let heldBefore = 0;
  beforeAll(async () => {
    // What is loaded with the first of all questions is no trace of an attack.
    await attack('POST', gateway.url, { query: '{ conversations { nodes { id } } }' });
    heldBefore = (await gateway.weighed()).heapBytes;
  });
  afterAll(async () => {
    const { heapBytes } = await gateway.weighed();
    const keptBytes = heapBytes - heldBefore;
    if (keptBytes > MOST_KEPT_BYTES) throw new Error(`${keptBytes} bytes were kept of the attacks`);
  });

  it.each(ROWS.map((row) => [`${row.of}: ${row.by}`, row] as const))(
    '%s',
    async (_title, { of: _of, by: _by, says, code, ...sent }) => {
      const before = await gateway.used();
      const writes = writesIn(world);

      const told = await attack(road, gateway.url, sent);

      const after = await gateway.used();
      const [first] = told.refusals;
      const isUnsayable =
        road === 'GET' && (first?.code === 'HTTP 431' || /16 KB|mutation/i.test(told.text));
      expect.soft(first?.message).toMatch(isUnsayable ? /^/ : says);
      expect.soft(first?.code).toBe(code ?? first?.code);
      expect(told.refusals).not.toEqual([]);
      expect(leaksIn(told.text, world)).toEqual([]);
      expect(told.text).not.toContain('Did you mean');
      expect(after.cpuMs - before.cpuMs).toBeLessThan(MOST_CPU_MS);
      expect(after.errors).toEqual(before.errors);
      expect(writesIn(world)).toEqual(writes);
      expect(gateway.alive()).toBe(true);
    },
  );
});

it('nobody is asked for a file that a client names', async () => {
  let asked = 0;
  const inside = createServer((_request, response) => {
    asked += 1;
    response.end();
  }).listen(0, '127.0.0.1');
  onTestFinished(() => void inside.close());
  await once(inside, 'listening');
  const address = inside.address();
  const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/secret`;
  const { id } = rowWhere(world.chatbotkit.store.conversations);

  // The provider would fetch it, where it is well.
  world.chatbotkit.inject({ kind: 'status', status: 400, times: 1 });
  const told = await attack('POST', gateway.url, {
    query:
      'mutation ($input: UploadAttachmentInput!) { uploadAttachment(input: $input) { __typename } }',
    variables: { input: { conversationId: conversationId('assistant', id), url } },
  });

  expect(told.text).toContain('ProviderRefusedError');
  expect(asked).toBe(0);
});

function writesIn(seen: World): string[] {
  return ACCOUNTS.flatMap((account) => emulatorOf(seen, account).journal)
    .filter(({ method, path }) => method !== 'GET' && !path.endsWith('/auth/oauth/token'))
    .map(({ method, path }) => `${method} ${path}`);
}

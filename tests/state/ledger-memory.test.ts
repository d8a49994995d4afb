// The ledger of one process takes a bounded room: what is over what it may keep, the oldest gives way.

import { expect, it } from 'vitest';
import { accountScope, providerName } from '../../src/domain/ids.ts';
import { memoryLedger } from '../../src/state/idempotency/memory.ts';
import { valueOf } from './event-log.ts';

it('of more keys than it may keep the oldest is forgotten, and what was at it is told so', async () => {
  const clock = () => 5;
  const ledger = memoryLedger({ leaseMs: 1000, keptMs: 1000, most: 3, clock, now: clock });
  const asked = { scope: accountScope(providerName('website'), ''), fingerprint: 'of it' };
  const claim = async (key: string) =>
    valueOf(await ledger.claim({ caller: 'a', mutation: 'sendMessage', key }, asked));
  const first = await claim('1');
  for (const key of ['2', '3', '4']) await claim(key);

  const late = first.kind === 'ours' && (await first.hold.done('answer'));

  expect(late).toEqual({ ok: true, value: false });
  expect((await claim('4')).kind).toBe('theirs');
  expect((await claim('1')).kind).toBe('ours');
});

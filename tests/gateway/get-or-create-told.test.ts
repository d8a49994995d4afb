// A conversation that somebody began to create, and had no answer, is news as soon as it is found.

import { expect, it, onTestFinished } from 'vitest';
import { failed } from '../../src/domain/failure.ts';
import { providerName } from '../../src/domain/ids.ts';
import { openGateway } from '../../src/gateway/open-gateway.ts';
import { memoryLeases } from '../../src/state/lease/memory.ts';
import { anEventLog, appendedTo } from '../support/event-log.ts';
import { someLedger } from '../support/ledger.ts';
import { operation } from './hand-made.ts';
import { aService } from './hand-made-service.ts';

const quiet = () => undefined;
const log = { debug: quiet, info: quiet, warn: quiet, error: quiet };
const WANTED = {
  provider: 'one',
  contactId: 'ada',
  message: 'We saw your import fail.',
  tags: [{ key: 'order', value: '4711' }],
};

/** Two gateways of one memory, over one service. */
function scene() {
  const service = aService();
  const events = anEventLog();
  const turnLeases = memoryLeases({
    leaseMs: 2000,
    notesMs: 60_000,
    clock: () => performance.now(),
  });
  const open = () => {
    const gateway = openGateway({
      providers: [service.provider],
      turnLeases,
      ledger: someLedger(),
      events,
      cursorSecret: 'a secret of the tests',
      clock: Date.now,
      log,
    });
    onTestFinished(() => gateway.close());
    return gateway;
  };
  const told = async () => (await appendedTo(events)).map(({ fact }) => fact.kind);
  return { service, told, one: open(), other: open() };
}

it('one whose answer was lost is told of by whoever finds it', async () => {
  const { service, told, one, other } = scene();
  service.creates((store) => {
    const row = { ...store(), createdAt: new Date(5) };
    service.rows.splice(0, 1, row);
    service.unlisted.add(row.nativeId);
    const because = 'it was cut';
    return Promise.resolve(
      failed({ kind: 'outcome-unknown', provider: providerName('one'), because }),
    );
  });
  const lost = await one.getOrCreateConversation(WANTED, operation());
  expect(lost).toMatchObject({ ok: false, failure: { kind: 'outcome-unknown' } });
  service.unlisted.clear();

  const found = await other.getOrCreateConversation(WANTED, operation());

  expect(found).toMatchObject({ ok: true, value: { created: false } });
  expect(await told()).toContain('CONVERSATION_CREATED');
});

// Chaos over two gateways as processes: what their clients were told, whatever was done to them.

import { expect, it } from 'vitest';
import { builtCommand } from '../support/built.ts';
import { startGateway } from './gateways.ts';
import { runGateways } from './run-gateways.ts';

it('whatever is killed, frozen, emptied and cut, what is not told is announced', async () => {
  const { breaches, harmed, history } = await runGateways({
    seed: 'short',
    lastsMs: 5000,
    harmEveryMs: 500,
    longestFreezeMs: 1500,
    start: (parts) => startGateway({ ...parts, command: [builtCommand()] }),
  });

  expect({ harmed, breaches }).toEqual({ harmed, breaches: [] });
  expect(history.written.length).toBeGreaterThan(20);
  expect(harmed.length).toBeGreaterThan(0);
  expect(history.reads.length).toBeGreaterThan(5);
  expect(history.sends.length).toBeGreaterThan(0);
}, 120_000);

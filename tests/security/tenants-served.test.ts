// The same two tenants at a server, over every transport: what lies between a socket and the gateway made for one of them
// mixes them up no more than the gateway does.

import * as fc from 'fast-check';
import { expect, it, onTestFinished } from 'vitest';
import { startServer } from '../../src/server/server.ts';
import { openDoors } from '../support/doors.ts';
import { lineTo, TRANSPORTS } from './house.ts';
import { type Heard, leaksIn } from './leaks.ts';
import { steps } from './random-operations.ts';
import { callerOf, openWorld, SHAPES, SILENT, TENANTS } from './tenants.ts';

it.each(SHAPES)(
  'two tenants by %s are told nothing of each other, asking all at once',
  async (shape) => {
    const world = openWorld(shape, { tenants: TENANTS });
    const server = await startServer({
      clock: Date.now,
      gateway: world.gateway,
      doorkeeper: openDoors({ ann: callerOf(shape, 'ann'), bob: callerOf(shape, 'bob') }),
      log: SILENT,
      host: '127.0.0.1',
      port: 0,
      examples: false,
    });
    onTestFinished(async () => {
      await server.close();
      await world.close();
    });
    const lines = {
      ann: TRANSPORTS.map((transport) => lineTo(server.url, transport, 'ann')),
      bob: TRANSPORTS.map((transport) => lineTo(server.url, transport, 'bob')),
    };
    const [all = []] = fc.sample(steps(shape, 200), { numRuns: 1, seed: 7 });

    const heard = await Promise.all(
      all.map(async (step, index): Promise<Heard[]> => {
        if (step.type !== 'ask') return [];
        const { by, asking } = step;
        const line = lines[by][index % TRANSPORTS.length];
        const answer = await line?.ask(asking.query, asking.variables);
        return [{ by, asking, answer, isComparable: false }];
      }),
    );

    expect(heard.flat().length).toBeGreaterThan(100);
    expect(leaksIn(shape, heard.flat())).toEqual([]);
  },
);

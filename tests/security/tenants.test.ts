// Two tenants on one gateway: whatever they ask and however their questions fall together, neither is told anything of the
// other, and each is answered as if the other were not there.

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeId } from '../../src/domain/ids.ts';
import { at } from '../support/answer.ts';
import { type Heard, leaksIn } from './leaks.ts';
import { type Step, steps } from './random-operations.ts';
import {
  CONVERSATIONS,
  conversationAt,
  isLastWord,
  openWorld,
  SHAPES,
  type Shape,
  TENANTS,
  type Tenant,
  type Told,
  type World,
} from './tenants.ts';

const STEPS = 40;
/** Three shapes of so many runs of so many steps are more than 10,000. */
const RUNS = Number(process.env['RUNS'] ?? 84);

/** Everything that anybody was answered, and at its end what every listener was told. */
async function run(
  world: World,
  shape: Shape,
  { all, only }: { readonly all: readonly Step[]; readonly only?: Tenant },
): Promise<readonly Heard[]> {
  const cursors: Record<Tenant, string[]> = { ann: [], bob: [] };
  const heard: Heard[] = [];
  const listeners: (Omit<Heard, 'answer'> & { readonly told: Told })[] = [];

  for (const step of all) {
    world.tick();
    const by = step.type === 'happen' ? step.to : step.by;
    if (only && by !== only) continue;
    if (step.type === 'happen') {
      await world.happen(shape, step.to, step.happening);
      continue;
    }
    const { query, from } = step.asking;
    const known = cursors[from?.whose ?? by];
    const after = from === null ? undefined : known[from.nth % known.length];
    const variables = { ...step.asking.variables, ...(after === undefined ? {} : { after }) };
    const asking = { ...step.asking, variables };
    const isComparable = from === null || from.whose === by;
    if (step.type === 'ask') {
      const answer = await world.ask(by, query, variables);
      if (isComparable) cursors[by].push(...cursorsIn(answer));
      heard.push({ by, asking, answer, isComparable });
    } else {
      const told = await world.listen(by, query, variables);
      listeners.push({ by, asking, told, isComparable });
    }
  }

  for (const tenant of TENANTS) {
    if (only && tenant !== only) continue;
    for (let index = 0; index < CONVERSATIONS; index += 1) {
      await world.happen(shape, tenant, { what: 'last word', at: index });
    }
  }
  for (const { told, ...listener } of listeners) {
    const last = lastOf(world, listener);
    if (!told.refused && last !== undefined) await told.until((one) => isLastWord(one, last));
    await told.leave();
    heard.push({ ...listener, answer: told.refused ?? told.events });
  }
  await world.close();
  return heard;
}

/** In which conversation a listener hears the very last word; undefined where there is none any more. */
function lastOf(
  { services }: World,
  { by, asking: { variables } }: Pick<Heard, 'by' | 'asking'>,
): string | undefined {
  const isThere = (nativeId: string) => services.some(({ rows }) => rows.has(nativeId));
  const id = at(variables, 'id');
  const decoded = typeof id === 'string' ? decodeId(id) : undefined;
  if (decoded?.type === 'Conversation') {
    const { provider, nativeId } = decoded.conversation;
    const service = services.find((one) => one.provider.name === provider);
    return service?.rows.has(nativeId) ? nativeId : undefined;
  }
  const own = Array.from({ length: CONVERSATIONS }, (_, index) => conversationAt(by, index));
  return own.findLast(isThere);
}

function cursorsIn(answer: unknown): string[] {
  return [...JSON.stringify(answer).matchAll(/"(?:endCursor|cursor)":"([^"]+)"/g)].flatMap(
    ([, cursor]) => cursor ?? [],
  );
}

/** Without what differs from one asking to the next, and says nothing. Whatever is read for an event is of that moment. */
function plain(answer: unknown): unknown {
  const timeless = (key: string, value: unknown) => (key === 'later' ? 'later' : value);
  return JSON.parse(
    JSON.stringify(answer, timeless)
      .replaceAll(/"(endCursor|startCursor|cursor)":"[^"]+"/g, '"$1":"a cursor"')
      .replaceAll(/"fetchedAt":"[^"]+"/g, '"fetchedAt":"a moment"')
      .replaceAll(/"status":"(FRESH|CACHED|STALE)"/g, '"status":"READ"')
      .replaceAll(/"idempotencyKey":"[0-9a-f-]{36}"/g, '"idempotencyKey":"made"'),
  );
}

const SEED = 20_260_606;

// Thousands of refusals, and nobody looks where they come from.
Error.stackTraceLimit = 0;

describe.each(SHAPES)('two tenants by %s', (shape) => {
  it('are told nothing of each other, and are answered as if the other were not there', async () => {
    let runs = 0;
    await fc.assert(
      fc.asyncProperty(steps(shape, STEPS), async (all) => {
        runs += 1;
        const both = await run(openWorld(shape, { tenants: TENANTS }), shape, { all });
        expect(leaksIn(shape, both)).toEqual([]);

        const only = runs % 2 === 0 ? 'ann' : 'bob';
        const alone = await run(openWorld(shape, { tenants: [only] }), shape, { all, only });
        const beside = both.filter(({ by }) => by === only);
        for (const [index, { asking, answer, isComparable }] of alone.entries()) {
          if (!isComparable) continue;
          const then = { asking, answer: plain(beside[index]?.answer) };
          expect(then).toEqual({ asking, answer: plain(answer) });
        }
      }),
      { numRuns: RUNS, seed: SEED, endOnFailure: true },
    );
    expect(SHAPES.length * runs * STEPS).toBeGreaterThan(10_000);
  });
});

describe.each(['contacts', 'participants'] as const)('two tenants by %s', (shape) => {
  it('are told nothing of each other by a service that lists whatever it has, whoever is asked for', async () => {
    await fc.assert(
      fc.asyncProperty(steps(shape, STEPS), async (all) => {
        const world = openWorld(shape, { tenants: TENANTS, heeds: false });
        expect(leaksIn(shape, await run(world, shape, { all }))).toEqual([]);
      }),
      { numRuns: 20, seed: SEED },
    );
  });
});

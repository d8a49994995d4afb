// What docs/operating.md says of leaving and of slow clients are the numbers there are.

import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { parseDocument } from 'yaml';
import { USUAL_PATIENCE } from '../../src/server/connections/patience.ts';
import { FEW_BYTES } from '../../src/server/connections/readers.ts';
import { at } from '../support/answer.ts';

const page = await readFile(new URL('../../docs/operating.md', import.meta.url), 'utf8');
const example = await readFile(
  new URL('../../parlance.config.example.yaml', import.meta.url),
  'utf8',
);

it('how long is waited for slow clients is as the page says', () => {
  const { headersMs, arrivalMs, idleMs, unreadMs } = USUAL_PATIENCE;
  const table = page.slice(page.indexOf('| what is waited for |'));

  const said = [...table.matchAll(/^\| [^|]+ \| (\d+) s/gm)].slice(0, 5).map(([, s]) => Number(s));

  expect(said.map((s) => s * 1000)).toEqual([
    headersMs,
    arrivalMs,
    idleMs,
    unreadMs,
    FEW_BYTES * unreadMs,
  ]);
});

it('there is time enough to leave before the process is killed', () => {
  const server: unknown = at(parseDocument(example).toJS(), 'server');
  const leaveAfterMs = Number(at(server, 'leaveAfterMs'));
  const drainMs = Number(at(server, 'drainMs'));

  expect(page).toContain(`(${leaveAfterMs}, and 0 in the sandbox)`);
  expect(page).toContain(`${drainMs} as`);
  expect(page).toContain(`| ${Number(at(server, 'maxConnections'))} (`);
  const graces = [...page.matchAll(/(?:terminationGracePeriodSeconds|stop_grace_period): (\d+)/g)];
  expect(graces).toHaveLength(2);
  for (const [, seconds] of graces) {
    expect(Number(seconds) * 1000).toBeGreaterThan(leaveAfterMs + drainMs + 5000);
  }
});

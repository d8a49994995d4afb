// The numbers of docs/limits.md about callers are those of the code, and what it says to write is taken.

import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { USUAL_RATE } from '../../src/compose/open-shares.ts';
import { USUAL_SHARES } from '../../src/server/bounds/shares.ts';
import { MOST_REFUSED, WITHIN_MS } from '../../src/server/door/attempts.ts';
import { MOST_BYTES_OF_STRANGERS, MOST_STRANGERS } from '../../src/server/websocket/strangers.ts';
import { INIT_WITHIN_MS } from '../../src/server/websocket/websocket.ts';
import { configOf, loadYaml } from '../config/folder.ts';

const page = await readFile(new URL('../../docs/limits.md', import.meta.url), 'utf8');

/** The cells of the row that begins so. */
function row(first: string): readonly string[] {
  const line = page.split('\n').find((one) => one.startsWith(`| ${first} `)) ?? '';
  return line.split('|').map((cell) => cell.trim());
}

it.each(Object.entries(USUAL_SHARES))('%s is %i where it is left out', (setting, most) => {
  expect(row(`\`${setting}\``)[2]).toMatch(new RegExp(`^${most} `));
});

it('the rate that is shown is the one there is, and is taken', async () => {
  const shown = /```yaml\n(limits:\n {2}rate: [^]*?)```/.exec(page)?.[1] ?? '';

  const config = configOf(
    await loadYaml(
      `providers: { one: { kind: chatbotkit, secret: s } }\nauth: { keys: ./k.json }\n${shown}`,
    ),
  );

  expect(parse(shown)).toEqual({ limits: { rate: USUAL_RATE } });
  expect(config.limits?.rate).toEqual(USUAL_RATE);
});

it('who has not signed in has what is said', () => {
  const { inAll, ofAnAddress } = MOST_STRANGERS;

  expect(row('WebSockets that have not been let in yet')[2]).toBe(
    `${inAll}, and ${ofAnAddress} from one address`,
  );
  expect(row('what one of them may send')[2]).toBe(`${MOST_BYTES_OF_STRANGERS / 1024} KB`);
  expect(row('until it says `connection_init`')[2]).toBe(`${INIT_WITHIN_MS / 1000} s`);
  expect(row('different credentials from one address that open nothing')[2]).toBe(
    `${MOST_REFUSED} in a minute`,
  );
  expect(WITHIN_MS).toBe(60_000);
});

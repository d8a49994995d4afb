// What docs/sign-in.md shows is what happens: its commands make and end keys, its tokens let in, its clients are told events.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { COOLDOWN_MS, REFRESH_MS } from '../../src/security/key-set.ts';
import { listAt } from '../support/answer.ts';
import { parlance, startedWorld } from '../support/command.ts';
import { makeSigner, startIssuer } from '../support/issuer.ts';
import { ask } from '../support/parlance.ts';
import { type Place, placeWith } from '../support/signing-in.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const page = await readFile(new URL('../../docs/sign-in.md', import.meta.url), 'utf8');
const [CREATE = '', LIST_AND_REVOKE = '', REVOKE_SUBJECT = '', CURL = ''] = blocks('sh');
const [WEBSOCKET = '', SSE = ''] = blocks('js');
const [OPERATOR = '', END_USER = ''] = blocks('json');
const [AUTH = ''] = blocks('yaml');

/** A gateway as the page says one is set up, but for where its signer is. */
async function setUp() {
  const world = await startedWorld();
  const signer = await makeSigner();
  const { url: jwks } = await startIssuer(signer);
  const auth = AUTH.replace(/^auth:/, '').replace(/(?<=jwks: )\S+/, jwks);
  const place = await placeWith(world, { auth });
  return { place, sign: (claims: string) => signer.sign({ ...JSON.parse(claims), ...now() }) };
}

describe('docs/sign-in.md', () => {
  it('makes a key that its command for curl is answered with, lists it, and ends it', async () => {
    const { place } = await setUp();
    const key = (await runIn(place, CREATE)).out.trim();
    const { url } = await place.start();

    const good = await curl(url, key);
    const [list = '', revoke = ''] = LIST_AND_REVOKE.trim().split('\n');
    const { out } = await runIn(place, list);
    const { mistakes } = await runIn(place, revoke.replace(/\S+$/, key.slice(4, 16)));

    expect(listAt(good, 'data.providers')).toEqual([{ name: 'website' }, { name: 'help' }]);
    expect(out).toMatch(new RegExp(`${key.slice(4, 16)} +Dashboard +read,write +website,help`));
    expect(mistakes).toEqual([]);
    await vi.waitFor(async () => {
      expect(await curl(url, key)).toMatchObject({
        errors: [{ extensions: { code: 'UNAUTHENTICATED' } }],
      });
    }, 2000);
  });

  it('has a command that is there under the name it gives', async () => {
    const { place } = await setUp();

    const { code, out, err } = await (
      await parlance([...wordsOf(CREATE), '--config', place.config])
    ).ended();

    expect([code, out]).toEqual([0, expect.stringMatching(/^plk_[0-9a-f]{12}_[0-9a-f]{64}\n$/)]);
    expect(err).not.toContain(out.trim());
    expect((await runIn(place, 'npx parlance keys list')).out).toContain(out.slice(4, 16));
  });

  it('lets in by its tokens, until they are revoked', async () => {
    const { place, sign } = await setUp();
    // So that there is a file to write it down in.
    await runIn(place, CREATE);
    const { url } = await place.start();
    const [operator, endUser] = await Promise.all([sign(OPERATOR), sign(END_USER)]);
    const statusOf = async (token: string) =>
      (await ask(url, '{ providers { name } }', {}, { authorization: `Bearer ${token}` })).status;

    expect([await statusOf(operator), await statusOf(endUser)]).toEqual([200, 200]);
    const { mistakes } = await runIn(place, REVOKE_SUBJECT);

    expect(mistakes).toEqual([]);
    await vi.waitFor(async () => expect(await statusOf(operator)).toBe(401), 2000);
    expect(await statusOf(endUser)).toBe(200);
  });

  it.each([
    ['graphql-ws', WEBSOCKET],
    ['graphql-sse', SSE],
  ])('signs in with %s, until the token is revoked', async (_name, program) => {
    const { place, sign } = await setUp();
    await runIn(place, CREATE);
    const { url, gateway } = await place.start();
    const { host } = new URL(url);
    const { heard } = run(
      `const token = async () => ${JSON.stringify(await sign(OPERATOR))};
      ${program.replace('localhost:4000', host)}`,
    );
    await heard('Listening');
    const before = gateway.listeners;

    await runIn(place, REVOKE_SUBJECT);

    await vi.waitFor(() => expect(gateway.listeners).toBe(0), 2000);
    expect(before).toBe(1);
  });

  it('gives the times there are', () => {
    expect(page).toContain(`at most ${COOLDOWN_MS / 1000} s late`);
    expect(page).toContain(`good for ${REFRESH_MS / 60_000} minutes at most`);
  });
});

function blocks(language: string): string[] {
  return [...page.matchAll(new RegExp(`\`\`\`${language}\\n([^]*?)\`\`\``, 'g'))].map(
    ([, text = '']) => text,
  );
}

/** What follows `npx parlance`, as a shell reads it. */
function wordsOf(command: string): string[] {
  const words = [...command.trim().matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)];
  return words.map(([, double, single, plain]) => double ?? single ?? plain ?? '').slice(2);
}

function runIn(place: Place, command: string) {
  return place.run(...wordsOf(command).slice(1));
}

async function curl(url: string, key: string): Promise<unknown> {
  const headers = [...CURL.matchAll(/-H ['"]([^:]+): ([^'"]+)['"]/g)].map(
    ([, name = '', value = '']) => [name, value.replace('$PARLANCE_KEY', key)] as const,
  );
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: Object.fromEntries(headers),
    body: /-d '([^']+)'/.exec(CURL)?.[1] ?? '',
  });
  return await response.json();
}

function now() {
  const seconds = Math.floor(Date.now() / 1000);
  return { iat: seconds - 1, exp: seconds + 600 };
}

/** As a program of its own, with what this package exports. */
function run(program: string) {
  const child: ChildProcess = spawn(
    process.execPath,
    ['--import', 'tsx', '--input-type=module', '--eval', program],
    { cwd: ROOT, stdio: ['ignore', 'pipe', 'ignore'] },
  );
  const exit = once(child, 'exit');
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await exit;
  });
  const lines: string[] = [];
  if (child.stdout) createInterface(child.stdout).on('line', (line) => lines.push(line));
  return {
    heard: (wanted: string) =>
      vi.waitFor(() => expect(lines).toContain(wanted), { timeout: 10_000, interval: 20 }),
  };
}

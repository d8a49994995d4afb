// The commands by which the README breaks an emulator do what is said above them.

import { readFile } from 'node:fs/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startWorld, type World } from '../../emulators/world.ts';
import { at, listAt } from '../support/answer.ts';

const readme = await readFile(new URL('../../README.md', import.meta.url), 'utf8');

/** In the order of the README, each by what stands above it. */
const COMMANDS = [...readme.matchAll(/((?:^# .*\n)?)^curl (.*)$/gm)].map(
  ([, above = '', rest = '']) => ({
    above: above.slice(2).trim(),
    command: rest,
  }),
);

describe('the commands of the README', () => {
  it('are seven, each understood whole', () => {
    expect(COMMANDS.map(({ command }) => requestOf(command).whole)).toEqual(
      COMMANDS.map(({ command }) => command),
    );
    expect(COMMANDS.length).toBe(7);
  });

  it('make Chatling answer two requests with 429 in its own words', async () => {
    const world = await openWorld();
    const { url, token, chatbotId } = world.credentials.chatling;
    const list = () =>
      fetch(`${url}/v2/chatbots/${chatbotId}/conversations`, {
        headers: { authorization: `Bearer ${token}` },
      });

    await run(world, '429');

    const refused = await list();
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '5']);
    expect(await refused.json()).toEqual({ status: 'error', message: 'Too many requests' });
    expect((await list()).status).toBe(429);
    expect((await list()).status).toBe(200);
  });

  it('make the lists of Botpress hang until the faults are taken away', async () => {
    const world = await openWorld();
    const { url, token, botId } = world.credentials.botpress;
    const list = (signal: AbortSignal | null = null) =>
      fetch(`${url}/v1/chat/conversations`, {
        headers: { authorization: `Bearer ${token}`, 'x-bot-id': botId },
        signal,
      });
    const controller = new AbortController();

    await run(world, 'hang');
    const hanging = list(controller.signal);
    await until(() => world.botpress.journal.length > 0);

    expect(world.botpress.journal).toMatchObject([
      { path: '/v1/chat/conversations', status: null },
    ]);
    controller.abort();
    await expect(hanging).rejects.toThrow(/abort/);
    await run(world, '-X DELETE http://127.0.0.1:4101/__emulator/faults');
    expect((await list()).status).toBe(200);
  });

  it('lose the answer of a change that Stack Auth has made', async () => {
    const world = await openWorld();
    const { url, projectId, publishableClientKey, accessToken } = world.credentials.stackAuth;
    const id = '3fa50b48-e4bd-4909-811b-081ae2964713';

    await run(world, 'cut-after-accept');
    const change = fetch(`${url}/api/v1/internal/conversations/${id}`, {
      method: 'PATCH',
      headers: {
        'content-type': 'application/json',
        'x-stack-project-id': 'internal',
        'x-stack-access-type': 'client',
        'x-stack-publishable-client-key': publishableClientKey,
        'x-stack-access-token': accessToken,
      },
      body: JSON.stringify({ projectId, type: 'status', status: 'closed' }),
    });

    await expect(change).rejects.toThrow(/fetch failed/);
    expect(world.stackAuth.store.conversations.get(id)?.status).toBe('closed');
  });

  it('let a customer write, and tell and forget what was asked', async () => {
    const world = await openWorld();
    const { url } = world.stackAuth;

    const said = await run(world, 'say');
    const messages = world.stackAuth.store.messages.get('3fa50b48-e4bd-4909-811b-081ae2964713');
    await fetch(`${url}/anything`);
    const journal = await run(world, 'http://127.0.0.1:4104/__emulator/journal');

    expect(said.status).toBe(201);
    expect(messages?.at(-1)).toMatchObject({
      body: 'Found it, thank you!',
      sender: { type: 'user' },
    });
    expect(listAt({ rows: await journal.json() }, 'rows').map((row) => at(row, 'path'))).toEqual([
      '/anything',
    ]);
    expect((await run(world, '-X DELETE http://127.0.0.1:4104/__emulator/journal')).status).toBe(
      204,
    );
    expect(world.stackAuth.journal).toEqual([]);
  });
});

async function openWorld(): Promise<World> {
  const world = await startWorld();
  onTestFinished(() => world.close());
  return world;
}

/** Runs the first command that has these words in it or above it, against this world in the place of the ports shown. */
async function run(world: World, words: string): Promise<Response> {
  const found = COMMANDS.find(
    ({ above, command }) => command.includes(words) || above.includes(words),
  );
  if (!found) throw new Error(`The README has no command with ${words} in it.`);
  const { method, port, path, body } = requestOf(found.command);
  const { botpress, chatling, chatbotkit, stackAuth } = world;
  const emulator = [botpress, chatling, chatbotkit, stackAuth][Number(port) - 4101];
  const response = await fetch(`${emulator?.url}${path}`, {
    method,
    ...(body === undefined ? {} : { body }),
  });
  expect(response.ok).toBe(true);
  return response;
}

function requestOf(command: string) {
  const [whole, method = 'GET', port, path, body] =
    /^(?:-X (\w+) )?http:\/\/127\.0\.0\.1:(\d+)(\S+)(?: -d '(.*)')?$/.exec(command) ?? [];
  return { whole, method, port, path, body };
}

/** A request has arrived when it is in the journal, and the journal tells nobody. */
async function until(arrived: () => boolean): Promise<void> {
  while (!arrived()) await new Promise((resolve) => setImmediate(resolve));
}

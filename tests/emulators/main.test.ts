import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { describe, expect, it, onTestFinished } from 'vitest';
import { isRecord } from '../../emulators/emulator.ts';
import { builtEmulators } from '../support/built.ts';

const ROOT = new URL('../../', import.meta.url);

type Child = ChildProcessByStdio<null, Readable, Readable>;
type Words = Readonly<Record<string, string>>;

describe('npm run emulators', () => {
  it('says on its first line how to reach each, at an origin of its own', async () => {
    const { told } = await runEmulators({}, ['--quiet'], SOURCES);

    expect(Object.fromEntries(Object.entries(told).map(([k, v]) => [k, Object.keys(v)]))).toEqual({
      botpress: ['url', 'token', 'botId'],
      chatling: ['url', 'token', 'chatbotId'],
      chatbotkit: ['url', 'secret'],
      pinkfish: ['url', 'clientId', 'clientSecret', 'orgId', 'pcid'],
      stackAuth: ['url', 'projectId', 'publishableClientKey', 'accessToken', 'refreshToken'],
    });
    const urls = Object.values(told).map(({ url }) => url);
    expect(new Set(urls).size).toBe(5);
    for (const url of urls) expect(url).toBe(new URL(url ?? '').origin);
  });

  it('answers an authorised request at every provider, and refuses one that is not', async () => {
    const { told } = await runEmulators();

    for (const { url, headers, list } of lists(told)) {
      const welcome = await fetch(url, { headers });
      expect([url, welcome.status]).toEqual([url, 200]);
      expect(list(await welcome.json()).length).toBeGreaterThan(0);

      const stranger = await fetch(url);
      expect(stranger.status).toBeGreaterThanOrEqual(400);
    }
  });

  it('fails when told to, keeps a journal, and is well again', async () => {
    const { told } = await runEmulators();

    for (const { origin, url, headers } of lists(told)) {
      await post(`${origin}/__emulator/faults`, { kind: 'status', status: 503, times: 1 });
      expect((await fetch(url, { headers })).status).toBe(503);
      expect((await fetch(url, { headers })).status).toBe(200);

      const journal: unknown = await (await fetch(`${origin}/__emulator/journal`)).json();
      expect(journal).toMatchObject([
        { method: 'GET', path: new URL(url).pathname, status: 503, body: null },
        { method: 'GET', path: new URL(url).pathname, status: 200, body: null },
      ]);

      const forgotten = await fetch(`${origin}/__emulator/journal`, { method: 'DELETE' });
      expect(forgotten.status).toBe(204);
      expect(await (await fetch(`${origin}/__emulator/journal`)).json()).toEqual([]);
    }
  });

  it('lets a customer write, and shows it to whoever reads that conversation', async () => {
    const { told } = await runEmulators();
    const text = 'Is anybody there? Ça va? 👋';

    for (const { origin, url, headers, list, idKey, messages } of lists(told)) {
      const [first] = list(await (await fetch(url, { headers })).json());
      const conversationId = wordAt(first, idKey);

      const said = await post(`${origin}/__emulator/say`, { conversationId, text });
      expect(said.status).toBe(201);

      const read = await fetch(messages(conversationId), { headers });
      expect(await read.text()).toContain(text);
    }
  });

  it('takes five ports in a row from the one it is given', async () => {
    const first = await freePortsInARow();
    const { told } = await runEmulators({ EMULATOR_PORT: String(first) });

    const doors = ['botpress', 'chatling', 'chatbotkit', 'stackAuth', 'pinkfish'];
    const ports = doors.map((name) => Number(new URL(told[name]?.['url'] ?? '').port));
    expect(ports).toEqual([first, first + 1, first + 2, first + 3, first + 4]);
  });

  it('names the variable to change when it cannot have a port', async () => {
    const child = launch({ EMULATOR_PORT: 'seventy' });
    const complaint = createInterface({ input: child.stderr });

    const [line] = await once(complaint, 'line');
    const [code] = await once(child, 'exit');

    expect(line).toContain('EMULATOR_PORT is "seventy": set it to a whole number');
    expect(code).toBe(1);
  });

  it('says which ports to free when one is taken, and keeps none of the others', async () => {
    const first = await freePortsInARow();
    const squatter = createServer().listen(first + 2, '127.0.0.1');
    onTestFinished(() => void squatter.close());
    await once(squatter, 'listening');
    const child = launch({ EMULATOR_PORT: String(first) });

    const [line] = await once(createInterface({ input: child.stderr }), 'line');
    const [code] = await once(child, 'exit');

    expect(line).toContain(String(first + 2));
    expect(line).toContain('Set EMULATOR_PORT to the first of five free ports');
    expect(code).toBe(1);
  });

  it.each([
    { words: ['--quiet'], promise: 'Nobody writes' },
    { words: [], promise: 'A customer writes every 20 s' },
  ])('says whether customers will write, started with $words', async ({ words, promise }) => {
    const child = launch({}, words);

    const lines: string[] = [];
    for await (const line of createInterface({ input: child.stdout })) {
      lines.push(line);
      if (lines.length === 7) break;
    }

    expect(lines.slice(1, 6).join('\n')).toMatch(/(\w+ +http:\S+ .*__emulator.*\n?){5}/);
    expect(lines[6]).toContain(promise);
  });

  it.each(['SIGTERM', 'SIGINT'] as const)('closes and exits 0 on %s', async (signal) => {
    // With the pulse on: a timer that is left would keep the process.
    const { child, told } = await runEmulators({}, []);

    child.kill(signal);
    const [code] = await once(child, 'exit');

    expect(code).toBe(0);
    await expect(fetch(told['botpress']?.['url'] ?? '')).rejects.toThrow('fetch failed');
  });
});

interface List {
  readonly origin: string;
  readonly url: string;
  readonly headers: Words;
  readonly idKey: string;
  list(answer: unknown): unknown[];
  messages(conversationId: string): string;
}

/** How a client of each provider, who knows nothing of us, would list conversations and read one. */
function lists(told: Readonly<Record<string, Words>>): List[] {
  const { botpress = {}, chatling = {}, chatbotkit = {}, stackAuth = {} } = told;
  const chatlingRoot = `${chatling['url']}/v2/chatbots/${chatling['chatbotId']}/conversations`;
  const stackAuthRoot = `${stackAuth['url']}/api/v1/internal/conversations`;
  const project = `projectId=${stackAuth['projectId']}`;
  return [
    {
      origin: botpress['url'] ?? '',
      url: `${botpress['url']}/v1/chat/conversations`,
      headers: {
        authorization: `Bearer ${botpress['token']}`,
        'x-bot-id': botpress['botId'] ?? '',
      },
      idKey: 'id',
      list: (answer) => listAt(answer, 'conversations'),
      messages: (id) => `${botpress['url']}/v1/chat/messages?conversationId=${id}`,
    },
    {
      origin: chatling['url'] ?? '',
      url: chatlingRoot,
      headers: { authorization: `Bearer ${chatling['token']}` },
      idKey: 'id',
      list: (answer) => listAt(isRecord(answer) ? answer['data'] : null, 'conversations'),
      messages: (id) => `${chatlingRoot}/${id}/messages`,
    },
    {
      origin: chatbotkit['url'] ?? '',
      url: `${chatbotkit['url']}/api/v1/conversation/list`,
      headers: { authorization: `Bearer ${chatbotkit['secret']}` },
      idKey: 'id',
      list: (answer) => listAt(answer, 'items'),
      messages: (id) => `${chatbotkit['url']}/api/v1/conversation/${id}/message/list?order=desc`,
    },
    {
      origin: stackAuth['url'] ?? '',
      url: `${stackAuthRoot}?${project}`,
      headers: {
        'x-stack-project-id': 'internal',
        'x-stack-access-type': 'client',
        'x-stack-publishable-client-key': stackAuth['publishableClientKey'] ?? '',
        'x-stack-access-token': stackAuth['accessToken'] ?? '',
      },
      idKey: 'conversationId',
      list: (answer) => listAt(answer, 'conversations'),
      messages: (id) => `${stackAuthRoot}/${id}?${project}`,
    },
  ];
}

async function runEmulators(
  environment: Words = {},
  words: readonly string[] = ['--quiet'],
  program?: readonly string[],
) {
  const child = launch(environment, words, program);
  const [line]: unknown[] = await once(createInterface({ input: child.stdout }), 'line');
  return { child, told: toldIn(String(line)) };
}

/** What `npm run` says, begun anew for each test, would be most of the time of them all. */
const SOURCES = ['--import', 'tsx', 'emulators/main.ts'];

function launch(
  environment: Words,
  words: readonly string[] = [],
  program: readonly string[] = [builtEmulators()],
): Child {
  const { EMULATOR_PORT: _, ...inherited } = process.env;
  const child = spawn(process.execPath, [...program, ...words], {
    cwd: ROOT,
    env: { ...inherited, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  });
  return child;
}

function toldIn(line: string): Record<string, Record<string, string>> {
  const parsed: unknown = JSON.parse(line);
  if (!isRecord(parsed)) throw new Error(`The first line should be a JSON object: ${line}`);
  return Object.fromEntries(
    Object.entries(parsed).map(([name, words]) => {
      if (!isRecord(words)) throw new Error(`${name} should be an object: ${line}`);
      return [name, Object.fromEntries(Object.entries(words).map(([k, v]) => [k, String(v)]))];
    }),
  );
}

function listAt(value: unknown, key: string): unknown[] {
  const found = isRecord(value) ? value[key] : undefined;
  if (!Array.isArray(found)) throw new Error(`Expected a list at "${key}".`);
  return found;
}

function wordAt(value: unknown, key: string): string {
  const found = isRecord(value) ? value[key] : undefined;
  if (typeof found !== 'string') throw new Error(`Expected a string at "${key}".`);
  return found;
}

async function post(url: string, body: object): Promise<Response> {
  return fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
}

/** Below the range that systems hand out by themselves, so that nobody takes the next one meanwhile. */
async function freePortsInARow(): Promise<number> {
  for (let first = 21_400; first < 29_000; first += 5) {
    const free = await Promise.all([0, 1, 2, 3, 4].map((step) => isFree(first + step)));
    if (free.every(Boolean)) return first;
  }
  throw new Error('No five free ports in a row between 21400 and 29000: close something.');
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

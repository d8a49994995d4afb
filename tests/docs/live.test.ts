// What docs/live.md shows is what happens: its subscriptions are told events, its recipe outlives a connection.

import { type ChildProcess, spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { at } from '../support/answer.ts';
import { aMessage, ask, brief, type Desk, idOf, startDesk, TRANSPORTS } from '../support/desk.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const page = await readFile(new URL('../../docs/live.md', import.meta.url), 'utf8');

const readme = await readFile(new URL('../../README.md', import.meta.url), 'utf8');

const QUERIES = [
  ...blocks('graphql').map((query) => ({ query, name: /subscription (\w+)/.exec(query)?.[1] })),
  { query: /```graphql\n(subscription [^]*?)```/.exec(readme)?.[1] ?? '', name: 'README' },
];
const [RECIPE = '', URQL = ''] = blocks('js');
const [CURL = ''] = blocks('sh');

describe.each(TRANSPORTS)('over %s', (transport) => {
  const told = {
    README: (desk: Desk) => desk.say('hello'),
    Inbox: (desk: Desk) => desk.say('hello'),
    Escalations: (desk: Desk) =>
      desk.take([
        { type: 'message', message: aMessage('hello'), tags: [{ key: 'plan', value: 'pro' }] },
      ]),
    Answer: (desk: Desk) =>
      desk.happen({ kind: 'REPLY_DELTA', replyId: 'r', index: 0, text: 'Hello' }),
  };

  it.each(QUERIES)('$name is told what it asks for', async ({ query, name }) => {
    const desk = await startDesk();
    const asked = query.replace('"support", "website"', '"one", "two"');
    const listening = ask(transport, desk.url, asked, { conversation: idOf('one-0') });
    const first = listening.next();
    await vi.waitFor(() => expect(desk.gateway.listeners).toBe(1));

    await Object.entries(told).find(([known]) => known === name)?.[1](desk);

    const events = name === 'Inbox' ? [await first, await listening.next()] : [await first];
    expect(brief(events.at(-1))).toMatch(/^added: hello$|^ReplyDelta$/);
    expect(at(events.at(-1), 'cursor')).toEqual(expect.any(String));
  });
});

describe('the recipe', () => {
  it('is told what comes, also after its gateway was started anew in the same place', async () => {
    const desk = await startDesk();
    const { port } = new URL(desk.url);
    const { lines, heard } = run(RECIPE.replace('localhost:4000', `127.0.0.1:${port}`));
    await heard('listening');

    await desk.say('first');
    await heard('first');
    await desk.close();
    const again = await startDesk({ events: desk.events, port: Number(port) });
    await again.say('meanwhile');
    await heard('meanwhile');

    expect(lines.filter((line) => line !== 'listening')).toEqual(['first', 'meanwhile']);
  });

  it('for urql is told what comes', async () => {
    const desk = await startDesk();
    const { host } = new URL(desk.url);
    const client = RECIPE.slice(0, RECIPE.indexOf('for await')).replace('localhost:4000', host);
    const { heard } = run(`
      import { Client, subscriptionExchange } from '@urql/core';
      ${client}
      ${URQL}
      new Client({ url: 'http://${host}/graphql', preferGetMethod: false, exchanges: [exchange] })
        .subscription(query, {})
        .subscribe(({ data }) => console.log(data?.messageAdded.message?.text ?? 'listening'));
    `);
    await heard('listening');

    await desk.say('hello');

    await expect(heard('hello')).resolves.toBeUndefined();
  });
});

describe('the command for curl', () => {
  it('asks for what fetch is answered with', async () => {
    const desk = await startDesk();
    const headers = Object.fromEntries(
      [...CURL.matchAll(/-H '([^:]+): ([^']+)'/g)].map(([, name = '', value = '']) => [
        name,
        value,
      ]),
    );
    const body = /-d '([^']+)'/.exec(CURL)?.[1] ?? '';

    const response = await fetch(`${desk.url}/graphql`, { method: 'POST', headers, body });
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    await vi.waitFor(() => expect(desk.gateway.listeners).toBe(1));
    await desk.say('hello');
    let text = '';
    while (!text.includes('hello')) text += (await reader?.read())?.value ?? '';
    await reader?.cancel();

    expect(text).toContain('data: {"data":{"messageAdded":{"message":{"text":"hello"}}}}');
  });
});

function blocks(language: string): string[] {
  return [...page.matchAll(new RegExp(`\`\`\`${language}\\n([^]*?)\`\`\``, 'g'))].map(
    ([, text = '']) => text,
  );
}

/** As a program of its own, with what this package exports. */
function run(program: string) {
  const child: ChildProcess = spawn(
    process.execPath,
    ['--import', 'tsx', '--input-type=module', '--eval', program],
    { cwd: ROOT, stdio: ['ignore', 'pipe', 'inherit'] },
  );
  onTestFinished(() => void child.kill());
  const lines: string[] = [];
  const waiting = new Set<() => void>();
  if (child.stdout) {
    createInterface({ input: child.stdout }).on('line', (line) => {
      lines.push(line);
      for (const look of waiting) look();
    });
  }
  return {
    lines,
    heard: (wanted: string) =>
      new Promise<void>((resolve) => {
        const look = () => {
          if (lines.includes(wanted)) resolve();
        };
        waiting.add(look);
        look();
      }),
  };
}

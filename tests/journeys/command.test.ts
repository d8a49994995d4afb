// The command as a newcomer types it: without a config, with one, with a wrong one, and where its port is taken.

import { once } from 'node:events';
import { createServer } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { World } from '../../emulators/world.ts';
import { listAt, textAt } from '../support/answer.ts';
import { configured, parlance, type Running, startedWorld } from '../support/command.ts';
import { leaksIn } from '../support/hostile.ts';
import { ask } from '../support/parlance.ts';

const INBOX = `{ conversations(first: 40) {
  nodes { provider { name } messages(first: 1) { nodes { text } } }
  sources { provider { name } status }
} }`;

describe('parlance start without a config', () => {
  it('starts the sandbox, says so loudly, and answers over four providers at once', async () => {
    const started = await parlance(['start'], { environment: { PORT: '0' }, checkout: true });
    const url = await started.url();
    const listeningAt = performance.now();

    const { data, errors } = await ask(url, INBOX);

    expect(performance.now() - listeningAt).toBeLessThan(5000);
    expect(errors).toEqual([]);
    const four = ['website', 'help', 'assistant', 'support'];
    expect(listAt(data, 'conversations.sources')).toEqual(
      four.map((name) => ({ provider: { name }, status: 'FRESH' })),
    );
    const present = listAt(data, 'conversations.nodes').map((node) =>
      textAt(node, 'provider.name'),
    );
    expect(new Set(present)).toEqual(new Set(four));
    const [banner] = await started.line(/SANDBOX[^]*--config parlance\.config\.yaml/);
    expect(banner).toContain(`GraphiQL   ${url}/graphql`);
    for (const name of four)
      expect(banner).toMatch(new RegExp(`${name} .*http://127\\.0\\.0\\.1:\\d+`));
  }, 60_000);

  it('says in one sentence that the port is taken, and ends', async () => {
    const squatter = createServer().listen(0, '127.0.0.1');
    onTestFinished(() => void squatter.close());
    await once(squatter, 'listening');
    const address = squatter.address();
    const port = typeof address === 'object' && address ? String(address.port) : '';

    const { code, out, err } = await (
      await parlance(['start'], { environment: { PORT: port } })
    ).ended();

    expect(code).toBe(1);
    expect(err).toBe(
      `Port ${port} is taken. Stop what listens there, or choose another: PORT=4001 npx parlance start\n`,
    );
    expect(out).toBe('');
  });
});

describe('parlance start with a config', () => {
  it('answers over the accounts it names, and prints none of their secrets', async () => {
    const world = await startedWorld();
    const { environment, yaml } = configured(world);
    const started = await parlance(['start', '--config', 'mine.yaml'], {
      environment: { ...environment, PORT: '0', LOG_LEVEL: 'trace' },
      files: { 'mine.yaml': yaml },
    });
    const url = await started.url();

    const { data, errors } = await ask(url, INBOX);

    expect(errors).toEqual([]);
    expect(listAt(data, 'conversations.sources')).toEqual(
      ['site', 'desk', 'bot', 'team'].map((name) => ({ provider: { name }, status: 'FRESH' })),
    );
    expectSilent(world, started);
    expect(started.printed().out).not.toContain('SANDBOX');
  });

  it('prints a sentence for each mistake, no secret, and ends', async () => {
    const token = 'bp_pat_this0must0not0be0seen';
    const { code, out, err } = await (
      await parlance(['start', '--config', 'wrong.yaml'], {
        environment: { BOTPRESS_TOKEN: token, CHATLING_TOKEN: `${token} and a line\nbreak` },
        files: {
          'wrong.yaml': `
providers:
  website: { kind: botpres, token: \${BOTPRESS_TOKEN}, botId: one }
  help: { kind: chatling, token: \${CHATLING_TOKEN}, chatbotId: 4829173650 }
  assistant: { kind: chatbotkit, secrets: ${token} }
  support: { kind: stack-auth, projectId: p, publishableClientKey: k, refreshToken: \${NOT_THERE} }
server: { port: 70000 }
`,
        },
      })
    ).ended();

    expect(code).toBe(1);
    expect(out).toBe('');
    expect(err.trim().split('\n').length).toBeGreaterThanOrEqual(6);
    for (const place of [
      'providers.website.kind',
      'providers.help.token',
      'providers.assistant.secret',
      'providers.support.refreshToken',
      'server.port',
    ]) {
      expect.soft(err).toContain(place);
    }
    expect(err).not.toContain(token);
  });

  it('is not started without it for a slip of the pen', async () => {
    const slips = [
      ['start', '--confg', 'mine.yaml'],
      ['start', 'mine.yaml'],
    ];

    const ends = await Promise.all(
      slips.map(async (words) => (await parlance(words, { environment: { PORT: '0' } })).ended()),
    );

    for (const [index, { code, out, err }] of ends.entries()) {
      expect.soft([code, out]).toEqual([1, '']);
      expect.soft(err).toContain(slips[index]?.[1]);
      expect.soft(err).toContain('--config <file>');
    }
  });
});

function expectSilent({ credentials }: World, { printed }: Running): void {
  const { out, err } = printed();
  expect(leaksIn(out + err, { credentials })).toEqual([]);
}

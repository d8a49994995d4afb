// What the page on providers of one's own shows works as it is shown.

import { mkdir, readFile, symlink } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { compose } from '../../src/compose.ts';
import { loadConfig } from '../../src/config/load.ts';
import { encodeId, providerName } from '../../src/domain/ids.ts';
import { configOf, folderWith } from '../config/folder.ts';
import { ask } from '../support/parlance.ts';

const page = await readFile(
  new URL('../../docs/providers-of-your-own.md', import.meta.url),
  'utf8',
);

function block(language: string): string {
  const found = new RegExp(`^\`\`\`${language}\n([^]*?)^\`\`\``, 'm').exec(page)?.[1];
  if (found === undefined) throw new Error(`the page shows no ${language}`);
  return found;
}

/** As the page has it installed. */
const ZOD = fileURLToPath(new URL('../../node_modules/zod', import.meta.url));

describe('the least provider', () => {
  it('answers for a room of the service, from the config beside it', async () => {
    const asked: unknown[] = [];
    const service = createServer(({ url, headers }, response) => {
      asked.push([url, headers.authorization]);
      const room = JSON.stringify({ id: 'r 1', name: 'Lobby' });
      response.writeHead(200, { 'content-type': 'application/json' }).end(room);
    });
    await new Promise<void>((resolve) => {
      service.listen(0, '127.0.0.1', resolve);
    });
    onTestFinished(() => void service.close());
    const address = service.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    const cwd = await folderWith({
      'acme.js': block('js'),
      'parlance.config.yaml': block('yaml').replace(
        '{ kind',
        `{ url: "http://127.0.0.1:${port}", kind`,
      ),
    });
    await mkdir(join(cwd, 'node_modules'));
    await symlink(ZOD, join(cwd, 'node_modules/zod'));
    const config = configOf(await loadConfig({ environment: { ACME_TOKEN: 't', PORT: '0' }, cwd }));
    const server = { ...config.server, leaveAfterMs: 0 };
    const running = await compose(
      { ...config, server },
      {
        log: { debug() {}, info() {}, warn() {}, error() {} },
        clock: Date.now,
        randomSecret: () => 'of a test',
      },
    );
    onTestFinished(() => running.close());
    const conversation = { provider: providerName('shop'), nativeId: 'r 1' };

    const { data, errors } = await ask(
      running.url,
      'query ($id: ID!) { conversation(id: $id) { title native { ... on GenericNative { kind data } } } }',
      { id: encodeId({ type: 'Conversation', conversation }) },
    );

    expect(errors).toEqual([]);
    expect(data).toEqual({
      conversation: { title: 'Lobby', native: { kind: 'acme', data: { team: 'all' } } },
    });
    expect(asked).toEqual([['/teams/all/rooms/r%201', 'Bearer t']]);
  });
});

// A checkout in which somebody once built something: what runs there is what is read there.

import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { copyTree, launch } from './packed.ts';

const POISON = "throw new Error('This was built last week.');";

it('runs its sources, also for a config that imports parlance by its name', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'parlance-checkout-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const tree = await copyTree(folder);
  await mkdir(join(tree, 'dist'));
  for (const name of ['main', 'index', 'client', 'emulators']) {
    await writeFile(join(tree, `dist/${name}.js`), POISON);
  }
  await writeFile(join(tree, 'parlance.config.ts'), CONFIG);
  const env = { PATH: process.env['PATH'] ?? '', LOG_LEVEL: 'silent' };

  const checked = launch([process.execPath, 'bin/parlance.js', 'check'], { cwd: tree, env });

  await checked.line(/help \(chatling\): help cannot be had: it could not be reached/);
  expect(await checked.ended).toBe(1);
});

const CONFIG = `
import { defineConfig } from 'parlance';
export default defineConfig({
  providers: { help: { kind: 'chatling', token: 't', chatbotId: '1234567890', url: 'http://127.0.0.1:1' } },
});
`;

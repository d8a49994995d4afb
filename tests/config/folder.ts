// A folder of config files that is gone after the test, and the shortest way to load one.

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Config } from '../../src/config/config.ts';
import type { Environment } from '../../src/config/environment.ts';
import { loadConfig, type Result } from '../../src/config/load.ts';

export async function folderWith(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'parlance-config-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  return folder;
}

export async function loadYaml(text: string, environment: Environment = {}): Promise<Result> {
  return loadConfig({ environment, cwd: await folderWith({ 'parlance.config.yaml': text }) });
}

export function configOf(result: Result): Config {
  if (result.ok) return result.config;
  throw new Error(result.mistakes.map(({ message }) => message).join('\n'));
}

export function messagesOf(result: Result): string[] {
  return result.ok ? [] : result.mistakes.map(({ message }) => message);
}

export function firstProvider(result: Result) {
  const [provider] = configOf(result).providers;
  if (provider === undefined) throw new Error('the config has no provider');
  return provider;
}

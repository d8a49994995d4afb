// The files an operator copies are true: the example validates, and each variable it needs is in .env.example.

import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config/load.ts';
import { configOf } from './folder.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

describe('the example config', () => {
  it('validates once its variables are set', async () => {
    const names = await variablesOfTheExample();
    const environment = Object.fromEntries(names.map((name) => [name, `value-of-${name}`]));

    const result = await loadExample(environment);

    expect(configOf(result).providers.map(({ name, kind }) => [name, kind])).toEqual([
      ['website', 'botpress'],
      ['help', 'chatling'],
      ['assistant', 'chatbotkit'],
      ['support', 'stack-auth'],
    ]);
  });

  it('names every variable that is not set, and nothing else', async () => {
    const names = await variablesOfTheExample();

    const result = await loadExample({});

    const needed = result.ok
      ? []
      : result.mistakes.map(({ message }) => /variable (\w+)/.exec(message)?.[1]);
    expect(needed).toEqual(names);
  });

  it('needs only what .env.example lists, and uses all of it', async () => {
    const listed = (await readFile(`${root}/.env.example`, 'utf8')).match(/^\w+(?==)/gm);

    expect(listed).toEqual([
      'PORT',
      'HOST',
      'LOG_LEVEL',
      'REDIS_URL',
      'PARLANCE_CONFIG',
      ...(await variablesOfTheExample()),
    ]);
  });
});

function loadExample(environment: Record<string, string>) {
  return loadConfig({ environment, cwd: root, configPath: 'parlance.config.example.yaml' });
}

async function variablesOfTheExample(): Promise<string[]> {
  const text = await readFile(`${root}/parlance.config.example.yaml`, 'utf8');
  const settings = text.split('\n').filter((line) => !line.trimStart().startsWith('#'));
  return [...settings.join('\n').matchAll(/\$\{(\w+)\}/g)].map(([, name = '']) => name);
}

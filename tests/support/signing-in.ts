// A folder with a config that wants everybody to sign in, the command `keys` over it, and gateways: all in this process.

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCommand } from 'citty';
import { onTestFinished } from 'vitest';
import type { World } from '../../emulators/world.ts';
import { keysCommand } from '../../src/commands/keys-command.ts';
import { compose } from '../../src/compose.ts';
import type { Config } from '../../src/config/config.ts';
import { loadConfig } from '../../src/config/load.ts';
import type { Gateway } from '../../src/gateway/gateway.ts';
import type { Log } from '../../src/observability/log.ts';

export interface Place {
  readonly folder: string;
  /** Where its config is. */
  readonly config: string;
  /** Where its API keys are. */
  readonly keys: string;
  load(): Promise<Config>;
  /** What follows `parlance keys`. */
  run(...words: readonly string[]): Promise<Ran>;
  /** A gateway over this config. */
  start(): Promise<{
    readonly url: string;
    readonly gateway: Gateway;
    readonly logged: readonly Logged[];
  }>;
  /** A key that was made by the command. */
  makeKey(...words: readonly string[]): Promise<string>;
}

export interface Ran {
  readonly out: string;
  /** What a script does not read. */
  readonly remarks: readonly string[];
  /** What was wrong; none where all went well. */
  readonly mistakes: readonly string[];
}

export interface Logged {
  readonly level: keyof Log;
  readonly sentence: string;
}

/** `auth`, `rest`: YAML. The accounts are called as in the documentation. */
export async function placeWith(
  { credentials: { botpress, chatling } }: World,
  { auth = '{ keys: ./keys.json }', rest = '' }: { auth?: string | null; rest?: string } = {},
): Promise<Place> {
  const folder = await mkdtemp(join(tmpdir(), 'parlance-sign-in-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const config = join(folder, 'parlance.config.yaml');
  await writeFile(
    config,
    `
providers:
  website: { kind: botpress, url: "${botpress.url}", token: ${botpress.token}, botId: ${botpress.botId} }
  help: { kind: chatling, url: "${chatling.url}", token: ${chatling.token}, chatbotId: "${chatling.chatbotId}" }
server: { port: 0, cursorSecret: of a test, leaveAfterMs: 0 }
${auth === null ? '' : `auth: ${auth}`}
${rest}`,
  );

  async function load(): Promise<Config> {
    const loaded = await loadConfig({ environment: {}, cwd: tmpdir(), configPath: config });
    if (loaded.ok) return loaded.config;
    throw new Error(loaded.mistakes.map(({ message }) => message).join('\n'));
  }

  async function run(...words: readonly string[]): Promise<Ran> {
    let out = '';
    const remarks: string[] = [];
    const mistakes: string[] = [];
    const command = keysCommand({
      load,
      print: (text) => {
        out += `${text}\n`;
      },
      remark: (sentence) => remarks.push(sentence),
      fail: (sentences) => mistakes.push(...sentences),
    });
    await runCommand(command, { rawArgs: [...words] });
    return { out, remarks, mistakes };
  }

  return {
    folder,
    config,
    keys: join(folder, 'keys.json'),
    load,
    run,
    async start() {
      const logged: Logged[] = [];
      const write = (level: keyof Log) => (_fields: object, sentence: string) => {
        logged.push({ level, sentence });
      };
      const started = await compose(await load(), {
        log: {
          debug: write('debug'),
          info: write('info'),
          warn: write('warn'),
          error: write('error'),
        },
        clock: Date.now,
        randomSecret: () => 'of a test',
      });
      onTestFinished(() => started.close());
      return { url: started.url, gateway: started.gateway, logged };
    },
    async makeKey(...words) {
      const { out, mistakes } = await run('create', '--name', 'a test', ...words);
      if (mistakes.length > 0) throw new Error(mistakes.join('\n'));
      return out.trim();
    },
  };
}

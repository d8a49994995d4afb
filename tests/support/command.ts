// The command as a shell runs it: a process of its own in a folder of its own, ended with the test.

import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { startWorld, type World } from '../../emulators/world.ts';
import { builtCommand } from './built.ts';
import { expectClean } from './leaks.ts';

export interface Running {
  readonly child: ChildProcessByStdio<null, Readable, Readable>;
  /** Everything it printed so far. */
  printed(): { readonly out: string; readonly err: string };
  /** The first match in what it prints on stdout; fails where it ends before. */
  line(pattern: RegExp): Promise<RegExpExecArray>;
  /** Where it listens, once it does. */
  url(): Promise<string>;
  /** How it ended, with all it printed. */
  ended(): Promise<{ readonly code: number | null; readonly out: string; readonly err: string }>;
}

export interface Run {
  readonly environment?: Readonly<Record<string, string>>;
  /** Files in the folder it is called in. */
  readonly files?: Readonly<Record<string, string>>;
  /** From the sources, as in a checkout; absent, as the package brings it. */
  readonly checkout?: boolean;
}

export async function parlance(
  words: readonly string[],
  { environment = {}, files = {}, checkout = false }: Run = {},
): Promise<Running> {
  const folder = await mkdtemp(join(tmpdir(), 'parlance-command-'));
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  const {
    PORT: _1,
    HOST: _2,
    LOG_LEVEL: _3,
    PARLANCE_CONFIG: _4,
    REDIS_URL: _5,
    ...inherited
  } = process.env;
  const child = spawn(process.execPath, [checkout ? SOURCES : builtCommand(), ...words], {
    cwd: folder,
    env: { ...inherited, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exit = once(child, 'close');
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await exit;
    await rm(folder, { recursive: true, force: true });
    expectClean('what a process printed', out + err, credentialsIn(environment));
  });
  let out = '';
  let err = '';
  child.stdout.setEncoding('utf8').on('data', (part: string) => {
    out += part;
  });
  child.stderr.setEncoding('utf8').on('data', (part: string) => {
    err += part;
  });

  async function line(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const found = pattern.exec(out);
      if (found) return found;
      // One that a signal ended has no code; whoever went on waiting for it would do so without end.
      if (child.exitCode !== null || child.signalCode !== null) {
        throw new Error(`ended without ${pattern}: ${out}${err}`);
      }
      await Promise.race([once(child.stdout, 'data'), exit]);
    }
  }

  return {
    child,
    printed: () => ({ out, err }),
    line,
    url: async () => (await line(/"url":"(http:[^"]+)\/graphql".*"listening"/))[1] ?? '',
    async ended() {
      await exit;
      return { code: child.exitCode, out, err };
    },
  };
}

export async function startedWorld(): Promise<World> {
  const world = await startWorld({ count: 10 });
  onTestFinished(() => world.close());
  return world;
}

/** Nobody's balancer is waited for. */
const AT_ONCE = 'leaveAfterMs: 0';

/**
 * A config with an account at each emulator, under names of its own, and the environment that fills it in. `server`:
 * what else its section has, as YAML.
 */
export function configured(
  { credentials }: World,
  { server = AT_ONCE }: { readonly server?: string } = {},
): {
  readonly yaml: string;
  readonly environment: Readonly<Record<string, string>>;
} {
  const { botpress, chatling, chatbotkit, stackAuth } = credentials;
  return {
    yaml: `
providers:
  site: { kind: botpress, url: "${botpress.url}", token: \${BOTPRESS_TOKEN}, botId: ${botpress.botId} }
  desk: { kind: chatling, url: "${chatling.url}", token: \${CHATLING_TOKEN}, chatbotId: "${chatling.chatbotId}" }
  bot: { kind: chatbotkit, url: "${chatbotkit.url}", secret: \${CHATBOTKIT_SECRET} }
  team:
    kind: stack-auth
    url: "${stackAuth.url}"
    projectId: ${stackAuth.projectId}
    publishableClientKey: ${stackAuth.publishableClientKey}
    refreshToken: \${STACK_REFRESH_TOKEN}
server: { cursorSecret: a secret that only this test knows, ${server} }
`,
    environment: {
      BOTPRESS_TOKEN: botpress.token,
      CHATLING_TOKEN: chatling.token,
      CHATBOTKIT_SECRET: chatbotkit.secret,
      STACK_REFRESH_TOKEN: stackAuth.refreshToken,
    },
  };
}

/** By their names; what a command makes, and says once, is none of them. */
function credentialsIn(environment: Readonly<Record<string, string>>): string[] {
  return Object.entries(environment)
    .filter(([name, value]) => /TOKEN|SECRET|PASSWORD|_KEY$/.test(name) && value.length >= 6)
    .map(([, value]) => value);
}

const SOURCES = fileURLToPath(new URL('../../bin/parlance.js', import.meta.url));

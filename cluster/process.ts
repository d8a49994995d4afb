// A program of this checkout as a process of its own: a gateway or the emulators, ended by its pid.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Credentials } from '../emulators/world.ts';

export interface GatewayProcess {
  /** The same after every restart. */
  readonly url: string;
  readonly pid: number;
  /** Everything it printed so far, all its lives together. */
  printed(): string;
  /** Resolves with its exit code, or null where the signal ended it. */
  end(signal: NodeJS.Signals): Promise<number | null>;
  /** Resolves once it listens again. */
  restart(): Promise<void>;
}

export interface GatewayOptions {
  /** All it is told; it reads cluster/parlance.config.yaml. */
  readonly environment: Readonly<Record<string, string>>;
  /** 0, the default, takes a free one. */
  readonly port?: number;
  /** The command it is begun with; absent, that of this checkout. */
  readonly command?: string;
  /** Ends the process wherever it is, also on its way up. */
  readonly signal?: AbortSignal;
}

const HERE = fileURLToPath(new URL('..', import.meta.url));
const CONFIG = fileURLToPath(new URL('parlance.config.yaml', import.meta.url));

export async function startGateway({
  environment,
  port = 0,
  command = 'bin/parlance.js',
  signal,
}: GatewayOptions): Promise<GatewayProcess> {
  const words = [command, 'start', '--config', CONFIG];
  let printed = '';

  async function begin(on: number): Promise<{ running: ChildProcess; url: string }> {
    const running = launch(words, { ...environment, PORT: String(on) }, signal);
    const said = await untilSaid(running, /"url":"(http:[^"]+)\/graphql".*"listening"/, (part) => {
      printed += part;
    });
    return { running, url: said[1] ?? '' };
  }

  let { running, url } = await begin(port);
  return {
    url,
    get pid() {
      return running.pid ?? 0;
    },
    printed: () => printed,
    end: (by) => end(running, by),
    async restart() {
      await end(running, 'SIGKILL');
      ({ running } = await begin(Number(new URL(url).port)));
    },
  };
}

export async function startEmulators(signal?: AbortSignal): Promise<{
  readonly credentials: Credentials;
  end(): Promise<unknown>;
}> {
  const running = launch(['--import', 'tsx', 'emulators/main.ts'], {}, signal);
  const [line] = await untilSaid(running, /^\{.*\}$/m, () => undefined);
  const credentials: Credentials = JSON.parse(line);
  return { credentials, end: () => end(running, 'SIGTERM') };
}

/** What fills in cluster/parlance.config.yaml. */
export function environmentOf(
  { botpress, chatling, chatbotkit, stackAuth }: Credentials,
  { redisUrl, prefix, secret }: { redisUrl: string; prefix: string; secret: string },
): Record<string, string> {
  return {
    BOTPRESS_URL: botpress.url,
    BOTPRESS_TOKEN: botpress.token,
    BOTPRESS_BOT_ID: botpress.botId,
    CHATLING_URL: chatling.url,
    CHATLING_TOKEN: chatling.token,
    CHATLING_CHATBOT_ID: chatling.chatbotId,
    CHATBOTKIT_URL: chatbotkit.url,
    CHATBOTKIT_SECRET: chatbotkit.secret,
    STACK_URL: stackAuth.url,
    STACK_PROJECT_ID: stackAuth.projectId,
    STACK_PUBLISHABLE_CLIENT_KEY: stackAuth.publishableClientKey,
    STACK_REFRESH_TOKEN: stackAuth.refreshToken,
    REDIS_URL: redisUrl,
    REDIS_PREFIX: prefix,
    CURSOR_SECRET: secret,
  };
}

/** Nothing of this process's own environment but what a program needs to run: a setting left in a shell is no part of it. */
export function launch(
  words: readonly string[],
  environment: Readonly<Record<string, string>>,
  signal?: AbortSignal,
): ChildProcess {
  const { PATH, HOME, LD_LIBRARY_PATH } = process.env;
  return spawn(process.execPath, words, {
    cwd: HERE,
    env: { PATH, HOME, LD_LIBRARY_PATH, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(signal ? { signal } : {}),
  });
}

/** The first match in what it prints; fails, with all it said, where it ends before. */
export function untilSaid(
  child: ChildProcess,
  pattern: RegExp,
  hear: (part: string) => void,
): Promise<RegExpExecArray> {
  let said = '';
  let found: RegExpExecArray | null = null;
  return new Promise((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (part: string) => {
        hear(part);
        if (found) return;
        said += part;
        found = pattern.exec(said);
        if (found) resolve(found);
      });
    }
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`It ended with ${code}: ${said}`)));
  });
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) {
    const ended = once(child, 'exit');
    child.kill(signal);
    await ended;
  }
  return child.exitCode;
}

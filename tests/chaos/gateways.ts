// Gateways as processes over one Redis and one world of emulators, which can be killed, frozen and begun again.

import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { launch, untilSaid } from '../../cluster/process.ts';
import type { Credentials } from '../../emulators/world.ts';

export interface Gateway {
  /** The same in each of its lives. */
  readonly url: string;
  kill(): Promise<void>;
  /** Ends as an operator would have it end; resolves with its exit code. */
  leave(): Promise<number | null>;
  /** Resolves once it listens. */
  restart(): Promise<void>;
  freeze(): void;
  thaw(): void;
  close(): Promise<void>;
}

export interface GatewayParts {
  readonly credentials: Credentials;
  readonly redisUrl: string;
  /** What else the config says of the server. */
  readonly server?: object;
  /** Other sections of the config, which win over those here. */
  readonly config?: object;
  /** How it is begun, up to the command's own words; absent, as the command is. */
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** Told the id of its process, each time it is begun. */
  readonly began?: (pid: number) => void;
  /** Told all it prints. */
  readonly hear?: (part: string) => void;
}

export const SECRET = 'a secret of the tests';
export const WEBHOOK_SECRET = 'a-word-between-us';

export async function startGateway(parts: GatewayParts): Promise<Gateway> {
  const folder = await mkdtemp(join(tmpdir(), 'parlance-chaos-'));
  const config = join(folder, 'parlance.config.json');
  await writeFile(config, JSON.stringify(configOf(parts)));

  async function begin(port: number) {
    const command = [...(parts.command ?? ['bin/parlance.js']), 'start', '--config', config];
    const child = launch(command, { ...parts.environment, PORT: String(port) });
    parts.began?.(child.pid ?? 0);
    const listening = /"url":"(http:[^"]+)\/graphql".*"listening"/;
    const [, url = ''] = await untilSaid(child, listening, parts.hear ?? (() => undefined));
    return { child, url };
  }

  let { child, url } = await begin(0);
  const kill = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  };
  return {
    url,
    kill,
    async leave() {
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
      return child.exitCode;
    },
    async restart() {
      await kill();
      ({ child } = await begin(Number(new URL(url).port)));
    },
    freeze: () => void child.kill('SIGSTOP'),
    thaw: () => void child.kill('SIGCONT'),
    async close() {
      await kill();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** For longer than a round lasts: nothing but news makes it old. */
const KEPT = { freshMs: 120_000, staleMs: 120_000, graceMs: 120_000 };

/** As long as it is looked for often, what a webhook did not tell is found soon. */
function configOf({ credentials, redisUrl, server, config }: GatewayParts): unknown {
  const { botpress, chatling, chatbotkit, stackAuth } = credentials;
  const { url, projectId, publishableClientKey, refreshToken } = stackAuth;
  return {
    providers: {
      website: { kind: 'botpress', ...botpress, webhookSecret: WEBHOOK_SECRET },
      help: { kind: 'chatling', ...chatling, aiModelId: 8 },
      assistant: { kind: 'chatbotkit', ...chatbotkit },
      support: { kind: 'stack-auth', url, projectId, publishableClientKey, refreshToken },
    },
    redis: { url: redisUrl },
    events: { polling: { watchedMs: 300, inboxMs: 1000 } },
    cache: { conversation: KEPT, messages: KEPT },
    server: { cursorSecret: SECRET, ...server },
    ...config,
  };
}

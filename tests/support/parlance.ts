// A whole Parlance over four emulators, driven from outside over HTTP, closed when its test ends.

import { onTestFinished } from 'vitest';
import { startWorld, type World, type WorldOptions } from '../../emulators/world.ts';
import { compose, type Parlance, type Surroundings } from '../../src/compose.ts';
import type { Config } from '../../src/config/config.ts';
import { secret } from '../../src/config/secret.ts';
import type { Log } from '../../src/observability/log.ts';
import type { Metrics } from '../../src/observability/metrics.ts';
import { CALLS_PER_MINUTE } from '../../src/providers/chatling/limits.ts';
import { accounts, everybody } from '../../src/sandbox.ts';
import type { Doorkeeper } from '../../src/security/doorkeeper.ts';
import { at, listAt } from './answer.ts';
import { allOf, expectClean, secretsOf } from './leaks.ts';

export interface StartOptions extends WorldOptions {
  /** How long a provider may take; short where a test waits for it to pass. */
  readonly deadlineMs?: number;
  readonly replyDeadlineMs?: number;
  /** Two gateways of one secret take each other's cursors. */
  readonly cursorSecret?: string;
  /** Of the Chat integration, which from the start posts to this gateway what happens. */
  readonly webhookSecret?: string;
  /** How long events are kept, and how often is looked for them. */
  readonly events?: Config['events'];
  /** What is kept of answers, and how long; absent, nothing is. */
  readonly cache?: Config['cache'];
  /** What gateways share; absent, this one is alone. */
  readonly redis?: Config['redis'];
  /** Emulators that are there already, and outlive this gateway; absent, others are started. */
  readonly beside?: World;
  /** Whether there is a fifth account: that of ChatBotKit a second time, reached through Pinkfish. */
  readonly partner?: boolean;
  /** What the services are believed to take; absent, what is documented, or what Chatling was told to. */
  readonly limitsOf?: Surroundings['limitsOf'];
  readonly operations?: Config['operations'];
  /** By which names it is reached, and which pages may ask. */
  readonly reached?: Pick<Config['server'], 'hosts' | 'origins' | 'hsts'>;
  /** Who lets in whoever asks; absent, everybody is let in. */
  readonly doorkeeper?: Doorkeeper;
  /** What may be asked; absent, as is usual, and of each caller as much as they like. */
  readonly limits?: Config['limits'];
  /** What it counts in; absent, a registry of its own. */
  readonly metrics?: Metrics;
  readonly telemetry?: Config['telemetry'];
}

export interface TestParlance {
  readonly world: World;
  readonly url: string;
  readonly parlance: Parlance;
  /** Everything the gateway wrote to its log. */
  readonly logged: readonly { level: keyof Log; fields: object; sentence: string }[];
  ask(query: string, variables?: object, headers?: Record<string, string>): Promise<Asked>;
}

export interface Asked {
  readonly status: number;
  readonly data: unknown;
  readonly errors: readonly unknown[];
}

export async function startParlance(options: StartOptions = {}): Promise<TestParlance> {
  const {
    deadlineMs,
    replyDeadlineMs,
    cursorSecret = 'a secret of the tests',
    webhookSecret,
    events,
    cache = false,
    redis,
    beside,
    partner = false,
    doorkeeper,
    operations,
    reached,
    limits,
    metrics,
    telemetry,
    limitsOf = (documented) =>
      documented.limit === null ? documented : { ...documented, limit: chatlingTakes },
    ...worldOptions
  } = options;
  const chatlingTakes = worldOptions.chatling?.callsPerMinute ?? CALLS_PER_MINUTE;
  const world = beside ?? (await startWorld(worldOptions));
  const config: Config = {
    kind: 'sandbox',
    providers: (partner ? everybody : accounts)(world.credentials).map((account) => ({
      ...account,
      ...(account.kind === 'botpress' && webhookSecret !== undefined
        ? { webhookSecret: secret(webhookSecret) }
        : {}),
      deadlineMs: deadlineMs ?? account.deadlineMs,
      replyDeadlineMs: replyDeadlineMs ?? account.replyDeadlineMs,
    })),
    server: { host: '127.0.0.1', port: 0, ...reached },
    ...(operations && { operations }),
    ...(events && { events }),
    ...(redis && { redis }),
    ...(limits && { limits }),
    ...(telemetry && { telemetry }),
    cache,
    log: { level: 'silent' },
  };
  const logged: { level: keyof Log; fields: object; sentence: string }[] = [];
  const write = (level: keyof Log) => (fields: object, sentence: string) => {
    logged.push({ level, fields, sentence });
  };
  const parlance = await compose(config, {
    log: { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') },
    clock: options.clock ?? Date.now,
    randomSecret: () => cursorSecret,
    limitsOf,
    ...(doorkeeper && { doorkeeper }),
    ...(metrics && { metrics }),
  });
  if (webhookSecret !== undefined) {
    world.botpress.webhooks.target({
      webhookUrl: `${parlance.url}/webhooks/website`,
      webhookSecret,
    });
  }
  onTestFinished(async () => {
    await parlance.close();
    if (!beside) await world.close();
    const secrets = [...secretsOf(world.credentials), cursorSecret, webhookSecret ?? cursorSecret];
    expectClean('the log', allOf(logged), secrets);
  });
  return {
    world,
    parlance,
    url: parlance.url,
    logged,
    ask: (query, variables, headers) => ask(parlance.url, query, variables, headers),
  };
}

export async function ask(
  url: string,
  query: string,
  variables: object = {},
  headers: Record<string, string> = {},
): Promise<Asked> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json', ...headers },
    body: JSON.stringify({ query, variables }),
  });
  const said: unknown = await response.json();
  const errors = at(said, 'errors');
  return {
    status: response.status,
    data: at(said, 'data'),
    errors: errors === undefined ? [] : listAt(said, 'errors'),
  };
}

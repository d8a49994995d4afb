// The only file that acts when imported: config, compose, listen, drain.

import { randomBytes } from 'node:crypto';
import { defineCommand, runMain } from 'citty';
import { printSchema } from 'graphql';
import { endLoudly } from './commands/end-loudly.ts';
import { keysCommand } from './commands/keys-command.ts';
import { leaveOnSignals } from './commands/leave-on-signals.ts';
import { startMistake } from './commands/start-mistake.ts';
import { openLog } from './compose/open-log.ts';
import { type Composed, compose, composeGateway, type Surroundings } from './compose.ts';
import { missingSignIn } from './config/auth.ts';
import type { Config } from './config/config.ts';
import { environmentOfThisProcess } from './config/environment.ts';
import { loadConfig } from './config/load.ts';
import { secretsIn } from './config/secrets-in.ts';
import { openMetrics } from './observability/metrics.ts';
import { openScrubber } from './observability/scrub.ts';
import { openSandbox } from './sandbox.ts';

const config = {
  type: 'string',
  description: 'The config file; without one, the sandbox',
  valueHint: 'parlance.config.yaml',
} as const;

/** Of this process: whatever it learns of credentials, it says none of them. */
const { know, scrub } = openScrubber();

const start = defineCommand({
  meta: { name: 'start', description: 'Start the gateway' },
  args: { config },
  run: async ({ args }) => {
    const loaded = await loadClosed(args);
    if (!loaded) return;
    const surroundings = surround(loaded);
    const leaving = leaveOnSignals({
      log: surroundings.log,
      on: (signal, hear) => process.on(signal, hear),
      exit: (code) => process.exit(code),
      clock: () => performance.now(),
    });
    const sandbox =
      loaded.kind === 'sandbox' ? await openSandbox(loaded, { chance: Math.random }) : undefined;
    if (sandbox) know(secretsIn(sandbox.config));
    try {
      const parlance = await compose(sandbox?.config ?? loaded, surroundings);
      leaving.began(async () => {
        await parlance.close();
        await sandbox?.close();
      });
      surroundings.log.info({ url: `${parlance.url}/graphql` }, 'listening');
      if (sandbox) print(sandboxBanner(parlance.url, sandbox.config));
    } catch (error) {
      await sandbox?.close();
      fail([startMistake(error, loaded)]);
    }
  },
});

const check = defineCommand({
  meta: { name: 'check', description: 'Validate a config and ask each provider one question' },
  args: { config },
  run: async ({ args }) => {
    const loaded = await loadClosed(args);
    if (!loaded) return;
    if (loaded.kind === 'sandbox') {
      fail(['There is no config to check. Write parlance.config.yaml, or name one with --config.']);
      return;
    }
    let opened: Composed;
    try {
      // Whether an account answers now is not told by what it answered before.
      opened = await composeGateway({ ...loaded, cache: false }, surround(loaded));
    } catch (error) {
      fail([startMistake(error, loaded)]);
      return;
    }
    const { checkProviders, checkRedis, checkSignIn } = await import('./commands/check.ts');
    const lines = [
      ...(await checkSignIn(loaded.auth)),
      ...(await checkRedis(opened)),
      ...(await checkProviders(opened.gateway)),
    ];
    await opened.close();
    print(scrub(lines.map(({ sentence }) => sentence).join('\n')));
    const code = lines.every(({ good }) => good) ? 0 : 1;
    // ioredis keeps a timer of a connection that was closed, and with it the process, for as long as a read may block.
    process.stdout.write('', () => process.exit(code));
  },
});

const schema = defineCommand({
  meta: { name: 'schema', description: 'Print the schema, as SDL' },
  run: async () => {
    const built = await import('../schema/index.ts');
    print(printSchema(built.schema));
  },
});

interface Words {
  readonly _: readonly string[];
  readonly config?: string | undefined;
}

async function load({
  _: loose,
  config: configPath,
  ...flags
}: Words): Promise<Config | undefined> {
  // A slip of the pen must not start something else than was meant.
  const strange = [...loose, ...Object.keys(flags).map((name) => `--${name}`)];
  if (strange.length > 0) {
    fail([
      `${strange.join(' ')} is nothing this command knows. Name a config with --config <file>.`,
    ]);
    return undefined;
  }
  const loaded = await loadConfig({
    environment: environmentOfThisProcess(),
    cwd: process.cwd(),
    ...(configPath === undefined ? {} : { configPath }),
  });
  if (loaded.ok) return loaded.config;
  fail(loaded.mistakes.map(({ message }) => message));
  return undefined;
}

/** Not where anybody could act as an account that is real. */
async function loadClosed(words: Words): Promise<Config | undefined> {
  const loaded = await load(words);
  const missing = loaded && missingSignIn(loaded);
  if (missing !== undefined) fail([missing]);
  return missing === undefined ? loaded : undefined;
}

function surround(loaded: Config): Surroundings {
  know(secretsIn(loaded));
  const log = openLog({ level: loaded.log.level, scrub });
  endLoudly({
    log,
    scrub,
    on: (event, hear) => process.on(event, hear),
    say: (text) => process.stderr.write(text),
    exit: (code) => process.exit(code),
  });
  return {
    log,
    metrics: openMetrics({ ofProcess: true }),
    clock: Date.now,
    randomSecret() {
      const secret = randomBytes(32).toString('base64url');
      know([secret]);
      return secret;
    },
  };
}

function sandboxBanner(url: string, { providers }: Config): string {
  const rows = providers.map(
    ({ name, kind, url: at }) => `    ${name.padEnd(10)} ${kind.padEnd(11)} ${at}`,
  );
  return `
  ──────────────────────────────────────────────────────────────────────
  SANDBOX: no config was found, so four emulated providers play along.
  Nothing here is real, and nothing is kept. NOBODY HAS TO SIGN IN:
  whoever reaches this address may read and write all of it.

    GraphiQL   ${url}/graphql
${rows.join('\n')}

  For your own accounts: npx parlance start --config parlance.config.yaml
  ──────────────────────────────────────────────────────────────────────
`;
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

function fail(sentences: readonly string[]): void {
  process.stderr.write(`${scrub(sentences.join('\n'))}\n`);
  process.exitCode = 1;
}

function remark(sentence: string): void {
  process.stderr.write(`${sentence}\n`);
}

await runMain(
  defineCommand({
    meta: {
      name: 'parlance',
      description: 'One GraphQL endpoint over your conversation providers',
    },
    subCommands: { start, check, schema, keys: keysCommand({ load, print, remark, fail }) },
  }),
);

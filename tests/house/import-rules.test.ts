import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Who may not import whom: a line of each room, by what would make two rooms one. */
const FORBIDDEN: readonly [file: string, imported: string][] = [
  ['src/domain/conversation.ts', '../gateway/gateway.ts'],
  ['src/domain/conversation.ts', 'zod'],
  ['src/config/load.ts', '../gateway/gateway.ts'],
  ['src/config/load.ts', 'undici'],
  ['src/observability/log.ts', 'pino'],
  ['src/gateway/dispatch.ts', 'prom-client'],
  ['src/server/observed-requests.ts', '@opentelemetry/api'],
  ['src/providers/provider.ts', '../gateway/gateway.ts'],
  ['src/providers/http.ts', '../gateway/gateway.ts'],
  ['src/providers/botpress/client.ts', '../chatling/client.ts'],
  ['src/providers/botpress/client.ts', '../../gateway/gateway.ts'],
  ['src/providers/botpress/client.ts', '../catalogue.ts'],
  ['src/providers/botpress/client.ts', 'undici'],
  ['src/gateway/gateway.ts', '../providers/botpress/index.ts'],
  ['src/gateway/gateway.ts', '../state/redis.ts'],
  ['src/gateway/gateway.ts', 'ioredis'],
  ['src/state/events/redis.ts', '../../gateway/gateway.ts'],
  ['src/state/events/redis.ts', '../../config/config.ts'],
  ['src/state/redis.ts', 'undici'],
  ['src/gateway/gateway.ts', '../providers/http.ts'],
  ['src/gateway/live/watch.ts', '../../state/lease/redis.ts'],
  ['src/gateway/reads/reads.ts', '../../state/cache/layered.ts'],
  ['src/gateway/writes/once.ts', '../../compose.ts'],
  ['src/gateway/gateway.ts', '../../schema/index.ts'],
  ['src/gateway/gateway.ts', 'graphql'],
  ['src/server/server.ts', '../providers/catalogue.ts'],
  ['src/server/server.ts', '@pothos/core'],
  ['src/client/keep-after.ts', '../domain/ids.ts'],
  ['src/client/keep-after.ts', 'graphql-ws'],
  ['schema/tag.ts', '../src/providers/botpress/index.ts'],
  ['schema/tag.ts', '../src/server/server.ts'],
  ['schema/tag.ts', 'graphql-yoga'],
  ['schema/mutations/send-message.ts', '../../src/config/config.ts'],
  ['emulators/botpress/index.ts', '../../src/domain/ids.ts'],
  ['emulators/world.ts', '../src/domain/ids.ts'],
  ['emulators/world.ts', 'zod'],
  ['examples/notebook-provider/client.ts', '../../src/index.ts'],
  ['examples/notebook-provider/client.ts', '../../src/providers/http.ts'],
  ['examples/notebook-provider/client.ts', 'undici'],
];

const ALLOWED: readonly [file: string, imported: string][] = [
  ['src/domain/conversation.ts', './tag.ts'],
  ['src/config/load.ts', 'node:fs/promises'],
  ['src/providers/botpress/client.ts', '../http.ts'],
  ['src/providers/botpress/client.ts', '../wire-reading.ts'],
  ['src/providers/botpress/limits.ts', '../limits.ts'],
  ['src/providers/stack-auth/session.ts', '../token-flight.ts'],
  ['src/providers/botpress/client.ts', '../../domain/tag.ts'],
  ['src/gateway/gateway.ts', '../providers/provider.ts'],
  ['src/gateway/live/watch.ts', '../../state/lease/lease.ts'],
  ['src/gateway/live/watch.ts', '../dispatch.ts'],
  ['src/gateway/live/telling.ts', '../reads/freshness.ts'],
  ['src/state/events/redis.ts', '../redis.ts'],
  ['src/state/events/redis.ts', '../../domain/event.ts'],
  ['src/state/redis.ts', 'ioredis'],
  ['src/observability/metrics.ts', 'prom-client'],
  ['src/observability/otlp.ts', '@opentelemetry/api'],
  ['src/server/server.ts', 'graphql-yoga'],
  ['src/server/websocket/websocket.ts', 'ws'],
  ['schema/native/botpress.ts', '../builder.ts'],
  ['schema/tag.ts', '@pothos/core'],
  ['emulators/botpress/index.ts', '../emulator.ts'],
  ['emulators/world.ts', 'node:http'],
  ['examples/notebook-provider/client.ts', 'parlance'],
  ['examples/notebook-provider/client.ts', './wire.ts'],
  ['examples/notebook-provider/client.ts', 'zod'],
];

describe('the import rules', () => {
  it('refuse every import that would join two rooms, and no other', async () => {
    const found = await lint([...FORBIDDEN, ...ALLOWED]);

    expect(found.toSorted()).toEqual(FORBIDDEN.map((pair) => pair.join(' ← ')).toSorted());
  });
});

/** Writes each import into a file of its own in a house of the same plan, and lets the linter judge. */
async function lint(imports: readonly (readonly [string, string])[]): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'parlance-rules-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  await copyFile(join(root, '.oxlintrc.json'), join(folder, '.oxlintrc.json'));
  const byPath = new Map<string, string>();
  for (const [index, [file, imported]] of imports.entries()) {
    const path = file.replace(/\.ts$/, `-${index}.ts`);
    byPath.set(path, [file, imported].join(' ← '));
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(
      join(folder, path),
      `import { it } from '${imported}';\n\nexport const used = it;\n`,
    );
  }
  const run = promisify(execFile)(
    join(root, 'node_modules/.bin/oxlint'),
    ['--format=unix', '-A', 'all', '-D', 'eslint/no-restricted-imports'],
    { cwd: folder },
  );
  const { stdout } = await run.catch((error: { stdout: string }) => error);
  return [...byPath].filter(([path]) => stdout.includes(path)).map(([, pair]) => pair);
}

// One Redis for a whole run of the tests, found or brought; each test keeps to a prefix of its own.

import type { TestProject } from 'vitest/node';
import { findRedis } from './find.ts';
import { startRedis } from './server.ts';

declare module 'vitest' {
  interface ProvidedContext {
    readonly redisUrl: string;
  }
}

export async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  const found = await findRedis();
  if (found.kind === 'elsewhere') {
    process.stdout.write(`Redis for the tests: ${found.how}\n`);
    project.provide('redisUrl', found.url);
    return undefined;
  }
  const server = await startRedis();
  process.stdout.write(`Redis for the tests: ${server.how}\n`);
  project.provide('redisUrl', server.url);
  return () => server.close();
}

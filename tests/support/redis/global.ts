// One Redis for a whole run of the tests, found or brought; each test keeps to a prefix of its own.

import type { TestProject } from 'vitest/node';
import { findRedis } from './find.ts';
import { startRedis } from './server.ts';

declare module 'vitest' {
  interface ProvidedContext {
    readonly redisUrl: string;
  }
}

export default async function setup(
  project: TestProject,
): Promise<(() => Promise<void>) | undefined> {
  const found = await findRedis();
  if (found.kind === 'elsewhere') {
    console.log(`Redis for the tests: ${found.how}`);
    project.provide('redisUrl', found.url);
    return undefined;
  }
  const server = await startRedis();
  console.log(`Redis for the tests: ${server.how}`);
  project.provide('redisUrl', server.url);
  return () => server.close();
}

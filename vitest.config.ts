import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  resolve: {
    // Without this vitest loads graphql twice (ESM and CJS) and `instanceof GraphQLSchema` is false.
    alias: [
      { find: /^graphql$/, replacement: 'graphql/index.js' },
      // What lives in examples/ imports this package by its name, as it would elsewhere.
      { find: /^parlance$/, replacement: fileURLToPath(new URL('src/index.ts', import.meta.url)) },
      {
        find: /^parlance\/client$/,
        replacement: fileURLToPath(new URL('src/client/keep-after.ts', import.meta.url)),
      },
    ],
  },
  test: {
    include: ['tests/**/*.test.ts'],
    // Tests wait more than they compute: on two cores the usual one less would be a single file at a time.
    maxWorkers: Math.max(2, availableParallelism()),
    globalSetup: ['tests/support/redis/global.ts'],
    testTimeout: 20_000,
    hookTimeout: 60_000,
  },
});

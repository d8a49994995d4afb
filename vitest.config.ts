import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

/** Where undici was imported once, Node's own fetch goes through it too, and that takes less as a body. */
const ALONE = ['tests/emulators/chatbotkit-client.test.ts'];

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
    // Tests wait more than they compute: two files at a time leave half of two cores idle.
    maxWorkers: Math.max(3, availableParallelism()),
    testTimeout: 20_000,
    hookTimeout: 60_000,
    projects: [
      {
        extends: true,
        test: {
          name: 'together',
          include: ['tests/**/*.test.ts'],
          exclude: ALONE,
          // Each test has what it needs for itself, so files can share what they import: half the time of the whole.
          isolate: false,
          globalSetup: ['tests/support/redis/global.ts', 'tests/support/built.ts'],
        },
      },
      { extends: true, test: { name: 'alone', include: ALONE } },
    ],
  },
});

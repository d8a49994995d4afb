// `npm run test:package`: what takes a minute or wants more than Node, and so is not part of `npm test`.

import { defineConfig } from 'vitest/config';

export default defineConfig({
  resolve: { alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }] },
  test: {
    include: ['tests/package/*.shipping.ts'],
    globalSetup: ['tests/support/redis/global.ts'],
    testTimeout: 300_000,
    hookTimeout: 300_000,
  },
});

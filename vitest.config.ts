import { defineConfig } from 'vitest/config'

export default defineConfig({
  resolve: {
    // One copy of graphql for us and for Yoga and Pothos: vitest would load it as ESM and as CommonJS.
    alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }],
  },
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: 'test/support/global-setup.ts',
    pool: 'forks',
    maxWorkers: 3,
    testTimeout: 15_000,
    hookTimeout: 15_000,
  },
})

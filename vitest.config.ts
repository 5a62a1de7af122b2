import { configDefaults, defineConfig } from 'vitest/config'
import { useMemory } from './test/support/temporary-folder.ts'

useMemory()

const shared = {
  // One copy of graphql for us and for Yoga and Pothos: vitest would load it as ESM and as CommonJS.
  resolve: { alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }] },
}
const PROCESS_TESTS = 'test/process/*.test.ts'
const BROWSER_TESTS = 'test/browser/*.test.ts'
const ATTACKS = 'test/attacks/*.test.ts'
const FAULTS = 'test/faults/**/*.test.ts'
const CLIENTS = 'test/clients/*.test.ts'
const OPERATING = 'test/operating/*.test.ts'

export default defineConfig({
  test: {
    // Here and not in a project: all projects share one run of it.
    globalSetup: 'test/support/global-setup.ts',
    pool: 'forks',
    projects: [
      {
        ...shared,
        test: {
          name: 'code',
          include: ['test/**/*.test.ts'],
          exclude: [...configDefaults.exclude, PROCESS_TESTS, BROWSER_TESTS, ATTACKS, FAULTS, CLIENTS, OPERATING],
          // A machine that others use may be too slow for a moment. `.ci/run` names every test that needed a second try.
          retry: 1,
          maxWorkers: 2,
          // Loading all of the server costs seconds; files share nothing else, as each has a database of its own.
          isolate: false,
          testTimeout: 15_000,
          // Hooks are not tried again, so only one that hangs may fail by its time.
          hookTimeout: 60_000,
        },
      },
      {
        ...shared,
        // After the others: they measure how fast the server starts.
        test: {
          name: 'process',
          include: [PROCESS_TESTS],
          maxWorkers: 2,
          maxConcurrency: 2,
          retry: 1,
          isolate: false,
          testTimeout: 40_000,
          hookTimeout: 60_000,
          sequence: { groupOrder: 1 },
        },
      },
      {
        ...shared,
        test: {
          name: 'browser',
          include: [BROWSER_TESTS],
          // A browser that shares two cores with its server is sometimes late.
          retry: 2,
          maxWorkers: 1,
          testTimeout: 60_000,
          hookTimeout: 60_000,
          expect: { poll: { timeout: 10_000 } },
          sequence: { groupOrder: 2 },
        },
      },
      {
        ...shared,
        // On a machine that does nothing else: they measure time and memory, and what others do at that moment is not the server's.
        test: {
          name: 'attacks',
          include: [ATTACKS],
          retry: 2,
          maxWorkers: 1,
          testTimeout: 60_000,
          hookTimeout: 60_000,
          sequence: { groupOrder: 3 },
        },
      },
      {
        ...shared,
        // With programs of Debian's around the server: databases, poolers and proxies that are stopped, cut off and filled up.
        test: {
          name: 'faults',
          include: [FAULTS],
          retry: 1,
          maxWorkers: 2,
          testTimeout: 120_000,
          hookTimeout: 60_000,
          sequence: { groupOrder: 4 },
        },
      },
      {
        ...shared,
        // Each starts whole programs, several times.
        test: {
          name: 'clients',
          include: [CLIENTS],
          maxWorkers: 2,
          testTimeout: 120_000,
          hookTimeout: 60_000,
          sequence: { groupOrder: 5 },
        },
      },
      {
        ...shared,
        // The release tarball, and docs/operate on hosts with an empty Debian.
        test: {
          name: 'operating',
          include: [OPERATING],
          maxWorkers: 1,
          testTimeout: 240_000,
          // The first run makes the Debian.
          hookTimeout: 600_000,
          sequence: { groupOrder: 6 },
        },
      },
    ],
  },
})

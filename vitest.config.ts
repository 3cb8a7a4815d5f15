// `unit` needs no server and starts none; `integration` starts one PostgreSQL and two Redis for the run, in which each test file
// has databases and keys of its own. The files of a worker share the modules that they load: a file that replaces a module calls
// `vi.resetModules` before its imports and after its tests.
import { defineConfig } from 'vitest/config';

/** Of each project, which takes none of them from the outside. Tests that wait for a timeout wait side by side. */
const settings = {
  isolate: false,
  maxConcurrency: 16,
  hookTimeout: 120_000,
  testTimeout: 60_000,
  // Longest wait for what a page is to show, in milliseconds.
  expect: { poll: { timeout: 20_000 } },
} as const;
const unitFiles = ['test/unit/**/*.test.ts', 'test/architecture.test.ts'];

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: unitFiles,
          pool: 'threads',
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
          ...settings,
        },
      },
      {
        test: {
          name: 'integration',
          include: ['test/**/*.test.ts'],
          exclude: unitFiles,
          globalSetup: ['test/support/servers.ts'],
          // Many wait for a server or for a page: with a worker for each of two processors, a sixth of their time was idle.
          maxWorkers: 3,
          sequence: { groupOrder: 0 },
          ...settings,
        },
      },
    ],
  },
});

// Two projects. `unit` needs no server and starts none; `integration` starts one PostgreSQL and two Redis for the run, in
// which each test file has databases and keys of its own.
import { defineConfig } from 'vitest/config';

const unitFiles = ['test/unit/**/*.test.ts', 'test/architecture.test.ts'];

export default defineConfig({
  test: {
    // Two workers on two cores: the servers need the rest.
    maxWorkers: 2,
    // Longest wait for what a page is to show, in milliseconds.
    expect: { poll: { timeout: 20_000 } },
    // Tests that wait for a timeout wait side by side.
    maxConcurrency: 16,
    projects: [
      {
        test: {
          name: 'unit',
          include: unitFiles,
          pool: 'threads',
          testTimeout: 60_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: 'integration',
          include: ['test/**/*.test.ts'],
          exclude: unitFiles,
          globalSetup: ['test/support/servers.ts'],
          testTimeout: 60_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});

// One PostgreSQL and one Redis for the whole run, started once; each test file has databases and keys of its own.
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/servers.ts'],
    testTimeout: 20_000,
    hookTimeout: 60_000,
    // Two workers on two cores: the servers need the rest.
    maxWorkers: 2,
    // Tests that wait for a timeout wait side by side.
    maxConcurrency: 16,
  },
});

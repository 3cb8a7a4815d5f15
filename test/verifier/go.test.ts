// The verifier in Go: its own tests, and its counting against that of the platform. Needs Go and nothing from the net.
import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, expect, test } from 'vitest';
import { countedElections } from './counted-elections.ts';

const source = join(import.meta.dirname, '../../src/verifier-go');
const scratch = mkdtempSync(join(tmpdir(), 'popvote-verifier-go-'));
afterAll(() => rmSync(scratch, { recursive: true }));

/** Elections whose counts are compared. */
const electionsCompared = 4_000;
const isWithoutGo = spawnSync('go', ['version']).status !== 0;
const isSkipped = isWithoutGo && process.env['CI'] === undefined;

/** Runs a command in the folder of the verifier, without the net, and gives what it wrote. */
async function runGo(
  command: string,
  args: readonly string[],
  variables: Record<string, string> = {},
): Promise<string> {
  const environment = {
    ...process.env,
    GOPROXY: 'off',
    GOTOOLCHAIN: 'local',
    GOFLAGS: '-buildvcs=false',
    ...variables,
  };
  const { stdout, stderr } = await promisify(execFile)(command, args, { cwd: source, env: environment });
  return stdout + stderr;
}

describe.skipIf(isSkipped)(
  `The verifier in Go${isSkipped ? ' (Go is missing here)' : ''}`,
  { timeout: 300_000 },
  () => {
    test('The Go sources are in the form of gofmt and pass go vet', async () => {
      expect(await runGo('gofmt', ['-l', 'main.go', 'main_test.go', 'internal'])).toBe('');
      expect(await runGo('go', ['vet', './...'])).toBe('');
    });

    test('The tests in Go pass, and every count of the platform is found right', async () => {
      const file = join(scratch, 'elections.json');
      writeFileSync(file, JSON.stringify(countedElections(electionsCompared)));
      const output = await runGo('go', ['test', './...'], { POPVOTE_COUNTED_ELECTIONS: file });
      expect(output).toMatch(/^ok\s+popvote-verify-go\/internal\/counting\b/m);
      expect(output).toMatch(/^ok\s+popvote-verify-go\/internal\/verify\b/m);
    });
  },
);

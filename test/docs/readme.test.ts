// The README is run as a reader would run it. Its lines go to a shell, with the addresses and the password of a platform
// that was started for it. Needs bash and curl. Without one of them, the test is skipped.
import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { issueAdministrator, stopAdministrator } from '../../src/services/access/operator-acts.ts';
import type { ElectionDefinition } from '../../src/protocol/public-document.ts';
import { definition } from '../support/elections.ts';
import { startPlatform } from '../support/processes/processes.ts';
import type { Control, Platform } from '../support/processes/processes.ts';
import { readmeElection, readmeSeats } from '../support/deploy/readme-lines.ts';

/** Longest run of the lines of one section, in milliseconds. */
const shellMsMax = 150_000;
const hasShell = ['bash', 'curl'].every((program) => spawnSync(program, ['--version']).status === 0);

let platform: Platform & { control: Control };
let folder: string;

describe.runIf(hasShell)('The README', () => {
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'popvote-readme-'));
    platform = await startPlatform({ control: true });
  }, 90_000);
  afterAll(async () => {
    await platform[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true });
  });

  test('A complete vote by curl gives one receipt, and a second ballot is rejected', async () => {
    // The lines take the first election of the list, whose ids are those of the rehearsal that npm start makes.
    const file = join(import.meta.dirname, '../../src/local/rehearsal.json');
    const rehearsal = JSON.parse(readFileSync(file, 'utf8')) as Partial<ElectionDefinition>;
    await platform.load(definition({ ...rehearsal, id: 'readme-rehearsal' }));
    const output = await run(here(readmeElection().vote));
    const receipts = output.match(/\{"receipt":.*\}/g) ?? [];
    expect(receipts).toHaveLength(2);
    expect(receipts[0]).toBe(receipts[1]);
    expect(output).toContain('already-recorded');
  });

  test('A whole election by curl gives the seats that the README promises', { timeout: shellMsMax }, async () => {
    const email = 'readme@popvote.example';
    const databaseUrl = platform.databases.url('access', 'popvote_access');
    const name = { forename: 'Rea', surname: 'Der' };
    const issued = await issueAdministrator({ databaseUrl, email, ...name, onlyFirst: false });
    if (issued.outcome !== 'created') throw new Error(issued.outcome);
    // The reader is the only administrator, as after a first start.
    expect(await stopAdministrator({ databaseUrl, email: platform.control.administrator.email })).toBe('suspended');
    const output = await run(
      here(readmeElection().election, {
        'administrator@popvote.example': email,
        'the one-time password': issued.password,
      }),
    );
    expect(output).toMatch(readmeSeats);
    expect(output).toMatch(/"received":501,"checked":501,"waiting":0,"counted":499,"invalid":2,/);
  });
});

/** The lines with the addresses of this platform instead of those that `npm start` has. */
function here(lines: string, replaced: Readonly<Record<string, string>> = {}): string {
  const { origins, control } = platform;
  const addresses = {
    'http://127.0.0.1:8080': origins.api,
    'http://127.0.0.1:8085': origins.sms,
    'http://127.0.0.1:8090': control.panel,
  };
  return Object.entries({ ...addresses, ...replaced }).reduce((text, [from, to]) => text.replaceAll(from, to), lines);
}

// Not the synchronous call: parts of the platform's way (its proxies) live in this process.
async function run(lines: string): Promise<string> {
  const { stdout } = await promisify(execFile)('bash', ['-uo', 'pipefail', '-c', lines], {
    cwd: folder,
    timeout: shellMsMax,
  });
  return stdout;
}

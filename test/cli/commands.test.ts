import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { chooseServices, launchable } from '../../src/cli/services.ts';
import { readDefinition, readDefinitionFile } from '../../src/local/definition-file.ts';
import { definition } from '../support/elections.ts';
import { command } from '../support/processes/command.ts';
import { popvote } from '../support/processes/popvote.ts';

const root = mkdtempSync(join(tmpdir(), 'popvote-cli-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

describe('The command', () => {
  test('The command prints its version as data and nothing else', async () => {
    const { code, out, err } = await popvote(['--version']);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  test('Help has examples for every command', async () => {
    const all = [
      ['start'],
      ['serve'],
      ['migrate'],
      ['keys', 'rotate'],
      ['keys', 'new'],
      ['election'],
      ['doctor'],
      ['admin', 'create'],
      ['login'],
      ['logout'],
      ['whoami'],
      ['call'],
    ];
    const answers = await Promise.all(all.map((words) => command([...words, '--help'])));
    for (const { code, out, err } of answers) {
      expect({ code, err }).toEqual({ code: 0, err: '' });
      expect(out).toMatch(/Examples?:/);
    }
  });

  test('Wrong arguments end with exit code 2, on standard error', async () => {
    const wrong = [
      ['strat'],
      ['serve'],
      ['serve', 'nothing'],
      ['keys', 'new'],
      ['keys', 'new', '--directory', root, '--variables', '.env'],
      ['keys', 'rotate', 'tokens', '--directory', root, '--local'],
      ['keys', 'destroy', '--election', 'e', '--confirm', 'e', '--directory', root, '--local'],
      ['keys', 'destroy', 'identity', '--kid', 'a', '--election', 'e'],
      ['election', 'counts', '../x'],
      ['election', 'roll', 'e', 'roll.csv', '--heading', 'first'],
      ['witness', 'new', '--directory', root, '--name', 'a b'],
      ['witness', 'serve', '--directory', root, '--port', '0x50'],
      ['migrate', '--wait', '1.5'],
      ['login', '--email', 'a@b.org', '--origin', 'http://example.org'],
      ['start', '--without', 'nothing'],
      ['doctor', 'nothing'],
    ];
    for (const words of wrong) {
      const { code, out, err } = await command(words);
      expect({ words, code, out }).toEqual({ words, code: 2, out: '' });
      expect(err).not.toBe('');
    }
  });
});

describe('The serve command', () => {
  test('Serve lists all configuration faults at once, quotes no value, and exits with 78', async () => {
    const { code, out, err } = await popvote(['serve', 'ballots'], {
      BALLOTS_KEYS: 'a-secret-that-is-not-json',
      BALLOTS_PORT: '99999',
      PUBLIC_KEYS_FILE: '/nowhere',
      DRAIN_SECONDS: '301',
    });
    expect({ code, out }).toEqual({ code: 78, out: '' });
    for (const name of ['BALLOTS_KEYS', 'BALLOTS_PORT', 'PUBLIC_KEYS_FILE', 'INTAKE_DATABASE_URL', 'DRAIN_SECONDS']) {
      expect(err).toContain(name);
    }
    expect(err).not.toContain('a-secret');
  });

  test('Serve gathers the faults of all services that share the process', async () => {
    const { code, err } = await command(['serve', 'ballots', 'mixer']);
    expect(code).toBe(78);
    expect(err).toContain('BALLOTS_KEYS');
    expect(err).toContain('MIXER_KEYS');
    expect(err.match(/PUBLIC_KEYS: not set/g)).toHaveLength(1);
  });

  test('Serve refuses an edge service together with any other, in any order', async () => {
    const others = launchable.filter((name) => !['api', 'sms', 'herald'].includes(name));
    expect(others).toEqual(
      expect.arrayContaining(['ballots', 'mixer', 'access', 'elections', 'officials', 'worker', 'log']),
    );
    for (const edge of ['api', 'sms', 'herald']) {
      for (const other of others) {
        expect(chooseServices([edge, other])).toMatchObject({ ok: false });
        expect(chooseServices([other, edge])).toMatchObject({ ok: false });
      }
    }
    expect(chooseServices(['api', 'officials', 'sms'])).toMatchObject({ ok: false });
    const { code, err } = await popvote(['serve', 'api', 'ballots']);
    expect(code).toBe(2);
    expect(err).toContain('must not share a process');
  });
});

describe('Services in one process', () => {
  const warningsOf = (...words: string[]): readonly string[] => {
    const choice = chooseServices(words);
    return choice.ok ? choice.warnings : ['refused'];
  };

  test('One process runs the control zone, or any other services with a warning of the missing wall', () => {
    expect(warningsOf('access', 'elections')).toEqual([]);
    expect(warningsOf('officials')).toEqual([]);
    expect(warningsOf('access', 'elections', 'officials')).toEqual([expect.stringContaining('files of others')]);
    for (const seer of ['mixer', 'elections', 'worker'])
      expect(warningsOf(seer, 'ballots')).toEqual([expect.stringContaining('who votes and what is chosen')]);
    expect(warningsOf('sms', 'api')).toEqual([expect.stringContaining('attest')]);
  });
});

describe('The start command', () => {
  test('Start lists all faults at once, with exit code 78, and creates no folder', async () => {
    const directory = join(root, 'never');
    const { code, err } = await command(['start'], {
      POPVOTE_DIRECTORY: directory,
      API_PORT: 'abc',
      EDGE_REDIS_URL: 'http://redis',
      MIGRATE_INTAKE_URL: 'postgres://owner:a-secret@127.0.0.1/intake',
    });
    expect(code).toBe(78);
    expect(err).toContain('3 problems');
    expect(err).toContain('API_PORT: is not a port');
    for (const name of ['EDGE_REDIS_URL', 'MIGRATE_BOX_URL']) expect(err).toContain(name);
    expect(err).not.toContain('a-secret');
    expect(existsSync(directory)).toBe(false);
  });
});

describe('The election load command', () => {
  test('Election example prints an election that load takes as it is', async () => {
    const file = join(root, 'example.json');
    writeFileSync(file, (await command(['election', 'example'])).out);
    const read = readDefinitionFile(file);
    expect(read).toMatchObject({ ok: true, definition: { rehearsal: true } });
    // It gets as far as the service, which no one runs here.
    const { err } = await command(['election', 'load', file]);
    expect(err).toContain('ELECTIONS_KEYS');
  });

  test('Election load lists every fault of a file with its place', async () => {
    const file = join(root, 'faulty.json');
    const contest = { ...definition().contests[0], maxChoices: 9, colour: 'red' };
    writeFileSync(file, JSON.stringify({ ...definition(), rehearsal: false, opensAt: 'soon', contests: [contest] }));
    const { code, err } = await command(['election', 'load', file]);
    expect(code).toBe(1);
    expect(err).toContain('opensAt');
    expect(err).toContain('contests[0]');
    expect(err).toContain(' 2. ');
  });

  test('Election load refuses to mix fewer than 50 ballots outside of a rehearsal', () => {
    expect(readDefinition({ ...definition(), rehearsal: false, minBatch: 49 })).toMatchObject({ ok: false });
    expect(readDefinition({ ...definition(), rehearsal: false, minBatch: 50 })).toMatchObject({ ok: true });
  });
});

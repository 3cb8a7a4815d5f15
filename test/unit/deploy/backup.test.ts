// Backups of docker-compose.yml, and the commands of the runbooks. The drill `backup` of bench/drills runs those commands.
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { runbookScript, runbookSteps } from '../../../bench/harness/runbook.ts';
import { databases } from '../../../src/store/connecting/migration-files.ts';

const root = join(import.meta.dirname, '../../..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const runbooks = ['backup', 'restore', 'destroy-election-data'];
const configuration = read('deploy/backup/pgbackrest.conf');

describe('Backups of the databases', () => {
  test('The configuration has each database, an encrypted repository, and no passphrase', () => {
    const sections = [...configuration.matchAll(/^\[(\w+)\]$/gm)].map(([, name]) => name);
    expect(sections).toEqual(['global', ...databases]);
    expect(configuration).toMatch(/^repo1-cipher-type=aes-256-cbc$/m);
    expect(configuration).not.toMatch(/^repo1-cipher-pass/m);
  });

  type Service = {
    readonly volumes: string[];
    readonly network_mode?: string;
    readonly tmpfs: string[];
    readonly environment: Record<string, string>;
    readonly secrets?: { readonly source: string }[];
  };
  // A tag of Compose, which no reader of YAML knows.
  const compose = parse(read('deploy/backup/compose.yml').replaceAll('!override ', ''), { merge: true }) as {
    readonly services: Record<string, Service>;
    readonly secrets: Record<string, { readonly file: string }>;
  };
  const disk = '${POPVOTE_BACKUPS:?a folder on another disk}';

  test('Each database of Compose has a repository and a passphrase of its own', () => {
    const names = ['postgres', 'receiver'].flatMap((kind) => databases.map((name) => `${kind}-${name}`));
    expect(Object.keys(compose.services)).toEqual(names);
    for (const name of databases) {
      const { volumes, secrets } = compose.services[`postgres-${name}`]!;
      expect(volumes).toContain(`${disk}/${name}:/var/lib/pgbackrest`);
      expect(secrets?.map(({ source }) => source)).toEqual([`backup-${name}`]);
      expect(compose.secrets[`backup-${name}`]).toEqual({ file: `./secrets/backup-${name}.conf` });
    }
  });

  test('Each database has a receiver, whose folder a restore reads after the archive', () => {
    for (const name of databases) {
      const server = compose.services[`postgres-${name}`]!;
      const receiver = compose.services[`receiver-${name}`]!;
      const folder = receiver.environment['POPVOTE_RECEIVED']!;
      // It needs no network, and Docker starts it again also while its database does not run.
      expect(receiver.network_mode).toBe('none');
      const sockets = `${name}-sockets:${receiver.environment['PGHOST']!}`;
      expect(receiver.volumes).toEqual([sockets, `${disk}/received-${name}:${folder}`]);
      expect(server.volumes).toContain(sockets);
      expect(server.tmpfs).toEqual(['/tmp']);
      expect(server.volumes).toContain(`${disk}/received-${name}:${folder}:ro`);
      expect(server.environment['POPVOTE_RECEIVED']).toBe(folder);
      const section = configuration.split(/^(?=\[)/m).find((text) => text.startsWith(`[${name}]`));
      const received = ['%f', '%f.partial'].map((part) => `cp "$POPVOTE_RECEIVED/${part}" "%p"`);
      const sources = [`pgbackrest --stanza=${name} archive-get %f "%p"`, ...received].join(' || ');
      expect(section).toContain(`\nrecovery-option=restore_command=${sources}\n`);
    }
  });

  test('The receiver is a script that a shell can read, and asks for its folder', () => {
    const script = join(root, 'deploy/backup/receive.sh');
    expect(spawnSync('bash', ['-n', script], { encoding: 'utf8' }).stderr).toBe('');
    const { status, stderr } = spawnSync('bash', [script], { encoding: 'utf8', env: { PATH: process.env['PATH'] } });
    expect([status, stderr]).toEqual([1, expect.stringContaining('POPVOTE_RECEIVED: a folder on another disk')]);
  });
});

describe('More files of Compose', () => {
  /** The lines of a page that write into .env. */
  const linesOf = (page: string): string =>
    read(page)
      .split('\n')
      .filter((line) => /^ *(FILES=|printf 'COMPOSE_FILE=)/.test(line))
      .join('\n');
  const pages = { 'deploy/runbooks/backup.md': 'backup/compose.yml', 'docs/deployment.md': 'second-disk.yml' } as const;
  const orders = [Object.keys(pages), Object.keys(pages).reverse()] as (keyof typeof pages)[][];

  test.each(orders)('The commands of %s, then those of %s, leave both files in use', (...order) => {
    const folder = mkdtempSync(join(tmpdir(), 'popvote-files-'));
    try {
      writeFileSync(join(folder, '.env'), 'POPVOTE_MODE=rehearsal\n');
      for (const page of order) {
        const { status, stderr } = spawnSync('bash', ['-ec', linesOf(page)], { cwd: folder, encoding: 'utf8' });
        expect([page, status, stderr]).toEqual([page, 0, '']);
      }
      // Compose takes the last line of a name.
      const last = readFileSync(join(folder, '.env'), 'utf8').trim().split('\n').at(-1);
      const files = order.map((page) => `:deploy/${pages[page]}`).join('');
      expect(last).toBe(`COMPOSE_FILE=docker-compose.yml${files}`);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

describe('The runbooks of backups', () => {
  test.each(runbooks)('%s.md has its sections, and commands that a shell can read', (name) => {
    const sections = [...read(`deploy/runbooks/${name}.md`).matchAll(/^## (.*)$/gm)].map(([, title]) => title);
    expect(sections).toEqual(expect.arrayContaining(['When', 'Do', 'Check']));
    const steps = runbookSteps(name);
    expect(new Set(steps.map(({ section }) => section))).toEqual(new Set(['Do', 'Check']));
    for (const { script } of steps) {
      expect(spawnSync('bash', ['-n', '-c', script], { encoding: 'utf8' }).stderr).toBe('');
    }
  });

  test('The drill follows every step with commands, and every check', () => {
    const drill = read('bench/drills/backup.ts');
    const calls = [...drill.matchAll(/follow\('([\w-]+)', (?:\[([\d, ]+)\]|'(Check)')/g)];
    for (const name of runbooks) {
      const ofDrill = calls.flatMap(([, called, steps, check]) =>
        called === name ? (steps?.split(', ') ?? [check]) : [],
      );
      const ofRunbook = runbookSteps(name).map(({ section, step }) => (section === 'Do' ? String(step) : section));
      expect(new Set(ofDrill), name).toEqual(new Set(ofRunbook));
    }
  });

  test('The functions of Compose are those that the commands call', () => {
    const functions = [...read('deploy/backup/commands.sh').matchAll(/^(\w+)\(\) \{/gm)].map(([, name]) => name);
    expect(functions).toEqual(['on', 'processes', 'on_each', 'start', 'stop', 'popvote']);
    expect(spawnSync('bash', ['-n', join(root, 'deploy/backup/commands.sh')], { encoding: 'utf8' }).stderr).toBe('');
  });
});

describe('The runbook of destruction on a Compose host', () => {
  let folder: string;
  /** Runs what follows `exec NAME` on this machine, in the key folder of that service. Databases do nothing. */
  const docker = `#!/bin/bash
echo "$*" >>calls
case "$2 $3" in
  'config --services') printf '%s\\n' ballots ballots-two ballots-three mixer ;;
  'ps --quiet') echo running ;;
  'exec -T')
    export BALLOTS_ELECTION_KEYS_DIRECTORY=$PWD/keys/$4
    [[ $4 == postgres-* ]] || exec "\${@:5}" ;;
esac
`;
  /** In the place of `node dist/cli/main.js keys destroy --election ID --confirm ID`. */
  const node = '#!/bin/bash\nrm "$BALLOTS_ELECTION_KEYS_DIRECTORY/$5.json" && echo "destroyed $7"\n';
  const keyFile = (service: string): string => join(folder, 'keys', service, 'council.json');
  const follow = (part: 'Check' | readonly number[], id = 'council') => {
    const script = `. '${join(root, 'deploy/backup/commands.sh')}'\n${runbookScript('destroy-election-data', part)}`;
    const environment = { PATH: `${folder}:${process.env['PATH']}`, E: id };
    const { status, stdout } = spawnSync('bash', ['-ec', script], { cwd: folder, env: environment, encoding: 'utf8' });
    return { status, lines: stdout.trim().split('\n') };
  };

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'popvote-destroy-'));
    for (const [name, text] of Object.entries({ docker, node })) {
      writeFileSync(join(folder, name), text);
      chmodSync(join(folder, name), 0o755);
    }
    for (const service of ['ballots', 'ballots-two']) mkdirSync(join(folder, 'keys', service), { recursive: true });
    writeFileSync(keyFile('ballots-two'), '{}');
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  test('Keys are destroyed where they are, also where the first process has none', () => {
    expect(follow([1])).toEqual({
      status: 0,
      lines: ['ballots: no file', 'ballots-two: destroyed council'],
    });
    expect(existsSync(keyFile('ballots-two'))).toBe(false);
    const calls = readFileSync(join(folder, 'calls'), 'utf8');
    for (const act of ['stop', 'up --detach --wait --no-deps'])
      expect(calls).toContain(`compose ${act} ballots ballots-two\n`);
  });

  test('A process that fails does not keep the next one from its keys, and is reported', () => {
    mkdirSync(keyFile('ballots'));
    expect(follow([1]).status).toBe(1);
    expect(existsSync(keyFile('ballots-two'))).toBe(false);
  });

  test('The check says where keys are still there, and fails, and says where they are gone', () => {
    // Keys that another replica made at the same moment, and those of another election.
    const beside = join(folder, 'keys/ballots', `council.${'0'.repeat(32)}.json`);
    writeFileSync(beside, '{}');
    writeFileSync(join(folder, 'keys/ballots/council-2.json'), '{}');
    const { status, lines } = follow('Check');
    expect(status).toBe(1);
    expect(lines.filter((line) => line === 'STILL HERE')).toHaveLength(2);
    for (const path of [beside, keyFile('ballots-two')]) rmSync(path);
    expect(follow('Check')).toEqual({ status: 0, lines: ['ballots: gone', 'ballots-two: gone'] });
  });

  test('Without an id, or without the folder of the keys, the check does not say that they are gone', () => {
    expect(follow('Check', '')).toEqual({ status: 1, lines: [''] });
    rmSync(join(folder, 'keys'), { recursive: true });
    const { status, lines } = follow('Check');
    expect([status, lines.join(' ')]).toEqual([1, expect.not.stringContaining('gone')]);
  });
});

// The script that starts the stack of Swarm, with a program in the place of `docker` that writes down how it is called.
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

const script = join(import.meta.dirname, '../../../deploy/swarm/start.sh');
const stub = `#!/bin/bash
echo "$*" >>calls
case "$*" in
  'info --format {{.Swarm.LocalNodeState}}') echo "$STUB_STATE" ;;
  'node ls -q') for node in $STUB_NODES; do echo "$node"; done ;;
  'node ls -q --filter'*) for node in $STUB_LABELLED; do echo "$node"; done ;;
  'image inspect --format {{join'*) sed "s#^#\${5%:*}@#" digests ;;
  'image inspect'*) cat images ;;
  'stack deploy'*)
    read -r error <errors && sed -i 1d errors && { echo "$error" >&2; exit 1; }
    env >deployed
    ;;
esac
`;
const digest = `sha256:${'ab'.repeat(32)}`;
type Started = {
  readonly code: number | null;
  readonly output: string;
  readonly calls: readonly string[];
  readonly deployed: Readonly<Record<string, string>>;
};

describe('The script that starts the stack of Swarm', () => {
  let folder: string;
  const write = (name: string, text: string): void => writeFileSync(join(folder, name), text);
  const readIf = (name: string): string => {
    try {
      return readFileSync(join(folder, name), 'utf8').trim();
    } catch {
      return '';
    }
  };
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'popvote-start-'));
    mkdirSync(join(folder, 'secrets'));
    write('secrets/public.json', '{}');
    write('images', 'sha256:one\nsha256:edge\n');
    write('digests', digest);
    write('errors', '');
    write('docker', stub);
    write('sleep', '#!/bin/bash\n');
    for (const program of ['docker', 'sleep']) chmodSync(join(folder, program), 0o755);
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  function start(environment: Readonly<Record<string, string>> = {}): Started {
    for (const name of ['calls', 'deployed']) rmSync(join(folder, name), { force: true });
    const machine = { STUB_STATE: 'active', STUB_NODES: 'first', STUB_LABELLED: 'first' };
    const { status, stdout, stderr } = spawnSync(script, ['secrets'], {
      cwd: folder,
      env: { PATH: `${folder}:${process.env['PATH']}`, ...machine, ...environment },
      encoding: 'utf8',
    });
    const lines = readIf('deployed').split('\n');
    const deployed = lines.map((line): [string, string] => [line.split('=')[0]!, line.slice(line.indexOf('=') + 1)]);
    return {
      code: status,
      output: `${stdout}${stderr}`,
      calls: readIf('calls').split('\n'),
      deployed: Object.fromEntries(deployed),
    };
  }
  const filesOf = ({ calls }: Started): readonly string[] =>
    [...(calls.at(-1) ?? '').matchAll(/-c \S*\/([\w-]+\.yml)/g)].map(([, name]) => name!);

  test('It reads .env as Compose does, and the environment comes first', () => {
    write(
      '.env',
      [
        '# sites',
        'EDGE_VOTE_SITE=vote.example.org   # of the city',
        'EDGE_SMS_SITE="sms.example.org"',
        "POPVOTE_WITNESSES='a $b'",
        'export POPVOTE_MODE=rehearsal',
        'PHONE_REGION=FR',
        'POSTGRES_MEMORY=4096m',
      ].join('\n'),
    );
    const { code, output, deployed } = start({ PHONE_REGION: 'DE' });
    expect([code, output]).toEqual([0, expect.any(String)]);
    expect(deployed).toMatchObject({
      EDGE_VOTE_SITE: 'vote.example.org',
      EDGE_SMS_SITE: 'sms.example.org',
      POPVOTE_WITNESSES: 'a $b',
      POPVOTE_MODE: 'rehearsal',
      PHONE_REGION: 'DE',
      POSTGRES_MEMORY: '4096m',
      // A default of Compose that has a variable.
      POPVOTE_LOG_HOST: 'vote.example.org',
    });
    for (const line of ['EDGE_VOTE_SITE=vote.$DOMAIN', 'no setting']) {
      write('.env', line);
      expect([line, start().code]).toEqual([line, 1]);
    }
  });

  test('Of two lines of .env with one name it takes the last, as Compose does', () => {
    write(
      '.env',
      ['POPVOTE_MODE=rehearsal', 'PHONE_REGION=FR', 'POPVOTE_MODE=production', 'PHONE_REGION=GB'].join('\n'),
    );
    expect(start({ PHONE_REGION: 'DE' }).deployed).toMatchObject({ POPVOTE_MODE: 'production', PHONE_REGION: 'DE' });
    // Also one that is set to nothing in between.
    write('.env', ['POPVOTE_MODE=rehearsal', 'POPVOTE_MODE=', 'POPVOTE_MODE=production'].join('\n'));
    expect(start().deployed).toMatchObject({ POPVOTE_MODE: 'production' });
    write('.env', ['POPVOTE_LOG_HOST=log.example.org', 'POPVOTE_LOG_HOST='].join('\n'));
    expect(start().deployed).toMatchObject({ POPVOTE_LOG_HOST: '' });
  });

  test('Another build gets another tag, and the same build the same one', () => {
    const first = start();
    expect(first.deployed['POPVOTE_IMAGE']).toMatch(/^popvote:latest-[0-9a-f]{12}$/);
    expect(first.deployed['POPVOTE_EDGE_IMAGE']).toMatch(/^popvote-edge:latest-[0-9a-f]{12}$/);
    expect(first.calls).toContain(`tag popvote:latest ${first.deployed['POPVOTE_IMAGE']}`);
    expect(start().deployed['POPVOTE_IMAGE']).toBe(first.deployed['POPVOTE_IMAGE']);
    write('images', 'sha256:two\nsha256:edge\n');
    expect(start().deployed['POPVOTE_IMAGE']).not.toBe(first.deployed['POPVOTE_IMAGE']);
  });

  test('A change that met one of the engine is sent again, five times at most, and no other error', () => {
    const race = 'Error response from daemon: rpc error: code = Unknown desc = update out of sequence\n';
    const deploys = ({ calls }: Started): number => calls.filter((call) => call.startsWith('stack deploy')).length;
    write('errors', race);
    const second = start();
    expect([second.code, deploys(second)]).toEqual([0, 2]);
    expect(second.output).toContain('out of sequence');
    write('errors', race.repeat(9));
    const never = start();
    expect([never.code, deploys(never), never.deployed]).toEqual([1, 5, { '': '' }]);
    write('errors', 'Error response from daemon: no such image\n');
    const other = start();
    expect([other.code, deploys(other)]).toEqual([1, 1]);
    expect(other.output).toContain('no such image');
  });

  test('Several machines get the images from a registry, and without one nothing starts', () => {
    const machines = { STUB_NODES: 'first second' };
    const without = start(machines);
    expect(without).toMatchObject({ code: 1, deployed: { '': '' } });
    expect(without.output).toContain('POPVOTE_REGISTRY');
    const { code, calls, deployed } = start({ ...machines, POPVOTE_REGISTRY: 'registry.example.org/city/' });
    expect(code).toBe(0);
    expect(deployed['POPVOTE_IMAGE']).toMatch(/^registry\.example\.org\/city\/popvote:latest-[0-9a-f]{12}@/);
    for (const name of ['POPVOTE_IMAGE', 'POPVOTE_EDGE_IMAGE']) {
      // A tag of a registry can be moved, and a digest cannot.
      const [tag = '', pinnedTo] = deployed[name]!.split('@');
      expect(calls).toContain(`push -q ${tag}`);
      expect(pinnedTo).toBe(digest);
    }
    write('digests', '');
    const unknown = start({ ...machines, POPVOTE_REGISTRY: 'registry.example.org/city/' });
    expect(unknown).toMatchObject({ code: 1, deployed: { '': '' } });
    expect(unknown.output).toContain('no digest');
  });

  test('Images with their digests are taken as they are, and a tag is not taken for one', () => {
    const machines = { STUB_NODES: 'first second' };
    const images = {
      POPVOTE_IMAGE: `registry.example.org:5000/city/popvote@${digest}`,
      POPVOTE_EDGE_IMAGE: `registry.example.org:5000/city/popvote-edge:1@${digest}`,
    };
    const { code, calls, deployed } = start({ ...machines, ...images });
    expect(code).toBe(0);
    expect(deployed).toMatchObject(images);
    expect(calls.filter((call) => /^(tag|push|image) /.test(call))).toEqual([]);
    for (const wrong of ['', 'registry.example.org/city/popvote-edge:1', `@${digest}`]) {
      const without = start({ ...machines, ...images, POPVOTE_EDGE_IMAGE: wrong });
      expect([wrong, without.code, without.calls]).toEqual([wrong, 1, ['']]);
      expect(without.output).toContain(`POPVOTE_EDGE_IMAGE=${wrong} has no digest`);
    }
  });

  test('One machine gets all labels, and of several each label is on exactly one', () => {
    const marks = ['edge', 'log', 'private', 'second', 'control']
      .map((label) => `--label-add=popvote.${label}=true`)
      .join(' ');
    expect(start().calls).toContain(`node update ${marks} first`);
    const machines = { STUB_NODES: 'first second', POPVOTE_REGISTRY: 'registry.example.org' };
    for (const labelled of ['', 'first second']) {
      const { code, output, calls } = start({ ...machines, STUB_LABELLED: labelled });
      expect([labelled, code]).toEqual([labelled, 1]);
      expect(output).toContain('the label popvote.edge');
      expect(calls.some((call) => call.startsWith('node update') || call.startsWith('stack'))).toBe(false);
    }
  });

  test('No port is published without its variable, and none on an address that Swarm cannot bind', () => {
    expect(filesOf(start())).toEqual(['stack.yml']);
    expect(filesOf(start({ POPVOTE_BIND: '0.0.0.0' }))).toEqual(['stack.yml', 'ports-public.yml']);
    const both = start({ POPVOTE_BIND: '0.0.0.0', POPVOTE_CONTROL_BIND: '0.0.0.0' });
    expect(filesOf(both)).toEqual(['stack.yml', 'ports-public.yml', 'ports-panel.yml']);
    const { code, calls } = start({ POPVOTE_CONTROL_BIND: '10.1.2.3' });
    expect([code, calls]).toEqual([1, ['']]);
  });
});

// The values of the chart say what docker-compose.yml says: services, ports and their callers, variables, secrets, volumes.
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { launchable, loadEnvironmentSchema } from '../../../src/cli/services.ts';
import { composeFile, isFurther, openPorts } from '../../support/deploy/compose-file.ts';
import { ownMetrics } from '../../support/deploy/metric-names.ts';
import { runbookText } from '../../support/deploy/runbooks.ts';
import { sourceFiles } from '../../support/laws/source-tree.ts';

const root = join(import.meta.dirname, '../../..');
const chart = join(root, 'deploy/helm/popvote');
const template = (name: string): string => readFileSync(join(chart, 'templates', name), 'utf8');
const port = z.object({ port: z.int(), callers: z.array(z.string()) });
const values = z
  .object({
    services: z.record(
      z.string(),
      z.object({
        replicas: z.int(),
        ports: z.record(z.string(), port),
        environment: z.record(z.string(), z.string()),
        files: z.record(z.string(), z.string()).default({}),
        trusts: z.string().optional(),
        mode: z.boolean().default(false),
        region: z.boolean().default(false),
        origin: z.boolean().default(false),
        folders: z.record(z.string(), z.unknown()).default({}),
        reads: z.array(z.string()).default([]),
      }),
    ),
    servers: z.record(z.string(), port),
    migrate: z.object({ secrets: z.array(z.string()) }),
  })
  .parse(parse(readFileSync(join(chart, 'values.yaml'), 'utf8')));
const services = Object.entries(values.services);
/** What the template sets for a service with this mark. */
const marks = { mode: 'POPVOTE_MODE', region: 'PHONE_REGION', origin: 'ACCESS_PANEL_ORIGIN' } as const;
/** Services of Compose that the chart does not run. The others are in it. */
const leftOut = {
  edge: 'an ingress controller of the cluster, or a gateway',
  'postgres-intake': 'a server outside of the chart',
  'postgres-box': 'a server outside of the chart',
  'postgres-access': 'a server outside of the chart',
  'postgres-elections': 'a server outside of the chart',
  redis: 'a server outside of the chart',
  'redis-control': 'a server outside of the chart',
  prometheus: 'that of the cluster',
  alertmanager: 'that of the cluster',
  grafana: 'that of the cluster',
  jaeger: 'that of the cluster',
  adminer: 'only with Compose',
  'ballots-two': 'one more pod of ballots',
  'mixer-two': 'one more pod of mixer, with ownFolders',
  migrate: 'a hook, which has a template of its own',
  keys: 'runs where the secrets are made',
  operate: 'its commands run in a pod of elections',
};
/** Variables that the template sets with `ownFolders`. */
const ofOwnFolders = /_(PEERS|KEY_COPIES)$/;
/** Variables whose value with Kubernetes is another one: addresses, and names that the operator gives. */
const ownValues = /_(HOST|ORIGIN|TRUSTED_PROXIES)$|^(POPVOTE_MODE|PHONE_REGION)$/;

describe('The chart of Kubernetes', () => {
  test('The chart runs every service, and says of every port who calls it', () => {
    const reach = [
      ...services.flatMap(([of, { ports }]) => Object.values(ports).map((each) => ({ of, ...each }))),
      ...Object.entries(values.servers).map(([of, each]) => ({ of, ...each })),
    ];
    const callerNames = new Map([['prometheus', 'monitoring']]);
    const composePorts = openPorts()
      .filter(
        ({ of }) => !['prometheus', 'alertmanager', 'grafana', 'adminer', 'jaeger'].includes(of) && !isFurther(of),
      )
      .map(({ of, port, by }) => ({
        of,
        port,
        // Commands on elections run in a pod of elections.
        callers: by
          // With `ownFolders` a policy admits pods of one service to each other.
          .filter((name) => name !== 'operate' && name !== 'adminer' && !isFurther(name))
          .map((name) => callerNames.get(name) ?? name),
      }));
    const linesOf = (all: readonly { of: string; port: number; callers: readonly string[] }[]): string[] =>
      all.map(({ of, port, callers }) => `${of} ${port}: ${[...callers].sort().join(' ')}`).sort();
    expect(linesOf(reach)).toEqual(linesOf(composePorts));
  });

  test('With the values of a nation the callers of a Redis reach its Sentinels', () => {
    const national = z.object({ servers: z.record(z.string(), port) });
    const { servers } = national.parse(parse(readFileSync(join(chart, 'values-national.yaml'), 'utf8')));
    const callers = ['redis', 'redis-control'].flatMap((name) => values.servers[name]!.callers);
    expect([...servers['redis-sentinel']!.callers].sort()).toEqual([...new Set(callers)].sort());
  });

  test('The chart gives each service the variables and secrets that it has with Compose', () => {
    for (const [name, { environment, files, trusts }] of services) {
      const counterpart = composeFile.services[name]!;
      expect([name, Object.values(files).sort()]).toEqual([name, [...counterpart.secrets].sort()]);
      for (const [variable, file] of Object.entries(files))
        expect([name, counterpart.environment[variable]]).toEqual([name, `/run/secrets/${file}`]);
      for (const variable of [...Object.keys(environment), ...(trusts ? [trusts] : [])])
        if (!variable.endsWith('_HOST'))
          expect([name, variable, variable in counterpart.environment]).toEqual([name, variable, true]);
    }
    expect(values.migrate.secrets).toEqual(composeFile.services['migrate']!.secrets);
  });

  test('The chart runs every service of Compose but the named ones, with all its variables and their values', () => {
    const names = Object.keys(composeFile.services).filter((name) => !(name in leftOut));
    expect([...names].sort()).toEqual(Object.keys(values.services).sort());
    expect([...names].sort()).toEqual([...launchable].sort());
    for (const name of names) {
      const { environment, files, trusts, ...each } = values.services[name]!;
      const set = Object.entries(marks).flatMap(([mark, variable]) =>
        each[mark as keyof typeof marks] ? [variable] : [],
      );
      const here = [...Object.keys(environment), ...Object.keys(files), ...set, ...(trusts ? [trusts] : [])];
      const there = composeFile.services[name]!.environment;
      const names = Object.keys(there).filter((variable) => !ofOwnFolders.test(variable));
      expect([name, here.sort()]).toEqual([name, names.sort()]);
      for (const [variable, text] of Object.entries(environment).filter(([variable]) => !ownValues.test(variable)))
        expect([name, variable, text]).toEqual([
          name,
          variable,
          there[variable]?.replace(/^\$\{[A-Z_]+:-(.*)\}$/, '$1'),
        ]);
    }
  });

  test('The chart gives each service the folders of Compose, and mounts those of others to read only', () => {
    for (const [name, { folders, reads }] of services) {
      const volumes = composeFile.services[name]!.volumes.map((text) => text.replace(/:\/[^:]*/, ''));
      const here = [...Object.keys(folders), ...reads.map((folder) => `${folder}:ro`)];
      expect([name, here.sort()]).toEqual([name, [...volumes].sort()]);
    }
  });

  test('A folder of several services is writable on several nodes, or its pods run on one node', () => {
    const folder = z.object({ accessMode: z.string() });
    const changed = z.object({
      services: z.record(
        z.string(),
        z.object({
          replicas: z.int().optional(),
          together: z.string().optional(),
          ownFolders: z.object({ copies: z.int() }).optional(),
          folders: z.record(z.string(), folder).default({}),
        }),
      ),
    });
    for (const file of ['values.yaml', 'values-university.yaml', 'values-national.yaml']) {
      const own = changed.parse(parse(readFileSync(join(chart, file), 'utf8'))).services;
      for (const [name, { folders, replicas }] of services) {
        const { ownFolders } = own[name] ?? {};
        // Each copy of a key is in the folder of another pod.
        if (ownFolders)
          expect([file, name, ownFolders.copies < (own[name]?.replicas ?? replicas)]).toEqual([file, name, true]);
        for (const [one, settings] of Object.entries(folders)) {
          const { accessMode } = own[name]?.folders[one] ?? folder.parse(settings);
          // A cluster of two nodes rarely has volumes that several nodes can write.
          if (file === 'values-university.yaml') expect([one, accessMode]).not.toEqual([one, 'ReadWriteMany']);
          if (accessMode !== 'ReadWriteOnce' || ownFolders) continue;
          const users = [name, ...services.filter(([, { reads }]) => reads.includes(one)).map(([user]) => user)];
          const groups = new Set(users.map((user) => own[user]?.together));
          const pods = users.length === 1 ? (own[name]?.replicas ?? replicas) : 2;
          expect([file, one, pods === 1 || (groups.size === 1 && !groups.has(undefined))]).toEqual([file, one, true]);
        }
      }
    }
  });

  // chart-objects.test.ts tries every zone in which the pods can be, where Helm is.
  test('A rule keeps pods of a service and disks of a key apart, and three zones have room for all', () => {
    const [, rule = ''] = /define "popvote\.apart" -\}\}([^]*?)\n\{\{- end \}\}/.exec(template('_names.tpl')) ?? [];
    const [shared = '', others = ''] = rule.split('{{- else }}');
    expect(shared).toMatch(
      /topologyKey: \{\{ first \.root\.Values\.spread \}\}\n {2}whenUnsatisfiable: DoNotSchedule\n/,
    );
    expect(shared).toMatch(
      /with \$service\.ownFolders \}\}\n {2}maxSkew: \{\{ \.copies \}\}\n {2}minDomains: \{\{ \$service\.replicas \}\}\n/,
    );
    expect(others).toContain('maxSkew: {{ sub $service.replicas 1 }}');
    expect(others).toContain('nodeTaintsPolicy: Honor');
    expect(template('deployments.yaml')).toContain('if or $service.ownFolders (and (gt (int $service.replicas) 1)');
    expect(template('deployments.yaml')).toContain(
      'include "popvote.apart" (dict "root" $ "name" $name "service" $service)',
    );
    const changed = z.object({
      spread: z.array(z.string()).optional(),
      services: z.record(
        z.string(),
        z.object({ replicas: z.int().optional(), ownFolders: z.object({ copies: z.int() }).optional() }),
      ),
    });
    const files = ['values.yaml', 'values-university.yaml', 'values-national.yaml'].map((file) =>
      changed.parse(parse(readFileSync(join(chart, file), 'utf8'))),
    );
    expect(files.map(({ spread }) => spread?.[0])).toEqual([
      'topology.kubernetes.io/zone',
      'kubernetes.io/hostname',
      undefined,
    ]);
    const withDisks = files.flatMap((file) => Object.entries(file.services).filter(([, { ownFolders }]) => ownFolders));
    expect(withDisks.map(([name]) => name).sort()).toEqual(['ballots', 'mixer']);
    for (const [name, { replicas = 0, ownFolders }] of withDisks)
      expect([name, replicas <= 3 * ownFolders!.copies]).toEqual([name, true]);
  });

  test('The autoscaler follows a metric that api has, and that the rule for the adapter names', () => {
    const [, target = ''] = /metric: \{ name: (\w+) \}/.exec(template('availability.yaml')) ?? [];
    const [, series = '', metric = ''] =
      /seriesQuery: '(\w+)\{.*\}'[^]*?\bas: (\w+)/.exec(template('monitoring.yaml')) ?? [];
    expect([series, metric]).toEqual([target, target]);
    expect(ownMetrics(sourceFiles(root, 'src/services/api'))).toContain(target);
  });

  test('The script makes the secrets that the chart mounts, from the files of Compose', () => {
    const directory = mkdtempSync(join(tmpdir(), 'popvote-kubectl-'));
    try {
      const program = join(directory, 'kubectl');
      writeFileSync(
        program,
        `#!/bin/bash\n[ "$1" != create ] || echo "$*" >>${directory}/calls\ncat >${directory}/applied\n`,
      );
      chmodSync(program, 0o755);
      const { status, stderr } = spawnSync(join(chart, '../secrets.sh'), ['made', 'city'], {
        env: { ...process.env, KUBECTL: program },
        input: '',
        encoding: 'utf8',
      });
      expect([status, stderr]).toEqual([0, '']);
      const calls = readFileSync(join(directory, 'calls'), 'utf8').trim().split('\n');
      const created = calls.map((call) => {
        const [, name = '', files = ''] =
          /^create secret generic city-(\w+) (.*) --dry-run=client -o yaml$/.exec(call) ?? [];
        return [name, files.split(' ').sort()] as const;
      });
      const mounted = [...services.map(([name, { files }]) => [name, Object.values(files)] as const)]
        .concat([['migrate', values.migrate.secrets]])
        .filter(([, files]) => files.length > 0);
      const expected = mounted.map(([name, files]) => [
        name,
        files
          .map((file) => `--from-file=${file}=${composeFile.secrets[file]?.file.replace('./secrets', 'made')}`)
          .sort(),
      ]);
      expect(Object.fromEntries(created)).toEqual(Object.fromEntries(expected));
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  });

  test('The restart after a rotation selects every service of the chart by its label', () => {
    const [, kinds = '', label = '', value = ''] =
      /kubectl rollout restart (\S+) -l (\S+)=(\S+)$/m.exec(runbookText('rotations.md')) ?? [];
    const [, kindOf = ''] = /^kind: (.*)$/m.exec(template('deployments.yaml')) ?? [];
    expect(kinds.split(',').map((kind) => [kind, kindOf.toLowerCase().includes(`}}${kind}{{`)])).toEqual([
      ['deployment', true],
      ['statefulset', true],
    ]);
    expect(template('deployments.yaml')).toContain('\n  labels: {{- include "popvote.labels" $of | nindent 4 }}');
    expect(template('_names.tpl')).toMatch(/define "popvote\.labels"/);
    expect(template('_names.tpl').split('- end }}')[0]).toContain(`\n${label}: ${value}\n`);
  });

  test('The chart calls services by names and ports that it has, and sets only variables that exist', async () => {
    const ports = new Map(services.map(([name, each]) => [name, Object.values(each.ports).map((one) => one.port)]));
    for (const [name, { environment }] of services) {
      const { shape } = (await loadEnvironmentSchema(name as never)) as unknown as { shape: object };
      for (const [variable, text] of Object.entries(environment)) {
        if (variable !== 'NODE_OPTIONS') expect(Object.keys(shape)).toContain(variable);
        const [, host = '', number = ''] = /^http:\/\/([a-z]+):(\d+)$/.exec(text) ?? [];
        if (host !== '')
          expect([name, variable, ports.get(host)]).toEqual([name, variable, expect.arrayContaining([Number(number)])]);
      }
    }
  });
});

// The stack of Swarm says what docker-compose.yml says.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { composeFile } from '../../support/deploy/compose-file.ts';
import {
  composeOnly,
  pageNetworks,
  swarmDefaults,
  swarmPortFiles,
  swarmPorts,
  swarmStack,
  swarmZones,
} from '../../support/deploy/swarm-stack.ts';

const folder = join(import.meta.dirname, '../../../deploy/swarm');
const file = join(folder, 'stack.yml');
const memoryFolder = z.object({
  type: z.literal('tmpfs'),
  target: z.string(),
  tmpfs: z.object({ size: z.int() }).optional(),
});
const service = z.object({
  image: z.string(),
  ports: z.unknown().optional(),
  volumes: z.array(z.union([z.string(), memoryFolder])),
  networks: z.record(z.string(), z.object({ aliases: z.array(z.string()).optional() })),
  secrets: z.array(z.string()).default([]),
  deploy: z.object({
    replicas: z.int(),
    placement: z.object({ constraints: z.tuple([z.string()]) }),
    update_config: z.object({ failure_action: z.string() }),
    resources: z.object({ limits: z.object({ memory: z.string().optional() }) }),
  }),
});
const stackSchema = z.object({
  services: z.record(z.string(), service),
  networks: z.record(z.string(), z.object({ internal: z.boolean().default(false) })),
  secrets: z.record(z.string(), z.object({ external: z.literal(true), name: z.string() })),
});

describe('The stack of Swarm', () => {
  test('The stack of Swarm is the one that follows from docker-compose.yml', async () => {
    await expect(swarmStack()).toMatchFileSnapshot(file);
    for (const variable of ['POPVOTE_BIND', 'POPVOTE_CONTROL_BIND'] as const)
      await expect(swarmPorts(variable)).toMatchFileSnapshot(join(folder, swarmPortFiles[variable]));
  });

  test('No volume is used by services of two labels, because it is a folder of one machine', () => {
    const stack = stackSchema.parse(parse(readFileSync(file, 'utf8')));
    const labels = new Map<string, Set<string>>();
    for (const { volumes, deploy } of Object.values(stack.services)) {
      for (const volume of volumes.filter((each) => typeof each === 'string')) {
        const name = volume.split(':')[0]!;
        labels.set(name, new Set([...(labels.get(name) ?? []), deploy.placement.constraints[0]]));
      }
    }
    expect([...labels.keys()]).toEqual(expect.arrayContaining(['public-logs', 'published-logs', 'epoch-keys']));
    for (const [name, of] of labels) expect([name, [...of]]).toEqual([name, [expect.any(String)]]);
  });

  test('The table of docs/deployment.md says which label has which services', () => {
    const documentation = readFileSync(join(folder, '../../docs/deployment.md'), 'utf8');
    const [, table] = /\| label \| services \|\n\|---\|---\|\n((?:\|.*\n)+)/.exec(documentation) ?? [];
    const rows = Object.entries(swarmZones).map(
      ([label, names]) => `| \`popvote.${label}\` | ${names.map((name) => `\`${name}\``).join(', ')} |`,
    );
    expect(table?.trim().split('\n')).toEqual(rows);
  });

  test('The stack has no default with a variable in it, and the script sets those of Compose', async () => {
    await expect(swarmDefaults()).toMatchFileSnapshot(join(folder, 'defaults.sh'));
    const text = readFileSync(file, 'utf8');
    expect(text).not.toMatch(/\$\{[A-Z_]+:?-[^}]*\$\{/);
    expect(readFileSync(join(folder, 'start.sh'), 'utf8')).toContain('\n. "$here/defaults.sh"\n');
    const rows = [...swarmDefaults().matchAll(/^export (\w+)=/gm)].map(([, name]) => name);
    expect(rows).toContain('POPVOTE_LOG_HOST');
    const without = [...text.matchAll(/\$\{(\w+)\?\}/g)].map(([, name]) => name);
    expect(new Set(without)).toEqual(new Set(rows));
  });

  test('The script gives the labels that the stack asks for', () => {
    const [, labels] = /^labels=\((.*)\)$/m.exec(readFileSync(join(folder, 'start.sh'), 'utf8')) ?? [];
    expect(labels?.split(' ')).toEqual(Object.keys(swarmZones));
  });

  test('The stack publishes no port, and the files beside it those that Compose binds to an address', () => {
    const stack = stackSchema.parse(parse(readFileSync(file, 'utf8')));
    expect(Object.values(stack.services).map(({ ports }) => ports)).toEqual(
      Object.keys(stack.services).map(() => undefined),
    );
    const overlay = z.object({
      services: z.strictObject({ edge: z.strictObject({ ports: z.array(z.object({ target: z.int() })) }) }),
    });
    const targets = Object.fromEntries(
      Object.entries(swarmPortFiles).map(([variable, name]) => [
        variable,
        overlay.parse(parse(readFileSync(join(folder, name), 'utf8'))).services.edge.ports.map((port) => port.target),
      ]),
    );
    expect(targets).toEqual({ POPVOTE_BIND: [8080, 8443], POPVOTE_CONTROL_BIND: [8444] });
  });

  test('Services built here run the image that the script names, and PostgreSQL has its shared memory', () => {
    const stack = stackSchema.parse(parse(readFileSync(file, 'utf8')));
    for (const [name, { image, volumes }] of Object.entries(stack.services)) {
      const counterpart = composeFile.services[name]!;
      const built = name === 'edge' ? '${POPVOTE_EDGE_IMAGE:?}' : '${POPVOTE_IMAGE:?}';
      expect([name, image]).toEqual([name, counterpart.build === undefined ? counterpart.image : built]);
      const shared = volumes.filter((each) => typeof each !== 'string').find(({ target }) => target === '/dev/shm');
      const size = counterpart.shm_size === undefined ? undefined : `${(shared?.tmpfs?.size ?? 0) / 1_048_576}m`;
      expect([name, size]).toEqual([name, counterpart.shm_size]);
    }
    expect(composeFile.services['postgres-box']?.shm_size).toBe('256m');
  });

  test('Each service has the networks, secrets and limits that it has with Compose', () => {
    const stack = stackSchema.parse(parse(readFileSync(file, 'utf8')));
    const here = Object.keys(composeFile.services).filter((name) => !composeOnly.has(name));
    expect(Object.keys(stack.services).sort()).toEqual(here.sort());
    for (const [name, { networks, secrets, deploy }] of Object.entries(stack.services)) {
      const counterpart = composeFile.services[name]!;
      expect([name, Object.keys(networks)]).toEqual([
        name,
        Object.keys(counterpart.networks).filter((network) => !pageNetworks.has(network)),
      ]);
      expect([name, secrets]).toEqual([name, counterpart.secrets]);
      expect([name, deploy.resources.limits.memory]).toEqual([name, counterpart.mem_limit]);
      for (const [network, { aliases }] of Object.entries(networks))
        expect([name, network, aliases]).toEqual([name, network, counterpart.networks[network]?.aliases]);
    }
    for (const [name, { internal }] of Object.entries(stack.networks))
      expect([name, internal]).toEqual([name, composeFile.networks[name]?.internal]);
    expect(stack.services['officials']?.deploy.replicas).toBe(3);
    // A new build whose tasks fail is taken back. To Swarm a job that has ended has failed.
    const actions = Object.entries(stack.services).map(([name, { deploy }]) => [
      name,
      deploy.update_config.failure_action,
    ]);
    expect(Object.fromEntries(actions)).toMatchObject({
      migrate: 'continue',
      api: 'rollback',
      'postgres-box': 'rollback',
    });
  });

  test('The script makes exactly the secrets that the stack names, from the files of Compose', () => {
    const stack = stackSchema.parse(parse(readFileSync(file, 'utf8')));
    const script = join(folder, 'secrets.sh');
    expect(existsSync(script)).toBe(true);
    const rows = readFileSync(script, 'utf8').match(/^ {2}[a-z-]+=[\w.-]+$/gm) ?? [];
    const fromScript = Object.fromEntries(rows.map((row) => row.trim().split('=') as [string, string]));
    const fromStack = Object.keys(stack.secrets).map((name) => [
      name,
      composeFile.secrets[name]?.file.replace('./secrets/', ''),
    ]);
    expect(fromScript).toEqual(Object.fromEntries(fromStack));
    for (const [name, { name: external }] of Object.entries(stack.secrets))
      expect(external).toBe(`popvote-\${POPVOTE_SECRETS:?}-${name}`);
  });
});

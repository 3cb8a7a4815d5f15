// The stack of Swarm says what docker-compose.yml says.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { composeFile } from '../../support/deploy/compose-file.ts';
import { swarmStack } from '../../support/deploy/swarm-stack.ts';

const folder = join(import.meta.dirname, '../../../deploy/swarm');
const file = join(folder, 'stack.yml');
const service = z.object({
  networks: z.record(z.string(), z.object({ aliases: z.array(z.string()).optional() })),
  secrets: z.array(z.string()).default([]),
  deploy: z.object({ replicas: z.int(), resources: z.object({ limits: z.object({ memory: z.string().optional() }) }) }),
});
const stackSchema = z.object({
  services: z.record(z.string(), service),
  networks: z.record(z.string(), z.object({ internal: z.boolean().default(false) })),
  secrets: z.record(z.string(), z.object({ external: z.literal(true), name: z.string() })),
});

describe('The stack of Swarm', () => {
  test('The stack of Swarm is the one that follows from docker-compose.yml', async () => {
    await expect(swarmStack()).toMatchFileSnapshot(file);
  });

  test('Each service has the networks, secrets and limits that it has with Compose', () => {
    const stack = stackSchema.parse(parse(readFileSync(file, 'utf8')));
    const here = Object.keys(composeFile.services).filter((name) => !['keys', 'operate', 'prometheus'].includes(name));
    expect(Object.keys(stack.services).sort()).toEqual(here.sort());
    for (const [name, { networks, secrets, deploy }] of Object.entries(stack.services)) {
      const counterpart = composeFile.services[name]!;
      expect([name, Object.keys(networks)]).toEqual([
        name,
        Object.keys(counterpart.networks).filter((network) => network !== 'monitoring'),
      ]);
      expect([name, secrets]).toEqual([name, counterpart.secrets]);
      expect([name, deploy.resources.limits.memory]).toEqual([name, counterpart.mem_limit]);
      for (const [network, { aliases }] of Object.entries(networks))
        expect([name, network, aliases]).toEqual([name, network, counterpart.networks[network]?.aliases]);
    }
    for (const [name, { internal }] of Object.entries(stack.networks))
      expect([name, internal]).toEqual([name, composeFile.networks[name]?.internal]);
    expect(stack.services['officials']?.deploy.replicas).toBe(3);
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

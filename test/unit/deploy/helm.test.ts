// The values of the chart say what docker-compose.yml says: ports and their callers, variables, secrets.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { loadEnvironmentSchema } from '../../../src/cli/services.ts';
import { composeFile, openPorts } from '../../support/deploy/compose-file.ts';

const chart = join(import.meta.dirname, '../../../deploy/helm/popvote');
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
        folders: z.record(z.string(), z.unknown()).default({}),
      }),
    ),
    servers: z.record(z.string(), port),
    migrate: z.object({ secrets: z.array(z.string()) }),
  })
  .parse(parse(readFileSync(join(chart, 'values.yaml'), 'utf8')));
const services = Object.entries(values.services);
/** The public log is off in this release, and its folders would have to be shared by two services. */
const leftOut = ['log', 'herald'];

describe('The chart of Kubernetes', () => {
  test('The chart runs every service, and says of every port who calls it', () => {
    const reach = [
      ...services.flatMap(([of, { ports }]) => Object.values(ports).map((each) => ({ of, ...each }))),
      ...Object.entries(values.servers).map(([of, each]) => ({ of, ...each })),
    ];
    const callerNames = new Map([['prometheus', 'monitoring']]);
    const composePorts = openPorts()
      .filter(({ of }) => !leftOut.includes(of) && of !== 'prometheus')
      .map(({ of, port, by }) => ({
        of,
        port,
        // Commands on elections run in a pod of elections. Its log service is left out.
        callers: by.filter((name) => name !== 'operate').map((name) => callerNames.get(name) ?? name),
      }));
    const linesOf = (all: readonly { of: string; port: number; callers: readonly string[] }[]): string[] =>
      all.map(({ of, port, callers }) => `${of} ${port}: ${[...callers].sort().join(' ')}`).sort();
    expect(linesOf(reach)).toEqual(linesOf(composePorts));
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

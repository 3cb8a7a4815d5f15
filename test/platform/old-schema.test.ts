// Services on databases that were not migrated yet: they say so, run on, change nothing, and serve as soon as it is done.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Launchable } from '../../src/cli/services.ts';
import { databases as databaseNames } from '../../src/store/connecting/migration-files.ts';
import { endProcess } from '../support/processes/child-process.ts';
import { startPlatform } from '../support/processes/processes.ts';
import type { Control, Platform } from '../support/processes/processes.ts';
import { startProcess } from '../support/processes/service-process.ts';
import type { Running } from '../support/processes/service-process.ts';
import { until } from '../support/until.ts';

/** Six processes start. */
const slow = { timeout: 180_000 };

type Readiness = {
  readonly status: string;
  readonly checks: readonly { readonly name: string; readonly state: string; readonly reason?: string }[];
};
/** The services with a database, and the checks that tell of it. */
const checks = {
  ballots: ['intake'],
  mixer: ['intake', 'box'],
  access: ['database'],
  elections: ['database', 'box'],
  worker: ['box'],
  log: ['box'],
} as const satisfies Partial<Record<Launchable, readonly string[]>>;
type Checked = keyof typeof checks;

let platform: Platform & { control: Control };
let directory: string;
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'popvote-schema-'));
  platform = await startPlatform({ control: true });
}, 180_000);
afterAll(async () => {
  await platform[Symbol.asyncDispose]();
  rmSync(directory, { recursive: true, force: true });
});

function startAnother(service: Checked): Promise<Running> {
  if (service !== 'log') return platform.another(service);
  const environment = {
    LOG_KEYS_FILE: join(platform.keysDirectory, 'log.json'),
    PUBLIC_KEYS_FILE: join(platform.keysDirectory, 'public.json'),
    LOG_PORT: '0',
    LOG_DIRECTORY: directory,
    LOG_BOX_DATABASE_URL: platform.databases.url('box', 'popvote_log'),
  };
  return startProcess('log', environment, () => undefined);
}

const readinessOf = async ({ addresses }: Running): Promise<Readiness> =>
  (await (await fetch(`${addresses['private'] ?? ''}/readyz`)).json()) as Readiness;

test('Services say that the schema is too old, live on, and are ready after the migration', slow, async () => {
  // Never deleted by the program: as if the newest migration were to come.
  for (const name of databaseNames)
    await platform.databases.query(
      name,
      "update public.migration set name = '0001-' || name where name = (select max(name) from public.migration)",
    );
  const services = Object.keys(checks) as Checked[];
  const running = await Promise.all(services.map(startAnother));
  try {
    for (const [index, service] of services.entries()) {
      const started = running[index]!;
      await expect
        .poll(async () => {
          const { status, checks: all } = await readinessOf(started);
          return [service, status, all.filter(({ reason }) => reason === 'schema-too-old').map(({ name }) => name)];
        })
        .toEqual([service, 'not-ready', expect.arrayContaining([...checks[service]])]);
      expect((await fetch(`${started.addresses['private'] ?? ''}/livez`)).status).toBe(200);
    }
    const { access } = running[services.indexOf('access')]!.addresses;
    const login = await fetch(`${access ?? ''}/v1/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email: 'ada@example.org', password: 'a long enough password' }),
    });
    expect(login.status).toBe(503);
    for (const name of databaseNames)
      await platform.databases.query(
        name,
        "update public.migration set name = right(name, -5) where name like '0001-0%'",
      );
    for (const [index, service] of services.entries())
      await until(async () => (await readinessOf(running[index]!)).status === 'ready', `${service} ready`);
    for (const { child } of running) expect(child.exitCode).toBe(null);
  } finally {
    await Promise.all(running.map(({ child }) => endProcess(child)));
  }
});

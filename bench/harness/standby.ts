// A PostgreSQL with a synchronous standby, behind one address that can move from one to the other.
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { startPostgres } from '../../src/local/postgres.ts';
import { databases } from '../../src/store/connecting/migration-files.ts';
import { freePort } from '../../test/support/processes/ports.ts';
import { startProxy } from '../../test/support/processes/proxy.ts';
import { copyServer } from '../../test/support/processes/standby.ts';
import { signalFamily } from './process-tree.ts';
import type { Bench } from './run.ts';

const password = 'bench';
/** Longest wait for the standby to be synchronous, in milliseconds. */
const synchronousMsMax = 30_000;

export type PrimaryAndStandby = {
  /** The variables with which `popvote start` uses these databases. */
  readonly environment: Readonly<Record<string, string>>;
  /** Copies the running primary, starts the copy as its standby, and waits until commits wait for it. */
  addStandby(): Promise<void>;
  /** The standby receives nothing from now on. */
  separate(): void;
  /** Ends the primary at once, and lets the standby take its place. */
  failOver(): Promise<void>;
};

export async function startPrimary(bench: Bench): Promise<PrimaryAndStandby> {
  const start = async (name: string, settings: Readonly<Record<string, string>>) => {
    const server = await startPostgres({
      directory: join(bench.directory, name),
      port: await freePort(),
      password,
      logFile: join(bench.directory, `${name}.log`),
      // The standby reads from the primary what was written since the copy began.
      settings: { wal_keep_size: '1GB', ...settings },
    });
    bench.cleanup.add(() => server.stop());
    return server;
  };
  const primary = await start('primary', {});
  for (const name of databases) await asSuperuser(primary.superuserUrl('postgres'), `create database ${name}`);
  const address = await startProxy({ host: '127.0.0.1', port: primary.port });
  const replication = await startProxy({ host: '127.0.0.1', port: primary.port });
  bench.cleanup.add(() => address.close());
  bench.cleanup.add(() => replication.close());
  const urlOf = (name: string): string => `postgres://postgres:${password}@127.0.0.1:${address.port}/${name}`;
  let standby: Awaited<ReturnType<typeof start>> | undefined;
  return {
    environment: Object.fromEntries(databases.map((name) => [`MIGRATE_${name.toUpperCase()}_URL`, urlOf(name)])),
    async addStandby() {
      await copyServer(primary.superuserUrl('postgres'), primary.directory, join(bench.directory, 'standby'));
      const source = `host=127.0.0.1 port=${replication.port} user=postgres password=${password}`;
      standby = await start('standby', { primary_conninfo: source });
      const url = primary.superuserUrl('postgres');
      await asSuperuser(url, "alter system set synchronous_standby_names = '*'");
      await asSuperuser(url, 'select pg_reload_conf()');
      const deadline = performance.now() + synchronousMsMax;
      const isSynchronous = "select 1 from pg_stat_replication where sync_state = 'sync' and state = 'streaming'";
      while ((await asSuperuser(url, isSynchronous)).length === 0) {
        if (performance.now() > deadline) throw new Error('The standby did not become synchronous.');
        await pause(100);
      }
    },
    separate: () => replication.silent(true),
    async failOver() {
      if (!standby) throw new Error('There is no standby.');
      signalFamily(primary.pid, 'SIGKILL');
      await primary.ended;
      replication.cut();
      await asSuperuser(standby.superuserUrl('postgres'), 'select pg_promote()');
      address.pointTo({ host: '127.0.0.1', port: standby.port });
    },
  };
}

async function asSuperuser(url: string, text: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(text)).rows;
  } finally {
    await client.end();
  }
}

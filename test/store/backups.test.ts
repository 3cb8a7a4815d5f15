// What a database says of its copies: the end of the last backup, written as the runbook does, whether archiving fails, and the
// standbys that are missing.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { expect, test } from 'vitest';
import { startPostgres } from '../../src/local/postgres.ts';
import { readDatabaseCopies } from '../../src/store/backups.ts';
import { freePort } from '../support/processes/ports.ts';

test(
  'A database knows its last backup, whether archiving fails, and which standbys are missing',
  { timeout: 120_000 },
  async () => {
    const root = mkdtempSync(join(tmpdir(), 'popvote-backups-'));
    // While it is absent, archiving fails. PostgreSQL runs as another user, which cannot look into the folder.
    const place = `${root}-archive`;
    const server = await startPostgres({
      directory: join(root, 'postgres'),
      port: await freePort(),
      password: 'test',
      logFile: join(root, 'postgres.log'),
      settings: { archive_mode: 'on', archive_command: `test -e ${place}` },
    });
    const owner = new pg.Client({ connectionString: server.superuserUrl('postgres') });
    const reader = new pg.Client({ connectionString: server.superuserUrl('postgres') });
    try {
      await owner.connect();
      await owner.query('create role reader');
      await owner.query('create database other');
      await reader.connect();
      await reader.query('set role reader');
      expect(await readDatabaseCopies(reader)).toEqual({
        lastSeconds: null,
        archivingFails: false,
        standbys: 0,
        standbysMissing: 0,
        standbyLagBytes: 0,
      });

      // Another setting, and that of another database, are nothing to it. A connection that is open sees the new value.
      await owner.query('alter database postgres set work_mem = 65536');
      await owner.query('alter database other set popvote.last_backup = 1');
      expect((await readDatabaseCopies(reader)).lastSeconds).toBe(null);
      await owner.query('alter database postgres set popvote.last_backup = 1764590000');
      expect((await readDatabaseCopies(reader)).lastSeconds).toBe(1_764_590_000);
      await owner.query("alter database postgres set popvote.last_backup = 'yesterday'");
      expect((await readDatabaseCopies(reader)).lastSeconds).toBe(null);

      // A standby that is required, and two that have a slot, one of which never came.
      await owner.query("alter system set synchronous_standby_names = 'ANY 1 (second)'");
      await owner.query('select pg_reload_conf()');
      const missing = async (): Promise<number> => (await readDatabaseCopies(reader)).standbysMissing;
      await expect.poll(missing).toBe(1);
      await owner.query("set synchronous_commit = 'local'");
      await owner.query("select pg_create_physical_replication_slot('second', true)");
      await owner.query("select pg_create_physical_replication_slot('third', false)");
      expect(await missing()).toBe(2);
      await owner.query("select pg_logical_emit_message(false, 'test', repeat('x', 100000))");
      const { standbyLagBytes } = await readDatabaseCopies(reader);
      expect(standbyLagBytes).toBeGreaterThan(100_000);
      expect(standbyLagBytes).toBeLessThan(16_000_000);
      await owner.query('alter system reset synchronous_standby_names');
      await owner.query(
        "select pg_reload_conf(), pg_drop_replication_slot('second'), pg_drop_replication_slot('third')",
      );
      await expect.poll(missing).toBe(0);

      const fails = async (): Promise<boolean> => (await readDatabaseCopies(reader)).archivingFails;
      const fill = "select pg_logical_emit_message(false, 'test', 'backup'), pg_switch_wal()";
      await owner.query(fill);
      await expect.poll(fails, { timeout: 60_000 }).toBe(true);
      writeFileSync(place, '');
      // A new file wakes the archiver.
      await owner.query(fill);
      await expect.poll(fails, { timeout: 90_000 }).toBe(false);
    } finally {
      await Promise.allSettled([owner.end(), reader.end()]);
      await server.stop();
      for (const path of [root, place, server.directory]) rmSync(path, { recursive: true, force: true });
    }
  },
);

// A standby of a running PostgreSQL, for tests and drills.
import { spawnSync } from 'node:child_process';
import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';

/** A copy of the data folder of a running server, as pg_basebackup makes it, to be started as a standby. */
export async function copyServer(url: string, from: string, to: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query("select pg_backup_start('standby', true)");
    // Files come and go meanwhile. What is missing is in the log, which the standby reads.
    spawnSync('cp', ['-a', from, to]);
    const { rows } = await client.query<{ labelfile: string }>('select labelfile from pg_backup_stop(false)');
    for (const name of readdirSync(join(to, 'pg_wal'), { withFileTypes: true })) {
      if (name.isFile()) rmSync(join(to, 'pg_wal', name.name));
    }
    rmSync(join(to, 'postmaster.pid'), { force: true });
    writeFileSync(join(to, 'backup_label'), rows[0]?.labelfile ?? '', { mode: 0o644 });
    writeFileSync(join(to, 'standby.signal'), '');
    // The account of the server must own them.
    spawnSync('chown', ['-R', `--reference=${from}`, to]);
  } finally {
    await client.end();
  }
}

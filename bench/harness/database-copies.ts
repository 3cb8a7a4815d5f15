// Copies of databases of one moment, as an operator makes and restores them: no one is connected meanwhile.
import pg from 'pg';

/** Replaces each database by a copy of another one, all at one moment. `pairs` are of names: the new one, and its source. */
export async function copyDatabases(url: string, pairs: readonly (readonly [string, string])[]): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  // A statement that is under way rejects by itself.
  client.on('error', () => undefined);
  await client.connect();
  const connections = (name: string, allowed: boolean): Promise<unknown> =>
    client.query(`alter database ${name} allow_connections ${String(allowed)}`);
  try {
    for (const [, source] of pairs) await connections(source, false);
    for (const [, source] of pairs) {
      await client.query('select pg_terminate_backend(pid, 10000) from pg_stat_activity where datname = $1', [source]);
    }
    for (const [name] of pairs) await client.query(`drop database if exists ${name} with (force)`);
    for (const [name, source] of pairs) await client.query(`create database ${name} template ${source}`);
    for (const [, source] of pairs) await connections(source, true);
  } finally {
    await client.end();
  }
}

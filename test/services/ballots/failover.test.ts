// A list of hosts in the address of a database: casts go to the server that takes writes, also after a promotion.
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { afterEach, expect, test, vi } from 'vitest';
import { startPostgres } from '../../../src/local/postgres.ts';
import type { LocalPostgres } from '../../../src/local/postgres.ts';
import { signingKey } from '../../../src/platform/keys/signatures.ts';
import { createPrivateClient } from '../../../src/platform/private-calls/private-calls.ts';
import { castsAnswer, createIntakeAnswer } from '../../../src/protocol/ballot-service.ts';
import { start as startBallots } from '../../../src/services/ballots/main.ts';
import { publicationOf } from '../../../src/services/elections/publishing/publication.ts';
import { start as startMixer } from '../../../src/services/mixer/main.ts';
import { prepareDatabases, serviceRoles } from '../../../src/store/administration.ts';
import { readDatabaseCopies } from '../../../src/store/backups.ts';
import { openPool } from '../../../src/store/database.ts';
import { createIntake, newElection } from '../../support/intake.ts';
import { freePort } from '../../support/processes/ports.ts';
import { copyServer } from '../../support/processes/standby.ts';
import { until } from '../../support/until.ts';

/** Longest time from a promotion to the first cast, in milliseconds. */
const resumeMsMax = 5_000;
const password = 'a-password-of-tests';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const clean of cleanups.splice(0).reverse()) await clean();
});

async function queryAt<Row extends pg.QueryResultRow>(
  server: LocalPostgres,
  database: string,
  text: string,
): Promise<Row[]> {
  const client = new pg.Client({ connectionString: server.superuserUrl(database) });
  await client.connect();
  try {
    return (await client.query<Row>(text)).rows;
  } finally {
    await client.end();
  }
}

/** A primary with migrated databases, and a standby for which its commits wait. */
async function startPair(): Promise<{ primary: LocalPostgres; standby: LocalPostgres; folder: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'popvote-failover-'));
  chmodSync(folder, 0o755);
  cleanups.push(() => rmSync(folder, { recursive: true, force: true }));
  const startServer = async (name: string, settings: Record<string, string>): Promise<LocalPostgres> => {
    const server = await startPostgres({
      directory: join(folder, name),
      port: await freePort(),
      password,
      logFile: join(folder, `${name}.log`),
      settings: { wal_keep_size: '256MB', ...settings },
    });
    cleanups.push(() => server.stop(AbortSignal.abort()));
    return server;
  };
  const primary = await startServer('primary', {});
  for (const name of ['intake', 'box']) await queryAt(primary, 'postgres', `create database ${name}`);
  await prepareDatabases(
    (['intake', 'box'] as const).map((database) => ({ database, ownerUrl: primary.superuserUrl(database) })),
    Object.fromEntries(serviceRoles.map((role) => [role, password])),
  );
  await copyServer(primary.superuserUrl('postgres'), primary.directory, join(folder, 'standby'));
  const source = `host=127.0.0.1 port=${primary.port} user=postgres password=${password}`;
  const standby = await startServer('standby', { primary_conninfo: source });
  await queryAt(primary, 'postgres', "alter system set synchronous_standby_names = '*'");
  await queryAt(primary, 'postgres', 'select pg_reload_conf()');
  const following = "select 1 as one from pg_stat_replication where sync_state = 'sync' and state = 'streaming'";
  await until(async () => (await queryAt(primary, 'postgres', following)).length > 0, 'a synchronous standby');
  const reader = new pg.Client({ connectionString: addressOf([primary], 'popvote_mixer', 'intake') });
  await reader.connect();
  expect(await readDatabaseCopies(reader)).toMatchObject({ standbys: 1, standbysMissing: 0, standbyLagBytes: 0 });
  await reader.end();
  return { primary, standby, folder };
}

const addressOf = (servers: readonly LocalPostgres[], role: string, database: string): string => {
  const hosts = servers.map(({ port }) => `127.0.0.1:${port}`).join(',');
  return `postgres://${role}:${password}@${hosts}/${database}?target_session_attrs=read-write`;
};

test(
  'After the primary ended casts resume within seconds of the promotion, and no receipt is lost',
  { timeout: 180_000 },
  async () => {
    await using intake = await createIntake();
    const { primary, standby, folder } = await startPair();
    const servers = [standby, primary];
    const common = { PUBLIC_KEYS: JSON.stringify(intake.keys.public), LOG_LEVEL: 'silent' };
    const ballots = await startBallots({
      ...common,
      BALLOTS_PORT: '0',
      BALLOTS_KEYS: JSON.stringify(intake.keys.ballots),
      INTAKE_DATABASE_URL: addressOf(servers, 'popvote_ballots', 'intake'),
      BALLOTS_ELECTION_KEYS_DIRECTORY: join(folder, 'elections'),
    });
    cleanups.push(() => ballots.close());
    const mixer = await startMixer({
      ...common,
      MIXER_PORT: '0',
      MIXER_POLL_MS: '200',
      MIXER_KEYS: JSON.stringify(intake.keys.mixer),
      MIXER_INTAKE_DATABASE_URL: addressOf(servers, 'popvote_mixer', 'intake'),
      MIXER_BOX_DATABASE_URL: addressOf(servers, 'popvote_mixer', 'box'),
      MIXER_EPOCH_KEYS_DIRECTORY: join(folder, 'epochs'),
    });
    cleanups.push(() => mixer.close());
    const clientOf = (name: 'api' | 'elections') => {
      const caller = { name, jwk: intake.keys[name].caller };
      const client = createPrivateClient({
        origin: ballots.addresses['private']!,
        service: 'ballots',
        clock: Date.now,
        caller,
      });
      cleanups.push(() => client.close());
      return client;
    };
    const api = clientOf('api');
    const elections = clientOf('elections');
    const election = newElection();
    const publication = publicationOf(election, signingKey(intake.keys.elections.publisher), 1);
    const create = { method: 'POST', path: '/private/elections', answer: createIntakeAnswer, msMax: 5_000 } as const;
    await vi.waitFor(() => elections.call({ ...create, body: { definition: election, publication } }), {
      timeout: 20_000,
    });
    type Cast = ReturnType<typeof intake.cast>;
    const acknowledged: { readonly cast: Cast; readonly receipt: unknown }[] = [];
    /** The receipt of a cast; null where none came. */
    const receiptOf = async (cast: Cast): Promise<unknown> => {
      const call = { method: 'POST', path: '/private/casts', answer: castsAnswer, msMax: 2_500 } as const;
      const answer = await api.call({ ...call, body: { casts: [cast] } }).catch(() => null);
      const outcome = answer?.outcomes[0];
      return outcome !== undefined && 'receipt' in outcome ? outcome.receipt : null;
    };
    const castOnce = async (): Promise<boolean> => {
      const cast = intake.cast({ electionId: election.id });
      const receipt = await receiptOf(cast);
      if (receipt !== null) acknowledged.push({ cast, receipt });
      return receipt !== null;
    };
    await until(castOnce, 'a cast before the failover');
    const voting = new AbortController();
    let resumedMs: number | null = null;
    let promotedMs = Infinity;
    const vote = async (): Promise<void> => {
      while (!voting.signal.aborted) {
        const isRecorded = await castOnce();
        if (isRecorded && performance.now() > promotedMs) resumedMs ??= performance.now() - promotedMs;
        await pause(20);
      }
    };
    const voters = Promise.all([vote(), vote()]);
    await until(() => acknowledged.length > 20, 'casts before the failover');
    await primary.stop(AbortSignal.abort());
    await queryAt(standby, 'postgres', 'select pg_promote()');
    promotedMs = performance.now();
    await until(() => resumedMs !== null, 'a cast after the promotion');
    voting.abort();
    await voters;
    expect(resumedMs).toBeLessThan(resumeMsMax);
    const participants = 'select count(*)::integer as stored from pv.participation';
    const before = await queryAt(standby, 'intake', participants);
    // The same cast gets the same receipt, and adds no one: it was recorded.
    for (const { cast, receipt } of acknowledged) expect(await receiptOf(cast)).toEqual(receipt);
    expect(await queryAt(standby, 'intake', participants)).toEqual(before);
  },
);

test(
  'Of two servers that take writes, a list leads to the one that was promoted last',
  { timeout: 90_000 },
  async () => {
    const { primary, standby } = await startPair();
    const pool = openPool(addressOf([primary, standby], 'popvote_ballots', 'intake'), {
      name: 'test',
      connectionsMax: 1,
    });
    cleanups.push(() => pool.end());
    const port = async (): Promise<number | undefined> =>
      (await pool.query<{ port: number }>('select inet_server_port() as port')).rows[0]?.port;
    expect(await port()).toBe(primary.port);
    await queryAt(standby, 'postgres', 'select pg_promote()');
    // As after a commit for which no standby is left. The former primary goes on, and answers first.
    (await pool.connect()).release(true);
    expect(await port()).toBe(standby.port);
  },
);

test('A list without a server that takes writes is an outage', async () => {
  const nowhere = await freePort();
  const address = (login: string): string => `postgres://${login}@127.0.0.1:${nowhere},127.0.0.1:${nowhere}/none`;
  const pool = openPool(`${address('popvote_ballots:x')}?target_session_attrs=read-write`, {
    name: 'test',
    connectionsMax: 1,
  });
  cleanups.push(() => pool.end());
  await expect(pool.query('select 1')).rejects.toMatchObject({ name: 'NoWritableServer' });
});

// Faults of PostgreSQL: of its copies, its archive and its backups, a stopped server, and one that an older copy replaces.
import { existsSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { databases } from '../../../src/store/connecting/migration-files.ts';
import { copyServer } from '../../../test/support/processes/standby.ts';
import { copyDatabases } from '../database-copies.ts';
import { signalFamily } from '../process-tree.ts';
import type { Raising } from './raising.ts';
import { archiveFolder } from './stage.ts';
import type { Stage } from './stage.ts';

/** Services read what a database knows of its copies once a minute. */
const readingSeconds = 60;
const firesSecondsMax = readingSeconds + 45;
const endsSecondsMax = readingSeconds + 30;
const backupDaysOld = 9;
/** Rows of a kilobyte: more than the 256 MiB that a standby may lack. */
const rowsWritten = 330_000;
/** People who cast, and requests to `elections`, while PostgreSQL is stopped. */
const castersAtOnce = 30;
const requestsAtOnce = 30;
/** Longest pause between two requests of one of them, in milliseconds: a uniform draw. */
const askAgainMsMax = 300;
/** Longest wait until the newest votes are in a mark, in milliseconds. */
const markMsMax = 90_000;

/** As the last command of the runbook of backups does. */
export async function noteBackups({ query }: Stage): Promise<void> {
  for (const name of databases) await noteBackup({ query }, name, Date.now());
}

const noteBackup = ({ query }: Pick<Stage, 'query'>, name: string, atMs: number): Promise<unknown> =>
  query(name, `alter database ${name} set popvote.last_backup = ${Math.floor(atMs / 1_000)}`);

/** An old backup, an archive that fails, and a standby that hangs and then ends. */
export async function raiseCopyFaults(stage: Stage, { raise }: Raising): Promise<void> {
  const standby = await startStandby(stage);
  await Promise.all([
    raise({
      what: `the last backup of intake is ${backupDaysOld} days old`,
      alerts: [{ alert: 'BackupIsOld', labels: { database: 'intake' } }],
      inject: () => noteBackup(stage, 'intake', Date.now() - backupDaysOld * 86_400_000),
      end: () => noteBackup(stage, 'intake', Date.now()),
      firesSecondsMax,
      endsSecondsMax,
    }),
    raise(archiveFault(stage)),
    raise({
      what: 'a standby hangs while more than 256 MiB are written',
      alerts: [{ alert: 'StandbyIsLate', labels: { database: 'box' } }],
      async inject() {
        standby.signal('SIGSTOP');
        await stage.query('postgres', writeMuch, [rowsWritten]);
      },
      meanwhile: () =>
        raise({
          what: 'the standby is killed',
          alerts: [{ alert: 'StandbyIsMissing', labels: { database: 'box' } }],
          inject: () => standby.signal('SIGKILL'),
          end: () => standby.start(),
          firesSecondsMax,
          endsSecondsMax,
        }),
      end: () => undefined,
      firesSecondsMax,
      endsSecondsMax,
    }),
  ]);
}

const writeMuch = 'create table written as select repeat(md5(row::text), 30) from generate_series(1, $1::int) row';

function archiveFault({ postgres, query }: Stage): Parameters<Raising['raise']>[0] {
  const folder = join(postgres.directory, archiveFolder);
  const switchFile = 'select pg_switch_wal() from pg_logical_emit_message(false, $1, $2)';
  const write = (): Promise<unknown> => query('postgres', switchFile, ['drill', 'one more file of the log']);
  return {
    what: 'the folder of the archive is missing',
    alerts: [{ alert: 'ArchivingFails', labels: { database: 'elections' } }],
    async inject() {
      renameSync(folder, `${folder}-elsewhere`);
      await write();
    },
    async end() {
      if (existsSync(`${folder}-elsewhere`)) renameSync(`${folder}-elsewhere`, folder);
      await write();
    },
    firesSecondsMax,
    // PostgreSQL may wait a minute before it tries again.
    endsSecondsMax: endsSecondsMax + 60,
  };
}

async function startStandby({ bench, postgres, query, startServer }: Stage) {
  const url = new URL(postgres.superuserUrl('postgres'));
  await query('postgres', "select pg_create_physical_replication_slot('standby', true)");
  await copyServer(url.href, postgres.directory, join(bench.directory, 'standby'));
  const source = `host=127.0.0.1 port=${url.port} user=postgres password=${url.password}`;
  const start = () => startServer('standby', { primary_conninfo: source, primary_slot_name: 'standby' });
  let server = await start();
  return {
    signal: (signal: 'SIGSTOP' | 'SIGKILL') => signalFamily(server.pid, signal),
    async start() {
      server = await start();
    },
  };
}

/** The PostgreSQL of all databases is stopped by a signal, while people cast and others ask `elections`. */
export async function raiseStoppedDatabase(stage: Stage, { raise }: Raising): Promise<void> {
  const { postgres, platform, voters, administrator } = stage;
  const cast = await voters.verified(castersAtOnce);
  await administrator.logIn();
  const over = new AbortController();
  const loads: Promise<unknown>[] = [];
  const ask = async (): Promise<void> => {
    const headers = { authorization: `Bearer ${administrator.token}` };
    while (!over.signal.aborted) {
      await fetch(`${platform.control.elections}/v1/elections`, { headers, signal: over.signal }).catch(() => null);
      await pause(Math.random() * askAgainMsMax);
    }
  };
  await raise({
    what: `PostgreSQL is stopped, ${castersAtOnce} people cast and ${requestsAtOnce} ask elections`,
    alerts: [
      { alert: 'CastsAreNotRecorded' },
      { alert: 'VotersAreTurnedAway' },
      { alert: 'DatabaseIsSlow', labels: { job: 'elections' } },
    ],
    inject() {
      signalFamily(postgres.pid, 'SIGSTOP');
      loads.push(cast(over.signal), ...Array.from({ length: requestsAtOnce }, ask));
    },
    async end() {
      signalFamily(postgres.pid, 'SIGCONT');
      await loads[0];
      over.abort();
      await Promise.all(loads);
    },
    firesSecondsMax: 60,
    endsSecondsMax: 60,
  });
}

/** An older copy of `intake` takes its place, and then the newest one again. */
export async function raiseLostVotes(stage: Stage, { raise }: Raising): Promise<void> {
  const { platform, postgres, voters } = stage;
  const url = postgres.superuserUrl('postgres');
  await voters.vote(1);
  await copyDatabases(url, [['intake_before', 'intake']]);
  await voters.vote(3);
  await untilMarked(stage);
  await raise({
    what: 'a copy of intake without the last three votes takes its place',
    alerts: [{ alert: 'VotesWereLost' }, { alert: 'VotesDoNotAddUp', labels: { election: platform.election.id } }],
    async inject() {
      await copyDatabases(url, [['intake_newest', 'intake']]);
      await copyDatabases(url, [['intake', 'intake_before']]);
    },
    end: () => copyDatabases(url, [['intake', 'intake_newest']]),
    firesSecondsMax: 90,
    endsSecondsMax: 60,
  });
  await voters.vote(1);
}

/** Waits until `elections` keeps a mark of all votes. */
async function untilMarked({ platform, query }: Stage): Promise<void> {
  const deadline = performance.now() + markMsMax;
  const { participation } = await platform.counts();
  for (;;) {
    const [row] = await query('elections', 'select pv.kept_mark_of($1) as mark', [platform.election.id]);
    const { mark } = (row?.['mark'] ?? {}) as { readonly mark?: { readonly voters: number } };
    if ((mark?.voters ?? 0) >= participation) return;
    if (performance.now() > deadline) throw new Error('The newest votes were in no mark in time.');
    await pause(250);
  }
}

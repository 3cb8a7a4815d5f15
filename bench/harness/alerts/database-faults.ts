// Faults of PostgreSQL: of its copies, its archive, its backups and a right of a role, a stopped server, and one that an older copy
// replaces.
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
/** Longest wait until the newest votes are in a mark, and an act in the record, in milliseconds. */
const markMsMax = 90_000;
const actMsMax = 30_000;

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

/** The signing function of the record, and the rows of acts without a signed head. */
const signingFunction = 'function pv.add_signed_head(bigint, json)';
const unsignedActs = '(select number from pv.audit_entry where number > (select max(number) from pv.signed_head))';
/** In place of three hours of waiting: the clock of PostgreSQL cannot be moved, so the rows are. */
const letHoursPass = `create table public.drill_entry as select number, entry from pv.audit_entry where number in ${unsignedActs};
  update pv.audit_entry set entry = jsonb_set(entry::jsonb, '{at}', to_jsonb(to_char(
      (entry::jsonb ->> 'at')::timestamptz at time zone 'UTC' - interval '3 hours', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')))::text
    where number in ${unsignedActs};
  update pv.signed_head set signed_at = signed_at - interval '3 hours';`;
const restoreActs = `update pv.audit_entry act set entry = drill_entry.entry
    from public.drill_entry where act.number = drill_entry.number;
  drop table public.drill_entry;`;

/** `elections` may no longer store signed heads, and three hours pass after the next act. */
export async function raiseUnsignedRecord(stage: Stage, { raise }: Raising): Promise<void> {
  const { administrator, query } = stage;
  const withoutTriggers = (text: string): Promise<unknown> =>
    query('elections', `begin; set local session_replication_role = replica; ${text} commit`);
  await raise({
    what: 'elections may not store signed heads, and an act is three hours old',
    alerts: [{ alert: 'RecordIsNotSigned' }],
    async inject() {
      await query('elections', `revoke execute on ${signingFunction} from popvote_elections`);
      await administrator.logIn();
      await untilRows(stage, unsignedActs);
      await withoutTriggers(letHoursPass);
    },
    async end() {
      await withoutTriggers(restoreActs);
      await query('elections', `grant execute on ${signingFunction} to popvote_elections`);
    },
    firesSecondsMax,
    endsSecondsMax,
  });
}

async function untilRows({ query }: Stage, text: string): Promise<void> {
  const deadline = performance.now() + actMsMax;
  while ((await query('elections', text)).length === 0) {
    if (performance.now() > deadline) throw new Error('The act was not in the record in time.');
    await pause(250);
  }
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

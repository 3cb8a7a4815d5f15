// What the engine is compared with: pgbench sending one ballot per statement into the same schema on the same server, and
// the ceiling of one statement for very many rows.
import pg from 'pg';
import { entryBytes } from '../../src/domain/record/entry.ts';
import { createSealer } from '../../src/platform/keys/sealed-boxes.ts';
import { sealedBallotContext, sealedBallotContent } from '../../src/protocol/sealed-ballot.ts';
import { sealedOverheadBytes } from '../../src/platform/keys/sealed-boxes.ts';
import type { BenchElection } from './intake.ts';
import { randomVariables, runPgbench, tagOf, writeScript } from './pgbench.ts';
import type { Bench } from './run.ts';
import type { BenchDatabases } from './servers.ts';

export type Peer = (seconds: number) => Promise<number>;

/** A sealed ballot of the election's size, to the hourly key. */
export function sampleSealed(election: BenchElection): Buffer {
  const ballot = { tracker: Buffer.alloc(32, 7), entry: Buffer.alloc(entryBytes), text: '{"contests":[]}' };
  const content = sealedBallotContent(ballot, election.sealedBytes - sealedOverheadBytes);
  return createSealer(election.epoch).seal(content, sealedBallotContext(election.definition.id, true));
}

/** `insert … on conflict do nothing` of one participation: the duplicate check alone, without a ballot. */
export function singleInsert(bench: Bench, servers: BenchDatabases, database: string, election: BenchElection): Peer {
  const script = writeScript(
    bench.directory,
    'single-insert',
    `${randomVariables('a', 'b', 'c')}insert into pv.participation (election_id, voter_tag, phone_tag, attempt_tag)
values ('${election.definition.id}', ${tagOf('a')}, ${tagOf('b')}, ${tagOf('c')}) on conflict do nothing;
`,
  );
  return (seconds) => perSecond(servers.url(database), script, seconds);
}

/** The cast function for one ballot: participation and outbox in one transaction. */
export function singleCast(bench: Bench, servers: BenchDatabases, database: string, election: BenchElection): Peer {
  const sealed = sampleSealed(election).toString('hex');
  const script = writeScript(
    bench.directory,
    'single-cast',
    `${randomVariables('a', 'b', 'c')}select pv.cast_ballots('${election.definition.id}', 1, array[${tagOf('a')}],
array[${tagOf('b')}], array[${tagOf('c')}], array['\\x${sealed}'::bytea], array[now() - interval '1 minute']);
`,
  );
  return (seconds) => perSecond(servers.url(database, 'popvote_ballots'), script, seconds);
}

async function perSecond(url: string, script: ReturnType<typeof writeScript>, seconds: number): Promise<number> {
  const result = await runPgbench(url, script, seconds);
  if (result.failed > 0 || !(result.perSecond > 0)) throw new Error('pgbench failed: its figure would mean nothing');
  return result.perSecond;
}

/** Rows of one statement of the ceiling. */
const ceilingRows = 20_000;

/**
 * The ceiling: participation and outbox of 20,000 prepared ballots by one `insert … select from unnest` each, in one
 * transaction, without answering a client in between.
 */
export async function unnestCeiling(
  bench: Bench,
  servers: BenchDatabases,
  database: string,
  election: BenchElection,
): Promise<Peer> {
  const client = new pg.Client({ connectionString: servers.url(database) });
  await client.connect();
  bench.cleanup.add(() => client.end());
  const id = election.definition.id;
  await client.query(
    'create temporary table staged (voters bytea[], phones bytea[], attempts bytea[], sealed bytea[])',
  );
  return async (seconds) => {
    let rows = 0;
    let spentMs = 0;
    while (spentMs < seconds * 1_000) {
      await client.query('truncate staged');
      await client.query(
        `insert into staged select array_agg(sha256(uuid_send(gen_random_uuid()))), array_agg(sha256(uuid_send(gen_random_uuid()))),
           array_agg(sha256(uuid_send(gen_random_uuid()))), array_agg($1::bytea) from generate_series(1, $2)`,
        [sampleSealed(election), ceilingRows],
      );
      const start = performance.now();
      await client.query(
        `with taken as (
           insert into pv.participation (election_id, voter_tag, phone_tag, attempt_tag)
           select '${id}', i.voter, i.phone, i.attempt
           from staged, unnest(voters, phones, attempts) as i(voter, phone, attempt) on conflict do nothing)
         insert into pv.outbox (election_id, sealed) select '${id}', i.sealed from staged, unnest(sealed) as i(sealed)`,
      );
      spentMs += performance.now() - start;
      rows += ceilingRows;
    }
    return (rows * 1_000) / spentMs;
  };
}

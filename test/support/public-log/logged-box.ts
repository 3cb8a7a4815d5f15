// A box whose ballots have entries for the public log, as functions that deposit ballots put them there. The signatures
// in the entries are random: neither the box nor the log verifies them.
import { createHash, randomBytes } from 'node:crypto';
import { base64urlOf } from '../../../src/domain/record/bytes.ts';
import { logOriginOf, manifestHashBytes } from '../../../src/domain/record/manifest.ts';
import { newSigningJwk } from '../../../src/platform/keys/new-keys.ts';
import { canonicalText } from '../../../src/platform/keys/signatures.ts';
import { openPool } from '../../../src/store/database.ts';
import type { Pool } from '../../../src/store/database.ts';
import { openLog } from '../../../src/store/record/log-admission.ts';
import type { LogAdmission } from '../../../src/store/record/log-admission.ts';
import { listLogs } from '../../../src/store/record/logs.ts';
import type { StoredLog } from '../../../src/store/record/logs.ts';
import { createDatabases } from '../database.ts';
import type { TestDatabases } from '../database.ts';
import { definition } from '../elections.ts';

export const sha256Of = (bytes: Uint8Array | string): Buffer => createHash('sha256').update(bytes).digest();

export type LoggedBallot = { readonly tracker: Buffer; readonly entry: Buffer };
export const castTagOf = ({ entry }: LoggedBallot): string => entry.subarray(3, 35).toString('hex');
/** Ballots with entries without a valid signature. */
export const loggedBallots = (count: number, channel: 'online' | 'batch' = 'online'): LoggedBallot[] =>
  Array.from({ length: count }, () => ({
    tracker: randomBytes(32),
    entry: Buffer.concat([Buffer.from([2, 0, channel === 'online' ? 1 : 2]), randomBytes(128)]),
  }));

export type ManifestChanges = {
  readonly minBatch?: number;
  readonly disclosure?: 'none' | 'ballots';
  readonly quorum?: number;
  readonly witnesses?: readonly string[];
};

/** One election's log in a box under test. */
export type LoggedElection = {
  readonly electionId: string;
  readonly origin: string;
  readonly manifest: string;
  /** The folder of the log below a directory of logs. */
  readonly folder: string;
  open(): Promise<LogAdmission>;
  deposit(ballots: readonly LoggedBallot[]): Promise<number>;
  closeIntake(): Promise<void>;
  closeBox(): Promise<void>;
  stored(): Promise<StoredLog>;
};

export type LoggedBox = AsyncDisposable & {
  readonly databases: TestDatabases;
  /** As the roles popvote_log and popvote_elections. */
  readonly log: Pool;
  readonly elections: Pool;
  /** The key of the log, whose public half the manifests name. */
  readonly key: ReturnType<typeof newSigningJwk>;
  election(changes?: ManifestChanges, electionId?: string): LoggedElection;
};

export async function createLoggedBox(): Promise<LoggedBox> {
  const databases = await createDatabases(['box']);
  const log = openPool(databases.url('box', 'popvote_log'), { name: 'test-log', connectionsMax: 4 });
  const elections = openPool(databases.url('box', 'popvote_elections'), { name: 'test-elections', connectionsMax: 2 });
  const key = newSigningJwk('log-test');
  return {
    databases,
    log,
    elections,
    key,
    election: (changes, electionId = `e-${randomBytes(6).toString('hex')}`) =>
      electionIn({ databases, log, elections, key }, electionId, changes),
    async [Symbol.asyncDispose]() {
      await Promise.all([log.end(), elections.end()]);
      await databases[Symbol.asyncDispose]();
    },
  };
}

/** A manifest of the form that readers expect. */
export function manifestOf(electionId: string, logKey: string, changes: ManifestChanges = {}): object {
  const keyNamed = (kid: string): object => ({ kid, x: newSigningJwk(kid).x });
  return {
    version: 1,
    electionId,
    rehearsal: true,
    contests: definition().contests,
    identity: { scheme: 'hkid' },
    channels: ['online', 'batches'],
    minBatch: changes.minBatch ?? 10,
    disclosure: changes.disclosure ?? 'none',
    log: { host: 'vote.example.org', key: logKey },
    receipts: keyNamed('receipts-test'),
    deposits: keyNamed('deposits-test'),
    publisher: keyNamed('publisher-test'),
    witnesses: { quorum: changes.quorum ?? 0, keys: changes.witnesses ?? [] },
    auditors: { quorum: 0, keys: [] },
    sealing: null,
    tokens: null,
  };
}

function electionIn(
  { databases, log, elections, key }: Pick<LoggedBox, 'databases' | 'log' | 'elections' | 'key'>,
  electionId: string,
  changes?: ManifestChanges,
): LoggedElection {
  const body = manifestOf(electionId, key.x, changes);
  const signature = { kid: 'publisher-test', alg: 'EdDSA', value: randomBytes(64).toString('base64url') };
  const manifest = JSON.stringify({ manifest: body, signature });
  const manifestHash = sha256Of(manifestHashBytes(canonicalText(body)));
  const origin = logOriginOf('vote.example.org', electionId, manifestHash);
  return {
    electionId,
    origin,
    manifest,
    folder: `${electionId}/${base64urlOf(manifestHash)}`,
    open: () => openLog(elections, { electionId, origin, manifestHash, manifest }),
    async deposit(ballots) {
      const [row] = await databases.query<{ added: number }>(
        'box',
        `with placed as (
           insert into pv.ballot (tracker, election_id, channel, ballot)
           select tracker, $1, case get_byte(entry, 2) when 1 then 'online' else 'batch' end, '{}'
           from unnest($2::bytea[], $3::bytea[]) as i(tracker, entry) on conflict do nothing)
         select pv.add_entries($1, $2, $3) as added`,
        [electionId, ballots.map(({ tracker }) => tracker), ballots.map(({ entry }) => entry)],
      );
      return row?.added ?? 0;
    },
    async closeIntake() {
      await databases.query('box', `insert into pv.intake_closing values ($1, 0, 0, '{}')`, [electionId]);
    },
    async closeBox() {
      await databases.query('box', 'insert into pv.closed_box values ($1)', [electionId]);
    },
    async stored() {
      const stored = (await listLogs(log)).find((one) => one.electionId === electionId);
      if (!stored) throw new Error('there is no log');
      return stored;
    },
  };
}

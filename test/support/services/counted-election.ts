// Elections of known votes for the tests of results: made and announced over the control API, their ballots laid into
// the databases as mixer and worker do, then closed.
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import { canonicalBallotText } from '../../../src/domain/ballot.ts';
import { batchIdPrefix } from '../../../src/domain/batch-row.ts';
import type { ContestChoice } from '../../../src/domain/ballot.ts';
import { newKeyFiles } from '../../../src/platform/keys/new-keys.ts';
import { signValue, signingKey } from '../../../src/platform/keys/signatures.ts';
import { paperTrackerText } from '../../../src/protocol/control/batch-entries.ts';
import type { AdministeredResults } from '../../../src/protocol/control/results-api.ts';
import { depositRows, registerBatch } from '../../../src/store/batches.ts';
import { depositOnline } from '../../../src/store/box.ts';
import type { BoxBallot } from '../../../src/store/box.ts';
import { depositLogged, findLog } from '../../../src/store/record/deposits.ts';
import type { LoggedBallot } from '../../../src/store/record/deposits.ts';
import { electionLogAt } from '../../../src/domain/record/election-log.ts';
import { encodeEntry } from '../../../src/domain/record/entry.ts';
import { sha256 } from '../../../src/platform/content-hash.ts';
import { entryOfCast } from '../../../src/services/ballots/entries.ts';
import type { SignedLog } from '../../../src/services/ballots/entries.ts';
import { depositKeysOf, paperEntries } from '../../../src/services/worker/entries.ts';
import { openPool } from '../../../src/store/database.ts';
import type { Pool } from '../../../src/store/database.ts';
import { recordStatements } from '../closing.ts';
import { until } from '../until.ts';
import { electionOf, inHours, motion } from './elections.ts';
import type { Answer, Elections } from './elections.ts';

/** Most ballots of one deposit. */
const depositMax = 10_000;

/** A kind of ballot: what it chooses in each contest, and how many there are. */
export type Votes = { readonly choices: readonly (readonly string[])[]; readonly count: number };
export type PaperRow = { readonly guid?: string; readonly choices: readonly (readonly string[])[] | null };

export type Ballots = AsyncDisposable & {
  readonly official: string;
  /** Votes cast online: people who took part, and their ballots in the box. */
  cast(electionId: string, contests: readonly string[], votes: readonly Votes[]): Promise<void>;
  /** Ballots cast online in the box, and no people who took part. */
  deposit(electionId: string, contests: readonly string[], votes: readonly Votes[]): Promise<void>;
  /** People who took part and whose ballots have not reached the box. */
  participate(electionId: string, count: number): Promise<void>;
  /**
   * A batch of so many rows, of which these arrived. A row without choices has an invalid number. `from`: a station of an
   * election where batches are confirmed.
   */
  batch(
    electionId: string,
    contests: readonly string[],
    rows: number,
    arrived: readonly PaperRow[],
    from?: string,
  ): Promise<string>;
};

const texts = (contests: readonly string[], choices: Votes['choices']): string =>
  canonicalBallotText({
    contests: contests.map((contestId, index): ContestChoice => ({ contestId, choices: choices[index] ?? [] })),
  });

/** Signs the entry of a ballot, whose voter had some ballot key. */
const loggedBy =
  (log: SignedLog) =>
  (ballot: BoxBallot): LoggedBallot => {
    const ballotKey = randomBytes(32).toString('base64url');
    return { ...ballot, entry: encodeEntry(entryOfCast(log, { ...ballot, ballotKey })) };
  };

/** The numbers of a row, for options with the ids `option-1`, `option-2`, …; a number that is on no ballot for null. */
const cellsOf = (choices: PaperRow['choices']): string =>
  choices === null
    ? '99'
    : choices
        .map((ids) =>
          ids
            .map((id) => Number(id.split('-').at(-1)))
            .sort((a, b) => a - b)
            .join('+'),
        )
        .join(',');

/** `access`: its keys sign batches; without it they are signed by keys that no service has. `official`: who uploads. */
export function layingBallots(
  { databases, access }: Pick<Elections, 'databases'> & { readonly access?: Pick<Elections['access'], 'keys'> },
  official: string = randomUUID(),
): Ballots {
  const keys = access?.keys ?? newKeyFiles();
  const signer = signingKey(keys.officials.batches);
  const receiptKey = signingKey(keys.ballots.receipts);
  const open = (role: string): Pool => openPool(databases.url('box', role), { name: 'test', connectionsMax: 2 });
  const mixer = open('popvote_mixer');
  const worker = open('popvote_worker');
  const participate: Ballots['participate'] = async (electionId, count) => {
    await databases.query(
      'intake',
      `insert into pv.participation select $1, sha256(convert_to('v' || i || $3, 'UTF8')),
         sha256(convert_to('p' || i || $3, 'UTF8')), sha256(convert_to('a' || i || $3, 'UTF8'))
       from generate_series(1, $2::int) i`,
      [electionId, count, randomUUID()],
    );
  };
  const deposit: Ballots['deposit'] = async (electionId, contests, votes) => {
    const ballots = votes.flatMap(({ choices, count }) =>
      Array.from({ length: count }, () => ({ tracker: randomBytes(32), text: texts(contests, choices) })),
    );
    const open = await findLog(mixer, electionId);
    const log = open && electionLogAt(sha256, open.origin);
    for (let at = 0; at < ballots.length; at += depositMax) {
      const some = ballots.slice(at, at + depositMax);
      if (!log) await depositOnline(mixer, electionId, some);
      else await depositLogged(mixer, electionId, some.map(loggedBy({ log, signer: receiptKey })));
    }
  };
  return {
    official,
    participate,
    deposit,
    async cast(electionId, contests, votes) {
      const count = votes.reduce((sum, kind) => sum + kind.count, 0);
      if (count > 0) await participate(electionId, count);
      await deposit(electionId, contests, votes);
    },
    async batch(electionId, contests, rows, arrived, from) {
      const guids = arrived.map(({ guid }) => guid ?? randomUUID());
      const cells = arrived.map(({ choices }) => cellsOf(choices));
      const lines = guids.map((guid, index) => `${guid},${cells[index] ?? ''}\n`).join('');
      const whole = arrived.length === rows ? batchIdPrefix(electionId, from ?? null) + lines : randomUUID();
      const batchId = createHash('sha256').update(whole).digest('base64url');
      const acceptedAt = new Date().toISOString();
      const waits = from === undefined ? {} : { station: from, needsConfirmation: true };
      const signed = {
        version: 1,
        batchId,
        electionId,
        rows,
        official,
        acceptedAt,
        document: {},
        ...(from !== undefined && { station: from }),
      };
      const manifest = JSON.stringify({ manifest: signed, signature: signValue(signer, signed) });
      await registerBatch(worker, { batchId, electionId, rows, official, acceptedAt, manifest, ...waits });
      if (arrived.length === 0) return batchId;
      const trackers = guids.map((guid) => sha256(Buffer.from(paperTrackerText(electionId, guid))));
      const log = await findLog(worker, electionId);
      const entryOf = log && paperEntries(depositKeysOf(keys.worker), log);
      await depositRows(worker, {
        batchId,
        firstRow: 1,
        guids,
        trackers,
        ...(entryOf && {
          entries: arrived.map(({ choices }, index) =>
            choices === null ? null : entryOf(trackers[index]!, texts(contests, choices)),
          ),
        }),
        which: arrived.map((_, index) => index + 1),
        kinds: arrived.map(({ choices }, index) =>
          choices === null
            ? { cells: cells[index] ?? '', ballot: null, contestId: contests[0] ?? '' }
            : { cells: cells[index] ?? '', ballot: texts(contests, choices), contestId: null },
        ),
      });
      return batchId;
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([mixer.end(), worker.end()]);
    },
  };
}

/** An election that opened an hour ago. Rehearsals need neither grace nor an anonymity set. */
export async function openElection(elections: Elections, changes: object = {}): Promise<string> {
  const body = motion({
    opensAt: inHours(-1),
    channels: ['online', 'batches'],
    minBatch: 1,
    graceSeconds: 0,
    ...changes,
  });
  const created = await elections.call('POST', '/v1/elections', { body });
  expect(created.body).toMatchObject({ election: { state: 'draft' } });
  const { id } = electionOf(created);
  expect(await elections.call('POST', `/v1/elections/${id}/announce`)).toMatchObject({ status: 200 });
  return id;
}

/** Ends voting and waits until the intake is closed permanently, and the box has the statement of it. */
export async function closeElection(elections: Elections, id: string): Promise<void> {
  const path = `/v1/elections/${id}`;
  expect(await elections.call('POST', `${path}/close`, { body: { reason: 'The test is over.' } })).toMatchObject({
    status: 200,
  });
  await until(async () => {
    await elections.logic.schedule.poll();
    return electionOf(await elections.call('GET', path)).state === 'closed';
  }, 'the closed intake');
  await recordStatements(elections.databases, elections.access.keys.public);
}

export const resultsOf = ({ body }: Answer): AdministeredResults => body as AdministeredResults;

/** A contest for seats among so many parties, with ids `option-1`, `option-2`, … */
export const chamber = (options: number, seats: number, thresholdPercent: number): object => ({
  id: 'parliament',
  title: { en: 'Parliament' },
  method: 'dhondt',
  seats,
  thresholdPercent,
  options: Array.from({ length: options }, (_, index) => ({ title: { en: `List ${index + 1}` }, kind: 'party' })),
});

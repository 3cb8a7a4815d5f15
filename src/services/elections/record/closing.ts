// The closing document of an election: what its complete log has, by channel and by batch, and a root over the people who
// took part. It is signed once, before the results are stored, and published with the election's documents.
import { retrySoon } from '../../../platform/http/problems.ts';
import type { Logger } from '../../../platform/logger.ts';
import { signValue } from '../../../platform/keys/signatures.ts';
import type { SigningKey } from '../../../platform/keys/signatures.ts';
import { Problem } from '../../../protocol/problem.ts';
import { electionDefinition } from '../../../protocol/public-document.ts';
import type { ElectionDefinition } from '../../../protocol/public-document.ts';
import type { ClosingDocument, LogClosing } from '../../../protocol/record/closing.ts';
import { closingBatchesMax } from '../../../protocol/record/closing.ts';
import type { Pool } from '../../../store/database.ts';
import { findLifecycle, storeClosing } from '../../../store/elections/lifecycle.ts';
import { listLedger } from '../../../store/ledger.ts';
import type { StoredLedgerBatch } from '../../../store/ledger.ts';
import type { BallotsCalls } from '../publishing/ballots-calls.ts';
import { publicationOf } from '../publishing/publication.ts';
import type { Publishing } from '../publishing/publishing.ts';
import type { CountedLog } from './counted-log.ts';
import { storedManifest } from './manifest.ts';
import type { PublisherOf } from './manifest.ts';

/** Most tries to sign documents while concurrent changes sign others. */
const triesMax = 5;
/** Batches of one read. */
const pageBatches = 500;

export type RecordParts = {
  readonly pool: Pool;
  readonly boxPool: Pool;
  readonly ballots: Pick<BallotsCalls, 'participants'>;
  readonly publishing: Pick<Publishing, 'publish' | 'keep' | 'shownRevision'>;
  readonly publisher: SigningKey;
  readonly publisherOf: PublisherOf;
  readonly logger: Logger;
};

/** Stores and publishes the closing document of a closed election, unless it has one. Throws `busy`. */
export async function closeRecord(parts: RecordParts, electionId: string, log: CountedLog): Promise<void> {
  const { pool, publishing, publisher, logger } = parts;
  let signed: ClosingDocument | null = null;
  for (let tries = 0; tries < triesMax; tries += 1) {
    const election = await findLifecycle(pool, electionId);
    if (!election || election.state !== 'closed' || election.closing !== null) return;
    const definition = electionDefinition.parse(election.announced);
    signed ??= await signedClosing(parts, definition, log, parts.publisherOf(storedManifest(election.manifest)));
    // Above every signed revision, also above those in Redis that a restored database has lost.
    const revision = Math.max(election.revision, await publishing.shownRevision(electionId)) + 1;
    const { documents } = publicationOf(definition, publisher, revision);
    if (!(await storeClosing(pool, { id: electionId, closing: signed, revision, documents }))) continue;
    await publishing.publish(electionId);
    // If `ballots` is unavailable, the schedule sends it later.
    await publishing.keep(electionId).catch((error: unknown) => logger.warn({ err: error }, 'publication.not-kept'));
    return;
  }
  throw new Problem('busy', retrySoon());
}

async function signedClosing(
  { boxPool, ballots, logger }: RecordParts,
  { id, contests, closesAt }: ElectionDefinition,
  { origin, size, root, online, batch, repeated, repeatedHash }: CountedLog,
  signer: SigningKey,
): Promise<ClosingDocument> {
  const { participation, participants } = await ballots.participants(id);
  const batches = await closedBatches(boxPool, id);
  // An earlier release deposited them. Verifiers reject the document.
  if (repeated > 0 && repeatedHash === null)
    logger.warn({ electionId: id, repeated }, 'closing.repeated-without-entries');
  const closing: LogClosing = {
    version: 1,
    origin,
    size,
    root,
    online,
    batch,
    repeated,
    ...(repeatedHash !== null && { repeatedHash }),
    participation,
    participants,
    closedAt: closesAt,
    withdrawn: withdrawnOptions(contests),
    batches,
  };
  return { closing, signature: signValue(signer, closing) };
}

const withdrawnOptions = (contests: ElectionDefinition['contests']): LogClosing['withdrawn'] =>
  contests.flatMap(({ id: contestId, options }) =>
    options.flatMap(({ id: optionId, withdrawnAt }) =>
      withdrawnAt === undefined ? [] : [{ contestId, optionId, withdrawnAt }],
    ),
  );

async function closedBatches(boxPool: Pool, electionId: string): Promise<LogClosing['batches']> {
  const batches: LogClosing['batches'] = [];
  for (let after = 0; batches.length < closingBatchesMax;) {
    const page = await listLedger(boxPool, electionId, { after, limit: pageBatches });
    batches.push(...page.map(closedBatch));
    const last = page.at(-1);
    if (!last) return batches;
    after = last.number;
  }
  throw new Problem('conflict', { detail: `An election has at most ${closingBatchesMax} batches.` });
}

/** rows = counted + invalid + missing. A withdrawn row is an invalid one. */
const closedBatch = (batch: StoredLedgerBatch): LogClosing['batches'][number] => {
  const { batchId, rows, checked, valid } = batch;
  return { batchId, rows, counted: valid, invalid: checked - valid, missing: rows - checked };
};

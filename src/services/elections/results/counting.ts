// Counts an election once, from a closed and complete box, and stores the result. Another count must give the same
// bytes. A difference raises an alarm and changes nothing. Counts by option are returned only as results.
import { NotCanonical } from '../../../domain/counting/tally.ts';
import type { Logger } from '../../../platform/logger.ts';
import { Counter } from '../../../platform/metrics.ts';
import type { Metrics } from '../../../platform/metrics.ts';
import type { VerificationKeys } from '../../../platform/keys/signatures.ts';
import { Problem } from '../../../protocol/problem.ts';
import { electionDefinition } from '../../../protocol/public-document.ts';
import type { ElectionDefinition } from '../../../protocol/public-document.ts';
import type { AcceptedLoss } from '../../../protocol/proofs/participation-mark.ts';
import type { ResultsBody } from '../../../protocol/public-results.ts';
import type { Pool } from '../../../store/database.ts';
import { findLifecycle } from '../../../store/elections/lifecycle.ts';
import type { StoredLifecycle } from '../../../store/elections/lifecycle.ts';
import { CountDiffers, findResult, storeCount } from '../../../store/elections/results.ts';
import { countStations } from '../../../store/batch-confirmations.ts';
import { countBatches } from '../../../store/ledger.ts';
import type { Audit, Caller } from '../audit/audit.ts';
import type { Lifecycle } from '../lifecycle/lifecycle.ts';
import { closeRecord } from '../record/closing.ts';
import type { RecordParts } from '../record/closing.ts';
import { EntryNotSigned, LogNotContinued, readCountedLog, verifyEntries } from '../record/counted-log.ts';
import type { CountedLog } from '../record/counted-log.ts';
import { CheckpointNotSigned } from '../record/published-log.ts';
import type { PublishedCheckpoint } from '../record/published-log.ts';
import { storedManifest } from '../record/manifest.ts';
import { countRepeated, countWrongEntries } from '../../../store/record/deposits.ts';
import type { ManifestDocument } from '../../../protocol/record/manifest.ts';
import { tallyBox } from './box-tally.ts';
import { EntriesDiffer, closeWhenComplete } from './box-completeness.ts';
import type { CompletenessParts } from './box-completeness.ts';
import { canonicalResults, firstResults } from './results-body.ts';
import { storedActor, bodyOf, intakeFactsOf } from './results-view.ts';
import { BatchNotSigned, verifyBatches } from './verify-batches.ts';

export type CountFacts = {
  readonly definition: ElectionDefinition;
  /** Null in an election without a public log. */
  readonly manifest: ManifestDocument | null;
  /** Number of online voters, counted when the intake was closed. */
  readonly participation: number;
  readonly eligible: number | null;
  readonly acceptedLosses: readonly AcceptedLoss[];
  /** The first count had no log to compare with. False before it. */
  readonly withoutLog: boolean;
};

export type Counting = {
  /**
   * Counts an election and stores the result, or confirms the stored one. Throws `not-drained` with what is missing,
   * `election-not-found`, `busy`, and `conflict` if the election is not closed or the result differs.
   */
  count(caller: Caller, electionId: string): Promise<void>;
  /**
   * Computes the first results from the box. Stores nothing. Throws `conflict` if the contents of the box are wrong, and
   * `not-drained` while the log lacks ballots.
   */
  fromBox(facts: CountFacts): Promise<{ readonly results: ResultsBody; readonly log: CountedLog | null }>;
};

type Parts = CompletenessParts &
  Omit<RecordParts, 'ballots'> & {
    readonly ballots: CompletenessParts['ballots'] & RecordParts['ballots'];
    readonly publishedCheckpoint: PublishedCheckpoint;
    readonly lifecycle: Pick<Lifecycle, 'closeIntake'>;
    readonly pool: Pool;
    /** The keys by which `officials` signs batches. */
    readonly batchSigners: VerificationKeys;
    readonly audit: Audit;
    readonly logger: Logger;
    readonly metrics: Metrics;
  };

export function createCounting(parts: Parts): Counting {
  const { pool, boxPool, audit, logger } = parts;
  const alarms = new Counter({
    name: 'popvote_elections_count_alarms_total',
    help: 'Counts with wrong box contents or a result that differs from an earlier count. Must be zero.',
    registers: [parts.metrics],
  });
  const alarmed = (electionId: string, error: unknown): Problem => {
    alarms.inc();
    logger.error({ err: error, electionId }, 'count.alarm');
    return new Problem('conflict', { detail: error instanceof CountDiffers ? differs : notRight });
  };

  const fromBox: Counting['fromBox'] = async (facts) => {
    const { id } = facts.definition;
    const log = facts.manifest && (await countedLogOf(parts, facts, facts.manifest, alarmed));
    const repeated = log?.repeated ?? (facts.manifest ? await countRepeated(boxPool, id) : 0);
    const tally = await tallyBoxOf(boxPool, facts.definition, alarmed);
    await verifyPaper(parts, facts.definition, tally.batches, alarmed);
    const batches = await countBatches(boxPool, id);
    const stations = await countStations(boxPool, id);
    const totalsOf = (station: string) => tally.stations.get(station) ?? null;
    try {
      if (facts.manifest) await rejectWrongEntries(boxPool, id, log, tally);
      const results = firstResults(facts.definition, {
        closedAt: facts.definition.closesAt,
        eligible: facts.eligible,
        totals: tally.totals,
        stations: new Map(stations.map((each) => [each.station, { ...each, totals: totalsOf(each.station) }])),
        online: { received: facts.participation, valid: tally.online, repeated },
        acceptedLosses: facts.acceptedLosses,
        batches: {
          ...batches,
          invalidByReason: {
            'Duplicate ballot.': batches.duplicates,
            'Invalid poll number.': batches.invalidNumbers,
            'Withdrawn batch.': batches.withdrawn,
          },
        },
        record: log,
      });
      return { results, log };
    } catch (error) {
      if (error instanceof RangeError) throw alarmed(id, error);
      throw error;
    }
  };

  return {
    fromBox,
    async count({ actor, request }, id) {
      const action = { actor, request, act: 'election.count', object: { kind: 'election', id } } as const;
      await audit.record(action, async () => {
        const election = await countable(parts, id);
        const facts = await factsToCount(parts, election).catch((error: unknown) => {
          throw error instanceof EntriesDiffer ? alarmed(id, error) : error;
        });
        const { results, log } = await fromBox(facts);
        if (log) await closeRecord(parts, id, log);
        const body = canonicalResults(results);
        const stored = await storeCount(pool, id, body, storedActor(actor)).catch((error: unknown) => {
          throw error instanceof CountDiffers ? alarmed(id, error) : error;
        });
        if (stored === 'not-found' || stored === 'state') throw new Problem('conflict', { detail: notClosed });
        return {
          result: undefined,
          ...(stored === 'counted' && { changed: { state: { from: 'closed', to: 'counted' } } }),
        };
      });
    },
  };
}

const notClosed = 'The election is not closed. Count it after it is closed. Nothing was changed.';
const differs =
  'This count gave another result than before, which must never happen. Nothing was changed. The operator of the ' +
  'databases must investigate.';
const notRight =
  'The ballots in the box are not those that were received, or do not belong to this election. Nothing was counted. The ' +
  'operator of the databases must investigate. The log has the details.';

type Countable = StoredLifecycle & { readonly participation: number };

async function countable({ pool, lifecycle }: Parts, id: string): Promise<Countable> {
  let election = await findLifecycle(pool, id);
  // An end that is over does not wait for the schedule to see it.
  if (election !== null && isOver(election)) {
    await lifecycle.closeIntake(id);
    election = await findLifecycle(pool, id);
  }
  if (!election) throw new Problem('election-not-found');
  const { participation, state, phase } = election;
  if (state === 'draft' || state === 'announced' || participation === null) {
    const detail = phase === 'closed' ? graceRunning : phase === 'draft' ? notClosed : stillOpen(election);
    throw new Problem('conflict', { detail });
  }
  return { ...election, participation };
}

/** Voting and its grace are over, but the intake is not closed. */
function isOver({ state, pending, announced, closesAtMs, nowMs }: StoredLifecycle): boolean {
  if (state !== 'announced' || pending !== null || nowMs < closesAtMs) return false;
  return nowMs >= closesAtMs + electionDefinition.parse(announced).graceSeconds * 1_000;
}

const graceRunning =
  'Voting has ended, but voters who verified before the end can still cast. Count when the election is closed, in a few ' +
  'minutes at most. Nothing was changed.';
const stillOpen = ({ closesAtMs }: StoredLifecycle): string =>
  `Voting has not ended. It ends at ${new Date(closesAtMs).toISOString()}. Count the results after that.`;

async function factsToCount(parts: Parts, election: Countable): Promise<CountFacts> {
  const definition = electionDefinition.parse(election.announced);
  const { participation } = election;
  const base = { definition, participation, manifest: storedManifest(election.manifest) };
  const first = await findResult(parts.pool, election.id, 1);
  // A later count uses the stored facts of the intake, because it compares the box and not the intake.
  if (first) return { ...base, ...intakeFactsOf(bodyOf(first)) };
  return { ...base, withoutLog: false, ...(await closeWhenComplete(parts, definition, participation)) };
}

/** Rejects ballots whose entry in the log commits to another ballot, and a log with other ballots than the box. */
async function rejectWrongEntries(
  boxPool: Pool,
  electionId: string,
  log: CountedLog | null,
  { online, batches }: { readonly online: number; readonly batches: number },
): Promise<void> {
  if (log && (log.online !== online || log.batch !== batches))
    throw new RangeError('The log has other ballots than the box.');
  const wrong = await countWrongEntries(boxPool, electionId);
  if (wrong > 0) throw new RangeError(`Ballots that do not fit their entries in the log: ${wrong}.`);
}

/**
 * Rejects entries that no one signed, and a box that is not that of the published log. Null where the organiser accepted the loss
 * of the missing entries: the results then name no log, and verifiers reject them.
 */
async function countedLogOf(
  parts: Parts,
  facts: CountFacts,
  document: ManifestDocument,
  alarmed: (electionId: string, error: unknown) => Problem,
): Promise<CountedLog | null> {
  try {
    const log = facts.withoutLog ? null : await continuedLog(parts, facts, document);
    if (!log) await verifyEntries(parts.boxPool, document);
    return log;
  } catch (error) {
    const isAlarm = [EntryNotSigned, LogNotContinued, CheckpointNotSigned].some((kind) => error instanceof kind);
    throw isAlarm ? alarmed(document.manifest.electionId, error) : error;
  }
}

async function continuedLog(
  { boxPool, publishedCheckpoint, logger }: Parts,
  { acceptedLosses }: CountFacts,
  document: ManifestDocument,
): Promise<CountedLog | null> {
  try {
    return await readCountedLog(boxPool, document, publishedCheckpoint(document)?.checkpoint ?? null);
  } catch (error) {
    if (!(error instanceof LogNotContinued) || acceptedLosses.length === 0) throw error;
    logger.warn({ err: error, electionId: document.manifest.electionId }, 'count.without-log');
    return null;
  }
}

async function tallyBoxOf(
  boxPool: Pool,
  definition: ElectionDefinition,
  alarmed: (electionId: string, error: unknown) => Problem,
): ReturnType<typeof tallyBox> {
  try {
    return await tallyBox(boxPool, definition);
  } catch (error) {
    if (error instanceof NotCanonical) throw alarmed(definition.id, error);
    throw error;
  }
}

/** Rejects paper ballots that `officials` did not sign, or that belong to no batch. */
async function verifyPaper(
  parts: Parts,
  definition: ElectionDefinition,
  ballots: number,
  alarmed: (electionId: string, error: unknown) => Problem,
): Promise<void> {
  try {
    const verified = await verifyBatches(parts, definition);
    if (verified.ballots !== ballots) throw new RangeError('The box has paper ballots of no batch.');
    if (verified.incomplete.length === 0) return;
    parts.logger.warn({ electionId: definition.id, batches: verified.incomplete }, 'count.batches-not-verified');
  } catch (error) {
    const isAlarm = error instanceof BatchNotSigned || error instanceof RangeError || error instanceof NotCanonical;
    throw isAlarm ? alarmed(definition.id, error) : error;
  }
}

// Computes the results of an election from its totals. Pure, so that the same box always gives the same bytes. No
// clock, names or order of arrival may be used here.
import canonicalize from 'canonicalize';
import { countContest, resolveTie, surroundingsOf } from '../../../domain/counting/counting-methods.ts';
import type { ContestCount } from '../../../domain/counting/counting-methods.ts';
import type { ContestTotals } from '../../../domain/counting/contest-totals.ts';
import type { Lot, LotFault } from '../../../domain/counting/tie.ts';
import { ownValue } from '../../../domain/own-value.ts';
import { isOpenTie } from '../../../domain/results/tie-facts.ts';
import type { AcceptedLoss } from '../../../protocol/proofs/participation-mark.ts';
import { invalidReasons } from '../../../protocol/public-results.ts';
import type { InvalidRowReason, ResultsBody } from '../../../protocol/public-results.ts';
import type { ElectionDefinition } from '../../../protocol/public-document.ts';
import type { CountedRecord, LogTree } from '../../../protocol/record/log-values.ts';
import { stationResults } from './station-results.ts';
import type { CountedStations } from './station-results.ts';

/** Lots by contest id. */
export type Lots = Readonly<Record<string, Lot>>;

/** The input of a count, besides the definition. */
export type Counted = {
  /** When voting ended, RFC 3339 in UTC. */
  readonly closedAt: string;
  /** People on the roll; null without a roll. */
  readonly eligible: number | null;
  /** `repeated`: ballots under the cast tag of another one, which counts. */
  readonly online: { readonly received: number; readonly valid: number; readonly repeated?: number };
  readonly acceptedLosses?: readonly AcceptedLoss[];
  readonly batches: {
    readonly files: number;
    readonly received: number;
    readonly valid: number;
    readonly missing: number;
    readonly invalidByReason: Readonly<Partial<Record<InvalidRowReason, number>>>;
  };
  /** By contest id. */
  readonly totals: ReadonlyMap<string, ContestTotals>;
  /** Of the stations that have batches. */
  readonly stations?: CountedStations;
  /** The complete public log, where the election has one. */
  readonly record?: LogTree | null;
};

/** A lot that does not decide the tie of its contest. */
export class LotDoesNotFit extends Error {
  readonly contestId: string;
  readonly fault: LotFault;
  constructor(contestId: string, fault: LotFault) {
    super(`the lot of contest ${contestId} does not decide its tie: ${fault}`);
    this.name = 'LotDoesNotFit';
    this.contestId = contestId;
    this.fault = fault;
  }
}

/** The first results, before any lot. Throws `RangeError` if the counts are inconsistent. */
export function firstResults(definition: ElectionDefinition, counted: Counted): ResultsBody {
  const { online, batches } = counted;
  const invalidByReason = invalidReasons.flatMap((reason) => {
    const rows = batches.invalidByReason[reason] ?? 0;
    return rows === 0 ? [] : [{ reason, rows }];
  });
  const invalid = invalidByReason.reduce((sum, { rows }) => sum + rows, 0);
  const withdrawn = batches.invalidByReason['Withdrawn batch.'] ?? 0;
  const { repeated = 0 } = online;
  if (online.received !== online.valid + repeated) throw new RangeError('ballots cast online are not all in the box');
  if (batches.received !== batches.valid + invalid) throw new RangeError('rows of batches are not all accounted for');
  const totalsOf = (contestId: string): ContestTotals => {
    const totals = counted.totals.get(contestId);
    if (totals === undefined) throw new RangeError(`contest ${contestId} was not counted`);
    if (totals.valid + totals.abstained !== online.valid + batches.valid) {
      throw new RangeError(`the ballots of contest ${contestId} are not those of the box`);
    }
    return totals;
  };
  const around = { invalid: invalidBallots(invalidByReason), entitled: counted.eligible };
  const contests = definition.contests.map((contest) =>
    countContest(
      contest,
      totalsOf(contest.id),
      null,
      surroundingsOf(contest, definition.contests, totalsOf, () => undefined, around),
    ),
  );
  const reconciledBatches = {
    received: batches.received,
    valid: batches.valid,
    invalid,
    files: batches.files,
    invalidByReason,
    missing: batches.missing,
  };
  const stations = stationResults(definition, counted.stations ?? new Map(), reconciledBatches);
  return {
    electionId: definition.id,
    revision: 1,
    closedAt: counted.closedAt,
    rehearsal: definition.rehearsal,
    turnout: { eligible: counted.eligible, online: online.received, batches: batches.received - withdrawn },
    reconciliation: {
      online: { received: online.received, valid: online.valid, invalid: repeated },
      batches: reconciledBatches,
    },
    ...(counted.acceptedLosses?.length && { acceptedLosses: [...counted.acceptedLosses] }),
    contests: contests.map(plain),
    ...(stations !== null && { stations }),
    ...(counted.record && { record: recordOf(counted.record) }),
  };
}

const recordOf = ({ origin, size, root }: LogTree): CountedRecord => ({ origin, size, root, aggregate: null });

/**
 * Another revision of the same votes with lots. Every contest is counted again. Throws `LotDoesNotFit`.
 */
export function withLots(
  definition: Pick<ElectionDefinition, 'contests'>,
  results: ResultsBody,
  lots: Lots,
  revision: number,
): ResultsBody {
  const totalsOf = (contestId: string): ContestTotals => {
    const counted = results.contests.find((contest) => contest.contestId === contestId);
    if (counted === undefined) throw new RangeError(`contest ${contestId} was not counted`);
    return countedTotals(counted);
  };
  const { turnout, reconciliation } = results;
  const around = { invalid: invalidBallots(reconciliation.batches.invalidByReason), entitled: turnout.eligible };
  const lotOf = (contestId: string): Lot | undefined => ownValue(lots, contestId);
  const contests = results.contests.map((counted) => {
    const contest = definition.contests.find(({ id }) => id === counted.contestId);
    if (contest === undefined) throw new RangeError(`contest ${counted.contestId} is not of this election`);
    const lot = lotOf(contest.id);
    const surroundings = surroundingsOf(contest, definition.contests, totalsOf, lotOf, around);
    if (lot === undefined) return plain(countContest(contest, countedTotals(counted), null, surroundings));
    const verdict = resolveTie(contest, countedTotals(counted), lot, surroundings);
    if (!verdict.resolved) throw new LotDoesNotFit(contest.id, verdict.fault);
    return plain(verdict.count);
  });
  const unknown = Object.keys(lots).find((id) => !definition.contests.some((contest) => contest.id === id));
  if (unknown !== undefined) throw new LotDoesNotFit(unknown, 'no-tie');
  return { ...results, revision, contests };
}

/**
 * The same with the lots that fit beside the new one of a contest. Another lot of a local contest may change who takes part
 * in a chamber, whose own lot then decides no tie. Throws `LotDoesNotFit` for the new lot only.
 */
export function withFittingLots(
  definition: Pick<ElectionDefinition, 'contests'>,
  results: ResultsBody,
  lots: Lots,
  { contestId, revision }: { readonly contestId: string; readonly revision: number },
): { readonly lots: Lots; readonly results: ResultsBody } {
  try {
    return { lots, results: withLots(definition, results, lots, revision) };
  } catch (error) {
    if (!(error instanceof LotDoesNotFit) || error.contestId === contestId) throw error;
    const fitting = Object.fromEntries(Object.entries(lots).filter(([id]) => id !== error.contestId));
    return withFittingLots(definition, results, fitting, { contestId, revision });
  }
}

/** The canonical JSON (RFC 8785) of results, which is stored, compared, hashed and signed. */
export function canonicalResults(results: ResultsBody): string {
  const text = canonicalize(results);
  if (text === undefined) throw new Error('Results without a JSON form.');
  return text;
}

/** Ids of the contests with an open tie. */
export function openTies(results: ResultsBody): string[] {
  return results.contests.filter(({ tie }) => isOpenTie(tie)).map(({ contestId }) => contestId);
}

/**
 * Ballots that were cast and are invalid, as a share of the ballots cast includes them. A row that was entered twice is
 * one ballot, and a row that was withdrawn is none: the ballot was uploaded again, or it was none of this election.
 */
const invalidBallots = (
  invalidByReason: readonly { readonly reason: InvalidRowReason; readonly rows: number }[],
): number => invalidByReason.reduce((sum, { reason, rows }) => sum + (countsAsCast[reason] ? rows : 0), 0);
const countsAsCast: Readonly<Record<InvalidRowReason, boolean>> = {
  'Duplicate ballot.': false,
  'Invalid poll number.': true,
  'Withdrawn batch.': false,
};

const countedTotals = ({ options, valid, abstained }: ResultsBody['contests'][number]): ContestTotals => ({
  votes: options.map(({ optionId, votes }) => ({ optionId, votes })),
  valid,
  abstained,
});

/** A count after conversion to JSON and back, so that first results equal stored ones. */
const plain = (count: ContestCount): ResultsBody['contests'][number] =>
  JSON.parse(JSON.stringify(count)) as ResultsBody['contests'][number];

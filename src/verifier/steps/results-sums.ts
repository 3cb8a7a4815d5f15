// The sums of the results (step 24): channels, stations and contests against the log and the opened ballots.
import type { BallotTally } from '../documents/ballot-text.ts';
import { sharesSeats } from '../documents/contest-document.ts';
import type { ContestDocument } from '../documents/contest-document.ts';
import type { StatedResults, StatedContest, StatedStation } from '../documents/results-document.ts';

export type LoggedBallots = {
  /** Entries by channel. */
  readonly online: number;
  readonly batch: number;
  /** The opened ballots of each channel. */
  readonly openedOnline: BallotTally;
  readonly openedBatch: BallotTally;
  /** Whether every online entry was opened. */
  readonly onlineIsOpen: boolean;
};

/** With the online ballots that have no entry, by the closing document. */
export type ClosedBallots = LoggedBallots & { readonly repeated: number };

const total = (numbers: readonly number[]): number => numbers.reduce((sum, number) => sum + number, 0);

/** Whether all sums of the results hold. Of ballots that are not opened only their number is known. */
export function sumsHold(results: StatedResults, contests: readonly ContestDocument[], logged: ClosedBallots): boolean {
  const { contests: stated, stations } = results;
  return (
    reconciliationHolds(results, logged) &&
    stated.length === contests.length &&
    contests.every((contest, place) => {
      const each = stated[place];
      return each !== undefined && contestHolds(contest, each, logged);
    }) &&
    (stations === undefined || stationsHold(stations, contests, results, logged))
  );
}

function reconciliationHolds({ reconciliation, turnout }: StatedResults, logged: ClosedBallots): boolean {
  const { online, batches } = reconciliation;
  const withdrawn = total(
    batches.invalidByReason.filter(({ reason }) => reason === 'Withdrawn batch.').map(({ rows }) => rows),
  );
  return (
    online.received === online.valid + online.invalid &&
    online.invalid === logged.repeated &&
    batches.received === batches.valid + batches.invalid &&
    batches.invalid === total(batches.invalidByReason.map(({ rows }) => rows)) &&
    online.valid === logged.online &&
    batches.valid === logged.batch &&
    turnout.online === online.received &&
    turnout.batches === batches.received - withdrawn
  );
}

function contestHolds(contest: ContestDocument, stated: StatedContest, logged: LoggedBallots): boolean {
  const { valid, abstained, options } = stated;
  const rules = { least: Math.max(1, contest.minChoices), most: contest.maxChoices };
  const ofOnline = logged.openedOnline.of(contest.id);
  const ofBatch = logged.openedBatch.of(contest.id);
  const unopened = logged.onlineIsOpen ? 0 : logged.online;
  const between = (number: number, least: number, more: number): boolean => number >= least && number <= least + more;
  const opened = (optionId: string): number =>
    (logged.onlineIsOpen ? (ofOnline?.votes.get(optionId) ?? 0) : 0) + (ofBatch?.votes.get(optionId) ?? 0);
  const openedValid = (logged.onlineIsOpen ? (ofOnline?.valid ?? 0) : 0) + (ofBatch?.valid ?? 0);
  // What is left for the ballots that are not opened.
  const restValid = valid - openedValid;
  const restVotes = total(options.map((option) => option.votes - opened(option.optionId)));
  return (
    isOfContest(contest, stated) &&
    valid + abstained === logged.online + logged.batch &&
    between(restValid, 0, unopened) &&
    (abstained === 0 || contest.abstain || contest.minChoices === 0) &&
    between(restVotes, restValid * rules.least, restValid * (rules.most - rules.least)) &&
    options.every((option) => between(option.votes, opened(option.optionId), restValid))
  );
}

/** Whether a count is of the contest, by its method and its options with their numbers. */
export const isOfContest = (contest: ContestDocument, stated: StatedContest): boolean =>
  stated.contestId === contest.id &&
  stated.method === contest.method &&
  (stated.kind === 'seats') === sharesSeats(contest) &&
  namesOptions(contest, stated);

const namesOptions = (contest: ContestDocument, { options }: StatedContest): boolean => {
  const numbers = new Map(contest.options.map(({ id, number }) => [id, number]));
  const ids = new Set(options.map(({ optionId }) => optionId));
  return (
    ids.size === contest.options.length &&
    options.length === ids.size &&
    options.every(({ optionId, number }) => numbers.get(optionId) === number)
  );
};

/** The stations together are the paper ballots. */
function stationsHold(
  stations: readonly StatedStation[],
  contests: readonly ContestDocument[],
  { reconciliation }: StatedResults,
  { openedBatch }: LoggedBallots,
): boolean {
  const { batches } = reconciliation;
  const orderly = stations.every(
    (station) =>
      station.received === station.valid + station.invalid &&
      station.contests.length === contests.length &&
      contests.every(({ id, options }, place) => {
        const each = station.contests[place];
        return (
          each?.contestId === id &&
          each.valid + each.abstained === station.valid &&
          each.votes.length === options.length
        );
      }),
  );
  const sumsOf = (read: (station: StatedStation) => number): number => total(stations.map(read));
  return (
    orderly &&
    sumsOf(({ valid }) => valid) === batches.valid &&
    sumsOf(({ received }) => received) === batches.received &&
    contests.every((contest, place) => {
      const opened = openedBatch.of(contest.id);
      const sameVotes = contest.options.every(
        ({ id, number }) =>
          sumsOf((station) => station.contests[place]?.votes[number - 1] ?? 0) === (opened?.votes.get(id) ?? 0),
      );
      return sameVotes && sumsOf((station) => station.contests[place]?.valid ?? 0) === (opened?.valid ?? 0);
    })
  );
}

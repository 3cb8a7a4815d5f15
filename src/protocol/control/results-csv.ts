// Published results as a table: one row for each option of each contest, and one for each further count. It is made of the
// two signed documents alone, so that anyone who has them can make it again. The names of the columns never change.
import { csvRow } from '../../domain/csv-text.ts';
import type { CsvCell } from '../../domain/csv-text.ts';
import { fileShare } from '../../domain/results/rounding.ts';
import { readThreshold } from '../../domain/counting/threshold.ts';
import { shareMarks } from '../../domain/results/share-marks.ts';
import { winnerFacts } from '../../domain/results/winner-facts.ts';
import type { RankedContest, WinnerMark } from '../../domain/results/winner-facts.ts';
import { titleText } from '../../domain/title-text.ts';
import type { PublicElection } from '../public-document.ts';
import type { ResultsBody } from '../public-results.ts';

export const resultsCsvColumns = [
  'electionId',
  'revision',
  'row',
  'contestId',
  'method',
  'optionId',
  'number',
  'title',
  'kind',
  'votes',
  'share',
  'seats',
  'standing',
  'rank',
  'tied',
  'station',
] as const;
type Column = (typeof resultsCsvColumns)[number];
type Row = Partial<Record<Column, CsvCell>> & { readonly row: string };

export type ResultsCsvInput = {
  readonly election: Pick<PublicElection, 'contests'>;
  readonly results: ResultsBody;
  /** The language of titles (BCP 47); a title without it appears in another language. */
  readonly language: string;
};

/**
 * The table as text. `row` says what a row is: `option`; `valid`, `abstained`, `seatsEmpty` of a contest, in ballots or
 * seats; what its law requires, in votes or ballots: `threshold`, `required`, `quorum`; and of
 * the election `eligible` and what each channel received, whose numbers are in the column `votes` too. Rows with a
 * `station` are the paper ballots of that station, which the rows before include.
 */
export function resultsCsv({ election, results, language }: ResultsCsvInput): string {
  const rows = [...contestRows(election, results, language), ...electionRows(results), ...stationRows(results)];
  const { electionId, revision } = results;
  const lines = rows.map((row) => {
    const full: Partial<Record<Column, CsvCell>> = { electionId, revision, ...row };
    return csvRow(resultsCsvColumns.map((column) => full[column] ?? null));
  });
  return csvRow(resultsCsvColumns) + lines.join('');
}

function* stationRows({ contests, stations = [] }: ResultsBody): Generator<Row> {
  for (const { stationId: station, received, valid, invalid, missing, contests: counted } of stations) {
    for (const [place, { contestId, votes, ...ballots }] of counted.entries()) {
      for (const [at, { optionId, number }] of (contests[place]?.options ?? []).entries())
        yield { row: 'stationOption', station, contestId, optionId, number, votes: votes[at] ?? 0 };
      yield { row: 'stationVotesValid', station, contestId, votes: ballots.valid };
      yield { row: 'stationAbstained', station, contestId, votes: ballots.abstained };
    }
    yield { row: 'stationReceived', station, votes: received };
    yield { row: 'stationValid', station, votes: valid };
    yield { row: 'stationInvalid', station, votes: invalid };
    yield { row: 'stationMissing', station, votes: missing };
  }
}

function* contestRows(election: ResultsCsvInput['election'], results: ResultsBody, language: string): Generator<Row> {
  for (const counted of results.contests) {
    const contest = election.contests.find(({ id }) => id === counted.contestId);
    const options = new Map(contest?.options.map((option) => [option.id, option]));
    const contestId = counted.contestId;
    const method = counted.method;
    const ofContest = { contestId, method };
    const tied = new Set(counted.tie?.tied);
    const marks = shareMarks(counted);
    const standings = winnerStandings(counted, contest);
    for (const option of counted.options) {
      const ballotOption = options.get(option.optionId);
      yield {
        row: 'option',
        ...ofContest,
        optionId: option.optionId,
        number: option.number,
        votes: option.votes,
        title: ballotOption ? titleText(ballotOption.title, language).text : null,
        kind: ballotOption?.kind ?? null,
        share: option.share === null ? null : fileShare(option.share, marks),
        ...('seats' in option
          ? { seats: option.seats, standing: option.standing }
          : { rank: option.rank, ...standings.get(option.optionId) }),
        tied: tied.has(option.optionId) ? 'yes' : 'no',
      };
    }
    yield { row: 'valid', ...ofContest, votes: counted.valid };
    yield { row: 'abstained', ...ofContest, votes: counted.abstained };
    if (counted.seatsEmpty !== undefined) yield { row: 'seatsEmpty', ...ofContest, seats: counted.seatsEmpty };
    for (const row of lawRows(counted)) yield { ...row, ...ofContest };
  }
}

type Counted = ResultsBody['contests'][number];
type Standing = Pick<Row, 'seats' | 'standing'>;

const standingOfMark = {
  wins: 'elected',
  elected: 'elected',
  'not-enough': 'below-required',
  withdrawn: 'withdrawn',
} as const satisfies Record<WinnerMark, string>;

/** Who is elected by the most votes, and why others are not; `undecided` while a tie is open. */
function winnerStandings(counted: Counted, contest: RankedContest | undefined): ReadonlyMap<string, Standing> {
  if (counted.kind === 'seats') return new Map();
  const { rows, tie } = winnerFacts(counted, contest ?? { maxChoices: 1, options: [] });
  const open = new Set(tie?.decision === null ? tie.tied : []);
  return new Map(
    rows.map(({ optionId, mark }): [string, Standing] => {
      if (open.has(optionId)) return [optionId, { standing: 'undecided' }];
      const standing = mark === null ? 'not-elected' : standingOfMark[mark];
      return [optionId, { seats: standing === 'elected' ? 1 : 0, standing }];
    }),
  );
}

/** What the law around the method requires, where the contest has one. */
function* lawRows(counted: Counted): Generator<Row> {
  if (counted.kind === 'seats') {
    const { share, votesNeeded } = readThreshold(counted.threshold, counted.votes);
    if (share.numerator > 0) yield { row: 'threshold', votes: votesNeeded };
  } else for (const { votesNeeded } of counted.required ?? []) yield { row: 'required', votes: votesNeeded };
  if (counted.quorum) yield { row: 'quorum', votes: counted.quorum.ballotsNeeded };
}

function* electionRows({ turnout, reconciliation }: ResultsBody): Generator<Row> {
  const { online, batches } = reconciliation;
  if (turnout.eligible !== null) yield { row: 'eligible', votes: turnout.eligible };
  yield { row: 'onlineReceived', votes: online.received };
  yield { row: 'onlineValid', votes: online.valid };
  yield { row: 'onlineInvalid', votes: online.invalid };
  yield { row: 'batchesReceived', votes: batches.received };
  yield { row: 'batchesValid', votes: batches.valid };
  yield { row: 'batchesInvalid', votes: batches.invalid };
  yield { row: 'batchesMissing', votes: batches.missing };
  const withdrawn = batches.invalidByReason.find(({ reason }) => reason === 'Withdrawn batch.');
  if (withdrawn) yield { row: 'batchesWithdrawn', votes: withdrawn.rows };
}

// Published results as a table: one row for each option of each contest, and one for each count beside them. It is made
// of the two signed documents alone, so that whoever has these can make it again. The names of the columns never change.
import { csvRow } from '../../domain/csv-text.ts';
import type { CsvCell } from '../../domain/csv-text.ts';
import { shareText } from '../../domain/counting/share.ts';
import { titleText } from '../../domain/title-text.ts';
import type { PublicElection } from '../public-document.ts';
import type { ResultsBody } from '../public-results.ts';

/** Decimals of a share in the table. The exact share is votes over the votes or ballots of the contest. */
const shareDecimals = 6;

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
] as const;
type Column = (typeof resultsCsvColumns)[number];
type Row = Partial<Record<Column, CsvCell>> & { readonly row: string };

export type ResultsCsvInput = {
  readonly election: Pick<PublicElection, 'contests'>;
  readonly results: ResultsBody;
  /** In which language titles stand (BCP 47); where there is none in it, another. */
  readonly language: string;
};

/**
 * The table as text. `row` says what a row is: `option`; `valid`, `abstained`, `seatsEmpty` of a contest, in ballots or
 * seats; and of the election `eligible` and what each channel received, whose numbers stand under `votes` too.
 */
export function resultsCsv({ election, results, language }: ResultsCsvInput): string {
  const rows = [...contestRows(election, results, language), ...electionRows(results)];
  const { electionId, revision } = results;
  const lines = rows.map((row) => {
    const full: Partial<Record<Column, CsvCell>> = { electionId, revision, ...row };
    return csvRow(resultsCsvColumns.map((column) => full[column] ?? null));
  });
  return csvRow(resultsCsvColumns) + lines.join('');
}

function* contestRows(election: ResultsCsvInput['election'], results: ResultsBody, language: string): Generator<Row> {
  for (const counted of results.contests) {
    const contest = election.contests.find(({ id }) => id === counted.contestId);
    const options = new Map(contest?.options.map((option) => [option.id, option]));
    const contestId = counted.contestId;
    const method = counted.method;
    const ofContest = { contestId, method };
    const tied = new Set(counted.tie?.tied);
    for (const option of counted.options) {
      const shown = options.get(option.optionId);
      yield {
        row: 'option',
        ...ofContest,
        optionId: option.optionId,
        number: option.number,
        votes: option.votes,
        title: shown ? titleText(shown.title, language).text : null,
        kind: shown?.kind ?? null,
        share: option.share === null ? null : shareText(option.share, shareDecimals),
        ...('seats' in option ? { seats: option.seats, standing: option.standing } : { rank: option.rank }),
        tied: tied.has(option.optionId) ? 'yes' : 'no',
      };
    }
    yield { row: 'valid', ...ofContest, votes: counted.valid };
    yield { row: 'abstained', ...ofContest, votes: counted.abstained };
    if (counted.kind === 'seats') yield { row: 'seatsEmpty', ...ofContest, seats: counted.seatsEmpty };
  }
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
}

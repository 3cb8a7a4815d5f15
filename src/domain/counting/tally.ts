// From ballots to totals. Only canonical ballots, as `judgeBallot` returns them, are counted: anything else in a ballot
// box means that the box is corrupt, so counting stops. An error must never reveal a choice.
import type { Ballot } from '../ballot.ts';
import type { CountedContest, ContestTotals } from './contest-totals.ts';

/** A ballot that is not in canonical form for the election: no voter can have cast it. */
export class NotCanonical extends Error {
  constructor(contestId: string | null, what: string) {
    super(`a ballot is not canonical${contestId === null ? '' : ` in contest ${contestId}`}: ${what}`);
    this.name = 'NotCanonical';
  }
}

export type Tally = {
  /**
   * Adds a ballot, `copies` times: a database that groups equal ballots returns each kind once. Throws `NotCanonical`
   * and then has added nothing.
   */
  add(ballot: Ballot, copies?: number): void;
  /** The totals so far, by contest id. */
  totals(): ReadonlyMap<string, ContestTotals>;
};

type Column = {
  readonly contest: CountedContest;
  readonly places: ReadonlyMap<string, number>;
  readonly ids: readonly string[];
  readonly votes: number[];
  valid: number;
  abstained: number;
};

/** An empty tally of an election's contests. */
export function createTally(contests: readonly CountedContest[]): Tally {
  const columns = contests.map(newColumn);
  return {
    add(ballot, copies = 1) {
      if (!Number.isSafeInteger(copies) || copies < 0) throw new RangeError('copies is not a count');
      if (ballot.contests.length !== columns.length)
        throw new NotCanonical(null, 'it does not answer each contest once');
      // Everything is checked before anything is added: a rejected ballot is never added in part.
      const places = ballot.contests.map((choice, index) => placesOf(columns[index], choice));
      for (const [index, column] of columns.entries()) addTo(column, places[index] ?? [], copies);
    },
    totals: () => new Map(columns.map((column) => [column.contest.id, totalsOf(column)])),
  };
}

/** The totals of ballots, by contest id. */
export function tallyBallots(
  contests: readonly CountedContest[],
  ballots: Iterable<Ballot>,
): ReadonlyMap<string, ContestTotals> {
  const tally = createTally(contests);
  for (const ballot of ballots) tally.add(ballot);
  return tally.totals();
}

function newColumn(contest: CountedContest): Column {
  const ids = [...contest.options].sort((a, b) => a.number - b.number).map(({ id }) => id);
  const places = new Map(ids.map((id, place) => [id, place]));
  return { contest, places, ids, votes: ids.map(() => 0), valid: 0, abstained: 0 };
}

/** The places of a ballot's choices in the column. Canonical choices rise by ballot number, so none can repeat. */
function placesOf(column: Column | undefined, choice: Ballot['contests'][number]): readonly number[] {
  if (column?.contest.id !== choice.contestId) throw new NotCanonical(null, 'its contests are not in their order');
  const { id, minChoices, maxChoices } = column.contest;
  const { length } = choice.choices;
  if (length > maxChoices) throw new NotCanonical(id, 'it chooses too many');
  // Whether an abstention is offered was judged when it was cast; a blank answer counts as one in any case.
  if (length > 0 && length < minChoices) throw new NotCanonical(id, 'it chooses too few');
  let last = -1;
  return choice.choices.map((option) => {
    const place = column.places.get(option);
    if (place === undefined) throw new NotCanonical(id, 'it chooses an unknown option');
    if (place <= last) throw new NotCanonical(id, 'its choices are not in their order');
    last = place;
    return place;
  });
}

function addTo(column: Column, places: readonly number[], copies: number): void {
  if (places.length === 0) column.abstained += copies;
  else column.valid += copies;
  for (const place of places) column.votes[place] = (column.votes[place] ?? 0) + copies;
}

function totalsOf({ ids, votes, valid, abstained }: Column): ContestTotals {
  return { votes: ids.map((optionId, place) => ({ optionId, votes: votes[place] ?? 0 })), valid, abstained };
}

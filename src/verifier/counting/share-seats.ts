// Contests that share seats by highest quotients (D'Hondt, Sainte-Laguë): each next seat goes to the greatest of
// votes × factor ÷ divisor.
import { admitLists } from './admit-lists.ts';
import type { ListAdmission, AdmittedList } from './admit-lists.ts';
import { breakTie } from './break-tie.ts';
import type { BrokenTie } from './break-tie.ts';
import { baseAmounts, quorumIsMet } from './law-shares.ts';
import type { ContestVotes, ElectionNumbers } from './law-shares.ts';
import type { ContestDocument } from '../documents/contest-document.ts';

export type SharedSeats = ListAdmission & {
  readonly kind: 'seats';
  /** While a tie is open, the seats that are certain. */
  readonly seats: ReadonlyMap<string, number>;
  readonly seatsEmpty: number;
  readonly tie: BrokenTie | null;
};

/** The first divisor of each method, and the step to the next. */
const divisorSteps = { dhondt: { first: 1n, step: 1n }, sainteLague: { first: 1n, step: 2n } } as const;

type Competitor = { readonly list: AdmittedList; count: number; readonly strength: bigint; divisor: bigint };

/** Shares the seats of a contest. `all`: every contest of the election. */
export function shareSeats(counted: ContestVotes, all: readonly ContestVotes[], numbers: ElectionNumbers): SharedSeats {
  const { contest, lot } = counted;
  const { law = {}, seats = 0 } = contest;
  const admission = admitLists(counted, all, numbers);
  const isQuorate = quorumIsMet(law.quorum, baseAmounts(counted, numbers));
  const undecided = isQuorate && admission.undecided;
  const divisorOf = divisors(contest);
  const competitors = admission.lists
    .filter(({ standing }) => standing === 'eligible' && isQuorate && !undecided)
    .map((list) => ({
      list,
      count: 0,
      strength: list.votes * BigInt(list.factor.numerator),
      divisor: divisorOf(0) * BigInt(list.factor.denominator),
    }));
  const { free, tie } = giveSeats(competitors, seats, divisorOf, (level, places) =>
    breakTie(level, places, law.tieRules ?? [], lot),
  );
  return {
    ...admission,
    undecided,
    kind: 'seats',
    seats: new Map(competitors.map(({ list, count }) => [list.id, count])),
    // Seats that wait for the decision of a tie are not empty.
    seatsEmpty: undecided ? 0 : free,
    tie,
  };
}

/** The divisor of a list that has won so many seats, in parts of the denominator of the law's first divisor. */
function divisors({ method, law }: ContestDocument): (count: number) => bigint {
  const { first, step } = divisorSteps[method === 'sainteLague' ? 'sainteLague' : 'dhondt'];
  const initial = law?.firstDivisor;
  if (initial === undefined) return (count) => first + step * BigInt(count);
  return (count) =>
    count === 0 ? BigInt(initial.numerator) : (first + step * BigInt(count)) * BigInt(initial.denominator);
}

/** Gives seats until none is left, no list can take one, or more lists are equal than seats are left. */
function giveSeats(
  competitors: readonly Competitor[],
  seats: number,
  divisorOf: (count: number) => bigint,
  decide: (level: readonly AdmittedList[], places: number) => BrokenTie,
): { readonly free: number; readonly tie: BrokenTie | null } {
  const give = (competitor: Competitor): void => {
    competitor.count += 1;
    competitor.divisor = divisorOf(competitor.count) * BigInt(competitor.list.factor.denominator);
  };
  const queue = createQuotientQueue(competitors);
  let free = seats;
  while (free > 0) {
    const level = queue.takeGreatest();
    if (level.length === 0) break;
    if (level.length > free) {
      const tie = decide(
        level.map(({ list }) => list),
        free,
      );
      for (const competitor of level) if (tie.winners.includes(competitor.list.id)) give(competitor);
      return { free: 0, tie };
    }
    for (const competitor of level) {
      give(competitor);
      if (competitor.count < competitor.list.room) queue.add(competitor);
    }
    free -= level.length;
  }
  return { free, tie: null };
}

/** Below 0 if the quotient of `a` is greater, 0 if both are equal. */
function compareQuotients(a: Competitor, b: Competitor): number {
  const difference = b.strength * a.divisor - a.strength * b.divisor;
  return difference > 0n ? 1 : difference < 0n ? -1 : 0;
}

/** Competitors in the order of their quotients. */
function createQuotientQueue(competitors: readonly Competitor[]) {
  // The greatest is the last.
  const ordered = [...competitors].sort((a, b) => compareQuotients(b, a));
  return {
    /** Removes those with the greatest quotient: several if they are equal, none if the queue is empty. */
    takeGreatest: (): Competitor[] => {
      const first = ordered.pop();
      if (first === undefined) return [];
      const level = [first];
      for (
        let next = ordered.at(-1);
        next !== undefined && compareQuotients(next, first) === 0;
        next = ordered.at(-1)
      ) {
        level.push(next);
        ordered.pop();
      }
      return level;
    },
    add: (competitor: Competitor): void => {
      let low = 0;
      let high = ordered.length;
      while (low < high) {
        const middle = Math.floor((low + high) / 2);
        const before = ordered[middle];
        if (before !== undefined && compareQuotients(before, competitor) > 0) low = middle + 1;
        else high = middle;
      }
      ordered.splice(low, 0, competitor);
    },
  };
}

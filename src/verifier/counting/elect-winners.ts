// Contests whose options are elected by the most votes (plurality, approval).
import { breakTie } from './break-tie.ts';
import type { BrokenTie } from './break-tie.ts';
import { baseAmounts, quorumIsMet, votesNeededOf, votesOf } from './law-shares.ts';
import type { ContestVotes, ElectionNumbers } from './law-shares.ts';

export type ElectedOptions = {
  readonly kind: 'winner';
  /** The elected, in the order of their numbers. While a tie is open, those who are certain. */
  readonly winners: readonly string[];
  /** 1 for the most votes; equal votes have equal ranks. */
  readonly ranks: ReadonlyMap<string, number>;
  readonly seatsEmpty: number;
  readonly tie: BrokenTie | null;
};

/** Elects the options with the most votes that have what the law requires. */
export function electWinners(counted: ContestVotes, numbers: ElectionNumbers): ElectedOptions {
  const { contest, lot, withdrawn } = counted;
  const { law = {}, seats = 1 } = contest;
  const bases = baseAmounts(counted, numbers);
  const options = contest.options.map(({ id, number }) => ({ id, number, votes: votesOf(counted, id) }));
  const ranks = new Map(
    options.map(({ id, votes }) => [id, 1 + options.filter((other) => other.votes > votes).length]),
  );
  const has = (votes: bigint, needed: bigint | null): boolean => needed !== null && votes >= needed;
  const able = options.filter(
    ({ id, votes }) =>
      votes > 0n && !withdrawn.has(id) && (law.required ?? []).every((rule) => has(votes, votesNeededOf(rule, bases))),
  );
  const entering = quorumIsMet(law.quorum, bases) ? able : [];
  const ordered = [...entering].sort((a, b) =>
    a.votes === b.votes ? a.number - b.number : a.votes < b.votes ? 1 : -1,
  );
  const last = ordered[seats - 1];
  const above = last === undefined ? ordered : ordered.filter(({ votes }) => votes > last.votes);
  const level = last === undefined ? [] : ordered.filter(({ votes }) => votes === last.votes);
  const places = seats - above.length;
  const tie = level.length > places ? breakTie(level, places, law.tieRules ?? [], lot) : null;
  const elected = new Set([...above.map(({ id }) => id), ...(tie?.winners ?? level.map(({ id }) => id))]);
  return {
    kind: 'winner',
    winners: [...options]
      .sort((a, b) => a.number - b.number)
      .map(({ id }) => id)
      .filter((id) => elected.has(id)),
    ranks,
    seatsEmpty: Math.max(0, seats - ordered.length),
    tie,
  };
}

// The quorum of a contest: the ballots without which no one is elected and no seat is shared.
import { numberOf, votesNeededFor } from './contest-law.ts';
import type { BaseNumbers, QuorumLaw } from './contest-law.ts';

/** The quorum with its numbers. */
export type CountedQuorum = QuorumLaw & {
  /** The people who may vote. */
  readonly base: number;
  /** The ballots that count for it. */
  readonly ballots: number;
  readonly ballotsNeeded: number;
  readonly met: boolean;
};

export function countQuorum(law: QuorumLaw, numbers: BaseNumbers): CountedQuorum {
  const { share, moreThan, counted } = law;
  const ballots = numbers[counted];
  const ballotsNeeded = votesNeededFor({ share, of: 'entitled', moreThan }, numbers);
  const base = numberOf('entitled', numbers);
  return { ...law, base, ballots, ballotsNeeded, met: ballots >= ballotsNeeded };
}

// Chambers whose seats the benches of counting share out: votes as in a real election, and the whole count of a contest.
import { countContest } from '../../src/domain/counting/counting-methods.ts';
import type { ContestCount } from '../../src/domain/counting/counting-methods.ts';

export type Chamber = { readonly options: number; readonly seats: number; readonly votesMax: number };

/** The largest chamber of the target: most seats, and twenty times the options that a contest may have. */
export const largeChamber: Chamber = { options: 10_000, seats: 1_000_000, votesMax: 100_000 };
/** Most milliseconds that the whole count of the large chamber may take, explanation included (design, section 7). */
export const largeCountMsMax = 20;

/** Few large and many small, the same in each run (Park and Miller's generator). */
export function votesOf({ options, votesMax }: Chamber): number[] {
  let state = 20_140_620;
  return Array.from({ length: options }, () => {
    state = (state * 48_271) % 2_147_483_647;
    return 1 + Math.floor(votesMax * (state / 2_147_483_647) ** 3);
  });
}

/** Counts everything in a result: threshold, shares, seats, steps, and the votes that each option was short of. */
export function wholeCount(votes: readonly number[], seats: number): () => ContestCount {
  const options = votes.map((_, index) => ({ id: `option-${index}`, number: index + 1 }));
  const contest = { id: 'chamber', minChoices: 1, maxChoices: 1, seats, thresholdPercent: 0, options };
  const totals = {
    votes: votes.map((count, index) => ({ optionId: `option-${index}`, votes: count })),
    valid: votes.reduce((sum, count) => sum + count, 0),
    abstained: 0,
  };
  return () => countContest({ ...contest, method: 'dhondt' }, totals);
}

/** Milliseconds of this process's processor time per run: others on the machine do not count. */
export function cpuMsPerRun(times: number, work: () => unknown): number {
  const before = process.cpuUsage();
  for (let run = 0; run < times; run += 1) work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000 / times;
}

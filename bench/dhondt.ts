// bench dhondt: a million seats shared among ten thousand options by the engine, beside the plain way with a heap (one
// seat at a time), in the same run; and a parliament of 250 seats beside the loop over all options for each seat.
// Run: npx tsx bench/dhondt.ts [--quick] [--json]
import { apportion } from '../src/domain/counting/apportion.ts';
import { countingMethods } from '../src/domain/counting/method-table.ts';
import type { Claimant } from '../src/domain/counting/apportion.ts';
import { createHeap } from '../src/domain/counting/heap.ts';
import { figureOf, interleave, ratioOf } from './harness/blocks.ts';
import type { Arm } from './harness/blocks.ts';
import { cpuMsPerRun, largeCountMsMax, largeChamber as large, votesOf, wholeCount } from './harness/chambers.ts';
import type { Chamber } from './harness/chambers.ts';
import { runBench } from './harness/run.ts';

const parliament: Chamber = { options: 10, seats: 250, votesMax: 1_000_000 };

const claimantsOf = (votes: readonly number[]): Claimant[] =>
  votes.map((count, index) => {
    const strength = { votes: count, weight: 1, strength: count, seatsMax: Number.MAX_SAFE_INTEGER };
    return { optionId: String(index), number: index + 1, ...strength, seats: 0 };
  });

function byEngine(votes: readonly number[], seats: number): number[] {
  const claimants = claimantsOf(votes);
  const tied = apportion(countingMethods.dhondt.divisors, claimants, seats);
  if (tied.length > 0) throw new Error('the bench needs votes without a tie');
  return claimants.map((claimant) => claimant.seats);
}

/** The plain way: every seat goes through the heap. It may compare products as plain numbers, which is in its favour. */
function byHeap(votes: readonly number[], seats: number): number[] {
  const claimants = claimantsOf(votes);
  const claims = createHeap(claimants, (a, b) => a.votes * (b.seats + 1) > b.votes * (a.seats + 1));
  for (let seat = 0; seat < seats; seat += 1) {
    claims.first()!.seats += 1;
    claims.sink();
  }
  return claimants.map((claimant) => claimant.seats);
}

/** The earlier system's way: for each seat the greatest of all quotients, in floats. */
function byLoop(votes: readonly number[], seats: number): number[] {
  const seatsWon = votes.map(() => 0);
  for (let seat = 0; seat < seats; seat += 1) {
    const quotients = votes.map((count, index) => count / (seatsWon[index]! + 1));
    seatsWon[quotients.indexOf(Math.max(...quotients))]! += 1;
  }
  return seatsWon;
}

function arm<Name extends string>(name: Name, times: number, work: () => unknown): Arm<Name> {
  return { name, run: () => Promise.resolve(cpuMsPerRun(times, work)) };
}

await runBench('dhondt', 'seats by jump-and-step against the plain ways', async ({ quick, findings, say }) => {
  const many = votesOf(large);
  const few = votesOf(parliament);
  const rounds = quick ? 5 : 11;
  say(`${large.seats} seats, ${large.options} options`);
  const largeRounds = await interleave(
    [
      arm('engine', quick ? 10 : 40, () => byEngine(many, large.seats)),
      arm('whole count', quick ? 10 : 40, wholeCount(many, large.seats)),
      arm('heap', 1, () => byHeap(many, large.seats)),
    ],
    rounds,
  );
  say(`${parliament.seats} seats, ${parliament.options} options`);
  const fewRounds = await interleave(
    [
      arm('engine', 5_000, () => byEngine(few, parliament.seats)),
      arm('loop', 500, () => byLoop(few, parliament.seats)),
    ],
    rounds,
  );
  const whole = figureOf(largeRounds, 'whole count');
  const heapToEngine = ratioOf(largeRounds, 'heap', 'engine');
  findings.target('whole count, a million seats', whole, 'ms of processor', 'at most', largeCountMsMax);
  findings.target('engine, times the heap’s speed', heapToEngine, 'x', 'at least', 50);
  findings.figure('engine, a million seats', figureOf(largeRounds, 'engine'), 'ms of processor');
  findings.figure('heap, a million seats', figureOf(largeRounds, 'heap'), 'ms of processor');
  findings.figure('whole count, times the heap’s speed', ratioOf(largeRounds, 'heap', 'whole count'), 'x');
  findings.figure('engine, 250 seats', figureOf(fewRounds, 'engine'), 'ms of processor');
  findings.figure('engine, times the loop’s speed at 250 seats', ratioOf(fewRounds, 'loop', 'engine'), 'x');

  const same = (a: readonly number[], b: readonly number[]): boolean => a.join() === b.join();
  const { seats } = large;
  findings.check('the same seats as by heap', same(byEngine(many, seats), byHeap(many, seats)), `${seats} seats`);
  findings.check(
    'the same seats as by loop',
    same(byEngine(few, parliament.seats), byLoop(few, parliament.seats)),
    `${parliament.seats} seats`,
  );
});

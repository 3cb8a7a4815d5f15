// Results of contests without a law have the bytes that they had before contests could have one, so that a recount of an
// old election agrees with what was published. The hash was computed with version 0.2.0.
import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { countContest } from '../../../../src/domain/counting/counting-methods.ts';

/** Pseudo-random whole numbers below n, the same on every machine. */
function sequence(): (n: number) => number {
  let state = 12_345;
  return (n) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return Math.floor((state / 2 ** 32) * n);
  };
}

test('Five thousand old contests have the results of version 0.2.0, byte for byte', () => {
  const next = sequence();
  const hash = createHash('sha256');
  let ties = 0;
  for (let run = 0; run < 5_000; run += 1) {
    const options = 1 + next(9);
    const scale = [5, 30, 1_000, 1e6, 2 ** 40][next(5)]!;
    const method = (['plurality', 'approval', 'dhondt', 'sainteLague'] as const)[next(4)]!;
    const votes = Array.from({ length: options }, (_, at) => ({ optionId: `o${at}`, votes: next(scale) }));
    const shares = method === 'dhondt' || method === 'sainteLague';
    const contest = {
      id: 'c',
      method,
      minChoices: 1,
      maxChoices: 1,
      ...(shares && {
        seats: 1 + next(60),
        ...(next(2) === 1 && { thresholdPercent: [0, 3.25, 5, 0.29, 33.33][next(5)]! }),
      }),
      options: votes.map(({ optionId }, at) => ({ id: optionId, number: at + 1 })),
    };
    const valid = votes.reduce((sum, option) => sum + option.votes, 0);
    const count = countContest(contest, { votes, valid, abstained: next(50) });
    hash.update(JSON.stringify(count));
    if (count.tie === null) continue;
    ties += 1;
    const lot = { order: [...count.tie.tied].reverse(), note: 'x' };
    hash.update(JSON.stringify(countContest(contest, { votes, valid, abstained: 3 }, lot)));
  }
  expect(ties).toBe(490);
  expect(hash.digest('hex')).toBe('e4dda2e853ad3fab2e6fbf61d799387c79c9d6bce563dea5fc7ba503ebaac317');
});

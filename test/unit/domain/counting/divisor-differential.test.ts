// The engine against the plain version: the same seats, the same ties and the same explanation for everything.
import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { resolveTie } from '../../../../src/domain/counting/counting-methods.ts';
import type { Quotient, SeatStep } from '../../../../src/domain/counting/explain-seats.ts';
import {
  contestOf,
  countChamber,
  chambers,
  openChambers,
  optionId,
  plainSeats,
  quotientTable,
  seatsOf,
  takesPart,
  tiedOf,
  totalsOf,
} from './plain-divisors.ts';
import type { Chamber } from './plain-divisors.ts';

// Thousands of cases each, on a machine that may be busy with others.
vi.setConfig({ testTimeout: 120_000 });

test('The seats and the ties are those of the plain version', () => {
  let ties = 0;
  fc.assert(
    fc.property(chambers, (chamber) => {
      const count = countChamber(chamber);
      const plain = plainSeats(chamber);
      const isTie = plain.tied.length > 0;
      const ours = [seatsOf(count), tiedOf(count), count.tie?.seatsLeft ?? 0, count.seatsEmpty];
      const theirs = [plain.seats, plain.tied, isTie ? plain.left : 0, isTie ? 0 : plain.left];
      // One comparison of texts a case: twenty thousand cases would otherwise wait for the test library.
      expect(JSON.stringify(ours)).toBe(JSON.stringify(theirs));
      expect(count.options.map(({ standing }) => standing === 'eligible').join()).toBe(takesPart(chamber).join());
      if (count.tie !== null) ties += 1;
    }),
    { numRuns: 20_000 },
  );
  // The test is worth something only if the cases are hard.
  expect(ties).toBeGreaterThan(1_000);
});

const asTable = (quotients: readonly Quotient[]) =>
  quotients.map(({ optionId: id, votes, divisor }) => [id, BigInt(votes), BigInt(divisor)]);

test('The steps are the greatest quotients of the table, and a tie is an equality at its cut', () => {
  fc.assert(
    fc.property(chambers, (chamber) => {
      const count = countChamber(chamber);
      const table = quotientTable(chamber);
      const rows = table.map(({ option, votes, divisor }) => [optionId(option), votes, divisor]);
      const equal = (a: number, b: number): boolean => {
        const upper = table[a];
        const lower = table[b];
        return (
          upper !== undefined && lower !== undefined && upper.votes * lower.divisor === lower.votes * upper.divisor
        );
      };
      expect(count.tie !== null).toBe(chamber.seats > 0 && equal(chamber.seats - 1, chamber.seats));
      expect(asTable(count.steps)).toEqual(rows.slice(0, count.steps.length));
      expect(count.steps.map(({ seat }) => seat)).toEqual(count.steps.map((_, index) => index + 1));
      expect(count.steps.map((step: SeatStep) => step.equalToPrevious)).toEqual(
        count.steps.map((_, index) => equal(index - 1, index)),
      );
      // One more seat would have gone to the first quotient that won nothing, or to one of its equals.
      const next = table.slice(count.steps.length);
      const best = next[0];
      const contenders = next.filter(({ votes, divisor }) => votes * best!.divisor === best!.votes * divisor);
      expect(asTable(count.nextSeat)).toEqual(
        contenders.map(({ option, votes, divisor }) => [optionId(option), votes, divisor]),
      );
    }),
    { numRuns: 3_000 },
  );
});

test('So many more votes win one more seat, and one vote less does not', () => {
  let judged = 0;
  const withMore = (chamber: Chamber, option: number, more: number): number =>
    plainSeats({ ...chamber, votes: chamber.votes.map((count, index) => (index === option ? count + more : count)) })
      .seats[option]!;
  fc.assert(
    fc.property(openChambers, fc.nat(), (chamber, pick) => {
      const option = pick % chamber.votes.length;
      const { seats, votesToNextSeat } = countChamber(chamber).options[option]!;
      if (votesToNextSeat === null) {
        // Nothing can be won from another: it has no votes, no other option has a seat, or there is no seat.
        const others = countChamber(chamber).options.some((other, index) => index !== option && other.seats > 0);
        expect(chamber.votes[option] === 0 || !others).toBe(true);
        return;
      }
      judged += 1;
      expect(votesToNextSeat).toBeGreaterThan(0);
      expect(withMore(chamber, option, votesToNextSeat)).toBeGreaterThan(seats);
      expect(withMore(chamber, option, votesToNextSeat - 1)).toBe(seats);
    }),
    { numRuns: 3_000 },
  );
  expect(judged).toBeGreaterThan(1_000);
});

test('The last seat was won by the least quotient, and its runner-up could have won it', () => {
  fc.assert(
    fc.property(openChambers, (chamber) => {
      const { lastSeat, tie, options, steps } = countChamber(chamber);
      const last = steps.at(-1);
      if (last === undefined || tie !== null) {
        expect(lastSeat).toBeNull();
        return;
      }
      const winner = lastSeat!.winners.at(-1)!;
      expect(winner).toEqual({ optionId: last.optionId, votes: last.votes, divisor: last.divisor });
      const rivals = options.filter(
        ({ optionId: id, standing }) =>
          standing === 'eligible' && (lastSeat!.winners.length > 1 || id !== winner.optionId),
      );
      for (const { optionId: id, votes, nextDivisor, votesToNextSeat } of rivals) {
        const [first] = lastSeat!.runnersUp;
        const claim = BigInt(votes) * BigInt(first!.divisor);
        const best = BigInt(first!.votes) * BigInt(nextDivisor!);
        expect(claim <= best).toBe(true);
        const runnerUp = lastSeat!.runnersUp.find((each) => each.optionId === id);
        expect(runnerUp !== undefined).toBe(claim === best);
        if (runnerUp !== undefined) expect(runnerUp.votesShort).toBe(votesToNextSeat);
      }
      expect(lastSeat!.runnersUp.length === 0).toBe(rivals.length === 0);
    }),
    { numRuns: 3_000 },
  );
});

test('A lot gives the seats to those drawn first, takes none from the rest, and stays in the result', () => {
  let draws = 0;
  fc.assert(
    fc.property(chambers, fc.infiniteStream(fc.nat()), (chamber, numbers) => {
      const open = countChamber(chamber);
      if (open.tie === null) return;
      draws += 1;
      const { tied, seatsLeft } = open.tie;
      const order = tied
        .map((id) => [numbers.next().value, id] as const)
        .sort(([a], [b]) => a - b)
        .map(([, id]) => id);
      const lot = { order, note: 'Drawn by hand in public.' };
      const verdict = resolveTie(contestOf(chamber), totalsOf(chamber.votes), lot);
      if (!verdict.resolved || verdict.count.kind !== 'seats') throw new Error('not resolved');
      const { count } = verdict;
      expect(count.tie).toEqual({ tied, seatsLeft, lot });
      const winners = new Set(order.slice(0, seatsLeft));
      expect(seatsOf(count)).toEqual(open.options.map(({ optionId: id, seats }) => seats + (winners.has(id) ? 1 : 0)));
      expect(seatsOf(count).reduce((sum, seats) => sum + seats, 0)).toBe(chamber.seats);
      expect(new Set(count.steps.slice(-seatsLeft).map((step) => step.optionId))).toEqual(winners);
      expect(new Set(count.nextSeat.map((claim) => claim.optionId))).toEqual(new Set(order.slice(seatsLeft)));
      expect(new Set(count.lastSeat!.winners.map((claim) => claim.optionId))).toEqual(winners);
      expect(count.lastSeat!.runnersUp.every(({ votesShort }) => votesShort === 1)).toBe(true);
    }),
    { numRuns: 3_000 },
  );
  expect(draws).toBeGreaterThan(200);
});

// What the panel draws and lists of turnout and seats, as arithmetic: nothing is lost between a sample and its bar, or
// between a seat and its quotient.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { countContest } from '../../../../src/domain/counting/counting-methods.ts';
import { seatMethodNames } from '../../../../src/domain/counting/method-table.ts';
import { seatFacts } from '../../../../src/domain/results/seat-facts.ts';
import {
  spanFor,
  ticksUpTo,
  turnoutIntervals,
  intervalsMax,
} from '../../../../src/pages/panel/charts/turnout-intervals.ts';
import { attentionOf } from '../../../../src/pages/panel/live/attention.ts';
import { quotientFacts } from '../../../../src/domain/results/quotient-facts.ts';
import { divisorCount, divisorRows } from '../../../../src/domain/results/quotient-grid.ts';
import { resultNumbers } from '../../../../src/pages/panel/words.ts';

const startMs = Date.parse('2026-06-20T06:00:00Z');
const growth = fc.array(fc.tuple(fc.nat({ max: 7_200_000 }), fc.nat({ max: 500 }), fc.nat({ max: 90 })), {
  maxLength: 60,
});

test('The bars of turnout add up to what was counted, whenever it was counted', () => {
  fc.assert(
    fc.property(growth, fc.nat({ max: 10_000_000 }), (steps, moreMs) => {
      let ms = startMs;
      let online = 0;
      let batches = 0;
      const samples = steps.map(([later, more, rows]) => {
        ms += later;
        online += more;
        batches += rows;
        return { at: new Date(ms).toISOString(), online, batches };
      });
      const intervals = turnoutIntervals(samples, startMs, ms + moreMs + 1);
      expect(intervals.length).toBeLessThanOrEqual(intervalsMax);
      expect(intervals.reduce((sum, each) => sum + each.online, 0)).toBe(online);
      expect(intervals.reduce((sum, each) => sum + each.batches, 0)).toBe(batches);
      expect(intervals.at(-1)).toMatchObject({ onlineSoFar: online, batchesSoFar: batches });
      for (const [index, each] of intervals.slice(1).entries()) expect(each.fromMs).toBe(intervals[index]?.untilMs);
      expect(intervals[0]?.fromMs).toBeLessThanOrEqual(startMs);
    }),
    { numRuns: 100 },
  );
});

test('Spans of turnout are those that people count in, and the numbers beside a drawing are round', () => {
  expect(spanFor(startMs, startMs + 30 * 60_000)).toBe(60_000);
  expect(spanFor(startMs, startMs + 13 * 3_600_000)).toBe(30 * 60_000);
  expect(spanFor(startMs, startMs + 10 * 86_400_000)).toBe(12 * 3_600_000);
  expect(ticksUpTo(0)).toEqual([0, 1]);
  expect(ticksUpTo(7)).toEqual([0, 2, 4, 6, 8]);
  expect(ticksUpTo(1_200)).toEqual([0, 500, 1_000, 1_500]);
  fc.assert(
    fc.property(fc.nat({ max: 10 ** 9 }), (most) => {
      const ticks = ticksUpTo(most);
      expect(ticks.at(-1)).toBeGreaterThanOrEqual(most);
      expect(ticks.length).toBeLessThanOrEqual(6);
      expect(ticks.every(Number.isInteger)).toBe(true);
    }),
  );
});

test('The table of quotients numbers every seat once, at the list that won it', () => {
  const votes = fc.array(fc.nat({ max: 5_000 }), { minLength: 1, maxLength: 12 });
  fc.assert(
    fc.property(
      votes,
      fc.integer({ min: 1, max: 60 }),
      fc.constantFrom(...seatMethodNames),
      (numbers, seats, method) => {
        const options = numbers.map((_, index) => ({ id: `o${index}`, number: index + 1 }));
        const contest = { id: 'c', method, minChoices: 1, maxChoices: 1, seats, thresholdPercent: 3, options };
        const totals = {
          votes: numbers.map((each, index) => ({ optionId: `o${index}`, votes: each })),
          valid: numbers.reduce((sum, each) => sum + each, 0),
          abstained: 0,
        };
        const count = countContest(contest, totals);
        if (count.kind !== 'seats') throw new Error('no seats were shared');
        const lists = seatFacts(count).eligible;
        // In parts, as the page shows them.
        const rows = Array.from({ length: Math.ceil(divisorCount(count) / 7) }, (_, part) =>
          divisorRows(count, lists, { from: part * 7, rows: 7 }),
        ).flat();
        const wonCells = rows.flatMap(({ cells }) => cells.filter(({ state }) => state === 'won'));
        const total = count.options.reduce((sum, option) => sum + option.seats, 0);
        expect(wonCells.map(({ seat }) => seat).sort((a, b) => (a ?? 0) - (b ?? 0))).toEqual(
          Array.from({ length: total }, (_, index) => index + 1),
        );
        for (const { optionId, seats: own } of count.options)
          expect(wonCells.filter((cell) => cell.optionId === optionId).length).toBe(own);
        const others = rows.flatMap(({ cells }) => cells.filter(({ state }) => state === 'tied' || state === 'next'));
        expect(new Set(others.map(({ optionId }) => optionId))).toEqual(
          new Set(count.nextSeat.map(({ optionId }) => optionId)),
        );
      },
    ),
    { numRuns: 150 },
  );
});

test('A quotient is written exactly or marked as rounded, and a threshold is written exactly', () => {
  const words = (votes: number, divisor: number) =>
    resultNumbers.division(quotientFacts({ method: 'dhondt', options: [] }, { optionId: 'a', votes, divisor }));
  expect(words(80, 42)).toBe('80 ÷ 42 ≈ 1.90');
  expect(words(7_500_000, 3)).toBe('7,500,000 ÷ 3 = 2,500,000.00');
  expect(words(2 ** 49, 3)).toBe('562,949,953,421,312 ÷ 3 ≈ 187,649,984,473,770.67');
  const shares = [500, 325, 5].map((numerator) => resultNumbers.exactShare({ numerator, denominator: 10_000 }));
  expect([...shares, resultNumbers.exactShare({ numerator: 1, denominator: 150 })]).toEqual([
    '5%',
    '3.25%',
    '0.05%',
    '1/150',
  ]);
});

test('The tasks come in order: alarms, services, files, people, then the next actions', () => {
  const election = {
    id: 'e1',
    title: { en: 'Council' },
    state: 'announced',
    phase: 'open',
    version: 1,
    contests: 1,
    opensAt: '2026-06-20T06:00:00Z',
    closesAt: '2026-06-20T18:00:00Z',
    timeZone: 'UTC',
    rehearsal: false,
  } as const;
  const alarm = { code: 'sms-silent', severity: 'alarm', title: 'No texts', detail: 'Seen.', next: 'Do.' } as const;
  const rows = { received: 10, checked: 6, waiting: 4, counted: 6, invalid: 0, duplicates: 0 };
  const batch = {
    id: 'b1',
    electionId: 'e1',
    official: 'o',
    acceptedAt: '2026-06-20T07:00:00Z',
    rows,
    missing: [],
    state: 'incomplete',
    advice: 'Send the same file again.',
  } as const;
  const view = {
    running: [election],
    lives: [{ alarms: [alarm] }],
    batches: [batch, { ...batch, state: 'done' }],
    ended: [
      { ...election, id: 'e2', phase: 'closed', state: 'closed' },
      { ...election, id: 'e3', phase: 'closed', state: 'counted' },
      { ...election, id: 'e4', phase: 'closed', state: 'announced' },
    ],
    waiting: { users: [{}, {}], more: false },
    system: {
      at: '',
      services: [{ service: 'api', findings: [{ check: 'clock', state: 'failed', observed: '' }] }],
      silent: [{ service: 'worker', since: null, next: '' }],
    },
  } as unknown as Parameters<typeof attentionOf>[0];
  expect(attentionOf(view).map(({ tone, title }) => `${tone}: ${title}`)).toEqual([
    'bad: Council: No texts',
    'bad: System: 1 failed, 1 service does not report',
    'warn: Batch b1 is incomplete',
    'warn: 2 accounts need approval',
    'calm: Council: ready to count',
    'calm: Council: ready to publish',
  ]);
  const calm = { ...view, lives: [undefined], batches: [], ended: [], system: undefined };
  expect(attentionOf({ ...calm, waiting: { users: [], more: false } })).toEqual([]);
});

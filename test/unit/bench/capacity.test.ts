// The capacity of docs/capacity.md: its tables are those of the recorded reports, and the model and the simulation compute
// what can be computed by hand.
import { expect, test } from 'vitest';
import { costsFrom } from '../../../bench/harness/capacity/costs.ts';
import { assumptions, capacityOf } from '../../../bench/harness/capacity/model.ts';
import { dayArrivals, evenArrivals, simulateRush } from '../../../bench/harness/capacity/simulation.ts';
import { generatedDocuments } from '../../../bench/harness/documents.ts';
import { resultTables, withGenerated } from '../../../bench/harness/records.ts';
import type { Report } from '../../../bench/harness/report.ts';

const costs = {
  microseconds: { api: 600, sms: 300, ballots: 200, mixer: 30, postgres: 100, redis: 60 },
  heldKibibytes: 10,
  edgeBytes: 400,
  logBytes: 6_000,
};
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

test('The tables of the documents are those of the recorded reports', () => {
  for (const { path, text, generated } of generatedDocuments()) expect(text, path).toBe(generated);
});

test('A rush needs as many processes as its votes take processors', () => {
  // 6,000 votes a second; a processor has 600,000 µs for them, and a Redis takes 10,000 votes.
  const capacity = capacityOf(costs, { voters: 600_000, seconds: 100 });
  expect(capacity.cells).toBe(1);
  expect(capacity.processes).toEqual({ api: 12, sms: 3, ballots: 2, mixer: 1 });
  expect(capacity.serviceMachines).toBe(9);
  expect(capacity.processors).toBe(18 + 2 + assumptions.databaseProcessors);
  expect(capacity.held).toBe(180_000);
  expect(capacity.logMegabytesPerSecond).toBe(36);
  expect(capacity.textNumbers).toBe(60);
  expect(capacity.mixedAfterSeconds).toBe(0);
  // A little more needs one process more.
  expect(capacityOf(costs, { voters: 601_000, seconds: 100 }).processes['sms']).toBe(4);
});

test('A rush above the limit of one Redis is divided into cells', () => {
  const capacity = capacityOf(costs, { voters: 2_500_000, seconds: 100 });
  expect([capacity.redisVotes, capacity.cells]).toEqual([10_000, 3]);
  expect(capacity.processes['mixer']).toBe(3);
});

test('A mixer that is slower than the votes works on after the last one', () => {
  const slow = { ...costs, microseconds: { ...costs.microseconds, mixer: 200 } };
  // 3,000 a second are mixed, and 6,000 come for 100 s.
  expect(capacityOf(slow, { voters: 600_000, seconds: 100 }).mixedAfterSeconds).toBe(100);
});

test('Pending long-polls need processes of api even where votes need few', () => {
  const light = { ...costs, microseconds: { ...costs.microseconds, api: 1 } };
  expect(capacityOf(light, { voters: 600_000, seconds: 100 }).processes['api']).toBe(12);
});

test('With enough capacity no one waits a second, and with half of it the last voter takes twice the time', () => {
  const arrivals = evenArrivals(1_000, 10);
  expect(simulateRush(arrivals, 100)).toEqual({ waitingMax: 100, waitMaxSeconds: 1, finishedSeconds: 10 });
  expect(simulateRush(arrivals, 50)).toMatchObject({ finishedSeconds: 20, waitMaxSeconds: 11 });
  expect(() => simulateRush(arrivals, 0)).toThrow('above 0');
});

test('The voters of a day are all there, with twice the mean at its middle', () => {
  const arrivals = dayArrivals(57_600, 16);
  expect(sum(arrivals)).toBeCloseTo(57_600, 6);
  expect(Math.max(...arrivals)).toBeCloseTo(2, 6);
});

const report = (changes: Partial<Report>): Report => ({
  bench: 'cast-e2e',
  title: 'votes',
  quick: true,
  startedAt: '2026-11-30T08:00:00.000Z',
  seconds: 40,
  machine: {
    cores: 2,
    processor: 'any',
    memoryGiB: 1,
    kernel: 'any',
    node: 'v24.0.0',
    postgres: null,
    gitSha: 'abc',
    gitDirty: true,
    fsyncMicroseconds: 1,
    loadAverageBefore: [1],
    loadAverageAfter: [2],
    stealPercent: 0,
  },
  targets: [{ name: 'votes', value: 5, unit: 'votes/s', bound: 'at least', target: 10, met: false }],
  figures: [
    { name: 'processor per vote: api', value: 7, unit: 'µs' },
    { name: 'processor per vote: the generator', value: 9, unit: 'µs' },
  ],
  oracle: [{ name: 'all', passed: true, detail: '' }],
  notes: [],
  ballots: null,
  hindrance: null,
  ...changes,
});

test('The costs are those of the newest Node, and the generator is no part of the platform', () => {
  const newer = report({ machine: { ...report({}).machine, node: 'v100.0.0' } });
  const { costs: read, sources } = costsFrom([newer, report({ figures: [] })]);
  expect(read.microseconds).toEqual({ api: 7 });
  expect(sources[0]?.from).toContain('v100.0.0');
  expect(() => costsFrom([])).toThrow('no record');
});

test('The tables of results show a missed target, a changed working copy and a quick run as what they are', () => {
  const text = resultTables([report({})]);
  expect(text).toContain('| `cast-e2e` | 24 | votes | 5.00 votes/s | ≥ 10.0 votes/s | missed |');
  expect(text).toContain('| `cast-e2e` (quick) | v24.0.0 | 2026-11-30 | abc+ | 40 s | 1 → 2 | 1 of 1 |');
});

test('A generated part replaces what is between its comments, and needs them', () => {
  const text = 'a\n<!-- x: generated -->\nold\n<!-- x: end -->\nb\n';
  expect(withGenerated(text, 'x', 'new')).toBe('a\n<!-- x: generated -->\nnew\n<!-- x: end -->\nb\n');
  expect(() => withGenerated(text, 'y', 'new')).toThrow('no place');
});

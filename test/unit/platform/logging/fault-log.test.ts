// A fault that lasts is logged once, and again when it changes.
import { expect, test, vi } from 'vitest';
import { createAttempt, createCallFaultLog, createFaultLog } from '../../../../src/platform/fault-log.ts';
import { createLogProbe } from '../../../support/log.ts';

function faultLog() {
  const probe = createLogProbe('test');
  const events = (): string[] =>
    probe
      .text()
      .trim()
      .split('\n')
      .filter(Boolean)
      .map((line) => (JSON.parse(line) as { msg: string }).msg);
  const faults = createFaultLog(probe.logger);
  return { faults, calls: createCallFaultLog(probe.logger), events, text: () => probe.text() };
}

test('A fault that lasts is logged once for each part, and again after a success', () => {
  const { faults, events } = faultLog();
  for (let turn = 0; turn < 100; turn += 1) {
    faults.failed('mixing', new Error('down'), 'failed');
    faults.failed('counts', new Error('down'), 'failed');
  }
  expect(events()).toEqual(['failed', 'failed']);
  faults.succeeded('mixing');
  faults.failed('mixing', new Error('down'), 'failed');
  expect(events()).toHaveLength(3);
});

test('Another error, event or fact of the same part is logged', () => {
  const { faults, events, text } = faultLog();
  faults.failed('part', new Error('down'), 'failed', { electionId: 'e' });
  faults.failed('part', new Error('slow'), 'failed', { electionId: 'e' });
  faults.failed('part', new Error('slow'), 'late', { electionId: 'e' });
  faults.failed('part', undefined, 'late', { electionId: 'e', ballots: 1 });
  faults.failed('part', undefined, 'late', { electionId: 'e', ballots: 2 });
  expect(events()).toEqual(['failed', 'failed', 'late', 'late', 'late']);
  expect(text()).toContain('"electionId":"e"');
});

test('Two faults that take turns are logged once each, and at most ten of a part are remembered', () => {
  const { faults, events } = faultLog();
  const fail = (name: string): void => faults.failed('part', new Error(name), 'failed');
  for (let turn = 0; turn < 100; turn += 1) fail(turn % 2 === 0 ? 'down' : 'slow');
  expect(events()).toHaveLength(2);
  for (let other = 0; other < 10; other += 1) fail(`other ${other}`);
  fail('down');
  expect(events()).toHaveLength(13);
});

test('A success says whether the part had a fault', () => {
  const { faults } = faultLog();
  faults.failed('part', new Error('down'), 'failed');
  expect([faults.succeeded('other'), faults.succeeded('part'), faults.succeeded('part')]).toEqual([false, true, false]);
});

test('A part that fails is logged once while it fails, and the next part runs', async () => {
  const { faults, events, text } = faultLog();
  let failures = 0;
  const attempt = createAttempt(faults, 'step-failed', () => (failures += 1));
  const down = (): Promise<number> => Promise.reject(new Error('down'));
  const results: unknown[] = [];
  for (let turn = 0; turn < 3; turn += 1) {
    results.push(await attempt('first', down));
    results.push(await attempt('second', () => Promise.resolve(turn)));
  }
  expect(results).toEqual([undefined, 0, undefined, 1, undefined, 2]);
  expect([events(), failures]).toEqual([['step-failed'], 3]);
  expect(text()).toContain('"part":"first"');
  await attempt('first', () => Promise.resolve(0));
  await attempt('first', down);
  expect(events()).toHaveLength(2);
});

test('A fault of calls is logged once a minute', () => {
  vi.useFakeTimers();
  try {
    const { calls, events } = faultLog();
    for (let second = 0; second < 120; second += 1) {
      for (let call = 0; call < 500; call += 1) calls.failed('ballots', new Error('down'), 'call.failed');
      vi.advanceTimersByTime(1_000);
    }
    expect(events()).toHaveLength(2);
  } finally {
    vi.useRealTimers();
  }
});

test('Several errors of one step are compared one by one', () => {
  const { faults, events } = faultLog();
  const both = (second: string): AggregateError => new AggregateError([new Error('one'), new Error(second)], 'not all');
  faults.failed('step', both('two'), 'failed');
  faults.failed('step', both('two'), 'failed');
  faults.failed('step', both('three'), 'failed');
  expect(events()).toHaveLength(2);
});

test('A fault that still lasts after an hour is logged again', () => {
  vi.useFakeTimers();
  try {
    const { faults, events } = faultLog();
    const fail = (): void => faults.failed('part', new Error('down'), 'failed');
    fail();
    vi.advanceTimersByTime(3_599_000);
    fail();
    expect(events()).toHaveLength(1);
    vi.advanceTimersByTime(1_000);
    fail();
    expect(events()).toHaveLength(2);
  } finally {
    vi.useRealTimers();
  }
});

// A fault that lasts is logged once, and again when it changes.
import { expect, test, vi } from 'vitest';
import { createFaultLog } from '../../../../src/platform/fault-log.ts';
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
  return { faults: createFaultLog(probe.logger), events, text: () => probe.text() };
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

// The one state of a checked file, from which its heading and its actions follow.
import { expect, test } from 'vitest';
import { reportStateOf } from '../../../../src/pages/panel/batches/upload/report-state.ts';
import type { ReportState } from '../../../../src/pages/panel/batches/upload/report-state.ts';
import type { Batch } from '../../../../src/protocol/control/officials-api.ts';

const rows = (total: number) => ({ fault: null, wrong: { total, rows: total, groups: [] } });
const faulty = { ...rows(0), fault: { detail: 'Not UTF-8.' } } as unknown as Parameters<typeof reportStateOf>[0];

test.each<[Batch['state'] | null, ReportState]>([
  [null, 'ready'],
  ['done', 'already-uploaded'],
  ['queued', 'already-uploaded'],
  ['incomplete', 'missing-rows'],
  ['withdrawn', 'withdrawn'],
])('A file whose earlier upload is %s is shown as %s, and with faults as a file with problems', (state, expected) => {
  const earlier = state === null ? null : { state };
  expect(reportStateOf(rows(0), earlier)).toBe(expected);
  expect(reportStateOf(rows(1), earlier)).toBe('problems');
  expect(reportStateOf(faulty, earlier)).toBe('problems');
});

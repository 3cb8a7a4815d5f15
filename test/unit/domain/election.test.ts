// Phases at their exact edges: an election is open from its opening instant on, and no longer at its closing instant.
import { expect, test } from 'vitest';
import { closingGraceSeconds, phaseAt } from '../../../src/domain/election.ts';

const times = { opensAt: '2026-03-01T00:00:00Z', closesAt: '2026-03-08T12:00:00.500Z' };
const opens = Date.UTC(2026, 2, 1);
const closes = Date.UTC(2026, 2, 8, 12, 0, 0, 500);

test.each([
  [0, 'scheduled'],
  [opens - 1, 'scheduled'],
  [opens, 'open'],
  [opens + 1, 'open'],
  [closes - 1, 'open'],
  [closes, 'closed'],
  [closes + 1, 'closed'],
  [Number.MAX_SAFE_INTEGER, 'closed'],
] as const)('At %i the election is %s', (now, phase) => {
  expect(phaseAt(now, times)).toBe(phase);
});

test('The grace after closing does not show an election as open', () => {
  expect(phaseAt(closes + closingGraceSeconds * 500, times)).toBe('closed');
});

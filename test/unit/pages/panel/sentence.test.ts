// Sentences of the audit log.
import { expect, test } from 'vitest';
import { sentenceOf, textOf } from '../../../../src/pages/panel/audit/sentence.ts';
import type { AuditEntry } from '../../../../src/protocol/control/audit-log-api.ts';

const names = {
  user: (id: string) => ({ ada: 'Ada First', bo: 'Bo Second', eve: 'Eve Third' })[id] ?? null,
  object: () => 'Assembly',
};
const entry = (more: Partial<AuditEntry>): AuditEntry => ({
  number: 1,
  at: '2026-11-30T10:00:00.000Z',
  outcome: 'done',
  attempt: null,
  actor: { kind: 'user', userId: 'ada', confirmedBy: 'bo' },
  act: 'election.close',
  object: { kind: 'election', id: 'assembly' },
  reason: null,
  request: null,
  code: null,
  changed: {},
  ...more,
});
const sentence = (more: Partial<AuditEntry>): string => textOf(sentenceOf(entry(more), names));

test('An act that one proposed and another confirmed has both names', () => {
  expect(sentence({})).toBe('Ada First, confirmed by Bo Second, closed voting in Assembly.');
  const user = { act: 'user.change', object: { kind: 'user', id: 'eve' } };
  expect(sentence(user)).toBe('Ada First, confirmed by Bo Second, changed the account Eve Third.');
  expect(sentence({ actor: { kind: 'user', userId: 'ada' } })).toBe('Ada First closed voting in Assembly.');
  expect(sentence({ actor: { kind: 'user', userId: 'ada', confirmedBy: '12345678-1' } })).toContain(
    'confirmed by the administrator 12345678,',
  );
});

// Deletes that can be undone for a moment.
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createGraceDeletes, groupsAfter, undoMs } from '../../../../src/pages/panel/participants/grace-deletes.ts';

let calls: string[];
let waiting: readonly string[];
const deletes = () =>
  createGraceDeletes({
    send: (id, leaving) => calls.push(leaving ? `${id}, leaving` : id),
    changed: (ids) => (waiting = [...ids]),
  });
beforeEach(() => {
  vi.useFakeTimers();
  calls = [];
  waiting = [];
});
afterEach(() => void vi.useRealTimers());

test('A delete is sent after its time, once, and not if it was undone before', () => {
  const { begin, undo, leave } = deletes();
  begin('a');
  begin('b');
  begin('a');
  expect(waiting).toEqual(['a', 'b']);
  vi.advanceTimersByTime(undoMs - 1);
  expect(calls).toEqual([]);
  undo('b');
  expect(waiting).toEqual(['a']);
  vi.advanceTimersByTime(1);
  expect([calls, waiting]).toEqual([['a'], []]);
  // Too late.
  undo('a');
  vi.advanceTimersByTime(undoMs);
  leave();
  expect(calls).toEqual(['a']);
});

test('What waits is sent at once when the page is left, and nothing after that', () => {
  const { begin, undo, leave } = deletes();
  for (const id of ['a', 'b', 'c']) begin(id);
  undo('b');
  leave();
  expect([calls, waiting]).toEqual([['a, leaving', 'c, leaving'], []]);
  leave();
  vi.advanceTimersByTime(undoMs);
  expect(calls.length).toBe(2);
});

test('A group that waits can still be undone after another delete, without what was undone or sent', () => {
  const first = groupsAfter([], ['a', 'b', 'c'], new Set());
  expect(first).toEqual([{ key: 1, ids: ['a', 'b', 'c'] }]);
  const second = groupsAfter(first, ['d'], new Set(['a', 'c']));
  expect(second).toEqual([{ key: 1, ids: ['a', 'c'] }]);
  const third = groupsAfter(second, ['e', 'f'], new Set(['a', 'c', 'd']));
  expect(third).toEqual([
    { key: 1, ids: ['a', 'c'] },
    { key: 2, ids: ['e', 'f'] },
  ]);
  // One that was undone and is deleted again alone is no longer of its group.
  expect(groupsAfter(third, ['a'], new Set(['c', 'e']))).toEqual([
    { key: 1, ids: ['c'] },
    { key: 2, ids: ['e'] },
  ]);
  expect(groupsAfter(third, ['g'], new Set())).toEqual([]);
});

// Repeated ballot ids in a file, up to the number that the page keeps.
import { expect, test } from 'vitest';
import { createRepeatedIds, repeatedIdsRowsMax } from '../../../../src/pages/panel/batches/upload/repeated-ids.ts';

const rowOf = (n: number): string => `${n.toString(16).padStart(8, '0')}-0000-4000-8000-000000000000,1`;

test('A repeated id is found among a million, and after that the page says where it stopped', () => {
  const ids = createRepeatedIds();
  for (let row = 1; row < repeatedIdsRowsMax; row += 1) ids.firstRow(rowOf(row), row);
  expect(ids.firstRow(rowOf(1), repeatedIdsRowsMax)).toBe(1);
  expect(ids.firstRow(rowOf(repeatedIdsRowsMax), repeatedIdsRowsMax + 1)).toBeNull();
  expect(ids.looked).toBe(repeatedIdsRowsMax + 1);
  expect(ids.firstRow(rowOf(1), repeatedIdsRowsMax + 2)).toBeNull();
  expect(ids.looked).toBe(repeatedIdsRowsMax + 1);
});

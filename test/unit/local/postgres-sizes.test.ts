// The sizes of PostgreSQL by the memory of the machine.
import { expect, test } from 'vitest';
import {
  machineMemoryBytes,
  postgresContainerMemory,
  postgresSizes,
} from '../../../src/local/machine/postgres-sizes.ts';

const gibibyte = 2 ** 30;

test.each([
  [0.25, '128MB', '1024MB'],
  [1, '128MB', '1024MB'],
  [4, '512MB', '2048MB'],
  [16, '2048MB', '8192MB'],
  [64, '8192MB', '8192MB'],
  [1_024, '8192MB', '8192MB'],
])('A machine of %s GiB keeps %s of pages and writes %s before a checkpoint', (memory, buffers, wal) => {
  expect(postgresSizes(memory * gibibyte)).toEqual({
    shared_buffers: buffers,
    max_wal_size: wal,
    checkpoint_timeout: '15min',
  });
});

test('The memory of a container counts where it is less than that of the machine', () => {
  expect(machineMemoryBytes(64 * gibibyte, 2 * gibibyte)).toBe(2 * gibibyte);
});

test('Without a bound of a container, or with one that cannot be read, the memory of the machine counts', () => {
  for (const none of [0, 2 ** 64]) expect(machineMemoryBytes(8 * gibibyte, none)).toBe(8 * gibibyte);
  expect(machineMemoryBytes()).toBeGreaterThan(0);
});

test('A container has twice the pages that its PostgreSQL keeps, and a gibibyte', () => {
  expect(postgresContainerMemory(postgresSizes(4 * gibibyte))).toBe('2048m');
  expect(postgresContainerMemory(postgresSizes(64 * gibibyte))).toBe('17408m');
});

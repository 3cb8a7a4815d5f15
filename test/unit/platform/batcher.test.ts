// Self-clocked batches, without any database.
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { createBatcher } from '../../../src/platform/batches/batcher.ts';
import type { BatcherBounds } from '../../../src/platform/batches/batcher.ts';
import { Problem } from '../../../src/protocol/problem.ts';

type Commit = { group: string; items: readonly number[]; finish(): void; fail(error: Error): void };

/** A batcher whose commits end when the test says so. */
function controlled(bounds: Partial<BatcherBounds> = {}, bytesOf: (item: number) => number = () => 1) {
  const commits: Commit[] = [];
  const batcher = createBatcher<number, string>({
    bytesOf,
    bounds,
    commit: (group, items) =>
      new Promise((resolve, reject) => {
        commits.push({ group, items, fail: reject, finish: () => resolve(items.map((item) => `${group}:${item}`)) });
      }),
  });
  // A batch is formed at the end of a turn of the event loop, and its end is heard in the next.
  const settled = async (): Promise<void> => {
    for (let turn = 0; turn < 3; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  };
  return { batcher, commits, settled };
}
const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, index) => from + index);

describe('A batcher', () => {
  test('A batcher commits one turn at once, and gathers what comes while two batches commit', async () => {
    const { batcher, commits, settled } = controlled();
    const outcomes = [0, 1].map((item) => batcher.submit('e', item));
    await settled();
    outcomes.push(batcher.submit('e', 2));
    await settled();
    expect(commits.map(({ items }) => items)).toEqual([[0, 1], [2]]);
    outcomes.push(...range(3, 100).map((item) => batcher.submit('e', item)));
    await settled();
    expect(batcher.waiting).toBe(97);
    commits[0]!.finish();
    await settled();
    expect(commits[2]!.items).toEqual(range(3, 100));
    commits[1]!.finish();
    commits[2]!.finish();
    expect(await Promise.all(outcomes)).toEqual(range(0, 100).map((item) => `e:${item}`));
    await batcher.drained();
  });

  test('A batcher never exceeds its limits of batches at once, of items or of bytes', async () => {
    const { batcher, commits, settled } = controlled(
      { batchesInFlightMax: 1, batchItemsMax: 10, batchBytesMax: 100 },
      (item) => (item < 50 ? 1 : 60),
    );
    const outcomes = range(0, 60).map((item) => batcher.submit('e', item));
    await settled();
    for (let at = 0; at < commits.length; at += 1) {
      expect(commits).toHaveLength(at + 1);
      const { items } = commits[at]!;
      expect(items.length).toBeLessThanOrEqual(10);
      if (items.some((item) => item >= 50)) expect(items.filter((item) => item >= 50)).toHaveLength(1);
      commits[at]!.finish();
      await settled();
    }
    expect(commits.flatMap(({ items }) => items)).toEqual(range(0, 60));
    await Promise.all(outcomes);
  });

  test('A batcher gives elections their turns, so that a rush in one does not stop another', async () => {
    const { batcher, commits, settled } = controlled({ batchesInFlightMax: 1, batchItemsMax: 5 });
    const outcomes = [...range(0, 21).map((item) => batcher.submit('rush', item)), batcher.submit('quiet', 1)];
    await settled();
    commits[0]!.finish();
    await settled();
    commits[1]!.finish();
    await settled();
    expect(commits.map(({ group }) => group)).toEqual(['rush', 'quiet', 'rush']);
    for (let at = 2; at < commits.length; at += 1) {
      commits[at]!.finish();
      await settled();
    }
    await Promise.all(outcomes);
  });

  test('A batcher rejects work as busy behind too many, and takes it again when they are gone', async () => {
    const { batcher, commits, settled } = controlled({ waitingItemsMax: 3, batchesInFlightMax: 1 });
    const submissions = [batcher.submit('e', 0)];
    await settled();
    submissions.push(...range(1, 4).map((item) => batcher.submit('e', item)));
    const refused = await batcher.submit('e', 4).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(Problem);
    expect((refused as Problem).code).toBe('busy');
    expect((refused as Problem).extras.retryAfterSeconds).toBeGreaterThan(0);
    commits[0]!.finish();
    await settled();
    const again = batcher.submit('e', 5);
    commits[1]!.finish();
    await settled();
    commits[2]!.finish();
    await Promise.all([...submissions, again]);
  });

  test('Work that has waited as long as it may is busy, also while no batch ends, and newer work goes on', async () => {
    const { batcher, commits, settled } = controlled({ batchesInFlightMax: 1, waitMsMax: 4_000 });
    const committing = batcher.submit('e', 0);
    await settled();
    const began = performance.now();
    const late = [1, 2].map((item) => batcher.submit('e', item).catch((error: unknown) => error));
    await pause(2_000);
    const newer = batcher.submit('e', 3);
    const rejections = await Promise.all(late);
    expect(performance.now() - began).toBeGreaterThanOrEqual(3_999);
    expect(rejections.map((error) => (error as Problem).code)).toEqual(['busy', 'busy']);
    expect(batcher.waiting).toBe(1);
    commits[0]!.finish();
    expect(await committing).toBe('e:0');
    await settled();
    expect(commits[1]!.items).toEqual([3]);
    commits[1]!.finish();
    expect(await newer).toBe('e:3');
    await batcher.drained();
  });

  test('When work has waited for long the newest comes first', async () => {
    const { batcher, commits, settled } = controlled({ batchesInFlightMax: 1, batchItemsMax: 2 });
    const outcomes = [batcher.submit('e', 0)];
    await settled();
    outcomes.push(...range(1, 6).map((item) => batcher.submit('e', item)));
    commits[0]!.finish();
    await settled();
    expect(commits[1]!.items).toEqual([1, 2]);
    await pause(550);
    for (const at of [1, 2]) {
      commits[at]!.finish();
      await settled();
    }
    expect(commits.slice(2).map(({ items }) => items)).toEqual([[5, 4], [3]]);
    commits[3]!.finish();
    await Promise.all(outcomes);
  });

  test('Work that no caller waits for is dropped before it is committed', async () => {
    const { batcher, commits, settled } = controlled({ batchesInFlightMax: 1 });
    const first = batcher.submit('e', 0);
    await settled();
    const caller = { waits: true };
    const dropped = batcher.submit('e', 1, () => caller.waits).catch((error: unknown) => error);
    const other = batcher.submit('e', 2, () => true);
    await settled();
    caller.waits = false;
    commits[0]!.finish();
    await settled();
    expect((await dropped) as Problem).toMatchObject({ code: 'busy' });
    expect(commits[1]!.items).toEqual([2]);
    commits[1]!.finish();
    expect(await Promise.all([first, other])).toEqual(['e:0', 'e:2']);
    await batcher.drained();
  });

  test('Retry-After of rejected work grows with the batches before it and with the time that they take', async () => {
    const secondsBehind = async (waiting: number, commitMs: number): Promise<number> => {
      const { batcher, settled } = controlled({
        batchesInFlightMax: 1,
        batchItemsMax: 1,
        waitingItemsMax: waiting,
      });
      const submit = (): Promise<unknown> => batcher.submit('e', 1).catch((error: unknown) => error);
      void submit();
      await settled();
      for (let n = 0; n < waiting; n += 1) void submit();
      await pause(commitMs);
      return ((await submit()) as Problem).extras.retryAfterSeconds ?? 0;
    };
    // At random from the expected time on.
    expect(await secondsBehind(3, 20)).toBeLessThanOrEqual(5);
    expect(await secondsBehind(40, 400)).toBeGreaterThanOrEqual(16);
  });

  test('A commit that fails fails its own items only', async () => {
    const { batcher, commits, settled } = controlled({ batchesInFlightMax: 1 });
    const first = batcher.submit('e', 1);
    await settled();
    const second = batcher.submit('e', 2);
    commits[0]!.fail(new Error('unavailable'));
    await expect(first).rejects.toThrow('unavailable');
    await settled();
    commits[1]!.finish();
    expect(await second).toBe('e:2');
    await batcher.drained();
  });

  test('A commit that answers for too few is an error for all of its items', async () => {
    const batcher = createBatcher<number, string>({ bytesOf: () => 1, commit: () => Promise.resolve([]) });
    await expect(batcher.submit('e', 1)).rejects.toThrow('A commit must return one outcome per item.');
  });

  test('A batcher is drained when the last batch is done, and not before', async () => {
    const { batcher, commits, settled } = controlled({ batchesInFlightMax: 1 });
    const outcomes = [batcher.submit('e', 1)];
    await settled();
    outcomes.push(batcher.submit('e', 2));
    let drained = false;
    const end = batcher.drained().then(() => (drained = true));
    commits[0]!.finish();
    await settled();
    expect(drained).toBe(false);
    commits[1]!.finish();
    await end;
    await Promise.all(outcomes);
  });
});

// Metrics of backups: a database is asked at most once a minute, and its answer is shown from the next reading on.
import { expect, test, vi } from 'vitest';
import { watchBackups } from '../../../../src/platform/backup-metrics.ts';
import { createMetrics } from '../../../../src/platform/metrics.ts';

const linesOf = async (metrics: ReturnType<typeof createMetrics>): Promise<readonly string[]> =>
  (await metrics.metrics()).split('\n').filter((line) => /^popvote_database_\w+\{/.test(line));

test('The last backup of each database is shown, and 0 where none is known', async () => {
  const metrics = createMetrics('mixer');
  watchBackups(metrics, {
    intake: () => Promise.resolve({ lastSeconds: 1_764_590_000, archivingFails: false }),
    box: () => Promise.resolve({ lastSeconds: null, archivingFails: true }),
    access: () => Promise.reject(new Error('no connection')),
  });
  await linesOf(metrics);
  const label = (database: string): string => `{database="${database}",popvote_service="mixer"}`;
  await expect
    .poll(async () => [...(await linesOf(metrics))].sort())
    .toEqual([
      `popvote_database_archiving_fails${label('box')} 1`,
      `popvote_database_archiving_fails${label('intake')} 0`,
      `popvote_database_last_backup_seconds${label('box')} 0`,
      `popvote_database_last_backup_seconds${label('intake')} 1764590000`,
    ]);
});

test('A database is asked once a minute, and a slow one holds no reading up', async () => {
  vi.useFakeTimers({ toFake: ['performance'] });
  try {
    const metrics = createMetrics('mixer');
    const read = vi.fn(() => new Promise<never>(() => undefined));
    watchBackups(metrics, { intake: read });
    for (let reading = 0; reading < 4; reading += 1) {
      await metrics.metrics();
      vi.advanceTimersByTime(20_000);
    }
    expect(read).toHaveBeenCalledTimes(2);
  } finally {
    vi.useRealTimers();
  }
});

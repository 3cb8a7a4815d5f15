// Metrics of backups and standbys: a database is asked at most once a minute, and its answer is shown from the next reading on.
import { expect, test, vi } from 'vitest';
import { watchDatabaseCopies } from '../../../../src/platform/backup-metrics.ts';
import { createMetrics } from '../../../../src/platform/metrics.ts';

const linesOf = async (metrics: ReturnType<typeof createMetrics>): Promise<readonly string[]> =>
  (await metrics.metrics()).split('\n').filter((line) => /^popvote_database_\w+\{/.test(line));

const followed = { standbys: 2, standbysMissing: 1, standbyLagBytes: 4_096 };
const alone = { standbys: 0, standbysMissing: 0, standbyLagBytes: 0 };

test('The last backup and the standbys of each database are shown, and 0 where none is known', async () => {
  const metrics = createMetrics('mixer');
  watchDatabaseCopies(metrics, {
    intake: () => Promise.resolve({ lastSeconds: 1_764_590_000, archivingFails: false, ...followed }),
    box: () => Promise.resolve({ lastSeconds: null, archivingFails: true, ...alone }),
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
      `popvote_database_standby_lag_bytes${label('box')} 0`,
      `popvote_database_standby_lag_bytes${label('intake')} 4096`,
      `popvote_database_standbys_missing${label('box')} 0`,
      `popvote_database_standbys_missing${label('intake')} 1`,
      `popvote_database_standbys${label('box')} 0`,
      `popvote_database_standbys${label('intake')} 2`,
    ]);
});

test('A database is asked once a minute, and a slow one holds no reading up', async () => {
  vi.useFakeTimers({ toFake: ['performance'] });
  try {
    const metrics = createMetrics('mixer');
    const read = vi.fn(() => new Promise<never>(() => undefined));
    watchDatabaseCopies(metrics, { intake: read });
    for (let reading = 0; reading < 4; reading += 1) {
      await metrics.metrics();
      vi.advanceTimersByTime(20_000);
    }
    expect(read).toHaveBeenCalledTimes(2);
  } finally {
    vi.useRealTimers();
  }
});

// The temporary files of uploads, as Prometheus reads them: while a file is read, and no longer.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { createMetrics } from '../../../../src/platform/metrics.ts';
import { createSpool } from '../../../../src/services/officials/spool.ts';
import { watchSpools } from '../../../../src/services/officials/spool-metrics.ts';
import { until } from '../../../support/until.ts';

const directory = mkdtempSync(join(tmpdir(), 'popvote-spools-'));
afterAll(() => rmSync(directory, { recursive: true }));

test('Bytes of all open files are shown, and the age of the oldest', async () => {
  const metrics = createMetrics('officials');
  const opened = watchSpools(metrics);
  const valueOf = async (name: string): Promise<number> =>
    Number(new RegExp(`^popvote_officials_spool_${name}\\{.*\\} (\\S+)$`, 'm').exec(await metrics.metrics())?.[1]);
  {
    await using first = await createSpool(directory, 'x', opened);
    first.add('12345');
    await using second = await createSpool(directory, 'x', opened);
    second.add('123');
    await second.finish();
    expect(await valueOf('bytes')).toBe(10);
    await until(async () => (await valueOf('age_seconds')) > 0.05, 'some age');
  }
  expect([await valueOf('bytes'), await valueOf('age_seconds')]).toEqual([0, 0]);
});

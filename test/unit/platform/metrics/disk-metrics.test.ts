// Which part of a disk is free, as Prometheus reads it.
import { execFileSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { expect, test } from 'vitest';
import { watchDisks } from '../../../../src/platform/disk-metrics.ts';
import { createMetrics } from '../../../../src/platform/metrics.ts';

test('The free part of a disk is that of df, and a folder that is missing has none', async () => {
  const metrics = createMetrics('log');
  watchDisks(metrics, { here: tmpdir(), nowhere: '/nowhere' });
  const [, line = ''] = execFileSync('df', ['-P', tmpdir()], { encoding: 'utf8' }).split('\n');
  const used = Number(/(\d+)%/.exec(line)?.[1]) / 100;
  const values = [...(await metrics.metrics()).matchAll(/^popvote_disk_free_part\{.*folder="(\w+)".*\} (\S+)$/gm)];
  expect(values.map(([, folder]) => folder)).toEqual(['here']);
  // df rounds up to a whole percent, and others write meanwhile.
  expect(Math.abs(1 - Number(values[0]?.[2]) - used)).toBeLessThan(0.02);
});

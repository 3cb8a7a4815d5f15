// The times of the shipped Sentinels: after a pause of theirs they still replace a primary.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const text = readFileSync(join(import.meta.dirname, '../../../deploy/redis/sentinel.conf'), 'utf8');
/** How long a Sentinel does nothing after its clock was set or its machine kept it waiting, in milliseconds (TILT). */
const pauseMs = 30_000;
/** How many times `down-after-milliseconds` longer than Sentinel saw it a replica may be without its primary. */
const times = 10;

test('A replica can still be chosen when all Sentinels paused while its primary ended', () => {
  const watches = [...text.matchAll(/^sentinel down-after-milliseconds ([a-z]+) (\d+)$/gm)];
  expect(watches.map(([, name]) => name)).toEqual(['edge', 'control']);
  for (const [, , ms] of watches) expect(times * Number(ms)).toBeGreaterThan(pauseMs + Number(ms));
});

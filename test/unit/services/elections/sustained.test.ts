// How long a condition lasts, so that a brief one raises no alarm.
import { expect, test } from 'vitest';
import { createSustained } from '../../../../src/services/elections/monitoring/sustained.ts';

const gapMs = 30_000;
const thingsMax = 2_000;

test('A condition lasts while polls find it within thirty seconds, and begins again after a longer gap', () => {
  let now = 1_000_000;
  const sustained = createSustained(() => now);
  expect(sustained('queue')).toBe(0);
  now += gapMs;
  expect(sustained('queue')).toBe(gapMs);
  now += gapMs + 1;
  expect(sustained('queue')).toBe(0);
  // A clock that was set back knows nothing of the time before.
  now -= 1;
  expect(sustained('queue')).toBe(0);
});

test('Of very many conditions the one that was found first is forgotten', () => {
  let now = 1_000_000;
  const sustained = createSustained(() => now);
  for (let thing = 0; thing <= thingsMax; thing += 1) sustained(String(thing));
  now += 1_000;
  expect(sustained('1')).toBe(1_000);
  expect(sustained('0')).toBe(0);
});

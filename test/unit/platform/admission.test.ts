// The share of voters who may begin, in a simulated platform.
import { describe, expect, test } from 'vitest';
import { createAdmission } from '../../../src/platform/http/admission.ts';

/** Runs so many samples of a platform that serves `capacity` per sample, with so many arrivals in each. */
function simulate(samples: number, arrivals: number, capacity: number) {
  const admission = createAdmission();
  let queue = 0;
  let served = 0;
  let longest = 0;
  for (let sample = 0; sample < samples; sample += 1) {
    for (let n = 0; n < arrivals; n += 1) if (admission.admits()) queue += 1;
    const done = Math.min(queue, capacity);
    queue -= done;
    if (sample >= samples / 2) {
      served += done;
      longest = Math.max(longest, queue);
    }
    // One sample's worth of work that waits is twice of what may wait.
    admission.adjust((2 * queue) / capacity);
  }
  return { share: admission.share, goodput: served / (capacity * (samples / 2)), longestInSamples: longest / capacity };
}

describe('Admission by share', () => {
  test('All are admitted while nothing is late', () => {
    expect(simulate(100, 50, 100)).toMatchObject({ share: 1, goodput: 0.5 });
  });

  test.each([2, 3, 10])('At %i times the capacity as many are admitted as can be served', (multiple) => {
    const { share, goodput, longestInSamples } = simulate(400, 100 * multiple, 100);
    expect(goodput).toBeGreaterThan(0.95);
    expect(share * multiple).toBeGreaterThan(0.5);
    expect(share * multiple).toBeLessThan(1.5);
    expect(longestInSamples).toBeLessThan(2);
  });

  test('A few are admitted however late work is, and all again soon after it', () => {
    const admission = createAdmission();
    for (let sample = 0; sample < 100; sample += 1) admission.adjust(1_000);
    const admitted = Array.from({ length: 1_000 }, () => admission.admits()).filter(Boolean).length;
    expect(admitted).toBe(50);
    let samples = 0;
    while (admission.share < 1) {
      admission.adjust(0);
      samples += 1;
    }
    // A sample is a quarter of a second.
    expect(samples).toBeLessThan(100);
  });

  test('Lateness that falls is of work admitted before, and lowers the share no further', () => {
    const admission = createAdmission();
    admission.adjust(10);
    const { share } = admission;
    expect(share).toBeLessThan(1);
    for (const lateness of [9, 7, 4, 2]) {
      admission.adjust(lateness);
      expect(admission.share).toBe(share);
    }
    admission.adjust(2);
    expect(admission.share).toBeLessThan(share);
    for (let sample = 0; sample < 4; sample += 1) admission.adjust(0);
    expect(admission.share).toBeGreaterThan(share);
  });
});

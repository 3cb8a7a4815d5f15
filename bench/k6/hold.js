// HELD voters hold a request open at the same time, for HOLD_SECONDS, then text and vote: does waiting cost anything, and
// is everyone released? Run: k6 run -e HELD=5000 -e RAMP=60 -e HOLD_SECONDS=120 bench/k6/hold.js
import { sleep } from 'k6';
import { nthVoter, numbers, summaryTrendStats, thresholds, vote } from './journey.js';

export { handleSummary, setup, teardown } from './journey.js';
export const options = {
  scenarios: {
    hold: {
      executor: 'per-vu-iterations',
      vus: numbers.HELD,
      iterations: 1,
      maxDuration: `${numbers.RAMP + numbers.HOLD_SECONDS + 120}s`,
    },
  },
  thresholds,
  summaryTrendStats,
};

export default (data) => {
  sleep(Math.random() * numbers.RAMP);
  return vote(data, nthVoter(data), numbers.HOLD_SECONDS);
};

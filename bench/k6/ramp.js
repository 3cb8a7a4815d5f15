// Voters come faster and faster until RATE, then stay: where does the platform begin to slow down?
// Run: k6 run -e RATE=200 -e RAMP=120 bench/k6/ramp.js
import { nthVoter, numbers, summaryTrendStats, thresholds, vote } from './journey.js';

export { handleSummary, setup, teardown } from './journey.js';
export const options = {
  scenarios: {
    ramp: {
      executor: 'ramping-arrival-rate',
      startRate: 1,
      timeUnit: '1s',
      preAllocatedVUs: Math.min(100, numbers.VUS),
      maxVUs: numbers.VUS,
      stages: [
        { target: numbers.RATE, duration: `${numbers.RAMP}s` },
        { target: numbers.RATE, duration: `${numbers.DURATION}s` },
      ],
      gracefulStop: '60s',
    },
  },
  thresholds,
  summaryTrendStats,
};

export default (data) => vote(data, nthVoter(data));

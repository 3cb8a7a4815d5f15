// Voters come at RATE whether or not the platform keeps up (an open model): what do they feel?
// Run: k6 run -e RATE=100 -e DURATION=300 bench/k6/arrival-rate.js
import { nthVoter, numbers, summaryTrendStats, thresholds, vote } from './journey.js';

export { handleSummary, setup, teardown } from './journey.js';
export const options = {
  scenarios: {
    arrivals: {
      executor: 'constant-arrival-rate',
      rate: numbers.RATE,
      timeUnit: '1s',
      duration: `${numbers.DURATION}s`,
      preAllocatedVUs: Math.min(100, numbers.VUS),
      maxVUs: numbers.VUS,
      gracefulStop: '60s',
    },
  },
  thresholds,
  summaryTrendStats,
};

export default (data) => vote(data, nthVoter(data));

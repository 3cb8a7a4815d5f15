// A few voters, one after the other: does a vote work at all? Run: k6 run bench/k6/smoke.js
import { nthVoter, summaryTrendStats, thresholds, vote } from './journey.js';

export { handleSummary, setup, teardown } from './journey.js';
export const options = {
  scenarios: { smoke: { executor: 'shared-iterations', vus: 1, iterations: 5, maxDuration: '2m' } },
  thresholds,
  summaryTrendStats,
};

export default (data) => vote(data, nthVoter(data));

// The rush that PopVote saw: 70 % of all votes inside 180 seconds, the rest before and after. VOTES, RUSH_SHARE,
// RUSH_SECONDS and TOTAL_SECONDS scale it. Run: k6 run -e VOTES=100000 -e VUS=5000 bench/k6/rush.js
import exec from 'k6/execution';
import { nthVoter, numbers, summaryTrendStats, thresholds, vote } from './journey.js';

export { handleSummary, setup, teardown } from './journey.js';

const inRush = Math.round(numbers.VOTES * numbers.RUSH_SHARE);
const before = Math.floor((numbers.VOTES - inRush) / 2);
const after = numbers.VOTES - inRush - before;
const calmSeconds = Math.max(1, Math.floor((numbers.TOTAL_SECONDS - numbers.RUSH_SECONDS) / 2));

// So many votes in so many seconds, evenly: the time unit is the length itself, so no rate is rounded.
const phase = (votes, startSeconds, seconds) => ({
  executor: 'constant-arrival-rate',
  rate: votes,
  timeUnit: `${seconds}s`,
  duration: `${seconds}s`,
  startTime: `${startSeconds}s`,
  preAllocatedVUs: Math.min(50, numbers.VUS),
  maxVUs: numbers.VUS,
  gracefulStop: '60s',
});
const phases = {
  before: { votes: before, start: 0, seconds: calmSeconds, offset: 0 },
  rush: { votes: inRush, start: calmSeconds, seconds: numbers.RUSH_SECONDS, offset: before + 1 },
  after: { votes: after, start: calmSeconds + numbers.RUSH_SECONDS, seconds: calmSeconds, offset: before + inRush + 2 },
};

export const options = {
  scenarios: Object.fromEntries(
    Object.entries(phases).flatMap(([name, { votes, start, seconds }]) =>
      votes > 0 ? [[name, phase(votes, start, seconds)]] : [],
    ),
  ),
  thresholds,
  summaryTrendStats,
};

export default (data) => vote(data, nthVoter(data, phases[exec.scenario.name].offset));

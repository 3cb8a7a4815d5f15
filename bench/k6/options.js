// Every option of the scripts, given to k6 by `-e NAME=value`: its default, what it means, and which scripts read it. The
// table in README.md is this one (a test compares them). Nothing of k6 is imported here, so that Node can read it too.

const every = ['smoke', 'ramp', 'arrival-rate', 'rush', 'hold'];

export const options = {
  BASE_URL: { value: 'http://127.0.0.1:8080', meaning: 'Where the voter’s API is.', scripts: every },
  SMS_URL: { value: 'http://127.0.0.1:8085', meaning: 'Where the SMS simulator is.', scripts: every },
  METRICS_URL: {
    value: 'http://127.0.0.1:9103/metrics',
    meaning: 'Metrics of `ballots`; several replicas by commas. Unreachable: the receipts alone are compared.',
    scripts: every,
  },
  ELECTION: { value: '', meaning: 'Id of the election; empty takes the first open rehearsal.', scripts: every },
  I_KNOW: {
    value: '0',
    meaning: '1 runs against an election that is not a rehearsal. Its votes count.',
    scripts: every,
  },
  FIRST_VOTER: {
    value: '',
    meaning:
      'Number of the first voter; empty draws one. Voters of two runs must not overlap: 26,000,000 numbers, 9,000,000 phones.',
    scripts: every,
  },
  SMS_DELAY: { value: '0', meaning: 'Seconds from the start of the wait until the text is sent.', scripts: every },
  THINK: { value: '0', meaning: 'Seconds from being verified until casting.', scripts: every },
  VOTES: { value: '1000', meaning: 'Votes of the whole run.', scripts: ['rush'] },
  RUSH_SHARE: { value: '0.7', meaning: 'Share of the votes that come in the rush.', scripts: ['rush'] },
  RUSH_SECONDS: { value: '180', meaning: 'Length of the rush, in seconds.', scripts: ['rush'] },
  TOTAL_SECONDS: {
    value: '600',
    meaning: 'Length of the whole run, in seconds; the rush is in its middle.',
    scripts: ['rush'],
  },
  RATE: {
    value: '50',
    meaning: 'Votes per second: the rate, or the highest rate of the ramp.',
    scripts: ['ramp', 'arrival-rate'],
  },
  RAMP: { value: '60', meaning: 'Seconds of climbing to the rate, or until all are held.', scripts: ['ramp', 'hold'] },
  DURATION: { value: '60', meaning: 'Seconds at the rate.', scripts: ['ramp', 'arrival-rate'] },
  HELD: { value: '500', meaning: 'Voters who hold a request open at the same time.', scripts: ['hold'] },
  HOLD_SECONDS: { value: '60', meaning: 'Seconds for which each holds before texting.', scripts: ['hold'] },
  VUS: {
    value: '500',
    meaning: 'Most voters under way at once; further ones are dropped and counted.',
    scripts: ['ramp', 'arrival-rate', 'rush'],
  },
  CAST_P99_MS: { value: '250', meaning: 'Threshold: p99 of a cast, in milliseconds.', scripts: every },
  OUT: { value: '', meaning: 'File for the whole summary as JSON.', scripts: every },
};

/** The options as given, as text and as numbers. */
export function readOptions(environment) {
  const unknown = [];
  const text = {};
  for (const name of Object.keys(options))
    text[name] = environment[name] === undefined ? options[name].value : environment[name];
  const number = (name) => {
    const value = Number(text[name]);
    if (!Number.isFinite(value) || value < 0) unknown.push(name);
    return value;
  };
  const numbers = {};
  const counted = ['SMS_DELAY', 'THINK', 'VOTES', 'RUSH_SHARE', 'RUSH_SECONDS', 'TOTAL_SECONDS', 'RATE', 'RAMP'];
  for (const name of [...counted, 'DURATION', 'HELD', 'HOLD_SECONDS', 'VUS', 'CAST_P99_MS'])
    numbers[name] = number(name);
  if (unknown.length > 0) throw new Error(`Not a number: ${unknown.join(', ')}`);
  return { text, numbers };
}

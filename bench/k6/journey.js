// The vote that all scripts share: session, held-open wait while the text is sent, cast; with the guard before it (a
// rehearsal, or nothing) and the count after it (recorded equals cast).
import { check, sleep } from 'k6';
import { createHash } from 'k6/crypto';
import encoding from 'k6/encoding';
import exec from 'k6/execution';
import http from 'k6/http';
import { Counter, Trend } from 'k6/metrics';
import { readOptions } from './options.js';
import { castRequest, castTagPrefix, drawBallot, sessionRequest, textRequest, waitRequest } from './requests.js';

export const { text, numbers } = readOptions(__ENV);

const waitSeconds = 25;
const waitsMax = 6;
const castsMax = 6;

const votesCast = new Counter('votes_cast');
const votesRecorded = new Counter('votes_recorded');
/** Ballots that were sent and never got a certain answer. */
const votesUnresolved = new Counter('votes_unresolved');
/** Recorded by `ballots`, less receipts: added to by every voter and by the teardown, and 0 in the end. */
const countDifference = new Counter('count_difference');
const stepMs = {
  session: new Trend('step_session', true),
  verify: new Trend('step_verify', true),
  cast: new Trend('step_cast', true),
};

/** Thresholds of every script. k6 ends with code 99 when one is not kept. */
export const thresholds = {
  checks: ['rate>0.999'],
  votes_unresolved: ['count==0'],
  count_difference: ['count==0'],
  step_cast: [`p(99)<${numbers.CAST_P99_MS}`],
};
export const summaryTrendStats = ['med', 'p(95)', 'p(99)', 'max'];

const json = { 'content-type': 'application/json' };
const bearer = (token) => ({ authorization: `Bearer ${token}` });
const tags = (name) => ({ name });

/** Refuses whatever is not an open rehearsal, and remembers what was counted before. */
export function setup() {
  const election = chooseElection();
  const answer = http.get(`${text.BASE_URL}/v1/elections/${election}`, { tags: tags('document') });
  const document = answer.status === 200 ? answer.json('election') : null;
  if (!document) exec.test.abort(`There is no election ${election} at ${text.BASE_URL}.`);
  if (document.rehearsal !== true && text.I_KNOW !== '1') {
    exec.test.abort(`${election} is not a rehearsal: votes in it count. To do it all the same: -e I_KNOW=1`);
  }
  if (document.phase !== 'open') exec.test.abort(`${election} is ${document.phase}, not open.`);
  const { scheme } = document.identity;
  if (scheme !== 'hkid' && scheme !== 'phone-only')
    exec.test.abort(`Numbers of the scheme ${scheme} cannot be made up.`);
  const firstVoter = text.FIRST_VOTER === '' ? Math.floor(Math.random() * 20000000) : Number(text.FIRST_VOTER);
  return {
    election: document.id,
    scheme,
    contests: document.contests,
    firstVoter,
    recordedBefore: recordedByMetrics(),
  };
}

function chooseElection() {
  if (text.ELECTION !== '') return text.ELECTION;
  const answer = http.get(`${text.BASE_URL}/v1/elections`, { tags: tags('elections') });
  const found =
    answer.status === 200 && answer.json('elections').find(({ phase, rehearsal }) => phase === 'open' && rehearsal);
  if (!found) exec.test.abort(`There is no open rehearsal at ${text.BASE_URL}.`);
  return found.id;
}

/** Recorded ballots by the metrics of all replicas of `ballots`, or null where they cannot be read. */
function recordedByMetrics() {
  let sum = 0;
  for (const url of text.METRICS_URL.split(',')) {
    const answer = http.get(url, { tags: tags('metrics'), responseCallback: null, timeout: '5s' });
    if (answer.status !== 200) return null;
    for (const line of answer.body.split('\n')) {
      if (/^popvote_casts_total\{.*outcome="recorded"/.test(line)) sum += Number(line.split(' ').pop());
    }
  }
  return sum;
}

export function teardown({ recordedBefore }) {
  const recorded = recordedByMetrics();
  if (recordedBefore === null || recorded === null) {
    console.warn('The metrics of ballots cannot be read (-e METRICS_URL): only receipts were compared.');
    countDifference.add(0, { checked: 'receipts' });
    return;
  }
  // Voters subtracted 1 for each receipt, so the remainder is the difference.
  countDifference.add(recorded - recordedBefore, { checked: 'metrics' });
}

/** One complete vote of the nth voter. `holdSeconds` of holding go before the text. */
export async function vote(data, n, holdSeconds = 0) {
  const ballotKey = crypto.getRandomValues(new Uint8Array(32)).buffer;
  const session = startSession(data, n, ballotKey);
  if (!session) return;
  const token = await verify(session, n, holdSeconds);
  if (!token) return;
  if (numbers.THINK > 0) sleep(numbers.THINK);
  cast(data, token, ballotKey);
}

function castTagOf(ballotKey) {
  const hash = createHash('sha256');
  hash.update(castTagPrefix);
  hash.update(ballotKey);
  return hash.digest('base64rawurl');
}

function startSession(data, n, ballotKey) {
  const { path, body } = sessionRequest(data.election, data.scheme, n, castTagOf(ballotKey));
  const answer = http.post(text.BASE_URL + path, JSON.stringify(body), { headers: json, tags: tags('session') });
  stepMs.session.add(answer.timings.duration);
  return check(answer, { 'session started': ({ status }) => status === 201 }) ? answer.json() : null;
}

async function verify(session, n, holdSeconds) {
  const params = { headers: bearer(session.token), tags: tags('wait'), timeout: '40s' };
  const wait = () => http.asyncRequest('GET', text.BASE_URL + waitRequest(waitSeconds).path, null, params);
  const holdUntil = Date.now() + holdSeconds * 1000;
  let held = wait();
  // A voter who holds repeats the request after each wait. The text comes while the last request is held.
  while (Date.now() + waitSeconds * 1000 < holdUntil) {
    const answer = await held;
    if (!check(answer, { 'held to the end': ({ status }) => status === 200 })) return null;
    held = wait();
  }
  const early = Math.max(holdUntil - Date.now(), numbers.SMS_DELAY * 1000);
  if (early > 0) await new Promise((resolve) => setTimeout(resolve, early));
  const sentAt = Date.now();
  const { path, body } = textRequest(n, session.verification);
  const textAnswer = await http.asyncRequest('POST', text.SMS_URL + path, JSON.stringify(body), {
    headers: json,
    tags: tags('text'),
  });
  if (!check(textAnswer, { 'text taken': ({ status }) => status === 202 })) return null;
  for (let waits = 0; waits < waitsMax; waits += 1) {
    const answer = await held;
    if (!check(answer, { 'wait answered': ({ status }) => status === 200 })) return null;
    const token = answer.json('token');
    if (token) {
      stepMs.verify.add(Date.now() - sentAt);
      return token;
    }
    held = wait();
  }
  check(null, { verified: () => false });
  return null;
}

function cast(data, token, ballotKey) {
  const request = castRequest(encoding.b64encode(ballotKey, 'rawurl'), drawBallot(data.contests));
  const body = JSON.stringify(request.body);
  const params = { headers: { ...json, ...bearer(token) }, tags: tags('cast') };
  votesCast.add(1);
  for (let casts = 0; casts < castsMax; casts += 1) {
    const answer = http.post(text.BASE_URL + request.path, body, params);
    // Without an answer, and after 503, the outcome is unknown. The same bytes again are the same vote.
    if (answer.status === 0 || answer.status === 503) {
      sleep(Number(answer.headers['Retry-After'] || 1) * Math.random());
      continue;
    }
    stepMs.cast.add(answer.timings.duration);
    if (check(answer, { 'ballot recorded': ({ status }) => status === 201 })) {
      votesRecorded.add(1);
      countDifference.add(-1);
    } else votesUnresolved.add(1);
    return;
  }
  votesUnresolved.add(1);
}

/** A dozen plain lines; the whole summary goes to OUT. */
export function handleSummary(summary) {
  const { metrics } = summary;
  const count = (name) => (metrics[name] ? metrics[name].values.count : 0);
  const step = (name) => {
    const values = metrics[name] && metrics[name].values;
    return values ? ['med', 'p(95)', 'p(99)'].map((key) => values[key].toFixed(1)).join(' / ') : 'none';
  };
  const broken = Object.entries(metrics).flatMap(([name, { thresholds: kept = {} }]) =>
    Object.entries(kept).flatMap(([rule, { ok }]) => (ok ? [] : [`${name} ${rule}`])),
  );
  const difference = count('count_difference');
  const lines = [
    `votes cast ${count('votes_cast')}, recorded ${count('votes_recorded')}, unresolved ${count('votes_unresolved')}`,
    `recorded by ballots less receipts: ${difference}`,
    `iterations dropped: ${count('dropped_iterations')}`,
    ...['session', 'verify', 'cast'].map((name) => `${name}, ms p50 / p95 / p99: ${step(`step_${name}`)}`),
    count('votes_cast') === 0
      ? 'nothing was cast'
      : broken.length === 0
        ? 'all thresholds kept'
        : `thresholds broken: ${broken.join(', ')}`,
  ];
  const out = text.OUT === '' ? {} : { [text.OUT]: JSON.stringify(summary, null, 2) };
  return { stdout: `\n${lines.join('\n')}\n`, ...out };
}

/** The number of this iteration's voter; `offset` sets scenarios of one script apart. */
export const nthVoter = (data, offset = 0) => data.firstVoter + offset + exec.scenario.iterationInTest;

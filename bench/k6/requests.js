// The requests of a voter, the same as in test/support/voter/voter-requests.ts (a test compares them). Nothing of k6 is
// imported here, so that Node can read it too.
import { hkid, phone } from './identities.js';

/** The session of the nth voter. `castTag` is of the ballot key with which the voter will cast. */
export function sessionRequest(electionId, scheme, n, castTag) {
  const identity = scheme === 'hkid' ? { identity: { number: hkid(n) } } : {};
  const body = { electionId, ...identity, phone: phone(n), method: 'text-in', castTag };
  return { method: 'POST', path: '/v1/sessions', body };
}

export function waitRequest(seconds) {
  return { method: 'GET', path: `/v1/sessions/current?wait=${seconds}` };
}

/** The text of the nth voter's phone, by the simulator of `sms`. */
export function textRequest(n, verification) {
  const body = { from: phone(n), to: verification.sendTo, body: verification.code };
  return { method: 'POST', path: '/simulator/texts', body };
}

/** What a castTag is the SHA-256 of, with the ballot key after it. */
export const castTagPrefix = 'popvote/cast-tag/v2\0';

export function castRequest(ballotKey, ballot) {
  return { method: 'POST', path: '/v1/ballots', body: { ballotKey, ballot } };
}

/** A valid ballot at random, with at least one choice in each contest. */
export function drawBallot(contests) {
  return { contests: contests.map(drawChoices) };
}

function drawChoices({ id, minChoices, maxChoices, options }) {
  const least = Math.max(1, minChoices);
  const count = least + Math.floor(Math.random() * (maxChoices - least + 1));
  const remaining = options.map((option) => option.id);
  const choices = [];
  while (choices.length < count) choices.push(remaining.splice(Math.floor(Math.random() * remaining.length), 1)[0]);
  return { contestId: id, choices };
}

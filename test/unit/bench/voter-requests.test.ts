// The one builder of a voter's requests: what it draws is a valid ballot, and the k6 scripts send the same requests.
import { afterEach, expect, test, vi } from 'vitest';
import { castTagPrefix } from '../../../src/domain/cast-tag.ts';
import { judgeBallot } from '../../../src/domain/ballot.ts';
import { definition } from '../../support/elections.ts';
import { hkid, phone } from '../../support/identities.ts';
import { drawBallot, voterRequests } from '../../support/voter/voter-requests.ts';
import type { VoterRequest } from '../../support/voter/voter-requests.ts';

type K6Requests = {
  castTagPrefix: string;
  sessionRequest(electionId: string, scheme: string, n: number, castTag: string): VoterRequest;
  waitRequest(seconds: number): VoterRequest;
  textRequest(n: number, verification: { code: string; sendTo: string }): VoterRequest;
  castRequest(ballotKey: string, ballot: unknown): VoterRequest;
  drawBallot: typeof drawBallot;
};

const k6 = (await import(new URL('../../../bench/k6/requests.js', import.meta.url).href)) as K6Requests;
const electionId = 'an-election';

afterEach(() => {
  vi.restoreAllMocks();
});

/** Replaces `Math.random` by a sequence that starts again with each call. */
function repeatRandomNumbers(): void {
  let state = 7;
  vi.spyOn(Math, 'random').mockImplementation(() => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  });
}

test('A ballot at random is valid in the election', () => {
  const { contests } = definition();
  for (let ballots = 0; ballots < 200; ballots += 1) {
    expect(judgeBallot(contests, drawBallot(contests))).toMatchObject({ valid: true });
  }
});

test('The k6 scripts draw the same ballots from the same random numbers', () => {
  const { contests } = definition();
  const hundred = (draw: typeof drawBallot) => {
    repeatRandomNumbers();
    return Array.from({ length: 100 }, () => draw(contests));
  };
  expect(hundred(k6.drawBallot)).toEqual(hundred(drawBallot));
});

test('The k6 scripts send the same requests as the tests and benches', () => {
  const n = 1_234_567;
  const castTag = 'a-cast-tag';
  const verification = { code: '48291375', sendTo: '+85255550123' };
  const ballot = drawBallot(definition().contests);
  expect([
    k6.castTagPrefix,
    k6.sessionRequest(electionId, 'hkid', n, castTag),
    k6.sessionRequest(electionId, 'phone-only', n, castTag),
    k6.waitRequest(25),
    k6.textRequest(n, verification),
    k6.castRequest('a-ballot-key', ballot),
  ]).toEqual([
    castTagPrefix,
    voterRequests.session({ electionId, number: hkid(n), phone: phone(n), castTag }),
    voterRequests.session({ electionId, phone: phone(n), castTag }),
    voterRequests.wait(25),
    voterRequests.text({ from: phone(n), to: verification.sendTo, body: verification.code }),
    voterRequests.cast('a-ballot-key', ballot),
  ]);
});

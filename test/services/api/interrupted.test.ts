// Lost votes at the public API: each cast carries the mark of the public turnout to `ballots`, and an interrupted election
// starts no session.
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { publicationOf } from '../../../src/services/elections/publishing/publication.ts';
import { signValue, signingKey } from '../../../src/platform/keys/signatures.ts';
import type { CastCall } from '../../../src/protocol/ballot-service.ts';
import type { MarkBody, ParticipationMark } from '../../../src/protocol/proofs/participation-mark.ts';
import { Problem } from '../../../src/protocol/problem.ts';
import type { TurnoutBody } from '../../../src/protocol/public-results.ts';
import { ballot } from '../../support/elections.ts';
import { hkid, phone } from '../../support/identities.ts';
import { turnoutOf } from '../../support/published.ts';
import { anyCastTag } from '../../support/voter/proofs.ts';
import { bearer, codeOf, receiptOf, secret, startApi } from '../../support/services/api.ts';
import type { Fixture } from '../../support/services/api.ts';
import { until } from '../../support/until.ts';

let api: Fixture;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api[Symbol.asyncDispose]());

const person = { phone: phone(4_242), identity: { number: hkid(4_242) } };

function markOf(voters: number): ParticipationMark {
  const hash = randomBytes(32).toString('base64url');
  const mark: MarkBody = { version: 'popvote/mark/v1', electionId: api.election.id, losses: 0, voters, hash };
  return { mark, signature: signValue(signingKey(api.keys.ballots.receipts), mark) };
}

/** Publishes a turnout, and waits until the API serves it. */
async function publishTurnout(revision: number, changes: Partial<TurnoutBody>): Promise<void> {
  const publisher = signingKey(api.keys.elections.publisher);
  const turnout = turnoutOf(api.election.id, { revision, ...changes });
  await api.publish({
    ...publicationOf(api.election, publisher, 1),
    turnout: { turnout, signature: signValue(publisher, turnout) },
  });
  await until(async () => {
    const answer = await api.app.inject({ url: `/v1/elections/${api.election.id}/turnout` });
    return answer.statusCode === 200 && answer.json<{ turnout: TurnoutBody }>().turnout.revision === revision;
  }, 'the published turnout');
}

async function castOnce(): Promise<{ status: number; code: string | undefined }> {
  const session = await api.session(person);
  await api.text(person.phone, codeOf(session));
  const waiting = await api.app.inject({ url: '/v1/sessions/current?wait=10', headers: bearer(session.token) });
  const { token } = waiting.json<{ token: string }>();
  const payload = { ballotKey: secret(), ballot: ballot() };
  const answer = await api.app.inject({ method: 'POST', url: '/v1/ballots', headers: bearer(token), payload });
  return { status: answer.statusCode, code: answer.json<{ code?: string }>().code };
}

test('A cast carries the mark of the public turnout, and none before there is one', async () => {
  const calls: CastCall[] = [];
  api.behind.cast = (call) => {
    calls.push(call);
    return Promise.resolve({ receipt: receiptOf(call.electionId) });
  };
  await castOnce();
  const mark = markOf(50);
  await publishTurnout(1, { mark });
  expect(await castOnce()).toMatchObject({ status: 201 });
  expect(calls.map((call) => call.mark)).toEqual([undefined, mark]);
});

test('A voter learns that voting is interrupted and that nothing was recorded', async () => {
  api.behind.cast = () => Promise.reject(new Problem('voting-interrupted'));
  expect(await castOnce()).toEqual({ status: 409, code: 'voting-interrupted' });
});

test('An interrupted election starts no session until its turnout says otherwise', async () => {
  const payload = { electionId: api.election.id, ...person, method: 'text-in', castTag: anyCastTag };
  const start = () => api.app.inject({ method: 'POST', url: '/v1/sessions', payload });
  await publishTurnout(2, { interrupted: true, mark: markOf(50) });
  const rejection = await start();
  expect([rejection.statusCode, rejection.json<{ code: string }>().code]).toEqual([409, 'voting-interrupted']);
  await publishTurnout(3, { mark: markOf(50) });
  expect((await start()).statusCode).toBe(201);
});

// Restores of the intake and of the box to one older moment, on real databases: marks outside them show the loss. No
// ballot is recorded or mixed until the loss is accepted.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { signValue, signingKey } from '../../../src/platform/keys/signatures.ts';
import type { App } from '../../../src/platform/http/http.ts';
import type { CastCall, MarkAnswer } from '../../../src/protocol/ballot-service.ts';
import type { ParticipationMark } from '../../../src/protocol/proofs/participation-mark.ts';
import { createIntake, newElection, settled } from '../../support/intake.ts';
import type { Answer, Intake } from '../../support/intake.ts';
import { createMixing } from '../../support/mixing.ts';
import type { Mixing } from '../../support/mixing.ts';

let intake: Intake;
let mixing: Mixing;
let app: App;
beforeAll(async () => {
  intake = await createIntake();
  mixing = await createMixing(intake);
  app = await intake.app();
});
afterAll(async () => {
  await mixing[Symbol.asyncDispose]();
  await intake[Symbol.asyncDispose]();
});

const cast = (call: CastCall, mark?: ParticipationMark): Promise<Answer> =>
  settled(() => intake.castAt(app, { ...call, ...(mark && { mark }) }));
const ask = (...[method, path, body]: [string, string, unknown?]): Promise<Answer> =>
  settled(() => intake.call(app, method as 'GET', path, body));
const outcomeOf = ({ status, body }: Answer): string => (status === 200 ? 'recorded' : String(body['code']));
async function castAll(calls: readonly CastCall[], mark?: ParticipationMark): Promise<Set<string>> {
  const answers = await Promise.all(calls.map((call) => cast(call, mark)));
  return new Set(answers.map(outcomeOf));
}
async function open(changes: Parameters<typeof newElection>[0] = {}): Promise<string> {
  const election = newElection(changes);
  expect((await intake.create(app, election)).status).toBe(200);
  return election.id;
}
const votersOf = (electionId: string, voters: number): CastCall[] =>
  Array.from({ length: voters }, () => intake.cast({ electionId }));
async function exchange(electionId: string, outside: ParticipationMark | null = null): Promise<MarkAnswer> {
  const { status, body } = await ask('POST', `/private/elections/${electionId}/mark`, { outside });
  expect(status, JSON.stringify(body)).toBe(200);
  return body as MarkAnswer;
}
async function markOf(electionId: string): Promise<ParticipationMark> {
  const answer = await exchange(electionId);
  if (answer.state !== 'taken') throw new Error('votes are missing');
  return answer.mark;
}
const accept = (electionId: string, losses: number): Promise<Answer> =>
  ask('POST', `/private/elections/${electionId}/losses`, { losses });
async function participationOf(electionId: string): Promise<unknown> {
  return (await ask('GET', `/private/elections/${electionId}/counts`)).body['participation'];
}
const readiness = async (name: string): Promise<string | undefined> => {
  const response = await app.inject({ url: '/readyz' });
  const { checks } = response.json<{ checks: { name: string; state: string }[] }>();
  return checks.find((check) => check.name === name)?.state;
};
async function lostElection(voters: number): Promise<{ id: string; mark: ParticipationMark; laterCalls: CastCall[] }> {
  const id = await open();
  expect(await castAll(votersOf(id, 5))).toEqual(new Set(['recorded']));
  await markOf(id);
  const restore = await intake.databases.backUp(['intake', 'box']);
  const laterCalls = votersOf(id, voters);
  expect(await castAll(laterCalls)).toEqual(new Set(['recorded']));
  const mark = await markOf(id);
  await restore();
  return { id, mark, laterCalls };
}

describe('A restore of both databases to one older moment', { timeout: 150_000 }, () => {
  test('300 voters are refused after the restore, and vote once the loss is accepted', async () => {
    const id = await open();
    expect(await castAll(votersOf(id, 20))).toEqual(new Set(['recorded']));
    while ((await mixing.mixer().mixOnce()) > 0);
    const restore = await intake.databases.backUp(['intake', 'box']);
    const laterCalls = votersOf(id, 300);
    expect(await castAll(laterCalls)).toEqual(new Set(['recorded']));
    while ((await mixing.mixer().mixOnce()) > 0);
    const mark = await markOf(id);
    expect(mark.mark).toMatchObject({ electionId: id, losses: 0, voters: 320 });
    await restore();
    expect(await mixing.reconcile()).toContainEqual({
      electionId: id,
      participation: 20,
      outbox: 0,
      box: 20,
      repeated: 0,
      mismatch: 0,
    });

    expect(await castAll(laterCalls, mark)).toEqual(new Set(['voting-interrupted']));
    // Once it was noticed, a cast without a mark is refused too, by every process.
    expect(await castAll(laterCalls.slice(0, 2))).toEqual(new Set(['voting-interrupted']));
    expect(await participationOf(id)).toBe(20);
    expect(await exchange(id, mark)).toEqual({ state: 'missing', missing: { losses: 0, voters: 320 } });
    expect(await readiness('marks')).toBe('failed');
    expect(intake.log.text()).toContain('marks.votes-missing');

    expect((await accept(id, 2)).status).toBe(409);
    expect((await accept(id, 1)).status).toBe(200);
    expect((await accept(id, 1)).status).toBe(200);
    expect(await castAll(laterCalls, mark)).toEqual(new Set(['recorded']));
    expect(await participationOf(id)).toBe(320);
    expect((await markOf(id)).mark).toMatchObject({ losses: 1, voters: 320 });
    await expect.poll(() => readiness('marks')).toBe('ok');
  });

  test('Other voters up to the same number do not hide the loss', async () => {
    const { id, mark, laterCalls } = await lostElection(30);
    // In the window before anyone compares, as many others vote.
    expect(await castAll(votersOf(id, 30))).toEqual(new Set(['recorded']));
    expect(await participationOf(id)).toBe(35);
    expect((await exchange(id)).state).toBe('taken');
    expect(await castAll(laterCalls, mark)).toEqual(new Set(['voting-interrupted']));
    expect((await exchange(id, mark)).state).toBe('missing');
  });

  test('More other voters than before do not hide the loss', async () => {
    const { id, mark } = await lostElection(3);
    expect(await castAll(votersOf(id, 10))).toEqual(new Set(['recorded']));
    expect((await exchange(id, mark)).state).toBe('missing');
  });

  test('Nothing of the election is mixed until the loss is accepted', async () => {
    const { id, mark } = await lostElection(3);
    await exchange(id, mark);
    await mixing.mixer().mixOnce();
    const waiting = `select count(*)::int as ballots from pv.outbox where election_id = $1`;
    expect(await intake.databases.query('intake', waiting, [id])).toEqual([{ ballots: 5 }]);
    await accept(id, 1);
    while ((await mixing.mixer().mixOnce()) > 0);
    expect(await intake.databases.query('intake', waiting, [id])).toEqual([{ ballots: 0 }]);
  });

  test('A ballot that was recorded before the older moment still gets its receipt', async () => {
    const id = await open();
    const first = intake.cast({ electionId: id });
    const { text } = await cast(first);
    const restore = await intake.databases.backUp(['intake', 'box']);
    await cast(intake.cast({ electionId: id }));
    const mark = await markOf(id);
    await restore();
    expect((await cast(first, mark)).text).toBe(text);
    expect(outcomeOf(await cast(intake.cast({ electionId: id }), mark))).toBe('voting-interrupted');
  });

  test('A restore to a moment before an accepted loss is a loss again', async () => {
    const id = await open();
    await castAll(votersOf(id, 3));
    const restore = await intake.databases.backUp(['intake', 'box']);
    await castAll(votersOf(id, 2));
    const before = await markOf(id);
    await restore();
    expect((await exchange(id, before)).state).toBe('missing');
    await accept(id, 1);
    const after = await markOf(id);
    await restore();
    expect(await exchange(id, after)).toEqual({ state: 'missing', missing: { losses: 1, voters: 3 } });
    expect((await accept(id, 1)).status).toBe(409);
    expect((await accept(id, 2)).status).toBe(200);
    expect((await markOf(id)).mark.losses).toBe(2);
    expect((await exchange(id, before)).state).toBe('taken');
  });
});

describe('A mark of the participation', () => {
  test('A mark moves in steps of K outside rehearsals, and is the same while no one votes', async () => {
    const id = await open({ rehearsal: false, minBatch: 50, graceSeconds: 120 });
    const empty = await markOf(id);
    expect(empty.mark.voters).toBe(0);
    await castAll(votersOf(id, 51));
    const first = await markOf(id);
    expect(first.mark.voters).toBe(50);
    expect(first.mark.hash).not.toBe(empty.mark.hash);
    expect(await markOf(id)).toEqual(first);
    expect((await exchange(id, empty)).state).toBe('taken');
  });

  test('A made-up mark interrupts nothing, with or without a signature of another key', async () => {
    const id = await open();
    const { mark } = await markOf(id);
    const body = { ...mark, voters: 1_000, hash: Buffer.alloc(32, 7).toString('base64url') };
    const forged = { mark: body, signature: signValue(signingKey(intake.keys.elections.publisher), body) };
    expect(outcomeOf(await cast(intake.cast({ electionId: id }), forged))).toBe('recorded');
    const call = await intake.call(app, 'POST', `/private/elections/${id}/mark`, { outside: forged });
    expect(call.status).toBe(400);
    expect((await exchange(id)).state).toBe('taken');
  });

  test('A mark of another election interrupts nothing', async () => {
    const id = await open();
    const other = await open();
    await cast(intake.cast({ electionId: other }));
    expect(outcomeOf(await cast(intake.cast({ electionId: id }), await markOf(other)))).toBe('recorded');
  });

  test('Marks taken at once while people vote are all found again', async () => {
    const id = await open();
    const marks: ParticipationMark[] = [];
    const voting = castAll(votersOf(id, 200));
    for (let n = 0; n < 20; n += 1) {
      const pair = await Promise.all([markOf(id), markOf(id)]);
      marks.push(...pair);
    }
    expect(await voting).toEqual(new Set(['recorded']));
    for (const mark of marks) expect((await exchange(id, mark)).state).toBe('taken');
  });

  test('A loss is accepted only where votes are missing', async () => {
    const id = await open();
    await cast(intake.cast({ electionId: id }));
    expect((await accept(id, 1)).status).toBe(409);
    expect((await accept('no-such-election', 1)).status).toBe(404);
  });
});

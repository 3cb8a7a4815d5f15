// The administration of an intake: its callers, its rejections, and no change by a repeated call.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { publicationOf } from '../../../src/services/elections/publishing/publication.ts';
import type { App } from '../../../src/platform/http/http.ts';
import { newSigningJwk } from '../../../src/platform/keys/new-keys.ts';
import { signingKey } from '../../../src/platform/keys/signatures.ts';
import type { ElectionDefinition } from '../../../src/protocol/public-document.ts';
import { createIntake, newElection, random32 } from '../../support/intake.ts';
import type { Answer, Intake } from '../../support/intake.ts';
import { turnoutOf } from '../../support/published.ts';

let intake: Intake;
let app: App;
beforeAll(async () => {
  intake = await createIntake();
  app = await intake.app();
  await intake.epoch();
});
afterAll(() => intake[Symbol.asyncDispose]());

const at = (ms: number): string => new Date(Date.now() + ms).toISOString();
const hourMs = 3_600_000;
const publish = (election: ElectionDefinition, revision: number) =>
  publicationOf(election, signingKey(intake.keys.elections.publisher), revision);
const setTimes = (election: ElectionDefinition, revision: number): Promise<Answer> => {
  const { opensAt, closesAt } = election;
  const body = { opensAt, closesAt, publication: publish(election, revision) };
  return intake.call(app, 'PUT', `/private/elections/${election.id}/times`, body);
};

describe('Creating an election', () => {
  test('The same election again changes nothing, also after new times; another definition is a conflict', async () => {
    const election = newElection({ opensAt: at(hourMs) });
    expect(await intake.create(app, election)).toMatchObject({ status: 200, body: { created: true } });
    expect(await intake.create(app, election)).toMatchObject({ status: 200, body: { created: false } });
    expect((await setTimes({ ...election, closesAt: at(48 * hourMs) }, 2)).status).toBe(200);
    expect(await intake.create(app, election)).toMatchObject({ status: 200, body: { created: false } });
    const other = { ...election, title: { en: 'Another' } };
    expect(await intake.create(app, other)).toMatchObject({ status: 409, body: { code: 'conflict' } });
    const { body } = await intake.call(app, 'GET', '/private/publications', undefined, 'api');
    const mine = (body['publications'] as { documents: { election: { id: string; revision: number } }[] }[]).filter(
      ({ documents }) => documents[0]!.election.id === election.id,
    );
    expect(mine.map(({ documents }) => documents[0]!.election.revision)).toEqual([2]);
  });

  test('Ten requests at once make one election and one key', async () => {
    const election = newElection();
    const answers = await Promise.all(Array.from({ length: 10 }, () => intake.create(app, election)));
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 10 }, () => 200));
    expect(answers.filter(({ body }) => body['created'] === true)).toHaveLength(1);
  });

  test('A publication of another key, of other times or of another election is rejected', async () => {
    const election = newElection();
    const stranger = signingKey(newSigningJwk('publisher-stranger'));
    const impostor = signingKey({ ...newSigningJwk('x'), kid: intake.keys.elections.publisher.kid });
    const good = publish(election, 1);
    for (const publication of [
      publicationOf(election, stranger, 1),
      publicationOf(election, impostor, 1),
      publish({ ...election, closesAt: at(5 * hourMs) }, 1),
      publish({ ...election, id: 'another' }, 1),
      publish({ ...election, title: { en: 'Another' } }, 1),
      { documents: [good.documents[0]!, publish(election, 2).documents[1]!] },
      {
        ...good,
        turnout: { turnout: turnoutOf(election.id), signature: good.documents[0]!.signature },
      },
    ]) {
      const answer = await intake.call(app, 'POST', '/private/elections', { definition: election, publication });
      expect(answer).toMatchObject({ status: 400, body: { code: 'invalid-request' } });
      expect(answer.body['errors']).toMatchObject([{ path: 'publication' }]);
    }
    const rows = await intake.databases.query('intake', 'select 1 from pv.election where election_id = $1', [
      election.id,
    ]);
    expect(rows).toEqual([]);
  });

  test('An election whose longest ballot is too long to seal is rejected', async () => {
    const [contest] = newElection().contests;
    const options = Array.from({ length: 500 }, (_, index) => ({
      id: `o${String(index).padStart(62, '0')}`,
      number: index + 1,
      title: { en: 'x' },
    }));
    const contests = [{ ...contest!, options, minChoices: 0, maxChoices: 500, method: 'approval' as const }];
    const answer = await intake.create(app, newElection({ contests }));
    expect(answer).toMatchObject({ status: 400, body: { errors: [{ path: 'definition/contests' }] } });
  });

  test('Outside a rehearsal the database itself refuses a K under fifty', async () => {
    await intake.create(app, newElection());
    await expect(
      intake.databases.query('intake', 'update pv.election set rehearsal = false, min_batch = 49'),
    ).rejects.toMatchObject({ code: '23514' });
  });
});

describe('The times of an election', () => {
  test('Before the opening both times may change', async () => {
    const election = newElection({ opensAt: at(hourMs) });
    await intake.create(app, election);
    expect((await setTimes({ ...election, opensAt: at(2 * hourMs), closesAt: at(3 * hourMs) }, 2)).status).toBe(200);
  });

  test('After the opening only the end may, later or earlier, never to before now', async () => {
    const election = newElection();
    await intake.create(app, election);
    const later = { ...election, closesAt: at(30 * hourMs) };
    expect((await setTimes(later, 2)).status).toBe(200);
    expect((await setTimes(later, 2)).status).toBe(200);
    expect((await setTimes({ ...election, closesAt: at(2 * hourMs) }, 3)).status).toBe(200);
    for (const [changes, revision] of [
      [{ closesAt: at(-60_000) }, 4],
      [{ opensAt: at(-2 * hourMs) }, 4],
      [{ closesAt: at(3 * hourMs) }, 3],
      [{ closesAt: at(3 * hourMs) }, 2],
    ] as const) {
      expect(await setTimes({ ...election, ...changes }, revision)).toMatchObject({ status: 409 });
    }
    expect(await setTimes({ ...election, id: 'nowhere' }, 5)).toMatchObject({ status: 404 });
  });

  test('An earlier end holds at once for casts, by the whole minute of the proof', async () => {
    const election = newElection();
    await intake.create(app, election);
    expect((await setTimes({ ...election, closesAt: at(20_000) }, 2)).status).toBe(200);
    // The end is 90 seconds ago, in the grace.
    const shift = `update pv.election set closes_at = closes_at - interval '110 seconds' where election_id = $1`;
    await intake.databases.query('intake', shift, [election.id]);
    const cast = (verifiedAtMs: number) => {
      const call = intake.cast({ electionId: election.id, verifiedAtMs });
      return intake.castAt(app, call);
    };
    expect(await cast(Date.now())).toMatchObject({ status: 403, body: { code: 'not-open' } });
    expect(await cast(Date.now() - 160_000)).toMatchObject({ status: 200 });
  });
});

describe('Closing, counting and rolls', () => {
  test('Closing too early is rejected, then the count is final and the same again', async () => {
    const election = newElection();
    await intake.create(app, election);
    await intake.castAt(app, intake.cast({ electionId: election.id }));
    const path = `/private/elections/${election.id}`;
    expect(await intake.call(app, 'POST', `${path}/close`)).toMatchObject({ status: 409, body: { code: 'conflict' } });
    await intake.databases.query(
      'intake',
      `update pv.election set closes_at = now() - interval '121 s' where election_id = $1`,
      [election.id],
    );
    for (let time = 0; time < 2; time += 1) {
      expect(await intake.call(app, 'POST', `${path}/close`)).toMatchObject({
        status: 200,
        body: { participation: 1 },
      });
    }
    expect(await intake.call(app, 'GET', `${path}/counts`)).toMatchObject({
      status: 200,
      body: { state: 'closed', participation: 1, outbox: 1 },
    });
    expect(await setTimes({ ...election, closesAt: at(hourMs) }, 2)).toMatchObject({ status: 409 });
    expect(await intake.call(app, 'POST', '/private/elections/nowhere/close')).toMatchObject({ status: 404 });
    expect(await intake.call(app, 'GET', '/private/elections/nowhere/counts')).toMatchObject({ status: 404 });
  });

  test('An election whose votes are not those that were recorded is not closed', async () => {
    const election = newElection();
    await intake.create(app, election);
    await intake.castAt(app, intake.cast({ electionId: election.id }));
    await intake.databases.query(
      'intake',
      `begin; set local session_replication_role = 'replica';
       update pv.participation set voter_tag = sha256('another') where election_id = '${election.id}'; commit`,
    );
    await intake.databases.query(
      'intake',
      `update pv.election set closes_at = now() - interval '121 s' where election_id = $1`,
      [election.id],
    );
    const path = `/private/elections/${election.id}`;
    const { status, body } = await intake.call(app, 'POST', `${path}/close`);
    expect({ status, detail: body['detail'] }).toMatchObject({
      status: 409,
      detail: expect.stringMatching('popvote recount') as unknown,
    });
    expect(intake.log.text()).toContain('intake.recount-differs');
    expect(await intake.call(app, 'GET', `${path}/counts`)).toMatchObject({
      body: { state: 'open', participation: 1 },
    });
  });

  test('A roll takes identities once and decides who may cast', async () => {
    const election = newElection({ identity: { scheme: 'roll' } });
    await intake.create(app, election);
    const on = intake.cast({ electionId: election.id });
    const off = intake.cast({ electionId: election.id });
    const path = `/private/elections/${election.id}/roll`;
    const identities = [on.identity, random32(), on.identity];
    expect(await intake.call(app, 'POST', path, { identities })).toMatchObject({ body: { added: 2, alreadyThere: 1 } });
    expect(await intake.call(app, 'POST', path, { identities })).toMatchObject({ body: { added: 0, alreadyThere: 3 } });
    expect((await intake.castAt(app, on)).status).toBe(200);
    const refused = await intake.castAt(app, off);
    expect(refused).toMatchObject({ status: 403, body: { code: 'not-eligible' } });
    expect((await intake.castAt(app, on)).status).toBe(200);
  });

  test('A roll loses people and answers questions until the opening, and not after it', async () => {
    const election = newElection({ identity: { scheme: 'roll' }, opensAt: at(hourMs) });
    await intake.create(app, election);
    const path = `/private/elections/${election.id}/roll`;
    const identities = [random32(), random32()];
    const [identity] = identities;
    const lookUp = () => intake.call(app, 'POST', `${path}/lookup`, { identity }, 'api');
    await intake.call(app, 'POST', path, { identities });
    expect(await lookUp()).toMatchObject({ status: 200, body: { roll: 'listed' } });
    const removal = await intake.call(app, 'POST', `${path}/removals`, { identities: [identity, random32()] });
    expect(removal).toMatchObject({ status: 200, body: { removed: 1 } });
    expect(await lookUp()).toMatchObject({ status: 200, body: { roll: 'absent' } });
    expect((await setTimes({ ...election, opensAt: at(-1_000) }, 2)).status).toBe(200);
    expect(await lookUp()).toMatchObject({ status: 409 });
    expect(await intake.call(app, 'POST', `${path}/removals`, { identities })).toMatchObject({ status: 409 });
    const counts = await intake.call(app, 'GET', `/private/elections/${election.id}/counts`);
    expect(counts.body).toMatchObject({ roll: 1 });
  });

  test('An election without a roll takes none', async () => {
    const election = newElection();
    await intake.create(app, election);
    const path = `/private/elections/${election.id}/roll`;
    for (const [noun, caller, body] of [
      ['removals', 'elections', { identities: [random32()] }],
      ['lookup', 'api', { identity: random32() }],
    ] as const) {
      expect(await intake.call(app, 'POST', `${path}/${noun}`, body, caller)).toMatchObject({ status: 409 });
      const elsewhere = `/private/elections/nowhere/roll/${noun}`;
      expect(await intake.call(app, 'POST', elsewhere, body, caller)).toMatchObject({ status: 404 });
    }
    expect(await intake.call(app, 'POST', path, { identities: [random32()] })).toMatchObject({ status: 409 });
    const nowhere = await intake.call(app, 'POST', '/private/elections/nowhere/roll', { identities: [random32()] });
    expect(nowhere).toMatchObject({ status: 404 });
  });
});

describe('The callers of the intake', () => {
  test.each<['GET' | 'POST' | 'PUT', string, 'api' | 'elections']>([
    ['POST', '/private/casts', 'elections'],
    ['POST', '/private/elections', 'api'],
    ['PUT', '/private/elections/e', 'api'],
    ['PUT', '/private/elections/e/publication', 'api'],
    ['PUT', '/private/elections/e/times', 'api'],
    ['POST', '/private/elections/e/close', 'api'],
    ['POST', '/private/elections/e/roll', 'api'],
    ['POST', '/private/elections/e/roll/removals', 'api'],
    ['POST', '/private/elections/e/roll/lookup', 'elections'],
    ['GET', '/private/elections/e/counts', 'api'],
  ])('%s %s is not for %s', async (method, path, caller) => {
    expect(await intake.call(app, method, path, undefined, caller)).toMatchObject({
      status: 403,
      body: { code: 'not-admitted' },
    });
    const answer = await app.inject({ method, url: path });
    expect(answer.statusCode).toBe(403);
  });
});

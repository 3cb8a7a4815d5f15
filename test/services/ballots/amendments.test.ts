// Elections that change after they were announced: amended before the opening, published again in any state. No ballot is
// checked against an earlier version of the election.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { publicationOf } from '../../../src/services/elections/publishing/publication.ts';
import type { App } from '../../../src/platform/http/http.ts';
import { newSigningJwk } from '../../../src/platform/keys/new-keys.ts';
import { signValue, signingKey } from '../../../src/platform/keys/signatures.ts';
import type { ElectionDefinition } from '../../../src/protocol/public-document.ts';
import type { Publication } from '../../../src/protocol/record/publication.ts';
import type { ResultsBody, TurnoutBody } from '../../../src/protocol/public-results.ts';
import type { Pool } from '../../../src/store/database.ts';
import { createGate } from '../../support/gate.ts';
import type { Gate } from '../../support/gate.ts';
import { createIntake, newElection, settled } from '../../support/intake.ts';
import type { Answer, Intake } from '../../support/intake.ts';
import { resultsOf, turnoutOf } from '../../support/published.ts';

let intake: Intake;
let app: App;
beforeAll(async () => {
  intake = await createIntake();
  app = await intake.app();
  await intake.epoch();
});
afterAll(() => intake[Symbol.asyncDispose]());

const hourMs = 3_600_000;
const at = (ms: number): string => new Date(Date.now() + ms).toISOString();
const upcoming = (changes: Partial<ElectionDefinition> = {}) => newElection({ opensAt: at(hourMs), ...changes });
const publisher = () => signingKey(intake.keys.elections.publisher);
const published = (election: ElectionDefinition, revision: number): Publication =>
  publicationOf(election, publisher(), revision);
const withTurnout = (publication: Publication, electionId: string, changes: Partial<TurnoutBody>): Publication => {
  const turnout = turnoutOf(electionId, changes);
  return { ...publication, turnout: { turnout, signature: signValue(publisher(), turnout) } };
};
const withResults = (publication: Publication, electionId: string, changes: Partial<ResultsBody>): Publication => {
  const results = resultsOf(electionId, changes);
  return { ...publication, results: { results, signature: signValue(publisher(), results) } };
};
const amend = (election: ElectionDefinition, revision: number, to = app): Promise<Answer> => {
  const body = { definition: election, publication: published(election, revision) };
  return intake.call(to, 'PUT', `/private/elections/${election.id}`, body);
};
const publish = (id: string, publication: unknown): Promise<Answer> =>
  intake.call(app, 'PUT', `/private/elections/${id}/publication`, { publication });
const cast = (election: ElectionDefinition, options: Parameters<Intake['cast']>[0] = {}, to = app): Promise<Answer> => {
  const call = intake.cast({ electionId: election.id, ...options });
  return settled(() => intake.castAt(to, call));
};
const stored = async (id: string) => {
  const rows = await intake.databases.query<{
    edition: number;
    revision: number;
    sealed_bytes: number;
    taken: number;
    publication: Publication;
  }>(
    'intake',
    `select edition, revision, sealed_bytes, publication,
      (select count(*)::integer from pv.participation p where p.election_id = e.election_id) as taken
     from pv.election e where election_id = $1`,
    [id],
  );
  return rows[0]!;
};

/** One contest instead of two; `options` of them. */
const oneContest = (election: ElectionDefinition, options: number): ElectionDefinition => {
  const [motion] = election.contests;
  const more = Array.from({ length: options }, (_, index) => ({
    id: `choice-${'x'.repeat(40)}-${index + 1}`,
    number: index + 1,
    title: { en: `Choice ${index + 1}` },
  }));
  return { ...election, contests: [{ ...motion!, maxChoices: options, method: 'approval', options: more }] };
};
const ballotOf = (options: number) => ({
  contests: [{ contestId: 'motion', choices: [`choice-${'x'.repeat(40)}-${options}`] }],
});

describe('Amending an election', () => {
  test('Until it opens, an election takes another definition, once, and its sealed size follows', async () => {
    const election = upcoming();
    await intake.create(app, election);
    const before = await stored(election.id);
    const amended = { ...oneContest(election, 20), graceSeconds: 5, opensAt: at(2 * hourMs) };
    for (let time = 0; time < 2; time += 1) expect(await amend(amended, 2)).toMatchObject({ status: 200 });
    const after = await stored(election.id);
    expect(after).toMatchObject({ edition: 2, revision: 2 });
    expect(after.sealed_bytes).toBeGreaterThan(before.sealed_bytes);
    expect(after.publication.documents[0]!.election).toMatchObject({ revision: 2, opensAt: amended.opensAt });
    // The earlier document is rejected now, because it is older.
    expect(await amend(election, 1)).toMatchObject({ status: 409, body: { code: 'conflict' } });
    expect(await amend({ ...amended, title: { en: 'Other' } }, 2)).toMatchObject({ status: 409 });
    expect(await amend({ ...amended, id: 'nowhere' }, 3)).toMatchObject({ status: 404 });
    expect(await stored(election.id)).toMatchObject({ edition: 2, revision: 2 });
  });

  test('After the opening an amendment is rejected, by the clock of the database', async () => {
    const election = newElection();
    await intake.create(app, election);
    const later = { ...election, opensAt: at(hourMs), title: { en: 'Other' } };
    expect(await amend(later, 2)).toMatchObject({ status: 409, body: { code: 'conflict' } });
    expect(await stored(election.id)).toMatchObject({ edition: 1, revision: 1 });
  });

  test('An amendment is rejected where somebody took part, whatever the times say', async () => {
    const election = upcoming();
    await intake.create(app, election);
    await intake.databases.query(
      'intake',
      `insert into pv.participation values ($1, sha256('v'), sha256('p'), sha256('a'))`,
      [election.id],
    );
    expect(await amend({ ...election, title: { en: 'Other' } }, 2)).toMatchObject({ status: 409 });
  });

  test('The identity scheme stays, and a definition of another id or without its own documents is rejected', async () => {
    const election = upcoming();
    await intake.create(app, election);
    expect(await amend({ ...election, identity: { scheme: 'roll' } }, 2)).toMatchObject({ status: 409 });
    const body = { definition: { ...election, title: { en: 'Other' } }, publication: published(election, 2) };
    expect(await intake.call(app, 'PUT', `/private/elections/${election.id}`, body)).toMatchObject({ status: 400 });
    const foreign = { definition: election, publication: published(election, 2) };
    expect(await intake.call(app, 'PUT', '/private/elections/another', foreign)).toMatchObject({ status: 400 });
  });
});

describe('Casting after an amendment', () => {
  test('A replica that remembers the old definition judges by the new one', async () => {
    const replica = await intake.app();
    const election = upcoming();
    await intake.create(app, election);
    expect((await cast(election, {}, replica)).body).toMatchObject({ code: 'not-open' });
    const amended = { ...oneContest(election, 20), opensAt: at(-1_000) };
    expect((await amend(amended, 2)).status).toBe(200);
    expect((await cast(election, {}, replica)).body).toMatchObject({ code: 'invalid-ballot' });
    expect(await stored(election.id)).toMatchObject({ taken: 0 });
    expect((await cast(election, { ballot: ballotOf(20) }, replica)).status).toBe(200);
    expect((await cast(election, { ballot: ballotOf(20) })).status).toBe(200);
    expect(await stored(election.id)).toMatchObject({ taken: 2 });
  });

  test('A ballot judged before an amendment that reaches the database after it is judged again', async () => {
    const gates: { reached: Gate; go: Gate }[] = [];
    const replica = await intake.app({ wrap: (pool) => heldOnce(pool, gates) });
    const election = upcoming();
    await intake.create(app, election);
    expect((await cast(election, {}, replica)).body).toMatchObject({ code: 'not-open' });
    const pause = { reached: createGate(), go: createGate() };
    gates.push(pause);
    const casting = cast(election, {}, replica);
    await pause.reached.opened;
    expect((await amend({ ...oneContest(election, 3), opensAt: at(-1_000) }, 2)).status).toBe(200);
    pause.go.open();
    expect((await casting).body).toMatchObject({ code: 'invalid-ballot' });
    expect(await stored(election.id)).toMatchObject({ taken: 0 });
  });

  test('Of many casts at once over two definition versions, each recorded ballot is one of the new', async () => {
    const replica = await intake.app();
    const election = upcoming();
    await intake.create(app, election);
    await cast(election, {}, replica);
    const casts = Array.from({ length: 60 }, (_, index) =>
      cast(election, index % 2 ? {} : { ballot: ballotOf(3) }, index % 3 ? replica : app),
    );
    const amending = amend({ ...oneContest(election, 3), opensAt: at(-1_000) }, 2);
    const after = Array.from({ length: 60 }, (_, index) =>
      cast(election, index % 2 ? {} : { ballot: ballotOf(3) }, index % 3 ? replica : app),
    );
    expect((await amending).status).toBe(200);
    const answers = await Promise.all([...casts, ...after]);
    const recorded = answers.filter(({ status }) => status === 200).length;
    for (const [index, { status, body }] of answers.entries()) {
      if (status !== 200) expect(['not-open', 'invalid-ballot']).toContain(body['code']);
      // Ballots of the old form are never recorded.
      else expect(index % 2).toBe(0);
    }
    expect(await stored(election.id)).toMatchObject({ taken: recorded });
  });
});

describe('The channels of an election', () => {
  test('An election of batches alone takes no cast; amended to take them, it does', async () => {
    const election = newElection({ channels: ['batches'] });
    await intake.create(app, election);
    expect(await cast(election)).toMatchObject({ status: 403, body: { code: 'not-open' } });
    expect(await stored(election.id)).toMatchObject({ taken: 0 });
    const both = upcoming({ channels: ['batches'] });
    await intake.create(app, both);
    expect((await amend({ ...both, channels: ['batches', 'online'], opensAt: at(-1_000) }, 2)).status).toBe(200);
    expect(await cast(both)).toMatchObject({ status: 200 });
  });
});

describe('Publishing a document', () => {
  test('Turnout advances at the same revision, and nothing goes back or is lost', async () => {
    const election = newElection();
    await intake.create(app, election);
    const { id } = election;
    const base = published(election, 1);
    expect(await publish(id, withTurnout(base, id, { revision: 3, online: 7 }))).toMatchObject({ status: 200 });
    expect(await publish(id, withTurnout(base, id, { revision: 3, online: 7 }))).toMatchObject({ status: 200 });
    for (const older of [
      base,
      withTurnout(base, id, { revision: 2 }),
      withTurnout(base, id, { revision: 3, online: 8 }),
      withTurnout(published(election, 0), id, { revision: 4 }),
      // The same revision has the same content, whichever key signed it.
      withTurnout({ documents: base.documents.slice(0, 2) }, id, { revision: 4 }),
      withTurnout(published({ ...election, closesAt: at(48 * hourMs) }, 2), id, { revision: 4 }),
    ]) {
      expect(await publish(id, older)).toMatchObject({ status: 409, body: { code: 'conflict' } });
    }
    expect(await publish(id, withTurnout(published(election, 2), id, { revision: 4 }))).toMatchObject({ status: 200 });
    const row = await stored(id);
    expect(row).toMatchObject({ edition: 1, revision: 2 });
    expect(row.publication.turnout?.turnout.revision).toBe(4);
    expect(await publish('nowhere', published({ ...election, id: 'nowhere' }, 1))).toMatchObject({ status: 404 });
  });

  test('Results are stored after the close, and older ones never again', async () => {
    const election = newElection();
    await intake.create(app, election);
    await intake.databases.query(
      'intake',
      `update pv.election set state = 'closed', closes_at = now() - interval '3 min' where election_id = $1`,
      [election.id],
    );
    const [{ closes_at: closesAt }] = (await intake.databases.query<{ closes_at: Date }>(
      'intake',
      'select date_trunc($2, closes_at) as closes_at from pv.election where election_id = $1',
      [election.id, 'milliseconds'],
    )) as [{ closes_at: Date }];
    await intake.databases.query('intake', 'update pv.election set closes_at = $2 where election_id = $1', [
      election.id,
      closesAt,
    ]);
    const over = { ...election, closesAt: closesAt.toISOString() };
    const base = published(over, 2);
    expect(await publish(election.id, withResults(base, election.id, { revision: 2 }))).toMatchObject({ status: 200 });
    expect(await publish(election.id, withResults(base, election.id, { revision: 1 }))).toMatchObject({ status: 409 });
    expect(await publish(election.id, base)).toMatchObject({ status: 409 });
    expect((await stored(election.id)).publication.results?.results.revision).toBe(2);
  });

  test('A document of a foreign signer, or of another election, is rejected', async () => {
    const election = newElection();
    await intake.create(app, election);
    const stranger = signingKey(newSigningJwk('publisher-stranger'));
    for (const wrong of [
      publicationOf(election, stranger, 2),
      published({ ...election, title: { en: 'Other' } }, 2),
      published(newElection(), 2),
    ]) {
      expect(await publish(election.id, wrong)).toMatchObject({ status: 400, body: { code: 'invalid-request' } });
    }
    expect(await stored(election.id)).toMatchObject({ revision: 1 });
  });
});

/** Holds the next statement of a pool for each gate that is given. */
function heldOnce(pool: Pool, gates: { reached: Gate; go: Gate }[]): Pool {
  return Object.assign(Object.create(pool) as Pool, {
    connect: async () => {
      const gate = gates.shift();
      if (gate) {
        gate.reached.open();
        await gate.go.opened;
      }
      return await pool.connect();
    },
  });
}

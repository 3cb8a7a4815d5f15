// Casting, through the private server and the real database.
import { createSecretKey } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { App } from '../../../src/platform/http/http.ts';
import { keyedHash } from '../../../src/platform/keys/keyed-hash.ts';
import { attestationText } from '../../../src/protocol/proofs/attestation.ts';
import type { Attestation } from '../../../src/protocol/proofs/attestation.ts';
import { castsInCallMax } from '../../../src/protocol/ballot-service.ts';
import type { CastCall } from '../../../src/protocol/ballot-service.ts';
import { remainingMsHeader } from '../../../src/protocol/private-calls.ts';
import { openPool } from '../../../src/store/database.ts';
import { createProver, newSid } from '../../support/voter/proofs.ts';
import { ballot } from '../../support/elections.ts';
import { createIntake, newElection, random32, settled } from '../../support/intake.ts';
import type { Answer, Intake } from '../../support/intake.ts';

let intake: Intake;
let app: App;
beforeAll(async () => {
  intake = await createIntake();
  app = await intake.app();
  await intake.epoch();
});
afterAll(() => intake[Symbol.asyncDispose]());

const cast = (call: CastCall, at: App = app): Promise<Answer> => intake.castAt(at, call);
async function open(changes: Parameters<typeof newElection>[0] = {}): Promise<string> {
  const election = newElection(changes);
  expect((await intake.create(app, election)).status).toBe(200);
  return election.id;
}
async function counts(id: string): Promise<unknown> {
  return (await intake.call(app, 'GET', `/private/elections/${id}/counts`)).body;
}
/** The values of the metrics of a server, by name and labels. */
async function metricsOf(at: App): Promise<Record<string, number>> {
  const { body } = await at.inject('/metrics');
  const lines = body.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return Object.fromEntries(
    lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.split(' ').at(-1))]),
  );
}
const bodiesOf = (answers: readonly Answer[]): Set<string> => new Set(answers.map(({ text }) => text));

/** The same voter in a new session, with changes, proven again. */
function again(
  { mark: _mark, attestation: _attestation, ballot: choices, ...call }: CastCall,
  changes: Partial<CastCall>,
) {
  const session = { ...call, sid: newSid(), ...changes };
  return { ...session, ballot: choices, attestation: createProver(intake.keys.sms)(session) };
}

describe('A cast', () => {
  test('A cast gets a receipt, and the same cast again gets the same bytes from any process', async () => {
    const electionId = await open();
    const call = intake.cast({ electionId });
    const first = await cast(call);
    expect(first.status, intake.log.text()).toBe(200);
    expect(first.body).toMatchObject({ receipt: { version: 2, electionId, kid: intake.keys.ballots.receipts.kid } });
    const reordered = { ...call, ballot: { contests: [...call.ballot.contests].reverse() } };
    const answers = [await cast(call), await cast(call, await intake.app()), await cast(reordered)];
    expect(bodiesOf([first, ...answers]).size).toBe(1);
    expect(await counts(electionId)).toMatchObject({ state: 'open', participation: 1, outbox: 1, roll: 0 });
  });

  test('A second cast gets the same answer whether the person, the phone or both voted before', async () => {
    const electionId = await open();
    const call = intake.cast({ electionId });
    await cast(call);
    const other = intake.cast({ electionId });
    const answers = [
      await cast({ ...call, ballot: ballot('no') }),
      await cast(again(call, { ballotKey: random32() })),
      await cast(again(call, {})),
      await cast(again(other, { identity: call.identity })),
      await cast(again(call, { identity: other.identity })),
    ];
    expect(answers.map(({ status }) => status)).toEqual([409, 409, 409, 409, 409]);
    expect(bodiesOf(answers).size).toBe(1);
    const shapes = answers.map(({ headers }) => JSON.stringify(Object.keys(headers).sort()));
    expect(new Set(shapes).size).toBe(1);
    expect(new Set(answers.map(({ headers }) => headers['content-length'])).size).toBe(1);
  });

  test('After the end voted and not voted get one answer, and the same ballot still gets its receipt', async () => {
    const electionId = await open();
    const call = intake.cast({ electionId });
    const first = await cast(call);
    await intake.databases.query(
      'intake',
      `update pv.election set closes_at = now() - interval '1 h', state = 'closed' where election_id = $1`,
      [electionId],
    );
    const answers = [await cast({ ...call, ballot: ballot('no') }), await cast(intake.cast({ electionId }))];
    expect(answers.map(({ status }) => status)).toEqual([403, 403]);
    expect(bodiesOf(answers).size).toBe(1);
    expect((await cast(call)).text).toBe(first.text);
  });

  test('A cast for no election, without proof of the phone, or with a broken ballot fails in this order', async () => {
    const electionId = await open();
    const good = intake.cast({ electionId });
    const wrong = {
      contests: [
        { contestId: 'motion', choices: ['maybe', 'yes'] },
        { contestId: 'x', choices: [] },
      ],
    };
    const noProof = { ...good, attestation: { ...good.attestation, mac: random32() } };
    expect(await cast({ ...noProof, electionId: 'nowhere', ballot: wrong })).toMatchObject({ status: 404 });
    expect(await cast({ ...noProof, ballot: wrong })).toMatchObject({ status: 401, body: { code: 'unauthenticated' } });
    const answer = await cast({ ...good, ballot: wrong });
    expect(answer).toMatchObject({ status: 422, body: { code: 'invalid-ballot' } });
    const paths = (answer.body['errors'] as { path: string }[]).map(({ path }) => path);
    expect(new Set(paths)).toEqual(new Set(['contests/motion', 'contests/x', 'contests/council']));
    expect(await counts(electionId)).toMatchObject({ state: 'open', participation: 0, outbox: 0, roll: 0 });
  });

  test.each<[string, (call: CastCall, id: string) => CastCall]>([
    ['of another phone', (call) => ({ ...call, phoneKey: random32() })],
    [
      'of another time',
      (call) => ({
        ...call,
        attestation: { ...call.attestation, verifiedAtMs: call.attestation.verifiedAtMs - 60_000 },
      }),
    ],
    ['of another code', (call) => ({ ...call, attestation: { ...call.attestation, binding: random32() } })],
    [
      'under a key that sms does not hold',
      (call) => {
        const attestation = call.attestation as Attestation;
        const mac = keyedHash(createSecretKey(Buffer.alloc(32)), attestationText(call.phoneKey, attestation));
        return { ...call, attestation: { ...attestation, mac } };
      },
    ],
    ['from the future', (_call, electionId) => intake.cast({ electionId, verifiedAtMs: Date.now() + 100_000 })],
    ['that is too old', (_call, electionId) => intake.cast({ electionId, verifiedAtMs: Date.now() - 1_861_000 })],
  ])('A cast with an attestation %s is not authenticated', async (_what, spoil) => {
    const electionId = await open();
    expect(await cast(spoil(intake.cast({ electionId }), electionId))).toMatchObject({ status: 401 });
  });

  test('A cast with an attestation of differing clocks, or of a long session, is taken', async () => {
    const electionId = await open();
    expect((await cast(intake.cast({ electionId, verifiedAtMs: Date.now() + 20_000 }))).status).toBe(200);
    expect((await cast(intake.cast({ electionId, verifiedAtMs: Date.now() - 1_790_000 }))).status).toBe(200);
    const verification = { methods: ['text-in' as const], verifiedSecondsMax: 86_400 };
    const long = await open({ verification });
    expect((await cast(intake.cast({ electionId: long, verifiedAtMs: Date.now() - 80_000_000 }))).status).toBe(200);
  });
});

describe('Two hundred casts at once', () => {
  const settledCast: typeof cast = (...call) => settled(() => cast(...call));

  test('Identical casts over two processes: one row, one receipt for all', async () => {
    const electionId = await open();
    const call = intake.cast({ electionId });
    const apps = [app, await intake.app()];
    const answers = await Promise.all(Array.from({ length: 200 }, (_, index) => settledCast(call, apps[index % 2])));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(bodiesOf(answers).size).toBe(1);
    expect(await counts(electionId)).toMatchObject({ state: 'open', participation: 1, outbox: 1, roll: 0 });
  });

  test('Conflicting casts of one voter over two processes: one receipt, the rest alike', async () => {
    const electionId = await open();
    const voter = { electionId, identity: 'A1234563', phone: random32() };
    const apps = [app, await intake.app()];
    const answers = await Promise.all(
      Array.from({ length: 200 }, (_, index) => settledCast(intake.cast(voter), apps[index % 2])),
    );
    const receipts = answers.filter(({ status }) => status === 200);
    const rejections = answers.filter(({ status }) => status === 409);
    expect([receipts.length, rejections.length]).toEqual([1, 199]);
    expect(bodiesOf(rejections).size).toBe(1);
    expect(await counts(electionId)).toMatchObject({ state: 'open', participation: 1, outbox: 1, roll: 0 });
  });

  test('One phone for many persons over two processes: one receipt', async () => {
    const electionId = await open();
    const phone = random32();
    const apps = [app, await intake.app()];
    const answers = await Promise.all(
      Array.from({ length: 200 }, (_, index) => settledCast(intake.cast({ electionId, phone }), apps[index % 2])),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 409)).toHaveLength(199);
    expect(await counts(electionId)).toMatchObject({ state: 'open', participation: 1, outbox: 1, roll: 0 });
  });

  test('Different voters over two processes: all are recorded, each with a receipt of its own', async () => {
    const electionId = await open();
    const apps = [app, await intake.app()];
    const answers = await Promise.all(
      Array.from({ length: 200 }, (_, index) => settledCast(intake.cast({ electionId }), apps[index % 2])),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(bodiesOf(answers).size).toBe(200);
    expect(await counts(electionId)).toMatchObject({ state: 'open', participation: 200, outbox: 200, roll: 0 });
  });
});

test('Casts in one call have their own outcomes, and one of a wrong form does not reject the others', async () => {
  const electionId = await open();
  const good = intake.cast({ electionId });
  const bad = [
    { ...intake.cast({ electionId }), sid: 'short' },
    'no object',
    null,
    intake.cast({ electionId: 'nowhere' }),
  ];
  const unproven = { ...intake.cast({ electionId }), identity: random32() };
  const body = { casts: [...bad, unproven, good, good] };
  const { status, body: answer } = await intake.call(app, 'POST', '/private/casts', body, 'api');
  expect(status).toBe(200);
  const invalid = { problem: { code: 'invalid-request' } };
  const notFound = { problem: { code: 'election-not-found' } };
  const unauthenticated = { problem: { code: 'unauthenticated' } };
  const recorded = { receipt: { electionId } };
  const outcomes = [invalid, invalid, invalid, notFound, unauthenticated, recorded, recorded];
  expect(answer).toMatchObject({ outcomes });
  expect(await counts(electionId)).toMatchObject({ participation: 1 });
});

test('A call with more casts than its bound, or none, is rejected as a whole', async () => {
  const electionId = await open();
  for (const length of [0, castsInCallMax + 1]) {
    const casts = Array.from({ length }, () => intake.cast({ electionId }));
    expect((await intake.call(app, 'POST', '/private/casts', { casts }, 'api')).status).toBe(400);
  }
  expect(await counts(electionId)).toMatchObject({ participation: 0 });
});

describe('A cast that waits', () => {
  /** The cast with the time that its caller waits, in milliseconds. */
  const castWithin = (at: App, call: CastCall, ms: number) => intake.castAt(at, call, ms);
  /** Holds every commit of the intake until the returned function is called. */
  const holdCommits = async (): Promise<() => Promise<void>> => {
    const client = new pg.Client({ connectionString: intake.databases.url('intake') });
    client.on('error', () => undefined);
    await client.connect();
    await client.query('begin; lock table pv.participation in access exclusive mode');
    return () => client.end();
  };
  const untilCommitWaits = () =>
    expect
      .poll(
        () =>
          intake.databases.query(
            'intake',
            "select 1 from pg_stat_activity where wait_event_type = 'Lock' and query like '%cast_ballots%'",
          ),
        { timeout: 9_000 },
      )
      .toHaveLength(1);

  test('The same cast again joins the one under way: one outcome, one receipt', async () => {
    const electionId = await open();
    const server = await intake.app();
    const call = intake.cast({ electionId });
    const release = await holdCommits();
    const answers = [cast(call, server)];
    await untilCommitWaits();
    answers.push(...Array.from({ length: 19 }, () => cast(call, server)));
    await pause(1_000);
    await release();
    expect(bodiesOf(await Promise.all(answers)).size).toBe(1);
    expect((await cast(intake.cast({ electionId }), server)).status).toBe(200);
    const outcomes = await metricsOf(server);
    expect(outcomes['popvote_casts_total{outcome="recorded",popvote_service="ballots"}']).toBe(2);
    expect(outcomes['popvote_casts_total{outcome="replay",popvote_service="ballots"}']).toBe(0);
  });

  test('Casts whose callers gave up, or that waited too long, never reach the database', async () => {
    const electionId = await open();
    const server = await intake.app({ bounds: { batchesInFlightMax: 1, waitMsMax: 1_500 } });
    const release = await holdCommits();
    const committing = cast(intake.cast({ electionId }), server);
    await untilCommitWaits();
    const began = performance.now();
    const abandonedCast = castWithin(server, intake.cast({ electionId }), 600);
    const tooLong = cast(intake.cast({ electionId }), server);
    expect(await tooLong).toMatchObject({ status: 503, body: { code: 'busy', recorded: 'no' } });
    expect(performance.now() - began).toBeGreaterThanOrEqual(1_499);
    await release();
    expect((await abandonedCast).body).toMatchObject({ code: 'busy' });
    expect((await committing).status).toBe(200);
    expect(await counts(electionId)).toMatchObject({ participation: 1 });
  });

  test('A slow election does not keep the outcomes of others in the same call', { retry: 2 }, async () => {
    const slow = await open();
    const other = await open();
    const server = await intake.app();
    // Its connections are open, and the elections are read.
    for (const electionId of [slow, other]) expect((await cast(intake.cast({ electionId }), server)).status).toBe(200);
    const locked = new pg.Client({ connectionString: intake.databases.url('intake') });
    await locked.connect();
    await locked.query('begin');
    await locked.query('select pg_advisory_xact_lock(20260001, hashtext($1))', [slow]);
    const casts = [slow, other, slow, other].map((electionId) => intake.cast({ electionId }));
    const { headers, ...request } = await intake.request('POST', '/private/casts', { casts }, 'api');
    const began = performance.now();
    const response = await server.inject({ ...request, headers: { ...headers, [remainingMsHeader]: '4000' } });
    expect(performance.now() - began).toBeLessThan(4_000);
    await locked.end();
    const unknown = { problem: { code: 'outcome-unknown' } };
    const recorded = { receipt: { electionId: other } };
    expect(response.json()).toMatchObject({ outcomes: [unknown, recorded, unknown, recorded] });
    // The same casts again settle it.
    for (const call of casts) expect((await cast(call, server)).status).toBe(200);
    expect(await counts(slow)).toMatchObject({ participation: 3 });
  });

  test('A cast whose caller gives up before a batch begins is dropped when its turn comes', async () => {
    const electionId = await open();
    const server = await intake.app({ bounds: { batchesInFlightMax: 1, waitMsMax: 60_000 } });
    const release = await holdCommits();
    const committing = cast(intake.cast({ electionId }), server);
    await untilCommitWaits();
    const soonGone = castWithin(server, intake.cast({ electionId }), 700);
    const patient = castWithin(server, intake.cast({ electionId }), 60_000);
    await pause(600);
    await release();
    expect((await soonGone).body).toMatchObject({ code: 'busy' });
    expect((await patient).status).toBe(200);
    expect((await committing).status).toBe(200);
    expect(await counts(electionId)).toMatchObject({ participation: 2 });
  });
});

describe('Unavailable dependencies of a cast', () => {
  const linesOf = (event: string): number => intake.log.text().split(event).length - 1;

  test('An uncertain answer of the database is unknown, and the same bytes settle it', async () => {
    const electionId = await open();
    const call = intake.cast({ electionId });
    // Commits and then breaks: the answer is lost on its way.
    const lossy = await intake.app({
      wrap: (pool) => {
        const failures = { left: 1 };
        return new Proxy(pool, {
          get(target, name) {
            if (name !== 'connect') return Reflect.get(target, name) as unknown;
            return async () => {
              const client = await target.connect();
              const query = client.query.bind(client) as (...args: unknown[]) => Promise<unknown>;
              Object.assign(client, {
                query: async (...args: unknown[]) => {
                  const result = await query(...args);
                  if (failures.left-- > 0) throw new Error('connection lost');
                  return result;
                },
              });
              return client;
            };
          },
        });
      },
    });
    const unknown = await cast(call, lossy);
    expect(unknown).toMatchObject({ status: 503, body: { code: 'outcome-unknown' } });
    expect(Number(unknown.headers['retry-after'])).toBeGreaterThanOrEqual(1);
    expect((await cast(call, lossy)).status).toBe(200);
    expect(await counts(electionId)).toMatchObject({ state: 'open', participation: 1, outbox: 1, roll: 0 });
  });

  test('With the database gone a cast is busy: it was certainly not recorded', async () => {
    const electionId = await open();
    const unreachable = openPool('postgres://popvote_ballots:x@127.0.0.1:1/none', { name: 'gone', connectionsMax: 1 });
    const app = await intake.app({ wrap: () => unreachable });
    expect(await cast(intake.cast({ electionId }), app)).toMatchObject({
      status: 503,
      body: { code: 'busy', recorded: 'no' },
    });
    await unreachable.end();
  });

  test('A cast whose sealing key cannot be read is busy: it was certainly not recorded', async () => {
    const electionId = await open();
    const app = await intake.app();
    const { query } = intake.databases;
    await query('intake', 'revoke execute on function pv.active_mixer_keys() from popvote_ballots');
    const before = linesOf('cast.no-sealing-key');
    const answer = await cast(intake.cast({ electionId }), app);
    await cast(intake.cast({ electionId }), app);
    await query('intake', 'grant execute on function pv.active_mixer_keys() to popvote_ballots');
    expect(answer).toMatchObject({ status: 503, body: { code: 'busy', recorded: 'no' } });
    // Voters who come together are one line.
    expect(linesOf('cast.no-sealing-key')).toBe(before + 1);
    expect(await counts(electionId)).toMatchObject({ participation: 0 });
  });

  test('Without a key of the mixer a cast is busy, and nothing is recorded', async () => {
    await using fresh = await createIntake();
    const server = await fresh.app();
    const election = newElection();
    await fresh.create(server, election);
    const call = fresh.cast({ electionId: election.id });
    const post = (): Promise<Answer> => fresh.castAt(server, call);
    expect(await post()).toMatchObject({ status: 503, body: { code: 'busy' } });
    // No ballot is sealed to a key that is too old, too far in the future, or signed by another key.
    await fresh.epoch(Date.now() - 2 * 3_600_000 - 1_000);
    await fresh.epoch(Date.now() + 60_000);
    const forged = await fresh.epoch(Date.now());
    await fresh.databases.query('intake', 'update pv.mixer_key set public_key = sha256($2) where epoch = $1', [
      forged.epoch,
      Buffer.from('another'),
    ]);
    const second = await fresh.app();
    expect(await fresh.castAt(second, call)).toMatchObject({ status: 503 });
    await fresh.epoch();
    const third = await fresh.app();
    expect((await fresh.castAt(third, call)).status).toBe(200);
    const [row] = await fresh.databases.query<{ rows: number }>(
      'intake',
      'select count(*)::int as rows from pv.outbox',
    );
    expect(row!.rows).toBe(1);
  });
});

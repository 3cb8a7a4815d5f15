// When an election may be counted. It is counted once, whatever happens at the same time, and no count by option is
// visible before that time.
import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { SignJWT, importJWK } from 'jose';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import type { UserRole } from '../../../src/domain/user.ts';
import {
  arrivingMember,
  arrivingMsMax,
  batchArrivingKey,
  batchQueueKey,
} from '../../../src/protocol/control/batch-entries.ts';
import { publicationsKey } from '../../../src/protocol/public-document.ts';
import { depositOnline } from '../../../src/store/box.ts';
import { openPool } from '../../../src/store/database.ts';
import { until } from '../../support/until.ts';
import { closeElection, layingBallots, openElection, resultsOf } from '../../support/services/counted-election.ts';
import type { Ballots } from '../../support/services/counted-election.ts';
import { codeOf, detailOf, electionOf, errorsOf, startElections } from '../../support/services/elections.ts';
import type { Answer, Elections } from '../../support/services/elections.ts';

let elections: Elections;
let ballots: Ballots;
let edge: Redis;
let control: Redis;
beforeAll(async () => {
  elections = await startElections();
  ballots = layingBallots(elections);
  edge = new Redis(inject('redisUrls')['elections'] ?? '');
  control = new Redis(inject('controlRedisUrls')['admin'] ?? '');
});
afterAll(async () => {
  edge.disconnect();
  control.disconnect();
  await ballots[Symbol.asyncDispose]();
  await elections[Symbol.asyncDispose]();
});

const contests = ['contest-1'];
const yes = (count: number) => ({ choices: [['option-1']], count });
const no = (count: number) => ({ choices: [['option-2']], count });
const count = (id: string, process = elections) => process.call('POST', `/v1/elections/${id}/count`);
const publish = (id: string) => elections.call('POST', `/v1/elections/${id}/publish`, { body: {} });
const stateOf = async (id: string) => electionOf(await elections.call('GET', `/v1/elections/${id}`)).state;
const boxIsClosed = async (id: string): Promise<boolean> =>
  (await elections.databases.query('box', 'select 1 from pv.closed_box where election_id = $1', [id])).length === 1;

async function closed(...votes: { choices: string[][]; count: number }[]): Promise<string> {
  const id = await openElection(elections);
  await ballots.cast(id, contests, votes);
  await closeElection(elections, id);
  return id;
}
async function rejection(id: string): Promise<string[]> {
  const answer = await count(id);
  expect([answer.status, codeOf(answer)]).toEqual([409, 'not-drained']);
  expect(await boxIsClosed(id)).toBe(false);
  expect(await stateOf(id)).toBe('closed');
  return errorsOf(answer).map(({ path }) => path);
}

describe('Rejections of counting', () => {
  test('Counting before the end, or of a draft, is rejected', async () => {
    const id = await openElection(elections);
    await ballots.cast(id, contests, [yes(1)]);
    const early = await count(id);
    expect([early.status, codeOf(early), detailOf(early)]).toEqual([
      409,
      'conflict',
      expect.stringMatching(/ends at 20/),
    ]);
    expect(await boxIsClosed(id)).toBe(false);
    expect(codeOf(await count('nothing-there'))).toBe('election-not-found');
    for (const what of ['results', 'results.csv']) {
      expect(codeOf(await elections.call('GET', `/v1/elections/${id}/${what}`))).toBe('results-not-counted');
    }
    expect(codeOf(await publish(id))).toBe('results-not-counted');
    const lot = { contestId: 'contest-1', order: ['option-1', 'option-2'], note: 'Drawn.' };
    expect(codeOf(await elections.call('POST', `/v1/elections/${id}/lots`, { body: lot }))).toBe('results-not-counted');
  });

  test('Counting while ballots are with the mixer, or did not reach the box, is rejected', async () => {
    const id = await openElection(elections);
    await ballots.cast(id, contests, [yes(2)]);
    await ballots.participate(id, 1);
    await elections.databases.query(
      'intake',
      `insert into pv.outbox (election_id, sealed) select $1, decode(repeat('00', 256), 'hex')`,
      [id],
    );
    await closeElection(elections, id);
    expect(await rejection(id)).toEqual(['outbox', 'box']);
    await elections.databases.query('intake', 'delete from pv.outbox where election_id = $1', [id]);
    expect(await rejection(id)).toEqual(['box']);
    await ballots.deposit(id, contests, [no(1)]);
    expect(resultsOf(await count(id)).results.contests[0]).toMatchObject({ options: [{ votes: 2 }, { votes: 1 }] });
  });

  test('Counting while a file waits to be checked is rejected, also one unknown to the ledger', async () => {
    const id = await closed(yes(1));
    const other = await closed(yes(1));
    const queue = async (electionId: string): Promise<() => Promise<unknown>> => {
      const batch = `${Buffer.from(randomUUID().repeat(2)).toString('base64url').slice(0, 42)}A`;
      const fields = ['batch', batch, 'upload', randomUUID(), 'rows', '7', 'election', electionId];
      const entry = await control.xadd(batchQueueKey, '*', ...fields);
      return () => control.xdel(batchQueueKey, entry ?? '');
    };
    const done = await queue(id);
    expect(await rejection(id)).toEqual([expect.stringMatching(/^queue\//)]);
    // Other elections are not affected.
    expect((await count(other)).status).toBe(200);
    await done();
    expect((await count(id)).status).toBe(200);
  });

  test('Counting while a file is being queued is rejected, for a limited time', async () => {
    const id = await closed(yes(1));
    const other = await closed(yes(1));
    const arriving = arrivingMember(id, randomUUID());
    await control.zadd(batchArrivingKey, Date.now() + arrivingMsMax, arriving);
    expect(await rejection(id)).toEqual(['queue']);
    expect((await count(other)).status).toBe(200);
    await control.zadd(batchArrivingKey, Date.now() - 1, arriving);
    expect((await count(id)).status).toBe(200);
    await control.zrem(batchArrivingKey, arriving);
  });

  test('Counting without knowledge of the waiting files is rejected, and nothing is closed', async () => {
    const id = await closed(yes(1));
    const nowhere = 'redis://127.0.0.1:1';
    await using blind = await startElections({
      beside: elections,
      redisUrls: { control: nowhere, edge: nowhere },
      redisMsMax: 100,
    });
    const answer = await count(id, blind);
    expect([answer.status, codeOf(answer)]).toEqual([503, 'busy']);
    expect(await boxIsClosed(id)).toBe(false);
  });
});

describe('The count of an election', () => {
  test('An election is counted once by several processes at the same moment, with the same bytes', async () => {
    const id = await closed(yes(4), no(3));
    await using beside = await startElections({ beside: elections });
    const answers = await Promise.all([count(id), count(id, beside), count(id), count(id, beside)]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    const hashes = new Set([...answers, await count(id)].map((answer) => resultsOf(answer).sha256));
    expect(hashes.size).toBe(1);
    const rows = await elections.databases.query('elections', 'select 1 from pv.result where election_id = $1', [id]);
    expect(rows).toHaveLength(1);
  });

  test.each(['box', 'elections'] as const)(
    'A count that loses its connection to the database %s is a 503, and the next one counts',
    async (database) => {
      const id = await closed(yes(3), no(1));
      const client = new pg.Client({ connectionString: elections.databases.url(database) });
      await client.connect();
      await client.query('begin');
      await client.query(`lock table pv.${database === 'box' ? 'ballot' : 'election'} in access exclusive mode`);
      const answering = count(id);
      const waiting = `select pid from pg_stat_activity
        where datname = current_database() and usename = 'popvote_elections' and wait_event_type = 'Lock'`;
      await until(async () => (await client.query(waiting)).rows.length > 0, 'the count to wait');
      await client.query(`select pg_terminate_backend(w.pid) from (${waiting}) w`);
      await client.query('rollback');
      await client.end();
      const answer = await answering;
      expect(answer.status).toBe(503);
      expect(['change-unknown', 'busy']).toContain(codeOf(answer));
      expect((await count(id)).status).toBe(200);
      expect(await stateOf(id)).toBe('counted');
    },
  );

  test('A later count that differs raises an alarm and changes nothing', async () => {
    const id = await closed(yes(2));
    const before = resultsOf(await count(id));
    // Only the owner of the machine can do this, with entries that no key signed.
    await elections.databases.query(
      'box',
      `alter table pv.ballot disable trigger never_changed;
       alter table pv.entry disable trigger never_changed;
       update pv.ballot set ballot = replace(ballot, 'option-1', 'option-2') where election_id = '${id}';
       update pv.entry e set content = sha256(convert_to('popvote/commitment/v2', 'UTF8') || '\\x00'::bytea
         || l.manifest_hash || b.tracker || sha256(convert_to(b.ballot, 'UTF8')))
       from pv.ballot b, pv.log l
       where b.tracker = e.tracker and l.election_no = e.election_no and l.election_id = '${id}';
       alter table pv.entry enable trigger never_changed;
       alter table pv.ballot enable trigger never_changed`,
    );
    const again = await count(id);
    expect([again.status, codeOf(again), detailOf(again)]).toEqual([
      409,
      'conflict',
      expect.stringContaining('not those that were received'),
    ]);
    expect(resultsOf(await elections.call('GET', `/v1/elections/${id}/results`))).toEqual(before);
    await expect(elections.logic.recount(id)).rejects.toMatchObject({ code: 'conflict' });
    expect(await elections.metrics.metrics()).toMatch(/popvote_elections_count_alarms_total\S* [1-9]/);
  });

  test.each([
    ['an unknown option', '{"contests":[{"choices":["secret-option"],"contestId":"contest-1"}]}'],
    ['two choices', '{"contests":[{"choices":["option-1","option-2"],"contestId":"contest-1"}]}'],
    ['members in another order', '{"contests":[{"contestId":"contest-1","choices":["option-1"]}]}'],
    ['another member', '{"contests":[{"choices":["option-1"],"contestId":"contest-1"}],"secret-option":1}'],
    ['no form at all', 'secret-option'],
  ])('A ballot that no one can have cast (%s) stops the count, and no error quotes it', async (_what, text) => {
    const id = await openElection(elections);
    await ballots.participate(id, 1);
    const mixer = openPool(elections.databases.url('box', 'popvote_mixer'), { name: 'test', connectionsMax: 1 });
    await depositOnline(mixer, id, [{ tracker: Buffer.from(randomUUID().replaceAll('-', '')), text }]);
    await mixer.end();
    await closeElection(elections, id);
    const answer = await count(id);
    expect([answer.status, codeOf(answer)]).toEqual([409, 'conflict']);
    expect(await stateOf(id)).toBe('closed');
    expect(JSON.stringify(answer.body) + elections.log()).not.toContain('secret-option');
    expect(elections.log()).toContain('count.alarm');
  });
});

describe('The publication of results', () => {
  test('Results are published even where the process died between the action and the publication', async () => {
    const id = await closed(yes(1));
    await count(id);
    const nowhere = 'redis://127.0.0.1:1';
    // Its Redis is not there, as for a process that dies after the commit.
    await using dying = await startElections({
      beside: elections,
      redisUrls: { control: nowhere, edge: nowhere },
      redisMsMax: 100,
    });
    const path = `/v1/elections/${id}/publish`;
    expect((await dying.call('POST', path, { body: {} })).status).toBe(200);
    const hasResults = async (redis: Redis) => String(await redis.hget(publicationsKey, id)).includes('"results"');
    await until(async () => {
      await elections.logic.schedule.poll();
      return (await hasResults(edge)) && (await hasResults(control));
    }, 'the results in both Redis');
    const again = await elections.call('POST', path, { body: {} });
    expect(resultsOf(again)).toMatchObject({ state: 'published', revision: 1 });
    expect(await stateOf(id)).toBe('published');
  });

  test('Results are the same however often and by how many they are published', async () => {
    const id = await closed(yes(3), no(1));
    await count(id);
    await Promise.all([publish(id), publish(id), publish(id)]);
    const text = await edge.hget(publicationsKey, id);
    await publish(id);
    expect(await edge.hget(publicationsKey, id)).toBe(text);
    expect(JSON.parse(text ?? '')).toMatchObject({
      documents: [{ election: { phase: 'published' } }],
      turnout: { turnout: { final: true, online: 4 } },
      results: { results: { revision: 1 } },
    });
  });

  test('Results can be recounted by the operator, who sees hashes and no counts', async () => {
    const id = await closed(yes(3), no(1));
    const key = elections.access.keys.elections.caller;
    const token = await new SignJWT()
      .setProtectedHeader({ alg: 'EdDSA', kid: key.kid })
      .setIssuer('elections')
      .setAudience('elections')
      .setIssuedAt()
      .setExpirationTime('60s')
      .sign(await importJWK(key, 'EdDSA'));
    const recount = (authorization: Record<string, string>) =>
      elections.privateApp.inject({ url: `/private/elections/${id}/recount`, headers: authorization });
    expect((await recount({})).statusCode).toBe(403);
    const signed = { authorization: `Bearer ${token}` };
    expect((await recount(signed)).json<{ code: string }>().code).toBe('results-not-counted');
    await count(id);
    expect((await recount(signed)).json()).toMatchObject({ same: true, revision: 1, published: null, ballots: 4 });
    await publish(id);
    const { sha256 } = resultsOf(await elections.call('GET', `/v1/elections/${id}/results`));
    const answer = await recount(signed);
    expect(answer.json()).toEqual({
      electionId: id,
      revision: 1,
      same: true,
      sha256,
      storedSha256: sha256,
      ballots: 4,
      published: { revision: 1, sha256, same: true, signed: true },
    });
  });
});

describe('The secrecy before publication', () => {
  // Numbers that nothing else has.
  const ayes = 7_919;
  const noes = 4_373;
  let id: string;
  let paths: string[];
  beforeAll(async () => {
    id = await openElection(elections);
    await ballots.cast(id, contests, [yes(ayes), no(noes)]);
    await ballots.batch(id, contests, 2, [{ choices: [['option-1']] }, { choices: null }]);
    const { body } = await elections.app.inject('/openapi.json');
    const described = Object.entries((JSON.parse(body) as { paths: Record<string, object> }).paths);
    paths = described.filter(([, path]) => 'get' in path).map(([path]) => path.replace('{electionId}', id));
    expect(paths.length).toBeGreaterThan(10);
  });
  // As a number of its own: hashes, ids and times hold any four digits sooner or later.
  const numbers = new RegExp(`(?<![\\w.-])(?:${ayes}|${noes}|${ayes + 1})(?![\\w.-])`);
  const tells = (text: string): boolean => numbers.test(text);
  const allThatIsSaid = async (role: UserRole): Promise<string[]> => {
    const outputs: string[] = [];
    for (const path of paths) {
      const answer: Answer = await elections.call('GET', path, { as: role });
      if (tells(JSON.stringify(answer.body) + JSON.stringify(answer.headers))) outputs.push(path);
    }
    return outputs;
  };
  const elsewhere = async (): Promise<string> => {
    const metrics = (await elections.privateApp.inject('/metrics')).body;
    const connections = await Promise.all([edge, control].map((redis) => redis.hget(publicationsKey, id)));
    const published = await elections.databases.query('intake', 'select * from pv.election where election_id = $1', [
      id,
    ]);
    return [metrics, ...connections, JSON.stringify(published), elections.log()].join('\n');
  };

  test('No route, metric, log, page or document shows a count by option before publication', async () => {
    for (const role of ['administrator', 'auditor', 'official'] as const) expect(await allThatIsSaid(role)).toEqual([]);
    expect(tells(await elsewhere())).toBe(false);
    await closeElection(elections, id);
    for (const role of ['administrator', 'auditor', 'official'] as const) expect(await allThatIsSaid(role)).toEqual([]);
    expect(tells(await elsewhere())).toBe(false);
  });

  test('Counted results are shown only to administrators and auditors who ask for them', async () => {
    expect(await count(id)).toMatchObject({ status: 200 });
    const results = [`/v1/elections/${id}/results`, `/v1/elections/${id}/results.csv`];
    expect((await allThatIsSaid('administrator')).sort()).toEqual(results);
    expect((await allThatIsSaid('auditor')).sort()).toEqual(results);
    expect(await allThatIsSaid('official')).toEqual([]);
    expect(tells(await elsewhere())).toBe(false);
    await publish(id);
    expect(tells(String(await edge.hget(publicationsKey, id)))).toBe(true);
    expect(tells(elections.log())).toBe(false);
  });
});

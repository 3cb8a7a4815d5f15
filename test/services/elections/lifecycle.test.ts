// The life of an election after its draft, over the API beside a real `ballots` and real Redis: announced, changed,
// extended, closed early and by time; and whatever dies in between, it is finished or withdrawn.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { redisServers } from '../../../src/local/redis-settings.ts';
import { createPendingChanges } from '../../../src/services/elections/lifecycle/pending-changes.ts';
import type { Redis } from '../../../src/platform/redis.ts';
import { connectRedis } from '../../../src/platform/redis.ts';
import { signingKey } from '../../../src/platform/keys/signatures.ts';
import { attestedMs, attestedTime } from '../../../src/protocol/proofs/attestation.ts';
import type { Publication } from '../../../src/protocol/record/publication.ts';
import { logoInDocument } from '../../../src/services/elections/drafts/logo.ts';
import { logoOf } from '../../support/pages/pictures.ts';
import type { Pool } from '../../../src/store/database.ts';
import { proposeEnd } from '../../../src/store/elections/lifecycle.ts';
import { startOwnRedis } from '../../support/processes/own-redis.ts';
import type { OwnRedis } from '../../support/processes/own-redis.ts';
import { createLogProbe } from '../../support/log.ts';
import { until } from '../../support/until.ts';
import { codeOf, detailOf, electionOf, inHours, motion, startElections } from '../../support/services/elections.ts';
import type { Answer, Elections } from '../../support/services/elections.ts';
import {
  announced,
  cast,
  intakeTimes,
  storedPublication,
  later,
  sealable,
  tookPart,
} from '../../support/services/voting-election.ts';

let elections: Elections;
let servers: { edge: OwnRedis; control: OwnRedis };
let connections: { edge: Redis; control: Redis };
beforeAll(async () => {
  servers = { edge: await startOwnRedis(), control: await startOwnRedis(redisServers.control) };
  connections = {
    edge: connectRedis(servers.edge.url('admin'), createLogProbe('test').logger, { enableOfflineQueue: true }),
    control: connectRedis(servers.control.url('admin'), createLogProbe('test').logger, { enableOfflineQueue: true }),
  };
  elections = await startElections({
    redisUrls: { edge: servers.edge.url('elections'), control: servers.control.url('elections') },
  });
  await sealable(elections);
});
afterAll(async () => {
  await elections[Symbol.asyncDispose]();
  for (const redis of Object.values(connections)) redis.disconnect();
  for (const server of Object.values(servers)) await server[Symbol.asyncDispose]();
});

const publicationIn = async (redis: Redis, id: string): Promise<Publication | null> => {
  const text = await redis.hget('publications', id);
  return text === null ? null : (JSON.parse(text) as Publication);
};
const revisionOf = (publication: Publication | null | undefined): number | undefined =>
  publication?.documents[0]?.election.revision;
const open = (changes: object = {}): object => ({ opensAt: inHours(-1), closesAt: inHours(5), ...changes });
const post = (id: string, act: string, body?: object): Promise<Answer> =>
  elections.call('POST', `/v1/elections/${id}/${act}`, body ? { body } : {});
const get = async (id: string) => electionOf(await elections.call('GET', `/v1/elections/${id}`));
const acts = async (id: string): Promise<string[]> =>
  (
    await elections.databases.query<{ line: string }>(
      'elections',
      `select act || ' ' || (entry::jsonb ->> 'outcome') || ' ' || actor as line from pv.audit_entry
       where object_id = $1 order by number`,
      [id],
    )
  ).map(({ line }) => line);
/** Ages a pending change, so that it counts as left behind. */
const leftBehind = (id: string): Promise<unknown> =>
  elections.databases.query(
    'elections',
    `update pv.election set changed_at = changed_at - interval '1 min' where election_id = $1`,
    [id],
  );

describe('Announcing an election', () => {
  test('Announcing puts the signed documents into ballots and both Redis instances, once', async () => {
    const id = await announced(elections);
    expect(await get(id)).toMatchObject({ state: 'announced', phase: 'scheduled', changing: false });
    for (const publication of [
      await storedPublication(elections, id),
      await publicationIn(connections.edge, id),
      await publicationIn(connections.control, id),
    ]) {
      expect(publication?.documents.map(({ election }) => election.phase)).toEqual(['scheduled', 'open', 'closed']);
      expect(revisionOf(publication)).toBe(1);
    }
    expect(await post(id, 'announce')).toMatchObject({ status: 200, body: { election: { state: 'announced' } } });
    expect(revisionOf(await storedPublication(elections, id))).toBe(1);
    expect(await cast(elections, id)).toBe('not-open');
  });

  test('A logo goes beside the signed documents into ballots and Redis, and stays with every change', async () => {
    const [first, second] = [logoOf(), logoOf({ colour: [11, 79, 44, 255] })].map((each) => each.toString('base64'));
    const published = async (id: string) => {
      const places = [
        await storedPublication(elections, id),
        await publicationIn(connections.edge, id),
        await publicationIn(connections.control, id),
      ];
      expect(places[1]).toEqual(places[0]);
      expect(places[2]).toEqual(places[0]);
      const digests = places[0]?.documents.map(({ election }) => election.logo?.sha256);
      return { logo: places[0]?.logo, digests: [...new Set(digests)] };
    };
    const ofLogo = (logo = '') => ({ logo, digests: [logoInDocument(logo).sha256] });
    const id = await announced(elections, { logo: first });
    expect(await published(id)).toEqual(ofLogo(first));
    const change = (body: object) =>
      elections.call('PATCH', `/v1/elections/${id}`, { body, headers: { 'if-match': '*' } });
    expect((await change({ title: { en: 'Another' } })).status).toBe(200);
    expect(await published(id)).toEqual(ofLogo(first));
    expect((await change({ logo: second })).status).toBe(200);
    expect(await published(id)).toEqual(ofLogo(second));
    await Promise.all(Object.values(connections).map((redis) => redis.hdel('publications', id)));
    await until(async () => {
      await elections.logic.schedule.poll();
      return (
        (await publicationIn(connections.edge, id)) !== null && (await publicationIn(connections.control, id)) !== null
      );
    });
    expect(await published(id), 'after a loss of Redis').toEqual(ofLogo(second));
    expect((await change({ logo: null })).status).toBe(200);
    expect(await published(id)).toEqual({ logo: undefined, digests: [undefined] });
    const longer = await announced(elections, open({ logo: first }));
    const reason = 'The hall was closed for an hour.';
    expect((await post(longer, 'extend', { closesAt: inHours(9), reason })).status).toBe(200);
    expect((await post(longer, 'notices', { text: { en: 'The hall is open again.' }, reason })).status).toBe(200);
    expect(await published(longer), 'extended, with a notice').toEqual(ofLogo(first));
  });

  test('Twenty announcements at once are one announcement', async () => {
    const id = electionOf(await elections.call('POST', '/v1/elections', { body: motion() })).id;
    const answers = await Promise.all(Array.from({ length: 20 }, () => post(id, 'announce')));
    // On a busy machine the last ones waited too long behind the others. Sent again they have the same answer.
    for (const answer of answers) {
      if (answer.status === 503) expect(['busy', 'change-unknown']).toContain(codeOf(answer));
      expect((answer.status === 503 ? await post(id, 'announce') : answer).status).toBe(200);
    }
    expect(await get(id)).toMatchObject({ state: 'announced', changing: false });
    expect(await publicationIn(connections.edge, id)).toEqual(await storedPublication(elections, id));
  });

  test('Announcing a past draft, an unknown one, or without a role is rejected', async () => {
    const id = electionOf(
      await elections.call('POST', '/v1/elections', { body: motion({ opensAt: inHours(-3), closesAt: inHours(-1) }) }),
    ).id;
    expect(codeOf(await post(id, 'announce'))).toBe('conflict');
    expect((await get(id)).state).toBe('draft');
    expect(codeOf(await post('nowhere', 'announce'))).toBe('election-not-found');
    for (const as of ['official', 'auditor'] as const) {
      expect((await elections.call('POST', `/v1/elections/${id}/announce`, { as })).status).toBe(403);
    }
  });

  test('An id that another platform’s election has in ballots is rejected, and the draft stays a draft', async () => {
    const id = await announced(elections);
    // As if this database had been lost: the id is free here, and taken there.
    const copy = { ...motion(), id: `${id.slice(0, 20)}-copy` };
    await elections.databases.query('intake', 'update pv.election set election_id = $2 where election_id = $1', [
      id,
      copy.id,
    ]);
    await elections.call('POST', '/v1/elections', { body: copy });
    expect(codeOf(await post(copy.id, 'announce'))).toBe('conflict');
    expect(await get(copy.id)).toMatchObject({ state: 'draft', changing: false });
    await elections.databases.query('intake', 'update pv.election set election_id = $2 where election_id = $1', [
      copy.id,
      id,
    ]);
  });

  test('Announcing after a loss of this database and Redis follows ballots with a higher revision', async () => {
    const id = `lost-${Date.now()}`;
    const body = motion({ id });
    await elections.call('POST', '/v1/elections', { body: body });
    expect((await post(id, 'announce')).status).toBe(200);
    await elections.databases.query(
      'elections',
      `set session_replication_role = replica; delete from pv.election where election_id = '${id}'`,
    );
    await Promise.all(Object.values(connections).map((redis) => redis.hdel('publications', id)));
    await elections.call('POST', '/v1/elections', { body: body });
    expect((await post(id, 'announce')).status).toBe(200);
    for (const publication of [
      await storedPublication(elections, id),
      await publicationIn(connections.edge, id),
      await publicationIn(connections.control, id),
    ]) {
      expect(revisionOf(publication)).toBe(2);
    }
  });

  test('While ballots is unavailable an announcement is unknown, and done later', async () => {
    const id = electionOf(await elections.call('POST', '/v1/elections', { body: motion() })).id;
    const back = await elections.stopBallots();
    expect(codeOf(await post(id, 'announce'))).toBe('busy');
    expect(await get(id)).toMatchObject({ state: 'draft', changing: true });
    await leftBehind(id);
    await back();
    await until(async () => (await get(id)).state === 'announced');
    await until(async () => (await publicationIn(connections.edge, id)) !== null);
    expect(await publicationIn(connections.edge, id)).toEqual(await storedPublication(elections, id));
    // The end of an act is recorded after the act.
    await expect
      .poll(() => acts(id))
      .toEqual(
        expect.arrayContaining([
          'election.announce refused ' + elections.people.administrator.id,
          'election.settle done clock',
        ]),
      );
  });

  test('While both Redis instances are unavailable an announcement is done, and they get it later', async () => {
    await Promise.all([servers.edge.stop(), servers.control.stop()]);
    const id = electionOf(await elections.call('POST', '/v1/elections', { body: motion() })).id;
    try {
      expect((await post(id, 'announce')).status).toBe(200);
    } finally {
      await Promise.all([servers.edge.again(), servers.control.again()]);
    }
    await until(
      async () =>
        (await publicationIn(connections.edge, id)) !== null && (await publicationIn(connections.control, id)) !== null,
    );
  });
});

describe('Changing before the opening', () => {
  test('A change before the opening reaches ballots and both Redis instances with a higher revision', async () => {
    const id = await announced(elections);
    const headers = { 'if-match': '*' };
    const title = { en: 'Library hours, again' };
    const changed = await elections.call('PATCH', `/v1/elections/${id}`, {
      body: { title, opensAt: inHours(-1) },
      headers,
    });
    expect(changed).toMatchObject({ status: 200, body: { election: { definition: { title }, phase: 'open' } } });
    for (const publication of [
      await storedPublication(elections, id),
      await publicationIn(connections.edge, id),
      await publicationIn(connections.control, id),
    ]) {
      expect(publication?.documents[0]!.election).toMatchObject({ title, revision: 2 });
    }
    expect(await cast(elections, id)).toBe('recorded');
    const late = await elections.call('PATCH', `/v1/elections/${id}`, { body: { title: { en: 'Late' } }, headers });
    expect(codeOf(late)).toBe('conflict');
    expect((await storedPublication(elections, id))?.documents[0]!.election).toMatchObject({ title });
  });

  test('A change that ballots rejects is withdrawn: the election stays as it was published', async () => {
    const id = await announced(elections);
    await tookPart(elections, id, 1);
    const before = await get(id);
    const headers = { 'if-match': '*' };
    const refused = await elections.call('PATCH', `/v1/elections/${id}`, { body: { title: { en: 'New' } }, headers });
    expect(codeOf(refused)).toBe('conflict');
    expect(await get(id)).toMatchObject({ definition: before.definition, changing: false });
    expect(revisionOf(await publicationIn(connections.edge, id))).toBe(1);
  });
});

describe('Extending an election', () => {
  test('Extending moves the end everywhere, only later, only with a reason, only before the end', async () => {
    const id = await announced(elections, open());
    const closesAt = inHours(8);
    expect(codeOf(await post(id, 'extend', { closesAt }))).toBe('invalid-request');
    expect(codeOf(await post(id, 'extend', { closesAt: inHours(2), reason: 'Shorter.' }))).toBe('conflict');
    for (let time = 0; time < 2; time += 1) {
      const answer = await post(id, 'extend', { closesAt, reason: 'Texts were late.' });
      expect(answer).toMatchObject({ status: 200, body: { election: { definition: { closesAt }, changing: false } } });
    }
    expect((await intakeTimes(elections, id)).closesAt.toISOString()).toBe(closesAt);
    expect((await publicationIn(connections.edge, id))?.documents[0]!.election).toMatchObject({
      closesAt,
      revision: 2,
    });
    expect((await publicationIn(connections.control, id))?.documents[0]!.election).toMatchObject({
      closesAt,
      revision: 2,
    });
    await later(elections, id, 9 * 3_600);
    // The schedule of the service may have closed the election since.
    expect(detailOf(await post(id, 'extend', { closesAt: inHours(8), reason: 'Too late.' }))).toMatch(
      /ended|not closed/u,
    );
  });

  test('A process that dies at any step leaves a change that another one finishes', async () => {
    for (const step of ['proposed', 'signed', 'sent'] as const) {
      const id = await announced(elections, open());
      const closesAt = inHours(8);
      expect(await proposeEnd(elections.pool, id, closesAt, 'somebody')).toBe('proposed');
      if (step !== 'proposed') await expect(failingPendingChanges(step).complete({ id })).rejects.toThrow();
      const meanwhile = await get(id);
      expect(meanwhile.changing).toBe(true);
      expect(meanwhile.definition.closesAt).not.toBe(closesAt);
      const times = await intakeTimes(elections, id);
      expect(times.closesAt.toISOString() === closesAt).toBe(step === 'sent');
      await leftBehind(id);
      await until(async () => !(await get(id)).changing, step);
      expect((await get(id)).definition.closesAt).toBe(closesAt);
      expect((await intakeTimes(elections, id)).closesAt.toISOString()).toBe(closesAt);
      await until(
        async () => (await publicationIn(connections.edge, id))?.documents[0]!.election.closesAt === closesAt,
      );
    }
  });

  test('An extension whose new end passes while ballots is unavailable is withdrawn', async () => {
    const id = await announced(elections, open());
    const back = await elections.stopBallots();
    expect(codeOf(await post(id, 'extend', { closesAt: inHours(8), reason: 'More time.' }))).toBe('busy');
    await elections.databases.query(
      'elections',
      `update pv.election set changed_at = changed_at - interval '1 min', pending_closes_at = now() - interval '2 min',
        pending_documents = null, pending_revision = null,
        pending = jsonb_set(pending::jsonb, '{announced,closesAt}',
          to_jsonb(to_char(now() at time zone 'UTC' - interval '2 min', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')))::json
       where election_id = $1`,
      [id],
    );
    await back();
    await until(async () => !(await get(id)).changing);
    expect(await acts(id)).toContain('election.settle refused clock');
    expect(await cast(elections, id)).toBe('recorded');
  });

  test('Two processes settle one change at the same moment', async () => {
    await using second = await startElections({
      beside: elections,
      redisUrls: { edge: servers.edge.url('elections'), control: servers.control.url('elections') },
    });
    for (let round = 0; round < 5; round += 1) {
      const id = await announced(elections, open());
      const closesAt = inHours(6 + round);
      expect(await proposeEnd(elections.pool, id, closesAt, 'somebody')).toBe('proposed');
      await leftBehind(id);
      const looks = [elections, second, elections, second].map(({ logic }) => logic.schedule.poll());
      const answers = [elections, second].map(({ call }) =>
        call('POST', `/v1/elections/${id}/extend`, { body: { closesAt, reason: 'Both.' } }),
      );
      for (const answer of await Promise.all(answers)) expect(answer.status).toBe(200);
      await Promise.all(looks);
      expect(await get(id)).toMatchObject({ changing: false, definition: { closesAt } });
      expect((await intakeTimes(elections, id)).closesAt.toISOString()).toBe(closesAt);
    }
  });
});

describe('Closing an election', () => {
  test(
    'Closing early ends voting at once, lets verified voters finish, and then is permanent',
    { timeout: 120_000 },
    async () => {
      const id = await announced(elections, open({ graceSeconds: 15 }));
      const verified = Date.now();
      expect(await cast(elections, id)).toBe('recorded');
      expect(codeOf(await post(id, 'close', { reason: '' }))).toBe('invalid-request');
      const answer = await post(id, 'close', { reason: 'A court stopped it.' });
      expect(answer).toMatchObject({ status: 200, body: { election: { phase: 'closed', state: 'announced' } } });
      const end = (await intakeTimes(elections, id)).closesAt.getTime();
      expect(end).toBeLessThanOrEqual(Date.now());
      expect(await cast(elections, id, verified)).toBe('recorded');
      await until(async () => (await get(id)).state === 'closed');
      expect(await cast(elections, id, verified)).toBe('not-open');
      const final = await publicationIn(connections.edge, id);
      expect(final?.documents[0]!.election.closesAt).toBe(new Date(end).toISOString());
      await until(async () => (await publicationIn(connections.edge, id))?.turnout?.turnout.final === true);
      expect((await publicationIn(connections.edge, id))?.turnout?.turnout).toMatchObject({ online: 2, final: true });
      expect(await post(id, 'close', { reason: 'Again.' })).toMatchObject({ body: { election: { state: 'closed' } } });
      expect(codeOf(await post(id, 'extend', { closesAt: inHours(9), reason: 'Open again.' }))).toBe('conflict');
      expect(await acts(id)).toEqual(expect.arrayContaining(['election.close-intake done clock']));
    },
  );

  test('After an early end a proof of the minute of the end counts in the grace period, and no later one', async () => {
    const id = await announced(elections, open({ graceSeconds: 120 }));
    await post(id, 'close', { reason: 'A court stopped it.' });
    // More than a minute ago, so that the next minute has begun too.
    await later(elections, id, 61);
    const ofEnd = attestedTime((await intakeTimes(elections, id)).closesAt.getTime() - 1);
    expect(await cast(elections, id, ofEnd + attestedMs - 1)).toBe('recorded');
    expect(await cast(elections, id, ofEnd + attestedMs)).toBe('not-open');
    expect((await get(id)).state).toBe('announced');
  });

  test('Closing before the opening, or without a role, is rejected', async () => {
    const id = await announced(elections);
    expect(detailOf(await post(id, 'close', { reason: 'Too early.' }))).toContain('not opened');
    const body = { reason: 'No.' };
    expect((await elections.call('POST', `/v1/elections/${id}/close`, { as: 'official', body })).status).toBe(403);
  });

  test('Closing by time happens by itself, and the number of participants is stored', async () => {
    const id = await announced(elections, open());
    await tookPart(elections, id, 3);
    await later(elections, id, 5 * 3_600 + 121);
    await until(async () => (await get(id)).state === 'closed');
    const [row] = await elections.databases.query<{ participation: number }>(
      'elections',
      'select participation::integer as participation from pv.election where election_id = $1',
      [id],
    );
    expect(row?.participation).toBe(3);
  });

  test('Closing early while ballots is unavailable ends voting when ballots is back', async () => {
    const id = await announced(elections, open());
    const before = (await get(id)).definition.closesAt;
    const back = await elections.stopBallots();
    expect(codeOf(await post(id, 'close', { reason: 'Now.' }))).toBe('busy');
    expect((await publicationIn(connections.edge, id))?.documents[0]!.election.closesAt).toBe(before);
    // A minute passes: the moment that was "now" is past, and people voted meanwhile.
    await elections.databases.query(
      'elections',
      `update pv.election set changed_at = changed_at - interval '1 min',
        pending_closes_at = pending_closes_at - interval '1 min', pending_documents = null, pending_revision = null,
        pending = jsonb_set(pending::jsonb, '{announced,closesAt}', to_jsonb(to_char((pending_closes_at
          - interval '1 min') at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')))::json
       where election_id = $1`,
      [id],
    );
    const askedAgainMs = Date.now();
    await back();
    await until(async () => (await get(id)).phase === 'closed' && !(await get(id)).changing);
    const end = (await intakeTimes(elections, id)).closesAt.getTime();
    expect(end).toBeGreaterThanOrEqual(askedAgainMs - 1_000);
    expect(Date.parse((await get(id)).definition.closesAt)).toBe(end);
  });
});

describe('The published documents', () => {
  test('Documents return after both Redis instances lost everything', async () => {
    const ids = await Promise.all(Array.from({ length: 4 }, () => announced(elections)));
    await Promise.all(Object.values(connections).map((redis) => redis.flushall()));
    for (const id of ids) {
      await until(
        async () =>
          (await publicationIn(connections.edge, id)) !== null &&
          (await publicationIn(connections.control, id)) !== null,
      );
      expect(await publicationIn(connections.edge, id)).toEqual(await storedPublication(elections, id));
    }
  });

  test('An older or forged document in Redis is replaced; a newer one is never overwritten', async () => {
    // Not open yet, because a turnout would publish it again by itself.
    const id = await announced(elections);
    const first = await connections.edge.hget('publications', id);
    const headers = { 'if-match': '*' };
    await elections.call('PATCH', `/v1/elections/${id}`, { body: { closesAt: inHours(12) }, headers });
    const second = await connections.edge.hget('publications', id);
    for (const wrong of [first ?? '', 'not json', (second ?? '').replaceAll('Library hours', 'Library ours')]) {
      await connections.edge.hset('publications', id, wrong);
      // As after a restart of this process, or of Redis: everything is compared again.
      await using fresh = await startElections({
        beside: elections,
        redisUrls: { edge: servers.edge.url('elections'), control: servers.control.url('elections') },
      });
      await fresh.logic.schedule.poll();
      await until(async () => revisionOf(await publicationIn(connections.edge, id).catch(() => null)) === 2);
      expect((await publicationIn(connections.edge, id))?.documents[0]!.election.title).toEqual({
        en: 'Library hours',
      });
    }
    // A process that still has the old view: its database was restored, say.
    await elections.databases.query(
      'elections',
      `update pv.election set documents = $2, documents_revision = 1 where election_id = $1`,
      [id, JSON.stringify((JSON.parse(first ?? '{}') as Publication).documents)],
    );
    await using old = await startElections({
      beside: elections,
      redisUrls: { edge: servers.edge.url('elections'), control: servers.control.url('elections') },
    });
    await old.logic.schedule.poll();
    expect(revisionOf(await publicationIn(connections.edge, id))).toBe(2);
    expect(old.log()).toContain('publication.newer-in-redis');
  });
});

/** Completes a pending change up to a step, and fails there. */
function failingPendingChanges(step: 'signed' | 'sent') {
  const die = (): never => {
    throw new Error('died');
  };
  const { ballots } = elections.logic;
  const publishing = { publish: die, keep: die, repair: die, compare: die, shownRevision: () => Promise.resolve(0) };
  return createPendingChanges({
    ...elections.outside,
    pool: step === 'sent' ? dyingAt(elections.pool, 'pv.complete_pending') : elections.pool,
    ballots: step === 'sent' ? ballots : { ...ballots, setTimes: die },
    publishing,
    publisher: signingKey(elections.access.keys.elections.publisher),
    logger: createLogProbe('dying').logger,
  });
}

/** A pool that breaks before a statement is sent. */
function dyingAt(pool: Pool, statement: string): Pool {
  return Object.assign(Object.create(pool) as Pool, {
    query: pool.query.bind(pool),
    connect: async () => {
      const client = await pool.connect();
      const query = client.query.bind(client) as (...words: unknown[]) => unknown;
      return Object.assign(Object.create(client) as typeof client, {
        query: (...words: unknown[]) => {
          if (JSON.stringify(words[0]).includes(statement)) throw new Error('died');
          return query(...words);
        },
      });
    },
  });
}

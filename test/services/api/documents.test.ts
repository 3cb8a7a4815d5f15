// Public documents: verified, never older, cacheable, and served while Redis is down.
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createDocuments } from '../../../src/services/api/documents/documents.ts';
import { publicationOf } from '../../../src/services/elections/publishing/publication.ts';
import { newSigningJwk, publicJwk } from '../../../src/platform/keys/new-keys.ts';
import { signValue, signingKey, valueIsSigned, verificationKeys } from '../../../src/platform/keys/signatures.ts';
import { contentHash } from '../../../src/platform/content-hash.ts';
import { publicationVersionsKey } from '../../../src/protocol/current-elections.ts';
import { publicationsKey, shownElection } from '../../../src/protocol/public-document.ts';
import type { Publication } from '../../../src/protocol/record/publication.ts';
import { ballot, definition } from '../../support/elections.ts';
import { resultsOf, turnoutOf } from '../../support/published.ts';
import { bearer, codeOf, secret, startApi } from '../../support/services/api.ts';
import type { Fixture } from '../../support/services/api.ts';
import { startOwnRedis } from '../../support/processes/own-redis.ts';

const jwk = newSigningJwk('publisher');
const publisher = signingKey(jwk);
const keys = verificationKeys([publicJwk(jwk)]);
const election = definition({ id: 'e' });
const now = Date.now();
const take = (documents: ReturnType<typeof createDocuments>, publication: unknown, id = 'e') =>
  documents.take(id, JSON.stringify(publication));
const titled = (title: string, revision: number): Publication =>
  publicationOf({ ...election, title: { en: title } }, publisher, revision);

describe('The accepted documents', () => {
  test('A newer revision replaces an older one, and never the other way', () => {
    const documents = createDocuments(keys);
    expect(take(documents, titled('second', 2))).toBe('taken');
    expect(take(documents, titled('second', 2))).toBe('unchanged');
    take(documents, titled('first', 1));
    expect(documents.election('e', now)?.election.title).toEqual({ en: 'second' });
    take(documents, titled('another second', 2));
    expect(documents.election('e', now)?.election.title).toEqual({ en: 'second' });
    take(documents, titled('third', 3));
    expect(documents.election('e', now)?.election.title).toEqual({ en: 'third' });
  });

  test('A forged, moved, mixed or too large document is not accepted', () => {
    const documents = createDocuments(keys);
    take(documents, titled('true', 1));
    const good = titled('false', 9);
    const foreign = publicationOf(election, signingKey(newSigningJwk('publisher')), 9);
    const altered = structuredClone(good);
    altered.documents[1]!.election.title = { en: 'altered' };
    const mixed = { documents: [good.documents[0], titled('false', 8).documents[1]] };
    const turnout = { turnout: turnoutOf('other') };
    const moved = { ...good, turnout: { ...turnout, signature: signValue(publisher, turnout.turnout) } };
    const results = { results: resultsOf('e'), signature: signValue(publisher, { other: 1 }) };
    const large = { ...good, padding: 'x'.repeat(4_000_000) };
    for (const bad of [foreign, altered, mixed, moved, { ...good, results }, large, {}, null, { documents: [] }]) {
      expect(take(documents, bad)).toBe('refused');
    }
    expect(take(documents, good, 'other')).toBe('refused');
    expect(documents.take('e', '{')).toBe('refused');
    expect(documents.election('e', now)?.election.title).toEqual({ en: 'true' });
    expect(documents.election('other', now)).toBeNull();
  });

  test('What is served is what was signed: no default added, nothing unknown dropped', () => {
    const documents = createDocuments(keys);
    const { verification, ...rest } = titled('signed', 1).documents[1]!.election;
    const body = { ...rest, verification: { methods: verification.methods } };
    const turnout = turnoutOf('e', { byHour: [1, 2, 3] });
    const publication = {
      documents: [{ election: body, signature: signValue(publisher, body) }],
      turnout: { turnout, signature: signValue(publisher, turnout) },
    };
    expect(take(documents, publication)).toBe('taken');
    expect(JSON.parse(documents.election('e', now)!.answer.body.toString())).toEqual(publication.documents[0]);
    expect(JSON.parse(documents.election('e', now)!.turnout!.answer.body.toString())).toEqual(publication.turnout);
    expect(documents.election('e', now)?.election.verification.verifiedSecondsMax).toBe(900);
  });

  test('A document left out at the same revision is not lost', () => {
    const documents = createDocuments(keys);
    const whole = titled('whole', 1);
    take(documents, whole);
    take(documents, { documents: [whole.documents[0]] });
    expect(documents.election('e', now)?.election.phase).toBe('open');
  });
});

describe('The phases of a document', () => {
  const at = (ms: number) => new Date(now + ms).toISOString();
  const documents = createDocuments(keys);
  const timed = definition({ id: 't', opensAt: at(10_000), closesAt: at(20_000) });
  take(documents, publicationOf(timed, publisher, 1), 't');

  test('The document is the one that the time calls for, and no cache keeps it past the change', () => {
    const phases = [0, 9_999, 10_000, 19_999, 20_000].map((ms) => documents.election('t', now + ms)?.election.phase);
    expect(phases).toEqual(['scheduled', 'scheduled', 'open', 'open', 'closed']);
    expect(documents.election('t', now)?.freshSeconds).toBe(10);
    expect(documents.election('t', now + 7_500)?.freshSeconds).toBe(2);
    expect(documents.election('t', now + 9_500)?.freshSeconds).toBe(0);
  });

  test('The list has each election from its announcement on, also while it is closed and not published', () => {
    const ids = (ms: number) =>
      (JSON.parse(documents.list(now + ms).answer.body.toString()) as { elections: { phase: string }[] }).elections;
    expect(ids(0)).toMatchObject([{ phase: 'scheduled' }]);
    expect(ids(15_000)).toMatchObject([{ phase: 'open' }]);
    expect(ids(25_000)).toMatchObject([{ phase: 'closed' }]);
    const body = { ...shownElection(timed), phase: 'published', revision: 2 };
    const results = resultsOf('t');
    const publication = {
      documents: [{ election: body, signature: signValue(publisher, body) }],
      results: { results, signature: signValue(publisher, results) },
    };
    take(documents, publication, 't');
    expect(ids(25_000)).toMatchObject([{ phase: 'published' }]);
    expect(documents.election('t', now)?.results).not.toBeNull();
  });
});

describe('The documents over HTTP', () => {
  let api: Fixture;
  beforeAll(async () => {
    api = await startApi();
  });
  afterAll(async () => {
    await api[Symbol.asyncDispose]();
  });

  test('The document verifies with the published key, and is not sent again to who has it', async () => {
    const url = `/v1/elections/${api.election.id}`;
    const answer = await api.app.inject(url);
    const { election: document, signature } = answer.json<Publication['documents'][0]>();
    expect(document).toMatchObject({ id: api.election.id, phase: 'open', revision: 1 });
    expect(document).not.toHaveProperty('minBatch');
    expect(valueIsSigned(verificationKeys(api.keys.public.publishers), document, signature)).toBe(true);
    expect(answer.headers['cache-control']).toBe('public, max-age=10');
    const etag = String(answer.headers['etag']);
    expect(etag).toMatch(/^"[\w-]{20,}"$/);
    for (const tag of [etag, `"x", ${etag}`, `W/${etag}`, '*']) {
      const again = await api.app.inject({ url, headers: { 'if-none-match': tag } });
      expect([again.statusCode, again.body]).toEqual([304, '']);
      expect(again.headers['etag']).toBe(etag);
    }
    expect((await api.app.inject({ url, headers: { 'if-none-match': '"x"' } })).statusCode).toBe(200);
    expect((await api.app.inject({ method: 'HEAD', url })).statusCode).toBe(200);
  });

  test('Results are 404 until they are published', async () => {
    const answer = await api.app.inject(`/v1/elections/${api.election.id}/results`);
    expect([answer.statusCode, answer.json<{ code: string }>().code]).toEqual([404, 'results-not-published']);
    const none = await api.app.inject('/v1/elections/none/results');
    expect(none.json()).toMatchObject({ code: 'election-not-found' });
  });

  test('A change in Redis is seen at a later poll, a forged one never', async () => {
    const { publisher: key } = api.keys.elections;
    const forged = publicationOf({ ...api.election, title: { en: 'forged' } }, signingKey(newSigningJwk(key.kid)), 7);
    await api.publish(forged);
    await expect.poll(() => api.log()).toContain('publication.refused');
    const titleNow = async () =>
      (await api.app.inject(`/v1/elections/${api.election.id}`)).json<Publication['documents'][0]>();
    expect((await titleNow()).election.title).toEqual(api.election.title);
    await api.publish(publicationOf({ ...api.election, title: { en: 'new' } }, signingKey(key), 2));
    await expect.poll(async () => (await titleNow()).election.title).toEqual({ en: 'new' });
    const list = (await api.app.inject('/v1/elections')).json<{ elections: { id: string; title: object }[] }>();
    expect(list.elections.find(({ id }) => id === api.election.id)?.title).toEqual({ en: 'new' });
  });
});

describe('The versions in Redis', () => {
  test('A publication is read again when its version is another one', { timeout: 30_000 }, async () => {
    await using redis = await startOwnRedis();
    await using api = await startApi({ redisUrl: redis.url });
    const { election: mine } = api;
    const key = signingKey(api.keys.elections.publisher);
    const textOf = (title: string, revision: number) =>
      JSON.stringify(publicationOf({ ...mine, title: { en: title } }, key, revision));
    const titleNow = async () =>
      (await api.app.inject(`/v1/elections/${mine.id}`)).json<Publication['documents'][0]>().election.title;
    const put = (text: string, version: string) =>
      api.admin.multi().hset(publicationsKey, mine.id, text).hset(publicationVersionsKey, mine.id, version).exec();
    const second = textOf('second', 2);
    await put(second, contentHash(second));
    await expect.poll(titleNow, { timeout: 10_000 }).toEqual({ en: 'second' });
    // The version is that of the text that was read.
    await put(textOf('third', 3), contentHash(second));
    await pause(4_500);
    expect(await titleNow()).toEqual({ en: 'second' });
    await api.admin.hset(publicationVersionsKey, mine.id, 'another');
    await expect.poll(titleNow, { timeout: 10_000 }).toEqual({ en: 'third' });
  });
});

describe('The service without Redis', () => {
  test(
    'Ballots are cast and documents served; waiting and readiness say what is missing',
    { timeout: 60_000 },
    async () => {
      await using redis = await startOwnRedis();
      await using api = await startApi({ redisUrl: redis.url });
      const session = await api.session();
      await api.text('+85261234567', codeOf(session));
      const wait = (query: string) =>
        api.app.inject({ url: `/v1/sessions/current${query}`, headers: bearer(session.token) });
      const { token } = (await wait('')).json<{ token: string }>();
      expect((await wait('?wait=3')).json()).toMatchObject({ state: 'verified' });
      await redis.stop();
      await pause(200);
      expect((await api.app.inject(`/v1/elections/${api.election.id}`)).statusCode).toBe(200);
      const cast = await api.app.inject({
        method: 'POST',
        url: '/v1/ballots',
        headers: bearer(token),
        payload: { ballotKey: secret(), ballot: ballot() },
      });
      expect(cast.statusCode).toBe(201);
      for (const query of ['', '?wait=5']) {
        const answer = await wait(query);
        expect([answer.statusCode, answer.json<{ code: string }>().code]).toEqual([503, 'verification-unavailable']);
        expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
      }
      await api.session({ phone: '+85261234000' });
      const ready = await api.app.inject('/readyz');
      expect(ready.statusCode).toBe(200);
      expect(ready.json()).toMatchObject({
        checks: [
          { name: 'documents', state: 'ok' },
          { name: 'redis', state: 'failed', required: false },
          { name: 'sms', state: 'ok' },
          { name: 'ballots', state: 'ok' },
        ],
      });
      await redis.again();
      // Empty after its restart: what was held stays, and a new text is heard again.
      for (let tries = 0; tries < 300 && (await wait('')).statusCode !== 200; tries += 1) await pause(100);
      expect((await api.app.inject(`/v1/elections/${api.election.id}`)).statusCode).toBe(200);
      const polling = wait('?wait=20');
      await pause(100);
      await api.text('+85261234567', codeOf(session));
      expect((await polling).json()).toMatchObject({ state: 'verified' });
    },
  );

  test(
    'A start asks `ballots` for the documents, and is not ready until somebody answered',
    { timeout: 30_000 },
    async () => {
      await using redis = await startOwnRedis();
      const url = redis.url('api');
      await redis.stop();
      await using api = await startApi({ redisUrl: () => url, published: false });
      // The server behind answered with none: that is an answer.
      expect((await api.app.inject('/readyz')).statusCode).toBe(200);
      expect((await api.app.inject('/v1/elections')).json()).toEqual({ elections: [] });
      expect(api.behind.contacts).toContain('GET /private/publications?ended=false');
    },
  );

  test('Documents of `ballots` are verified like any other', { timeout: 30_000 }, async () => {
    await using redis = await startOwnRedis();
    const other = await startApi({ redisUrl: redis.url, published: false });
    await other[Symbol.asyncDispose]();
    const publication = publicationOf(election, publisher, 1);
    await using api = await startApi({
      redisUrl: redis.url,
      published: false,
      publications: [publication, publicationOf(definition({ id: 'f' }), signingKey(newSigningJwk('publisher')), 1)],
      publishers: [publicJwk(jwk)],
    });
    expect((await api.app.inject('/v1/elections/e')).statusCode).toBe(200);
    expect((await api.app.inject('/v1/elections/f')).statusCode).toBe(404);
  });
});

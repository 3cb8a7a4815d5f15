// The documents of the public log: the manifest of each version of an election, the closing document, and the tree that the
// results name.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { participantBytes } from '../../../../src/domain/record/entry.ts';
import { leafHash, treeRoot } from '../../../../src/domain/record/tree.ts';
import { sha256 } from '../../../../src/platform/content-hash.ts';
import { newSigningJwk } from '../../../../src/platform/keys/new-keys.ts';
import { valueIsSigned, verificationKeys } from '../../../../src/platform/keys/signatures.ts';
import { electionDefinition, shownElection } from '../../../../src/protocol/public-document.ts';
import { publication as publicationSchema } from '../../../../src/protocol/record/publication.ts';
import type { Publication } from '../../../../src/protocol/record/publication.ts';
import { findPublication } from '../../../../src/store/intake-elections.ts';
import { findLifecycle } from '../../../../src/store/elections/lifecycle.ts';
import { openPool } from '../../../../src/store/database.ts';
import type { Pool } from '../../../../src/store/database.ts';
import { originOfManifest } from '../../../support/record/manifests.ts';
import { closeElection, layingBallots, openElection, resultsOf } from '../../../support/services/counted-election.ts';
import type { Ballots } from '../../../support/services/counted-election.ts';
import { electionOf, inHours, startElections } from '../../../support/services/elections.ts';
import type { Elections } from '../../../support/services/elections.ts';

let elections: Elections;
let ballots: Ballots;
let intake: Pool;
beforeAll(async () => {
  elections = await startElections();
  ballots = layingBallots(elections);
  intake = openPool(elections.databases.url('intake', 'popvote_ballots'), { name: 'test', connectionsMax: 1 });
});
afterAll(async () => {
  await intake.end();
  await ballots[Symbol.asyncDispose]();
  await elections[Symbol.asyncDispose]();
});

const contests = ['contest-1'];
const published = async (id: string): Promise<Publication> =>
  publicationSchema.parse(await findPublication(intake, id));
const originInBox = async (id: string): Promise<string | undefined> => {
  const rows = await elections.databases.query<{ origin: string }>('box', 'select origin from pv.log_of($1)', [id]);
  return rows[0]?.origin;
};
const publishers = () => verificationKeys(elections.access.keys.public.publishers);

describe('The manifest', () => {
  test('An announcement publishes a signed manifest of exactly this election, and the box has its log', async () => {
    const id = await openElection(elections);
    const { manifest, documents } = await published(id);
    const { election } = documents[0]!;
    expect(valueIsSigned(publishers(), manifest!.manifest, manifest!.signature)).toBe(true);
    expect(manifest!.manifest).toMatchObject({
      electionId: id,
      contests: election.contests,
      identity: election.identity,
      channels: election.channels,
      receipts: { kid: elections.access.keys.ballots.receipts.kid },
      deposits: { kid: elections.access.keys.worker.deposits.kid },
    });
    expect(await originInBox(id)).toBe(originOfManifest(manifest!));
  });

  test('An amendment has another manifest and log; another end has the same', async () => {
    const id = await openElection(elections, { opensAt: inHours(1), closesAt: inHours(4) });
    const before = (await published(id)).manifest!;
    const title = { en: 'Another title' };
    const { definition } = electionOf(await elections.call('GET', `/v1/elections/${id}`));
    const contests = definition.contests.map((contest) => ({ ...contest, title }));
    const headers = { 'if-match': '*' };
    const answer = await elections.call('PATCH', `/v1/elections/${id}`, { body: { contests }, headers });
    expect(answer).toMatchObject({ status: 200 });
    const after = (await published(id)).manifest!;
    expect(after.manifest.contests[0]?.title).toEqual(title);
    expect(originOfManifest(after)).not.toBe(originOfManifest(before));
    expect(await originInBox(id)).toBe(originOfManifest(after));
    const other = await openElection(elections);
    const open = (await published(other)).manifest;
    const extended = { closesAt: inHours(30), reason: 'More time.' };
    expect(await elections.call('POST', `/v1/elections/${other}/extend`, { body: extended })).toMatchObject({
      status: 200,
    });
    expect((await published(other)).manifest).toEqual(open);
  });
});

describe('The closing document', () => {
  test('A count signs it over the complete log, the batches and the people who took part', async () => {
    const id = await openElection(elections);
    await ballots.cast(id, contests, [{ choices: [['option-1']], count: 3 }]);
    const batch = await ballots.batch(id, contests, 3, [
      { choices: [['option-2']] },
      { choices: null },
      { choices: [['option-1']] },
    ]);
    await closeElection(elections, id);
    expect((await published(id)).closing).toBeUndefined();
    const counted = await elections.call('POST', `/v1/elections/${id}/count`);
    expect(counted.status, elections.log().slice(-2_000)).toBe(200);
    const { closing, manifest } = await published(id);
    expect(valueIsSigned(publishers(), closing!.closing, closing!.signature)).toBe(true);
    const entries = await elections.databases.query<{ entry: Buffer }>('box', 'select entry from pv.final_log($1)', [
      id,
    ]);
    const root = Buffer.from(
      treeRoot(
        sha256,
        entries.map(({ entry }) => leafHash(sha256, entry)),
      ),
    ).toString('base64url');
    const tags = await elections.databases.query<{ tag: Buffer }>(
      'intake',
      'select voter_tag as tag from pv.participation where election_id = $1',
      [id],
    );
    const people = tags.map(({ tag }) => sha256(participantBytes(tag))).sort(Buffer.compare);
    const participants = Buffer.from(
      treeRoot(
        sha256,
        people.map((hash) => leafHash(sha256, hash)),
      ),
    ).toString('base64url');
    const origin = originOfManifest(manifest!);
    const definition = electionDefinition.parse((await findLifecycle(elections.pool, id))!.announced);
    expect(closing!.closing).toEqual({
      version: 1,
      origin,
      size: 5,
      root,
      online: 3,
      batch: 2,
      repeated: 0,
      participation: 3,
      participants,
      closedAt: shownElection(definition).closesAt,
      withdrawn: [],
      batches: [{ batchId: batch, rows: 3, counted: 2, invalid: 1, missing: 0 }],
    });
    expect(resultsOf(counted).results.record).toEqual({ origin, size: 5, root, aggregate: null });
  });
});

test('After a rotation of the publisher, closing document and results have the key of the manifest', async () => {
  const id = await openElection(elections);
  await ballots.cast(id, contests, [{ choices: [['option-1']], count: 1 }]);
  await closeElection(elections, id);
  const before = elections.access.keys.elections.publisher;
  const keys = { publisher: newSigningJwk('publisher-new'), earlier: [before] };
  await using rotated = await startElections({ beside: elections, keys });
  expect((await rotated.call('POST', `/v1/elections/${id}/count`)).status).toBe(200);
  expect((await rotated.call('POST', `/v1/elections/${id}/publish`, { body: {} })).status).toBe(200);
  const { closing, results, documents } = (await findLifecycle(elections.pool, id))!;
  expect([closing, results]).toEqual(
    [1, 2].map(
      () => expect.objectContaining({ signature: expect.objectContaining({ kid: before.kid }) as unknown }) as unknown,
    ),
  );
  expect(documents).toMatchObject([{ signature: { kid: 'publisher-new' } }]);
});

test('A count waits for the last entries of the log, and then says that they are missing', async () => {
  await using late = await startElections({ withPlacing: false });
  await using lateBallots = layingBallots(late);
  const id = await openElection(late);
  await lateBallots.cast(id, contests, [{ choices: [['option-1']], count: 1 }]);
  await closeElection(late, id);
  const begunAt = performance.now();
  const answer = await late.call('POST', `/v1/elections/${id}/count`);
  expect(answer).toMatchObject({ status: 409, body: { code: 'not-drained', errors: [{ path: 'log' }] } });
  expect(performance.now() - begunAt).toBeGreaterThan(10_000);
});

describe('An installation without a public log', () => {
  test('Its elections have no manifest, are counted, and their results name no log', async () => {
    await using without = await startElections({ withLog: false });
    await using laying = layingBallots(without);
    const id = await openElection(without);
    await laying.cast(id, contests, [{ choices: [['option-1']], count: 2 }]);
    await closeElection(without, id);
    const counted = await without.call('POST', `/v1/elections/${id}/count`);
    expect(counted.status).toBe(200);
    expect(resultsOf(counted).results.record).toBeUndefined();
    expect(await findLifecycle(without.pool, id)).toMatchObject({ manifest: null, closing: null });
  });
});

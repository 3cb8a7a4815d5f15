// The certificate that the data of an election is destroyed: refused while anything is left, signed by the key of the results,
// published with the documents, and readable for everyone.
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, test } from 'vitest';
import { destroyElectionKeys } from '../../../../src/cli/destroy-keys.ts';
import { valueIsSigned, verificationKeys } from '../../../../src/platform/keys/signatures.ts';
import type { AuditLogPage } from '../../../../src/protocol/control/audit-log-api.ts';
import type { DestructionState } from '../../../../src/protocol/control/destruction-api.ts';
import { publicationVersionsKey } from '../../../../src/protocol/current-elections.ts';
import { publicationsKey } from '../../../../src/protocol/public-document.ts';
import { publication } from '../../../../src/protocol/record/publication.ts';
import type { Publication } from '../../../../src/protocol/record/publication.ts';
import { createDocuments } from '../../../../src/services/api/documents/documents.ts';
import { findPublication } from '../../../../src/store/intake-elections.ts';
import { openPool } from '../../../../src/store/database.ts';
import type { Pool } from '../../../../src/store/database.ts';
import { recordStatements } from '../../../support/closing.ts';
import { until } from '../../../support/until.ts';
import type { Person } from '../../../support/services/access.ts';
import { closeElection, layingBallots, openElection } from '../../../support/services/counted-election.ts';
import type { Ballots } from '../../../support/services/counted-election.ts';
import {
  codeOf,
  detailOf,
  electionOf,
  errorsOf,
  inHours,
  startElections,
} from '../../../support/services/elections.ts';
import type { Answer, Elections } from '../../../support/services/elections.ts';
import { actTogether, countingDraft, secondAdministrator } from '../../../support/services/two-administrators.ts';
import { later, sealable } from '../../../support/services/voting-election.ts';

let elections: Elections;
let ballots: Ballots;
let second: Person;
let intake: Pool;
let edge: Redis;
beforeAll(async () => {
  elections = await startElections();
  ballots = layingBallots(elections);
  second = await secondAdministrator(elections);
  intake = openPool(elections.databases.url('intake', 'popvote_ballots'), { name: 'test', connectionsMax: 1 });
  edge = new Redis(inject('redisUrls')['elections'] ?? '');
});
beforeEach(() => sealable(elections));
afterAll(async () => {
  edge.disconnect();
  await intake.end();
  await ballots[Symbol.asyncDispose]();
  await elections[Symbol.asyncDispose]();
});

const path = (id: string): string => `/v1/elections/${id}/destruction`;
const dayBefore = (days: number): string => new Date(Date.now() - days * 86_400_000).toISOString().slice(0, 10);
const days = (changes: object = {}): object => ({
  certifiedOn: dayBefore(20),
  retainedUntil: dayBefore(10),
  keysDestroyedOn: dayBefore(5),
  copiesDestroyed: true,
  backups: { last: dayBefore(5), destroyedOn: dayBefore(4) },
  ...changes,
});
const certify = (id: string, changes?: object): Promise<Answer> =>
  elections.call('POST', path(id), { body: days(changes) });
const stateOf = ({ body }: Answer): DestructionState => body as DestructionState;
const read = async (id: string): Promise<DestructionState> => stateOf(await elections.call('GET', path(id)));
const remainingOf = async (id: string): Promise<Record<string, number | null>> =>
  Object.fromEntries((await read(id)).remaining.map(({ what, number }) => [what, number]));

/** Moves an election and its results by 30 days into the past, which only the superuser of a test's own database can. */
async function monthLater(id: string): Promise<void> {
  await elections.databases.query(
    'elections',
    `begin; set local session_replication_role = replica;
     update pv.election set opens_at = opens_at - interval '30 days', closes_at = closes_at - interval '30 days'
       where election_id = '${id}';
     update pv.result set made_at = made_at - interval '30 days', published_at = published_at - interval '30 days'
       where election_id = '${id}'; commit`,
  );
}

/** An election whose results were published a month ago. */
async function publishedElection(changes: object = {}): Promise<string> {
  const id = await openElection(elections, changes);
  await ballots.cast(id, ['contest-1'], [{ choices: [['option-1']], count: 3 }]);
  await closeElection(elections, id);
  for (const act of ['count', 'publish']) {
    const answer = await elections.call('POST', `/v1/elections/${id}/${act}`, act === 'publish' ? { body: {} } : {});
    expect(answer).toMatchObject({ status: 200 });
  }
  await monthLater(id);
  return id;
}

/** The same with an election that counts, where the second administrator confirms every act. */
async function countedTogether(): Promise<string> {
  const id = await countingDraft(elections, { opensAt: inHours(-1), minBatch: 50 });
  const act = (name: string, body?: object): Promise<Answer> =>
    actTogether(elections, second, `/v1/elections/${id}/${name}`, body);
  await act('announce');
  await ballots.cast(id, ['contest-1'], [{ choices: [['option-1']], count: 50 }]);
  await act('close', { reason: 'The test is over.' });
  await later(elections, id, 600);
  await until(async () => {
    await elections.logic.schedule.poll();
    return electionOf(await elections.call('GET', `/v1/elections/${id}`)).state === 'closed';
  }, 'the closed intake');
  await recordStatements(elections.databases, elections.access.keys.public);
  await act('count');
  await act('publish', {});
  await monthLater(id);
  return id;
}

const destroyKeys = (id: string) => destroyElectionKeys(elections.electionKeysDirectory, id);
const destroyHourlyKeys = (): Promise<unknown> =>
  elections.databases.query('intake', `update pv.mixer_key set state = 'shredded'`);
const inRedis = async (id: string): Promise<string> => (await edge.hget(publicationsKey, id)) ?? '';
const publishedIn = async (id: string): Promise<Publication> => publication.parse(JSON.parse(await inRedis(id)));

describe('The certificate of destruction', () => {
  test('Nothing is certified before the publication, nor while votes may be repeated', async () => {
    const id = await openElection(elections);
    expect((await read(id)).state).toBe('not-published');
    const early = await certify(id);
    expect([early.status, codeOf(early)]).toEqual([409, 'conflict']);
    await ballots.cast(id, ['contest-1'], [{ choices: [['option-1']], count: 3 }]);
    await closeElection(elections, id);
    await elections.call('POST', `/v1/elections/${id}/count`);
    expect(codeOf(await certify(id))).toBe('conflict');
    await elections.call('POST', `/v1/elections/${id}/publish`, { body: {} });
    expect((await read(id)).state).toBe('in-use');
    expect(detailOf(await certify(id))).toContain('sent again for their receipt until');
  });

  test('A certificate is refused while keys are left, and for days that do not fit', async () => {
    const id = await publishedElection();
    expect(await remainingOf(id)).toMatchObject({ 'election-keys': 1, roll: 0, 'batch-files': 0 });
    expect((await read(id)).state).toBe('remaining');
    expect(detailOf(await certify(id))).toContain('election-keys: 1');
    // A file that another replica made at the same moment has keys too.
    writeFileSync(join(elections.electionKeysDirectory, `${id}.${'0'.repeat(32)}.json`), '{}');
    expect(await remainingOf(id)).toMatchObject({ 'election-keys': 2 });
    expect(destroyKeys(id)).toMatchObject({ ok: true, keyId: (await read(id)).keyId });
    await destroyHourlyKeys();
    expect((await read(id)).state).toBe('ready');

    for (const [changes, at] of [
      [{ certifiedOn: dayBefore(60) }, 'certifiedOn'],
      [{ retainedUntil: dayBefore(-1) }, 'retainedUntil'],
      [{ keysDestroyedOn: dayBefore(-2) }, 'keysDestroyedOn'],
      [{ backups: { last: dayBefore(4), destroyedOn: dayBefore(5) } }, 'backups/destroyedOn'],
    ] as const) {
      const answer = await certify(id, changes);
      expect([answer.status, errorsOf(answer).map((error) => error.path)]).toEqual([400, [at]]);
    }
    expect((await certify(id, { copiesDestroyed: false })).status).toBe(400);
    expect(await read(id)).toMatchObject({ state: 'ready', document: null });
  });

  test('A certificate is signed once, published with the documents, and read by everyone', async () => {
    const id = await publishedElection();
    const { keyId } = await read(id);
    destroyKeys(id);
    await destroyHourlyKeys();
    const before = await publishedIn(id);
    const { document } = stateOf(await certify(id));
    if (!document) throw new Error('no certificate');
    const { destruction, signature } = document;
    expect(destruction).toMatchObject({
      electionId: id,
      resultsRevision: 1,
      certifiedOn: dayBefore(20),
      retainedUntil: dayBefore(10),
      act: 'election.certify-destruction',
      statedBy: ['administrator'],
    });
    expect(destruction.destroyed.map(({ what, basis }) => `${what} ${basis}`)).toEqual([
      'election-keys stated',
      'roll checked',
      'hourly-keys stated',
      'batch-files checked',
      'phones-and-codes expired',
      'key-copies stated',
      'backups stated',
    ]);
    expect(destruction.destroyed[0]?.keys).toEqual([keyId]);
    expect(destruction.kept).toEqual(
      expect.arrayContaining(['public-log', 'results', 'identity-key', 'numbers-in-proposals']),
    );
    const publishers = verificationKeys(elections.access.keys.public.publishers);
    expect(valueIsSigned(publishers, destruction, signature)).toBe(true);
    expect(valueIsSigned(publishers, document.record?.head, document.record!.signature)).toBe(true);

    const after = await publishedIn(id);
    expect(after.destruction).toEqual(document);
    expect(after.results).toEqual(before.results);
    expect(publication.parse(await findPublication(intake, id)).destruction).toEqual(document);
    const documents = createDocuments(publishers);
    expect(documents.take(id, await inRedis(id))).toBe('taken');
    const served = documents.election(id, Date.now())?.destruction;
    expect(JSON.parse(served?.answer.body.toString() ?? '')).toEqual(document);
    // One that no publisher signed is not served.
    const forged = { ...after, destruction: { ...document, destruction: { ...destruction, kept: [] } } };
    expect(createDocuments(publishers).take(id, JSON.stringify(forged))).toBe('refused');

    // A publication without it, as an older process wrote it, is written again.
    await edge.hset(publicationsKey, id, JSON.stringify({ ...after, destruction: undefined }));
    await edge.hdel(publicationVersionsKey, id);
    await until(async () => {
      await elections.logic.schedule.poll();
      return (await publishedIn(id)).destruction !== undefined;
    }, 'the certificate in Redis');
    expect(await publishedIn(id)).toEqual(after);

    const again = await certify(id, { certifiedOn: dayBefore(19) });
    expect([again.status, stateOf(again).document]).toEqual([200, document]);
    const { body } = await elections.call('GET', `/v1/audit-log?act=election.certify-destruction&objectId=${id}`);
    const entries = (body as AuditLogPage).entries.map(({ entry }) => entry);
    expect(entries.filter(({ outcome, changed }) => outcome === 'done' && changed !== null)).toHaveLength(1);
  });

  test('In an election that counts, a second administrator confirms the statement', async () => {
    const id = await countedTogether();
    destroyKeys(id);
    await destroyHourlyKeys();
    const early = await elections.call('POST', path(id), { body: days({ retainedUntil: dayBefore(0) }) });
    expect(early.status).toBe(400);
    await actTogether(elections, second, path(id), days());
    expect((await read(id)).document?.destruction.statedBy).toEqual(['administrator', 'administrator']);
  });

  test('While ballots does not answer, it is unknown what is left, and nothing is certified', async () => {
    const id = await publishedElection();
    destroyKeys(id);
    expect(existsSync(join(elections.electionKeysDirectory, `${id}.json`))).toBe(false);
    const restart = await elections.stopBallots();
    try {
      expect(await remainingOf(id)).toMatchObject({ 'election-keys': null, 'hourly-keys': null });
      const answer = await certify(id);
      expect([answer.status, codeOf(answer)]).toEqual([503, 'busy']);
    } finally {
      await restart();
    }
  });

  test('The roll of a published election is removed, with files that were being compared', async () => {
    const id = await publishedElection();
    await elections.databases.query(
      'elections',
      `with file as (
         insert into pv.roll_upload (upload, election_id, mode) values (gen_random_uuid(), '${id}', 'add') returning upload
       ) insert into pv.roll_upload_row (upload, name, line, spelling, number, outcome)
       select upload, decode(repeat('00', 32), 'hex'), 1, decode(repeat('00', 16), 'hex'), 'x', 'added' from file`,
    );
    await expect.poll(async () => (await remainingOf(id))['roll'], { timeout: 10_000 }).toBe(0);
  });
});

test('Auditors read what is left, and only administrators certify it', async () => {
  const id = await openElection(elections);
  expect((await elections.call('GET', path(id), { as: 'auditor' })).status).toBe(200);
  expect((await elections.call('GET', path(id), { as: 'official' })).status).toBe(403);
  expect((await elections.call('POST', path(id), { as: 'auditor', body: days() })).status).toBe(403);
});

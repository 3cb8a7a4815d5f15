// What online ballots say, for auditors: after the count, audited, and each opening is of its entry in the log.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { decodeOpenings } from '../../../../src/domain/record/bundle.ts';
import { commitmentOf, decodeEntry } from '../../../../src/domain/record/entry.ts';
import { sha256 } from '../../../../src/platform/content-hash.ts';
import type { AuditLogPage } from '../../../../src/protocol/control/audit-log-api.ts';
import { logOf, storedManifest } from '../../../../src/services/elections/record/manifest.ts';
import { findManifest } from '../../../../src/store/elections/lifecycle.ts';
import { closeElection, layingBallots, openElection } from '../../../support/services/counted-election.ts';
import type { Ballots } from '../../../support/services/counted-election.ts';
import { codeOf, startElections } from '../../../support/services/elections.ts';
import type { Answer, Elections } from '../../../support/services/elections.ts';
import { sealable } from '../../../support/services/voting-election.ts';

let elections: Elections;
let ballots: Ballots;
beforeAll(async () => {
  elections = await startElections();
  ballots = layingBallots(elections);
});
beforeEach(() => sealable(elections));
afterAll(async () => {
  await ballots[Symbol.asyncDispose]();
  await elections[Symbol.asyncDispose]();
});

const contests = ['contest-1'];
const pathOf = (id: string): string => `/v1/elections/${id}/openings`;
const get = (id: string, as: 'administrator' | 'official' | 'auditor' = 'auditor'): Promise<Answer> =>
  elections.call('GET', pathOf(id), { as });

async function download(id: string) {
  const { accessToken } = elections.people.auditor.tokens;
  const headers = { authorization: `Bearer ${accessToken}` };
  const answer = await elections.app.inject({ method: 'GET', url: pathOf(id), headers });
  expect(answer.statusCode, answer.body).toBe(200);
  expect(answer.headers).toMatchObject({
    'cache-control': 'no-store',
    'content-type': 'application/octet-stream',
    'content-disposition': `attachment; filename="${id}-openings"`,
  });
  return decodeOpenings(answer.rawPayload) ?? expect.fail('no openings');
}

/** More than two pages, with paper between them. */
async function castElection(): Promise<string> {
  const id = await openElection(elections);
  await ballots.cast(id, contests, [{ choices: [['option-1']], count: 1_200 }]);
  await ballots.batch(id, contests, 2, [{ choices: [['option-2']] }, { choices: [['option-2']] }]);
  await ballots.cast(id, contests, [{ choices: [['option-2']], count: 900 }]);
  return id;
}

test('An auditor gets the contents of every online ballot after the count, and each fits its entry', async () => {
  const id = await castElection();
  await closeElection(elections, id);
  expect([(await get(id)).status, codeOf(await get(id))]).toEqual([404, 'results-not-counted']);
  expect(await elections.call('POST', `/v1/elections/${id}/count`)).toMatchObject({ status: 200 });

  const openings = await download(id);
  expect(openings).toHaveLength(2_100);
  const { manifestHash } = logOf(storedManifest(await findManifest(elections.pool, id))!);
  const rows = await elections.databases.query<{ place: number; entry: Buffer }>(
    'box',
    `select f.leaf_index::integer as place, e.entry
     from pv.leaf f join pv.log l using (election_no) join pv.signed_entry e using (election_no, cast_tag)
     where l.election_id = $1`,
    [id],
  );
  const online = rows.flatMap(({ place, entry: bytes }) => {
    const entry = decodeEntry(bytes)!;
    return entry.channel === 1 ? [[place, Buffer.from(entry.content).toString('hex')] as const] : [];
  });
  expect(rows.length - online.length, 'paper').toBe(2);
  const opened = openings.map(({ index, tracker, text }) => {
    const content = commitmentOf(sha256, manifestHash, tracker, text);
    return [index, Buffer.from(content).toString('hex')] as const;
  });
  expect(opened).toEqual(online.toSorted(([a], [b]) => a - b));

  const { body } = await elections.call('GET', `/v1/audit-log?act=election.export-openings&objectId=${id}`);
  const done = (body as AuditLogPage).entries.filter(({ entry }) => entry.outcome === 'done');
  expect(done.map(({ entry }) => entry)).toMatchObject([{ actor: { userId: elections.people.auditor.id } }]);
});

test('Administrators, officials and others get nothing, and neither does anyone before the count', async () => {
  const id = await openElection(elections);
  await ballots.cast(id, contests, [{ choices: [['option-1']], count: 2 }]);
  for (const as of ['administrator', 'official'] as const) expect((await get(id, as)).status).toBe(403);
  expect((await elections.call('GET', pathOf(id), { as: null })).status).toBe(401);
  expect([(await get(id)).status, codeOf(await get(id))]).toEqual([404, 'results-not-counted']);
  expect((await get('nowhere')).status).toBe(404);
  // Not even by the database while the box is open.
  const { boxPool } = elections.outside;
  await expect(boxPool.query('select * from pv.online_openings($1, 0, 10)', [id])).rejects.toMatchObject({
    code: 'PV006',
  });
});

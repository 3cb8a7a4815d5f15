// C3. The attacker has the password of one official, the public documents and the ids of ballots that she saw or printed.
// She has no second password. She wants to add ballots, or to make those of a station not count.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { confirmBatch } from '../../src/store/batch-confirmations.ts';
import { openPool } from '../../src/store/database.ts';
import type { Pool } from '../../src/store/database.ts';
import { closeBox, countBatches, withdrawBatch } from '../../src/store/ledger.ts';
import { stateClosed } from '../support/closing.ts';
import { batchOf, csvOf, row, rows, startBatches } from '../support/batches.ts';
import type { Answer, Batches } from '../support/batches.ts';
import type { Person } from '../support/services/access.ts';

let batches: Batches;
let elections: Pool;
beforeAll(async () => {
  batches = await startBatches();
  await batches.worker();
  const url = batches.databases.url('box', 'popvote_elections');
  elections = openPool(url, { name: 'test', connectionsMax: 4 });
}, 60_000);
afterAll(async () => {
  await elections.end();
  await batches[Symbol.asyncDispose]();
});

const printed = { from: '00000000-0000-4000-8000-000000000001', to: '00000000-0000-4000-8000-000000000009' };
const paper = {
  confirmation: true,
  stations: [
    { id: 'hall', name: 'Town hall' },
    { id: 'school', name: 'School', printed: [printed] },
  ],
};
const send = (electionId: string, lines: readonly string[], { by = batches.people.official, station = 'hall' } = {}) =>
  batches.upload(electionId, csvOf(lines), { by, query: `&stationId=${station}&ballots=${lines.length}` });
const confirm = (electionId: string, batchId: string, by: Person, ballots: number) =>
  confirmBatch(elections, { electionId, batchId, official: by.id, ballots });
const ballotsIn = async (electionId: string): Promise<number> =>
  Object.values(await batches.box(electionId)).reduce((sum, each) => sum + each, 0);
const errorPaths = ({ body }: Answer) => (body['errors'] as { path: string }[]).map(({ path }) => path);

describe('One password of an official', () => {
  test('Twenty thousand ballots of one official count nothing, and the election waits for a decision', async () => {
    const electionId = await batches.election({ paper });
    const { official, other } = batches.people;
    const answer = await send(electionId, rows(20_000));
    expect(answer.status).toBe(202);
    const { id } = batchOf(answer);
    expect(await batches.settled(id, 'received')).toMatchObject({
      rows: { received: 20_000, checked: 20_000, counted: 0, unconfirmed: 20_000 },
      station: 'hall',
      confirmation: 'waiting',
    });
    expect(await ballotsIn(electionId)).toBe(0);
    expect(await confirm(electionId, id, official, 20_000)).toEqual({ outcome: 'own' });
    await stateClosed(batches.databases, electionId, 0);
    expect(await closeBox(elections, electionId, 0)).toMatchObject([{ kind: 'confirmation', batchId: id }]);
    // The second official has a protocol with another number.
    expect(await confirm(electionId, id, other, 412)).toEqual({ outcome: 'differs' });
    const withdrawn = await withdrawBatch(elections, {
      electionId,
      batchId: id,
      official: null,
      reason: 'No such protocol.',
      by: 'administrator',
    });
    expect(withdrawn).toEqual({ outcome: 'withdrawn' });
    expect(await closeBox(elections, electionId, 0)).toEqual([]);
    expect(await countBatches(elections, electionId)).toMatchObject({ received: 20_000, valid: 0, withdrawn: 20_000 });
  });

  test('A file that was sent first voids no ballot of a station', async () => {
    const electionId = await batches.election({ paper });
    const { official, other } = batches.people;
    const guids = Array.from({ length: 20 }, () => randomUUID());
    const attack = batchOf(
      await send(
        electionId,
        guids.map((guid) => row(2, guid)),
        { by: other },
      ),
    );
    const station = batchOf(
      await send(
        electionId,
        guids.map((guid) => row(1, guid)),
      ),
    );
    await batches.settled(station.id, 'received');
    await batches.settled(attack.id, 'received');
    // A third official has the protocol of the station.
    const third = await batches.access.person('official', batches.people.administrator);
    expect(await confirm(electionId, station.id, third, 20)).toMatchObject({ outcome: 'conflict' });
    const { id: batchId } = attack;
    await withdrawBatch(elections, { electionId, batchId, official: null, reason: 'Not of this station.', by: 'a' });
    expect(await confirm(electionId, station.id, third, 20)).toEqual({ outcome: 'confirmed' });
    expect(await batches.settled(station.id, 'done')).toMatchObject({
      rows: { counted: 20, invalid: 0, unconfirmed: 0 },
      confirmation: { by: third.id },
    });
    expect(await ballotsIn(electionId)).toBe(20);
    expect(batchOf(await batches.get(`/v1/batches/${station.id}`, { by: official })).official).toBe(official.id);
  });

  test('The file of a station under another station is another batch, which voids nothing', async () => {
    const electionId = await batches.election({
      paper: { ...paper, stations: [...paper.stations, { id: 'ship', name: 'Ship' }] },
    });
    const lines = rows(3);
    const attack = batchOf(await send(electionId, lines, { by: batches.people.other, station: 'ship' }));
    const station = batchOf(await send(electionId, lines));
    expect(station.id).not.toBe(attack.id);
    expect(await batches.settled(station.id, 'received')).toMatchObject({ official: batches.people.official.id });
  });
});

describe('An upload that does not say its protocol', () => {
  test('A station or a number that is missing, unknown or different is refused, and nothing is recorded', async () => {
    const electionId = await batches.election({ paper });
    const upload = (query: string) => batches.upload(electionId, csvOf(rows(3)), { query });
    expect(errorPaths(await upload('&ballots=3'))).toEqual(['query/stationId']);
    expect(errorPaths(await upload('&stationId=moon&ballots=3'))).toEqual(['query/stationId']);
    expect(errorPaths(await upload('&stationId=hall'))).toEqual(['query/ballots']);
    const differs = await upload('&stationId=hall&ballots=4');
    expect([differs.status, differs.body['code']]).toEqual([422, 'invalid-batch']);
    expect(differs.body['detail']).toMatch(/protocol has 4 ballots, and the file has 3/);
    const old = await batches.election();
    const refused = await batches.upload(old, csvOf(rows(1)), { query: '&stationId=hall' });
    expect(errorPaths(refused)).toEqual(['query/stationId']);
    expect(await countBatches(elections, electionId)).toMatchObject({ files: 0 });
  });

  test('A ballot that was printed for another station rejects the file by its line', async () => {
    const electionId = await batches.election({ paper });
    const lines = [row(1, printed.from), row(1, randomUUID())];
    const refused = await send(electionId, lines, { station: 'school' });
    expect([refused.status, refused.body['code'], refused.body['linesTotal']]).toEqual([422, 'invalid-batch', 1]);
    expect(refused.body['lines']).toMatchObject([{ line: 2, detail: expect.stringContaining('School') as string }]);
    expect((await send(electionId, lines.slice(0, 1), { station: 'school' })).status).toBe(202);
  });

  test('An administrator may not upload', async () => {
    const electionId = await batches.election({ paper });
    const refused = await send(electionId, rows(1), { by: batches.people.administrator });
    expect(refused.body['code']).toBe('role-not-allowed');
  });
});

// Files of paper ballots from the upload to the box: counted rows, rejected rows with reasons, and counts that add up.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Batch } from '../../../src/protocol/control/officials-api.ts';
import { definition } from '../../support/elections.ts';
import { batchOf, csvOf, row, rows, startBatches } from '../../support/batches.ts';
import type { Batches } from '../../support/batches.ts';

let batches: Batches;
beforeAll(async () => {
  batches = await startBatches();
  await batches.worker();
}, 60_000);
afterAll(() => batches[Symbol.asyncDispose]());

const yes = '{"contests":[{"choices":["yes"],"contestId":"motion"}]}';
const no = '{"contests":[{"choices":["no"],"contestId":"motion"}]}';
const addsUp = ({ rows: counts }: Batch): void => {
  expect(counts.received).toBe(counts.checked + counts.waiting);
  expect(counts.checked).toBe(counts.counted + counts.invalid + counts.unconfirmed);
  expect(counts.duplicates).toBeLessThanOrEqual(counts.invalid);
};
const invalidOf = async (id: string): Promise<string[]> => {
  const { status, text } = await batches.get(`/v1/batches/${id}/invalid.csv`);
  expect(status).toBe(200);
  return text.trimEnd().split('\r\n');
};

describe('A file of paper ballots', () => {
  test('A file is taken, checked, and lies in the box with the same bytes as ballots that are cast', async () => {
    const electionId = await batches.election();
    const answer = await batches.upload(electionId, csvOf([...rows(3, 1), ...rows(2, 2)]));
    expect(answer.status).toBe(202);
    addsUp(batchOf(answer));
    const done = await batches.settled(batchOf(answer).id);
    addsUp(done);
    expect(done.rows).toMatchObject({ received: 5, checked: 5, waiting: 0, counted: 5, invalid: 0, duplicates: 0 });
    expect(done).toMatchObject({ electionId, official: batches.people.official.id, missing: [], advice: null });
    expect(await batches.box(electionId)).toEqual({ [yes]: 3, [no]: 2 });
  });

  test('A file of more rows than a chunk or an insert has is counted to the last one', async () => {
    const electionId = await batches.election();
    const { id } = batchOf(await batches.upload(electionId, csvOf([...rows(12_345, 1), ...rows(678, 2)])));
    expect((await batches.settled(id)).rows.counted).toBe(13_023);
    expect(await batches.box(electionId)).toEqual({ [yes]: 12_345, [no]: 678 });
  });

  test('A file keeps each row that does not count, with the reason: first seen where, which contest', async () => {
    const contests = definition().contests;
    const electionId = await batches.election({ contests });
    const a = randomUUID();
    const b = randomUUID();
    const c = randomUUID();
    const d = randomUUID();
    const first = batchOf(
      await batches.upload(electionId, csvOf([`${a},1,1`, `${b},1,9`, `${a},2,2`, `${c},,3`, `${b},1,1`])),
    ).id;
    expect((await batches.settled(first)).rows).toMatchObject({ counted: 2, invalid: 3, duplicates: 2 });
    const second = batchOf(await batches.upload(electionId, csvOf([`${c},1,9`, `${d},3,1`, `${d},1,1`]))).id;
    expect((await batches.settled(second)).rows).toMatchObject({ counted: 0, invalid: 3, duplicates: 2 });
    expect(await invalidOf(first)).toEqual(
      [
        'row,guid,numbers,reason,contestId,firstBatchId,firstRow',
        `2,${b},"1,9",Invalid poll number.,council,,`,
        `3,${a},"2,2",Duplicate ballot.,,${first},1`,
        // The first one counts as present, valid or not.
        `5,${b},"1,1",Duplicate ballot.,,${first},2`,
      ].map(guarded),
    );
    expect((await invalidOf(second)).slice(1)).toEqual(
      [
        `1,${c},"1,9",Duplicate ballot.,,${first},4`,
        `2,${d},"3,1",Invalid poll number.,motion,,`,
        `3,${d},"1,1",Duplicate ballot.,,${second},2`,
      ].map(guarded),
    );
    const ballots = Object.values(await batches.box(electionId));
    expect(ballots.reduce((total, n) => total + n, 0)).toBe(2);
  });

  test('A file has its duplicates judged by the order of its rows, also far apart', async () => {
    const electionId = await batches.election();
    const guid = randomUUID();
    const lines = [...rows(700), row(1, guid), ...rows(11_000), row(2, guid.toUpperCase())];
    const { id } = batchOf(await batches.upload(electionId, csvOf(lines)));
    await batches.settled(id);
    expect((await invalidOf(id)).slice(1)).toEqual([guarded(`11702,${guid},2,Duplicate ballot.,,${id},701`)]);
    expect(await batches.box(electionId)).toEqual({ [yes]: 11_701 });
  });

  test('A file is of one election: the same ballot id may occur in another', async () => {
    const one = await batches.election();
    const other = await batches.election();
    const file = csvOf(rows(3));
    const ids = [];
    for (const electionId of [one, other]) ids.push(batchOf(await batches.upload(electionId, file)).id);
    expect(new Set(ids).size).toBe(2);
    for (const id of ids) expect((await batches.settled(id)).rows.counted).toBe(3);
  });

  test('A row may mark several numbers in any order, and abstain, where the contest allows it', async () => {
    const [motion] = definition().contests;
    const approval = { ...definition().contests[1]!, method: 'approval' as const, maxChoices: 2 };
    const { seats: _seats, thresholdPercent: _threshold, ...council } = approval;
    const electionId = await batches.election({ contests: [motion!, council] });
    const lines = [',2 1', ',1+2', ', 1  +  2 ', '2,3', '1,1 2 3', '1,2+2'].map((cells) => row(cells));
    const { id } = batchOf(await batches.upload(electionId, csvOf(lines)));
    expect((await batches.settled(id)).rows).toMatchObject({ counted: 4, invalid: 2, duplicates: 0 });
    expect(await batches.box(electionId)).toEqual({
      '{"contests":[{"choices":[],"contestId":"motion"},{"choices":["red","blue"],"contestId":"council"}]}': 3,
      '{"contests":[{"choices":["no"],"contestId":"motion"},{"choices":["green"],"contestId":"council"}]}': 1,
    });
    for (const line of (await invalidOf(id)).slice(1)) expect(line).toContain('Invalid poll number.,council');
  });
});

// What begins like a formula is marked as a text.
const guarded = (line: string): string => line.replace(/,(-[A-Za-z0-9_-]{42},)/, ",'$1");

describe('The same file again', () => {
  test('The same file is the same batch however a spreadsheet wrote it, and counts nothing', async () => {
    const electionId = await batches.election();
    const a = randomUUID();
    const b = randomUUID();
    const first = await batches.upload(electionId, `${a},1\n${b},2\n`);
    expect(first.status).toBe(202);
    const { id } = batchOf(first);
    await batches.settled(id);
    for (const file of [
      `${a},1\n${b},2\n`,
      `${a.toUpperCase()};1\r\n {${b}} ; 2 `,
      `\uFEFFguid,motion\r\n"${a}","1"\r\n"${b}","002"\r\n\r\n\r\n`,
      `Ballot GUID\tPoll number\r${a}\t1\r${b}\t2\r`,
    ]) {
      const again = await batches.upload(electionId, file);
      expect([again.status, batchOf(again).id, batchOf(again).state]).toEqual([200, id, 'done']);
    }
    expect(await batches.box(electionId)).toEqual({ [yes]: 1, [no]: 1 });
    expect((await batches.get(`/v1/batches?electionId=${electionId}`)).body['batches']).toHaveLength(1);
  });

  test('The same file sent to three officials’ processes at once is one batch; other files are others', async () => {
    const all = [batches.officials, await batches.anotherOfficials(), await batches.anotherOfficials()];
    const electionId = await batches.election();
    const shared = rows(2_000);
    const same = await Promise.all(all.map((at) => batches.upload(electionId, csvOf(shared), { at })));
    expect(new Set(same.map((answer) => batchOf(answer).id)).size).toBe(1);
    for (const { status } of same) expect([200, 202]).toContain(status);
    await batches.settled(batchOf(same[0]!).id);
    const own = [rows(1_500, 1), rows(1_500, 2), [...rows(100, 1), ...shared.slice(0, 50)]];
    const different = await Promise.all(all.map((at, index) => batches.upload(electionId, csvOf(own[index]!), { at })));
    const settled = await Promise.all(different.map((answer) => batches.settled(batchOf(answer).id)));
    expect(settled.map(({ rows: { counted, duplicates } }) => [counted, duplicates])).toEqual([
      [1_500, 0],
      [1_500, 0],
      [100, 50],
    ]);
    expect(await batches.box(electionId)).toEqual({ [yes]: 3_600, [no]: 1_500 });
  });

  test('The same file from another official is shown to both, and belongs to the first', async () => {
    const electionId = await batches.election();
    const file = csvOf(rows(4));
    const { id } = batchOf(await batches.upload(electionId, file));
    await batches.settled(id);
    const { other, official } = batches.people;
    expect((await batches.get(`/v1/batches/${id}`, { by: other })).status).toBe(404);
    const again = await batches.upload(electionId, file, { by: other });
    expect(batchOf(again)).toMatchObject({ id, official: official.id });
    expect((await batches.get(`/v1/batches/${id}`, { by: other })).status).toBe(200);
  });
});

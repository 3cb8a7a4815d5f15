// Files of paper ballots on real processes that are killed outright, over a Redis that is emptied: an official who
// sends a file until it is done has every ballot counted once, whatever happened in between.
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { publicationOf } from '../../src/services/elections/publishing/publication.ts';
import { signingKey } from '../../src/platform/keys/signatures.ts';
import type { Batch } from '../../src/protocol/control/officials-api.ts';
import { publicationsKey } from '../../src/protocol/public-document.ts';
import { batchElection, csvOf, row, rows } from '../support/batches.ts';
import type { Person } from '../support/control.ts';
import { startPlatform } from '../support/processes/processes.ts';
import { until } from '../support/until.ts';
import type { Control, Platform } from '../support/processes/processes.ts';

let platform: Platform & { readonly control: Control };
let official: Person;
beforeAll(async () => {
  platform = await startPlatform({ control: true });
  official = await platform.control.person('official');
});
afterAll(() => platform[Symbol.asyncDispose]());

const headers = { 'content-type': 'text/csv' };
async function publish(electionId: string): Promise<void> {
  const publication = publicationOf(
    batchElection({ id: electionId }),
    signingKey(platform.keys.elections.publisher),
    1,
  );
  await platform.control.redis.hset(publicationsKey, electionId, JSON.stringify(publication));
}
async function newElection(): Promise<string> {
  const id = `e-${randomUUID()}`;
  await publish(id);
  return id;
}
const ballotsIn = async (electionId: string): Promise<number> => {
  const text = 'select count(*)::int as n from pv.ballot where election_id = $1';
  return (await platform.databases.query<{ n: number }>('box', text, [electionId]))[0]?.n ?? 0;
};
/** A batch as officials see it now, or null while its state is unknown. */
const look = async (id: string): Promise<Batch | null> => {
  const answer = await official.call('officials', 'GET', `/v1/batches/${id}`).catch(() => null);
  return answer?.status === 200 ? (answer.body['batch'] as Batch) : null;
};
const send = async (electionId: string, file: string): Promise<Batch | null> => {
  const path = `/v1/batches?electionId=${electionId}`;
  const answer = await official.call('officials', 'POST', path, { raw: file, headers }).catch(() => null);
  if (answer && answer.status >= 400) expect([404, 503], answer.text).toContain(answer.status);
  return answer && answer.status < 300 ? (answer.body['batch'] as Batch) : null;
};

/** Sends a file until it is taken. Returns its id. */
async function sendUntilTaken(electionId: string, file: string): Promise<string> {
  let id = '';
  await until(async () => (id = (await send(electionId, file))?.id ?? '') !== '', 'the upload');
  return id;
}

test(
  'A worker that is killed again and again in the middle of a file counts each ballot once',
  { timeout: 240_000 },
  async ({ signal }) => {
    const electionId = await newElection();
    const shared = row();
    const lines = [shared, ...rows(79_997), row(9), shared];
    const id = await sendUntilTaken(electionId, csvOf(lines));
    let kills = 0;
    let checked = 0;
    for (let batch = await look(id); batch?.state !== 'done' && !signal.aborted; batch = await look(id)) {
      expect(['queued', 'checking', undefined]).toContain(batch?.state);
      if (batch && batch.rows.checked > checked && kills < 4) {
        checked = batch.rows.checked;
        kills += 1;
        await platform.restart('worker', { signal: 'SIGKILL' });
      }
      await pause(20);
    }
    expect(kills).toBeGreaterThan(0);
    expect((await look(id))?.rows).toMatchObject({ received: 80_000, counted: 79_998, invalid: 2, duplicates: 1 });
    expect(await ballotsIn(electionId)).toBe(79_998);
  },
);

test(
  'Officials that are killed during an upload leave nothing that counts, and take the file later',
  { timeout: 240_000 },
  async ({ signal }) => {
    const electionId = await newElection();
    const lines = rows(60_000);
    let accepted: Batch | null = null;
    for (const delayMs of [30, 120, 300]) {
      const sending = send(electionId, csvOf(lines));
      await pause(delayMs);
      await platform.restart('officials', { signal: 'SIGKILL' });
      accepted = (await sending) ?? accepted;
    }
    const id = accepted?.id ?? (await sendUntilTaken(electionId, csvOf(lines)));
    while ((await look(id))?.state !== 'done' && !signal.aborted) await pause(50);
    expect(await ballotsIn(electionId)).toBe(60_000);
  },
);

test(
  'Three files that share ballots survive kills and a Redis that is emptied, sent until they are done',
  { timeout: 360_000 },
  async ({ signal }) => {
    const electionId = await newElection();
    const pool = rows(50_000);
    const files = [pool.slice(0, 20_000), pool.slice(15_000, 35_000), pool.slice(30_000)];
    const over = new AbortController();
    const trouble = (async () => {
      for (let turn = 0; turn < 9 && !over.signal.aborted; turn += 1) {
        await pause(300 + Math.random() * 500);
        if (turn % 3 === 0) await platform.restart('worker', { signal: 'SIGKILL' });
        else if (turn % 3 === 1) await platform.restart('officials', { signal: 'SIGKILL' });
        else await platform.control.redis.flushall();
        await publish(electionId);
      }
    })();
    const done = await Promise.all(
      files.map(async (lines) => {
        const file = csvOf(lines);
        while (!signal.aborted) {
          const batch = await send(electionId, file);
          if (batch?.state === 'done') return batch;
          await pause(200);
        }
        throw new Error('the file is not done');
      }),
    );
    over.abort();
    await trouble;
    const counted = done.reduce((total, { rows: counts }) => total + counts.counted, 0);
    const duplicates = done.reduce((total, { rows: counts }) => total + counts.duplicates, 0);
    expect([counted, duplicates]).toEqual([50_000, 10_000]);
    expect(await ballotsIn(electionId)).toBe(50_000);
  },
);

test('A file of 300,000 rows leaves both processes within 256 MiB', { timeout: 360_000 }, async ({ signal }) => {
  const electionId = await newElection();
  const resident = async (): Promise<number[]> =>
    Promise.all(
      (['officials', 'worker'] as const).map(async (name) => {
        const text = await (await fetch(`${platform.privateOrigins[name] ?? ''}/metrics`)).text();
        return Number(/^process_resident_memory_bytes\S* (\d+)/m.exec(text)?.[1]) / 1_048_576;
      }),
    );
  const most = async (count: number): Promise<number[]> => {
    const id = await sendUntilTaken(electionId, csvOf(rows(count)));
    let peaks = await resident();
    while ((await look(id))?.state !== 'done' && !signal.aborted) {
      peaks = (await resident()).map((value, index) => Math.max(value, peaks[index] ?? 0));
      await pause(50);
    }
    return peaks;
  };
  // In its text such a file is 12 MB; read whole into lists of values it would be ten times as much.
  for (const peak of await most(300_000)) expect(peak).toBeLessThan(256);
});

// A power cut of the whole platform while people vote and officials upload: both databases and both Redis are on a disk
// that stops from one moment to the next. After a restart every receipt must be in the box, every confirmed file must
// be counted, and participation = outbox + box.
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import type { Batch } from '../../src/protocol/control/officials-api.ts';
import { castAnswer } from '../../src/protocol/public-api.ts';
import { electionDefinition } from '../../src/protocol/public-document.ts';
import { invited, newAdministrator } from '../../test/support/control.ts';
import type { Person } from '../../test/support/control.ts';
import { startPlatform } from '../../test/support/processes/popvote.ts';
import type { StartedPlatform } from '../../test/support/processes/popvote.ts';
import { promisedLeaf } from '../../test/support/record/manifests.ts';
import { leavesInBox } from './box-leaves.ts';
import { ConnectionPool, originOf } from './keep-alive-client.ts';
import { vote } from './voter.ts';
import { makeCutDisk } from './cut-disk.ts';

/** Longest wait for the outbox to empty and for the files to be counted, in milliseconds. */
const settleMsMax = 120_000;
/** Longest wait for voters to notice that nothing answers, in milliseconds. */
const lateMsMax = 20_000;
/** Ballots of one file. */
const fileRows = 200;

export type PowerCutFigures = {
  /** Online ballots with a receipt, and those of them that are not in the box. */
  readonly acknowledged: number;
  readonly lost: number;
  readonly participation: number;
  readonly outbox: number;
  /** Online ballots and ballots on paper in the box. */
  readonly box: number;
  /** Files answered 200 or 202, those of them that are counted to the last row, and their rows in the box. */
  readonly filesConfirmed: number;
  readonly filesCounted: number;
  readonly paperRows: number;
  /** From the boot until the platform serves, in milliseconds. */
  readonly restartMs: number;
  /** Whether the files of the control Redis had to be repaired. */
  readonly repaired: boolean;
};

export type PowerCutOptions = {
  /** A folder on a real disk that the account of the database can enter. */
  readonly directory: string;
  /** Voting before the cut, in milliseconds. */
  readonly loadMs: number;
  /** Voters at once. */
  readonly voters: number;
  readonly say: (line: string) => void;
};

/** Runs the drill. Throws if the platform does not start again. See `cutDiskHindrance` for where it cannot run. */
export async function powerCut({ directory, loadMs, voters, say }: PowerCutOptions): Promise<PowerCutFigures> {
  const disk = makeCutDisk(directory);
  const state = join(disk.path, 'state');
  let platform: StartedPlatform | undefined;
  try {
    say('starting the platform');
    platform = await start(state);
    const administrator = await newAdministrator(platform.control, databaseUrl(platform, state, 'access'));
    const official = await invited(platform.control, administrator, 'official');
    say('voting and uploading');
    const load = startLoad(platform, official, voters);
    await pause(loadMs);
    // Its supervisor first, which would start again what ends.
    platform.child.kill('SIGKILL');
    disk.cut();
    say('the power is cut');
    const { receipts, files } = await load.end();
    await disk.boot();
    const booted = performance.now();
    platform = await start(state);
    const restartMs = performance.now() - booted;
    say('the platform is back: counting');
    const figures = await settled(platform, state, { receipts, files, official });
    const repaired = platform.err().includes('were damaged');
    return Object.assign(figures, { restartMs, repaired });
  } finally {
    await platform?.end('SIGKILL');
    await disk.remove();
  }
}

const start = (state: string): Promise<StartedPlatform> =>
  startPlatform(state, { NODE_ENV: 'production', LOG_LEVEL: 'warn', API_SESSIONS_PER_ADDRESS_BLOCK: '0' });

function databaseUrl({ ports }: StartedPlatform, state: string, database: 'intake' | 'box' | 'access'): string {
  const secrets = JSON.parse(readFileSync(join(state, 'secrets.json'), 'utf8')) as Record<string, string>;
  const password = encodeURIComponent(secrets['postgres'] ?? '');
  return `postgres://postgres:${password}@127.0.0.1:${ports['postgres'] ?? 0}/${database}`;
}

type Confirmed = { readonly receipts: readonly string[]; readonly files: readonly string[] };

function startLoad(platform: StartedPlatform, official: Person, voters: number): { end(): Promise<Confirmed> } {
  const election = electionDefinition.parse(platform.rehearsal);
  const at = (name: string) => originOf(`http://127.0.0.1:${platform.ports[name] ?? 0}`);
  const target = { api: at('api'), sms: at('sms'), election };
  const doors = { api: new ConnectionPool(target.api, voters * 2), sms: new ConnectionPool(target.sms, voters) };
  const receipts: string[] = [];
  const files: string[] = [];
  let isOver = false;
  let next = 0;
  const voter = async (): Promise<void> => {
    while (!isOver) {
      const result = await vote(target, doors, (next += 1));
      if (result.outcome === 'recorded') receipts.push(result.receipt);
      else await pause(100);
    }
  };
  const uploader = async (): Promise<void> => {
    const cells = election.contests.map(({ options }) => options[0]?.number ?? 1).join(',');
    while (!isOver) {
      const file = Array.from({ length: fileRows }, () => `${randomUUID()},${cells}\r\n`).join('');
      const answer = await official
        .call('officials', 'POST', `/v1/batches?electionId=${election.id}`, {
          raw: file,
          headers: { 'content-type': 'text/csv' },
        })
        .catch(() => null);
      if (answer && answer.status < 300) files.push((answer.body['batch'] as Batch).id);
      else await pause(100);
    }
  };
  const working = Promise.all([uploader(), ...Array.from({ length: voters }, voter)]);
  return {
    async end() {
      isOver = true;
      // What is under way fails: nothing answers any more.
      doors.api.close();
      doors.sms.close();
      await Promise.race([working, pause(lateMsMax, undefined, { ref: false })]);
      return { receipts, files };
    },
  };
}

async function settled(
  platform: StartedPlatform,
  state: string,
  { receipts, files, official }: Confirmed & { readonly official: Person },
): Promise<Omit<PowerCutFigures, 'restartMs' | 'repaired'>> {
  const { id } = platform.rehearsal;
  const count = (database: 'intake' | 'box', table: string): Promise<number> =>
    countRows(databaseUrl(platform, state, database), table, id);
  const access = platform.control['access'] ?? '';
  const token = await tokenOf(access, official);
  const isDone = async (file: string): Promise<boolean> => {
    const headers = { authorization: `Bearer ${token}` };
    const answer = await fetch(`${platform.control['officials'] ?? ''}/v1/batches/${file}`, { headers });
    return answer.ok && ((await answer.json()) as { batch: Batch }).batch.state === 'done';
  };
  const deadline = performance.now() + settleMsMax;
  const isSettled = async (): Promise<boolean> =>
    (await count('intake', 'outbox')) === 0 && (await Promise.all(files.map(isDone))).every(Boolean);
  while (performance.now() < deadline && !(await isSettled())) {
    await pause(500);
  }
  const boxUrl = databaseUrl(platform, state, 'box');
  const leaves = await leavesInBox(boxUrl, id);
  const done = await Promise.all(files.map(isDone));
  return {
    acknowledged: receipts.length,
    lost: receipts.filter((text) => !leaves.has(promisedLeaf(castAnswer.parse(JSON.parse(text)).receipt))).length,
    participation: await count('intake', 'participation'),
    outbox: await count('intake', 'outbox'),
    box: await count('box', 'ballot'),
    filesConfirmed: files.length,
    filesCounted: done.filter(Boolean).length,
    paperRows: await sumOf(boxUrl, id),
  };
}

async function tokenOf(access: string, { email, password }: Person): Promise<string> {
  const answer = await fetch(`${access}/v1/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email, password }),
  });
  return ((await answer.json()) as { accessToken: string }).accessToken;
}

const countRows = (url: string, table: string, electionId: string): Promise<number> =>
  numberOf(url, `select count(*) as n from pv.${table} where election_id = $1`, electionId);
/** Valid rows of files, which are ballots in the box. */
const sumOf = (url: string, electionId: string): Promise<number> =>
  numberOf(
    url,
    `select coalesce(sum(part.valid), 0) as n from pv.batch_part part join pv.batch using (batch_no)
       join pv.batch_election using (election_no) where election_id = $1`,
    electionId,
  );

async function numberOf(url: string, text: string, electionId: string): Promise<number> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<{ n: string }>(text, [electionId]);
    return Number(rows[0]?.n);
  } finally {
    await client.end();
  }
}

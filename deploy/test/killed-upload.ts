// A task of `officials` is killed while it reads a file of paper ballots. Nothing of that try is taken, the same file sent again
// is taken, and once more it is the same batch: each ballot is in the box once. After checkElection, whose official signs in.
import { randomUUID } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { CheckFailed, docker, ensure, runProgram } from './docker.ts';
import type { Operated } from './election.ts';

/** As README.md registers. */
const official = { email: 'official@popvote.example', password: 'a slow river under bronze' };
const panel = 'https://panel.localhost:8444/api';
/** Rows of the file, and how fast the first try sends them: for about twenty seconds. */
const rows = 15_000;
const slow = '32k';
/** Longest wait for the election, for a task that reads the file, for the batch, and for another task, in milliseconds. */
const untilMsMax = 120_000;
const askMetrics = "fetch('http://127.0.0.1:9110/metrics').then((answer) => answer.text()).then(console.log)";

type Batch = {
  readonly id: string;
  readonly state: string;
  readonly rows: Readonly<Record<'received' | 'counted' | 'invalid', number>>;
};
type CurlAnswer = { readonly status: number; readonly body: string };
/** How the check sees the tasks and asks the database `box`. */
export type Tasks = {
  /** The containers of `officials`. */
  officials(): Promise<readonly string[]>;
  /** Whether every service has all its tasks. */
  isWhole(): Promise<boolean>;
  askBox(statement: string): Promise<string>;
};

export async function checkKilledUpload(platform: Operated, tasks: Tasks): Promise<string> {
  const authority = join(platform.folder, 'authority.crt');
  const curl = (words: readonly string[]): Promise<CurlAnswer> => answerOf(['--cacert', authority, ...words]);
  const electionId = await newElection(platform, curl);
  const bearer = `authorization: Bearer ${await signIn(curl)}`;
  const address = `${panel}/officials/v1/batches?electionId=${electionId}`;
  const file = join(platform.folder, 'killed-upload.csv');
  writeFileSync(file, fileFor(platform.folder));
  const upload = (...words: readonly string[]): Promise<CurlAnswer> =>
    curl([...words, '-H', bearer, '-H', 'content-type: text/csv', '--data-binary', `@${file}`, address]);
  const ask = async (path: string): Promise<unknown> =>
    bodyOf(await curl(['-H', bearer, `${panel}/officials/v1/${path}`]));
  const end = { isReached: false };
  const first = upload('--limit-rate', slow).finally(() => {
    end.isReached = true;
  });
  const reader = await taskThatReads(tasks, end, first);
  await docker('kill', '--signal', 'KILL', reader);
  const { status, body } = await first;
  ensure(status < 200 || status > 299, `the file that a killed task read was taken: ${status} ${body}`);
  const before = await tasks.askBox(`select count(*) from pv.ballot where election_id = '${electionId}'`);
  ensure(before === '0', `${before} ballots of a file that was not taken are in the box`);
  const { id } = await untilTaken(upload);
  await until('the batch is not done', async () => batchIn(await ask(`batches/${id}`)).state === 'done');
  const again = batchIn(bodyOf(await upload()));
  ensure(again.id === id, `the same file is another batch: ${again.id} and ${id}`);
  const { batches } = (await ask(`batches?electionId=${electionId}`)) as { batches: readonly Batch[] };
  ensure(batches.length === 1, `${batches.length} batches of one file`);
  const { received, counted, invalid } = batches[0]!.rows;
  ensure(
    received === rows && counted === rows && invalid === 0,
    `${received} rows, ${counted} counted, ${invalid} invalid`,
  );
  const inBox = await tasks.askBox(
    `select count(*) from pv.ballot where election_id = '${electionId}' and channel = 'batch'`,
  );
  ensure(inBox === String(rows), `${inBox} ballots of ${rows} rows are in the box`);
  await until(
    'the killed task has no successor',
    async () => !(await tasks.officials()).includes(reader) && (await tasks.isWhole()),
  );
  return `killed while it read (answer ${status === 0 ? 'none' : status}); sent again, ${rows} rows are one batch and in the box once`;
}

/** An election of its own, which is open: the one of README.md is over. */
async function newElection(
  platform: Operated,
  curl: (words: readonly string[]) => Promise<CurlAnswer>,
): Promise<string> {
  const definition = await platform.example();
  await platform.load(definition);
  const { id } = JSON.parse(definition) as { id: string };
  await until('the election is not public', async () => {
    const { status } = await curl([`https://vote.localhost/v1/elections/${id}`]);
    return status === 200;
  });
  return id;
}

async function signIn(curl: (words: readonly string[]) => Promise<CurlAnswer>): Promise<string> {
  const words = ['-H', 'content-type: application/json', '-d', JSON.stringify(official), `${panel}/access/v1/login`];
  return (bodyOf(await curl(words)) as { accessToken: string }).accessToken;
}

/** Characters of an answer that are shown. */
const answerCharactersShown = 500;

/** Each row marks the first option of each contest of the example that was loaded. */
function fileFor(folder: string): string {
  const text = readFileSync(join(folder, 'example.json'), 'utf8');
  const { contests } = JSON.parse(text) as { contests: readonly { options: readonly { number?: number }[] }[] };
  const cells = contests.map(({ options }) => String(options[0]?.number ?? 1)).join(',');
  return Array.from({ length: rows }, () => `${randomUUID()},${cells}\n`).join('');
}

/** The container of the task whose metrics show that it reads a file. */
async function taskThatReads(
  tasks: Tasks,
  end: { readonly isReached: boolean },
  first: Promise<CurlAnswer>,
): Promise<string> {
  const startedMs = performance.now();
  while (!end.isReached && performance.now() - startedMs < untilMsMax) {
    for (const container of await tasks.officials()) {
      const metrics = await docker('exec', container, 'node', '-e', askMetrics);
      const [, bytes = '0'] = /^popvote_officials_spool_bytes(?:\{[^}]*\})? (\d+)/m.exec(metrics) ?? [];
      if (Number(bytes) > 0) return container;
    }
  }
  const { status, body } = await first;
  throw new CheckFailed(
    `the file was sent before a task was seen to read it: ${status} ${body.slice(0, answerCharactersShown)}`,
  );
}

/** Sends the file until it is taken. `503` and a broken connection ask for that. */
async function untilTaken(upload: () => Promise<CurlAnswer>): Promise<Batch> {
  let batch: Batch | undefined;
  await until('the file that is sent again is not taken', async () => {
    const answer = await upload();
    if (answer.status !== 0 && answer.status !== 503) batch = batchIn(bodyOf(answer));
    return batch !== undefined;
  });
  return batch!;
}

/** Status and body of an answer; status 0 where there is none. */
async function answerOf(words: readonly string[]): Promise<CurlAnswer> {
  const { out } = await runProgram('curl', ['-sS', '-w', '\n%{http_code}', ...words]);
  const end = out.lastIndexOf('\n');
  return { status: Number(out.slice(end + 1)), body: out.slice(0, Math.max(0, end)) };
}

function bodyOf({ status, body }: CurlAnswer): unknown {
  ensure(status >= 200 && status <= 299, `${status} ${body}`);
  return JSON.parse(body);
}

const batchIn = (body: unknown): Batch => (body as { batch: Batch }).batch;

async function until(otherwise: string, holds: () => Promise<boolean>): Promise<void> {
  const startedMs = performance.now();
  while (performance.now() - startedMs < untilMsMax) {
    if (await holds()) return;
    await pause(500);
  }
  throw new CheckFailed(otherwise);
}

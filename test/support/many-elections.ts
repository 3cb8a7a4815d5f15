// Many elections announced one after another over the control API, as a platform sees them in its life: they open, a
// voter votes, they end, are counted and published. Shared by a journey and a bench.
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Person } from './control.ts';
import { Voter } from './voter/voter.ts';

export type ManyElections = {
  readonly origins: { readonly api: string; readonly sms: string };
  readonly administrator: Person;
  /** Address with the metrics of `api`. */
  readonly apiMetrics: string;
};

/** Longest wait for a state, in milliseconds. */
const waitMsMax = 30_000;
const askEveryMs = 50;
/** Between two samples of memory, in milliseconds, and their number. The lowest is the one after a garbage collection. */
const sampleMs = 500;
const samples = 20;

const definitionOf = (id: string, openMs: number) => ({
  id,
  title: { en: `Election ${id}` },
  opensAt: new Date(Date.now() - 1_000).toISOString(),
  closesAt: new Date(Date.now() + openMs).toISOString(),
  timeZone: 'Europe/Belgrade',
  rehearsal: true,
  channels: ['online'],
  minBatch: 1,
  graceSeconds: 0,
  identity: { scheme: 'hkid' },
  verification: { methods: ['text-in'], verifiedSecondsMax: 900 },
  contests: [
    {
      id: 'motion',
      title: { en: 'Shall the library open on Sundays?' },
      method: 'plurality',
      minChoices: 1,
      maxChoices: 1,
      abstain: false,
      options: [{ title: { en: 'Yes' } }, { title: { en: 'No' } }],
    },
  ],
});

const announceTriesMax = 5;
/** Announces an election that is open for so many milliseconds. Returns its id. */
export async function announceElection({ administrator }: ManyElections, openMs: number): Promise<string> {
  for (let tries = 1; ; tries += 1) {
    const id = `many-${randomUUID()}`;
    await accepted(administrator, 'POST', '/v1/elections', definitionOf(id, openMs * tries));
    const answer = await administrator.call('elections', 'POST', `/v1/elections/${id}/announce`);
    if (answer.status < 300) return id;
    // On a busy machine its end came before the announcement.
    if (answer.status !== 409 || tries === announceTriesMax)
      throw new Error(`announce: ${answer.status} ${answer.text}`);
  }
}

/** Waits until the election is public by its address. Returns the milliseconds. */
export async function untilPublic({ origins }: ManyElections, id: string): Promise<number> {
  const startedMs = performance.now();
  await waitFor('public', async () => (await fetch(`${origins.api}/v1/elections/${id}`)).status === 200);
  return performance.now() - startedMs;
}

/** Waits until the election is in the public list too, which `api` reads from Redis. Returns the milliseconds. */
export async function untilListed({ origins }: ManyElections, id: string): Promise<number> {
  const startedMs = performance.now();
  await waitFor('listed', async () => (await idsOf(`${origins.api}/v1/elections`)).ids.includes(id));
  return performance.now() - startedMs;
}

/** A whole vote by a new voter. Returns the receipt as it was sent. */
export async function voteIn({ origins }: ManyElections, id: string): Promise<string> {
  const voter = await new Voter(origins, id).verify();
  const document = (await (await fetch(`${origins.api}/v1/elections/${id}`)).json()) as {
    election: { contests: { options: { id: string }[] }[] };
  };
  const choice = document.election.contests[0]?.options[0]?.id;
  const cast = await voter.cast({ contests: [{ contestId: 'motion', choices: [choice] }] });
  if (cast.status !== 201) throw new Error(`not cast: ${cast.text}`);
  return cast.text;
}

/** Ends, counts and publishes an election, and waits until its results are public. */
export async function finishElection({ administrator, origins }: ManyElections, id: string): Promise<void> {
  const act = (name: string, body?: object) =>
    administrator.call('elections', 'POST', `/v1/elections/${id}/${name}`, body ? { body } : {});
  await act('close', { reason: 'Everybody has voted' });
  await waitFor('counted', async () => (await act('count')).status === 200);
  await accepted(administrator, 'POST', `/v1/elections/${id}/publish`, {});
  await waitFor('published', async () => (await fetch(`${origins.api}/v1/elections/${id}/results`)).status === 200);
}

/** What the public has of a published election: the status of each address. */
export async function servedStatuses({ origins }: ManyElections, id: string): Promise<Record<string, number>> {
  const paths = ['', '/turnout', '/results', '/results.csv'].map((path) => `/v1/elections/${id}${path}`);
  const addresses = [...paths, `/results/${id}?lang=en`, `/turnout/${id}?lang=en`, '/check', '/v1/public-keys'];
  const answers = addresses.map(async (path) => [path, (await fetch(origins.api + path)).status] as const);
  return Object.fromEntries(await Promise.all(answers));
}

/** All ids of the archive, page by page. */
export async function archivedIds({ origins }: ManyElections): Promise<string[]> {
  const all: string[] = [];
  let before: string | null = '';
  while (before !== null) {
    const page = await idsOf(`${origins.api}/v1/archive${before === '' ? '' : `?before=${before}`}`);
    all.push(...page.ids);
    before = page.next ?? null;
  }
  return all;
}

async function idsOf(address: string): Promise<{ readonly ids: string[]; readonly next?: string | null }> {
  const { elections, next } = (await (await fetch(address)).json()) as {
    elections: { id: string }[];
    next?: string | null;
  };
  return { ids: elections.map(({ id }) => id), ...(next !== undefined && { next }) };
}

/** Memory of `api` after garbage collections, in MiB: the lowest of some samples. */
export async function memoryOfApi({ apiMetrics }: ManyElections): Promise<{ heap: number; resident: number }> {
  const lowest = { heap: Infinity, resident: Infinity };
  for (let n = 0; n < samples; n += 1) {
    const text = await (await fetch(`${apiMetrics}/metrics`)).text();
    const valueOf = (name: string): number =>
      Number(new RegExp(`^${name}(?:\\{[^}]*\\})? (.+)$`, 'm').exec(text)?.[1]) / 1_048_576;
    lowest.heap = Math.min(lowest.heap, valueOf('nodejs_heap_size_used_bytes'));
    lowest.resident = Math.min(lowest.resident, valueOf('process_resident_memory_bytes'));
    await pause(sampleMs);
  }
  return lowest;
}

async function accepted(person: Person, method: string, path: string, body?: object): Promise<void> {
  const answer = await person.call('elections', method, path, body ? { body } : {});
  if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${answer.text}`);
}

async function waitFor(what: string, holds: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + waitMsMax;
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error(`${what} was not reached within ${waitMsMax} ms`);
    await pause(askEveryMs);
  }
}

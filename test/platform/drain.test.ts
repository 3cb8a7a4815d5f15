// The end of a service: it announces it, serves everything until load balancers have noticed, and fails no request.
import { spawn, spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchable } from '../../src/cli/services.ts';
import type { Launchable } from '../../src/cli/services.ts';
import { signingKey } from '../../src/platform/keys/signatures.ts';
import { publicationsKey } from '../../src/protocol/public-document.ts';
import { publicationOf } from '../../src/services/elections/publishing/publication.ts';
import { batchElection, csvOf, rows } from '../support/batches.ts';
import { ballot, definition } from '../support/elections.ts';
import { endProcess } from '../support/processes/child-process.ts';
import { freePort } from '../support/processes/ports.ts';
import { startPlatform } from '../support/processes/processes.ts';
import type { Control, Platform } from '../support/processes/processes.ts';
import { startProcess } from '../support/processes/service-process.ts';
import type { Running, Service } from '../support/processes/service-process.ts';
import { until } from '../support/until.ts';
import { castTagOf } from '../support/voter/proofs.ts';
import { voterRequests } from '../support/voter/voter-requests.ts';
import { Voter } from '../support/voter/voter.ts';

const haproxy = ['haproxy', '/usr/sbin/haproxy'].find((command) => spawnSync(command, ['-v']).status === 0);
const unless = haproxy === undefined ? ' (not here: no haproxy)' : '';
/** On a machine that tests changes it is installed. */
const mustRun = process.env['CI'] === 'true';
const drainSeconds = 10;
/** A process starts in each test. */
const slow = { timeout: 120_000 };

let platform: Platform & { control: Control };
let directory: string;
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'popvote-drain-'));
  platform = await startPlatform({ control: true });
}, 180_000);
afterAll(async () => {
  await platform[Symbol.asyncDispose]();
  rmSync(directory, { recursive: true, force: true });
});

type Answer = { readonly status: number; readonly body: string; readonly headers: IncomingMessage['headers'] };

async function answerOf(agent: Agent | false, url: string, options: RequestOptions = {}): Promise<Answer> {
  const { method = 'GET', headers = {}, body } = options;
  const call = request(url, { agent, method, headers });
  call.end(body);
  const [response] = (await once(call, 'response')) as [IncomingMessage];
  let text = '';
  for await (const chunk of response) text += String(chunk);
  return { status: response.statusCode ?? 0, body: text, headers: response.headers };
}
type RequestOptions = { method?: string; headers?: Record<string, string>; body?: string };

/** What /readyz says on new connections, each change once, until the port is closed. */
async function untilClosed(origin: string): Promise<readonly string[]> {
  const states: string[] = [];
  for (;;) {
    try {
      const { body } = await answerOf(false, `${origin}/readyz`);
      const { status } = JSON.parse(body) as { status: string };
      if (states.at(-1) !== status) states.push(status);
      if (status === 'draining') {
        const alive = await answerOf(false, `${origin}/livez`);
        expect([alive.status, alive.headers.connection]).toEqual([200, 'close']);
      }
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ECONNREFUSED') return states;
      // The port closes between two packets of a connection.
      if ((error as NodeJS.ErrnoException).code !== 'ECONNRESET') throw error;
    }
    await pause(20);
  }
}

async function otherServices(): Promise<Readonly<Record<'log' | 'herald', Record<string, string>>>> {
  const folders = Object.fromEntries(['logs', 'published'].map((name) => [name, join(directory, name)]));
  for (const folder of Object.values(folders)) mkdirSync(folder, { recursive: true });
  return Promise.resolve({
    log: {
      LOG_KEYS_FILE: join(platform.keysDirectory, 'log.json'),
      PUBLIC_KEYS_FILE: join(platform.keysDirectory, 'public.json'),
      LOG_PORT: '0',
      LOG_DIRECTORY: folders['logs'] ?? '',
      LOG_BOX_DATABASE_URL: platform.databases.url('box', 'popvote_log'),
    },
    herald: {
      HERALD_PORT: '0',
      HERALD_SOURCE_DIRECTORY: folders['logs'] ?? '',
      HERALD_DIRECTORY: folders['published'] ?? '',
    },
  });
}

async function startDraining(service: Launchable): Promise<Running> {
  const drain = { DRAIN_SECONDS: '3' };
  if (service !== 'log' && service !== 'herald') return platform.another(service satisfies Service, drain);
  return startProcess(service, { ...(await otherServices())[service], ...drain }, () => undefined);
}

// Each waits for the end of its drain, and so they wait side by side.
test.concurrent.each(launchable)(
  'The service %s says on every port that it drains, serves on, and then ends',
  slow,
  async (service) => {
    const { child, addresses } = await startDraining(service);
    try {
      const origins = Object.values(addresses);
      expect(origins.length).toBeGreaterThan(0);
      const watched = origins.map(untilClosed);
      const signalMs = performance.now();
      const exit = once(child, 'exit');
      child.kill('SIGTERM');
      for (const states of await Promise.all(watched)) expect(states.at(-1)).toBe('draining');
      expect(performance.now() - signalMs).toBeGreaterThan(2_950);
      expect((await exit)[0]).toBe(0);
    } finally {
      await endProcess(child, 'SIGKILL');
    }
  },
);

test('A second signal during the drain ends a service at once', slow, async () => {
  const { child, addresses } = await platform.another('sms', { DRAIN_SECONDS: '300' });
  const exit = once(child, 'exit');
  child.kill('SIGTERM');
  await until(async () => (await answerOf(false, `${addresses['private'] ?? ''}/readyz`)).status === 503);
  child.kill('SIGTERM');
  expect((await exit)[0]).toBe(1);
});

/** Sends the head of a request and a part of its body, lets the process end, and sends the rest once its ports are closed. */
async function answerAtTheEnd(
  { child }: Running,
  url: URL,
  { headers, body }: Required<Omit<RequestOptions, 'method'>>,
): Promise<Answer> {
  const length = { 'content-length': String(Buffer.byteLength(body)), expect: '100-continue' };
  const call = request(url, { agent: false, method: 'POST', headers: { ...headers, ...length } });
  const answered = once(call, 'response') as Promise<[IncomingMessage]>;
  // The service sends it when it has read the head.
  const continued = once(call, 'continue');
  call.flushHeaders();
  await continued;
  call.write(body.slice(0, 5));
  const exit = once(child, 'exit');
  child.kill('SIGTERM');
  await untilClosed(url.origin);
  call.end(body.slice(5));
  const [response] = await answered;
  let text = '';
  for await (const chunk of response) text += String(chunk);
  expect((await exit)[0]).toBe(0);
  return { status: response.statusCode ?? 0, body: text, headers: response.headers };
}

test.each(['127.0.0.1', '127.0.0.3'])(
  'A request that is being sent to %s at the end is answered',
  slow,
  async (host) => {
    const running = await platform.another('api', { DRAIN_SECONDS: '0', API_HOST: '127.0.0.1,127.0.0.3' });
    const headers = { 'content-type': 'application/json' };
    const url = new URL('/v1/sessions', running.addresses['api']);
    url.hostname = host;
    const { status, headers: answered } = await answerAtTheEnd(running, url, {
      headers,
      body: '{"electionId":"none"}',
    });
    expect([status, answered.connection]).toEqual([400, 'close']);
  },
);

test.each(['officials', 'panel'] as const)('A file that is being sent when %s ends is taken', slow, async (service) => {
  const electionId = `e-${randomUUID()}`;
  const publication = publicationOf(
    batchElection({ id: electionId }),
    signingKey(platform.keys.elections.publisher),
    1,
  );
  await platform.control.redis.hset(publicationsKey, electionId, JSON.stringify(publication));
  const official = await platform.control.person('official');
  const running = await platform.another(service, { DRAIN_SECONDS: '0' });
  const prefix = service === 'panel' ? '/api/officials' : '';
  const url = new URL(`${prefix}/v1/batches?electionId=${electionId}`, running.addresses[service]);
  const headers = { 'content-type': 'text/csv', authorization: `Bearer ${official.token}` };
  const { status, body } = await answerAtTheEnd(running, url, { headers, body: csvOf(rows(1_000)) });
  expect([status, body]).toEqual([202, expect.stringContaining('"batch"')]);
});

/** As an operator sets it up: checks of /readyz take a process out well within its drain. */
function haproxyConfiguration(port: number, servers: readonly string[]): string {
  return `
global
  maxconn 4000
defaults
  mode http
  timeout connect 2s
  timeout client 60s
  timeout server 60s
  timeout check 5s
frontend voters
  bind 127.0.0.1:${port}
  default_backend api
backend api
  option httpchk GET /readyz
  http-check expect status 200
  default-server check inter 300ms fall 2 rise 1
${servers.map((address, index) => `  server api${index} ${address}`).join('\n')}
`;
}

async function startHaproxy(servers: readonly string[]): Promise<AsyncDisposable & { readonly origin: string }> {
  const port = await freePort();
  const file = join(directory, 'haproxy.cfg');
  writeFileSync(file, haproxyConfiguration(port, servers));
  const child = spawn(haproxy ?? '', ['-db', '-f', file], { stdio: 'ignore' });
  const origin = `http://127.0.0.1:${port}`;
  const isServing = async (): Promise<boolean> =>
    (await answerOf(false, `${origin}/v1/elections`).catch(() => null))?.status === 200;
  await until(isServing, 'HAProxy');
  return { origin, [Symbol.asyncDispose]: () => endProcess(child, 'SIGKILL') };
}

const requestsPerSecond = 50;

/** The answer of a late machine: nothing was done, or the same request settles it. HAProxy's own 503 is no such answer. */
const isSentAgain = ({ status, body }: Answer): boolean =>
  status === 503 && /"code":"(busy|outcome-unknown|verification-unavailable)"/.test(body);

/** Voters who come at a steady rate, and some who wait for a text all the time. Returns what was answered. */
function voteSteadily(origin: string, parts: { casting: readonly Voter[]; waiting: readonly Voter[] }) {
  const agent = new Agent({ keepAlive: true });
  const failures: string[] = [];
  const counts = { answered: 0, waits: 0, casts: 0, again: 0 };
  const stopped = new AbortController();
  const send = async (path: string, expected: number, options: RequestOptions = {}): Promise<void> => {
    const name = `${options.method ?? 'GET'} ${path}`;
    const attempt = () => answerOf(agent, origin + path, options).catch((error: unknown) => String(error));
    let answer = await attempt();
    while (typeof answer !== 'string' && isSentAgain(answer)) {
      counts.again += 1;
      await pause(500);
      answer = await attempt();
    }
    if (typeof answer === 'string') failures.push(`${name}: ${answer}`);
    else if (answer.status !== expected) failures.push(`${name}: ${answer.status} ${answer.body}`);
    else counts.answered += 1;
  };
  const wait = async ({ token }: Voter): Promise<void> => {
    while (!stopped.signal.aborted) {
      await send('/v1/sessions/current?wait=5', 200, { headers: { authorization: `Bearer ${token}` } });
      counts.waits += 1;
    }
  };
  const casting = [...parts.casting];
  const one = async (turn: number): Promise<void> => {
    if (turn % 20 === 19) {
      const voter = casting.pop();
      if (voter === undefined) return;
      const { token, ballotKey } = voter;
      const body = JSON.stringify({ ballotKey, ballot: ballot() });
      const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
      await send('/v1/ballots', 201, { method: 'POST', headers, body });
      counts.casts += 1;
    } else if (turn % 2 === 0) {
      await send('/v1/elections', 200);
    } else {
      const { identity, phone, ballotKey } = new Voter({ api: origin, sms: origin }, 'rehearsal');
      const session = { electionId: 'rehearsal', number: identity, phone, castTag: castTagOf(ballotKey) };
      const body = JSON.stringify(voterRequests.session(session).body);
      await send('/v1/sessions', 201, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
    }
  };
  const running = parts.waiting.map(wait);
  const timer = setInterval(() => void running.push(one(running.length)), 1_000 / requestsPerSecond);
  const stop = async (): Promise<void> => {
    clearInterval(timer);
    stopped.abort();
    await Promise.all(running);
    agent.destroy();
  };
  return { counts, failures, stop, [Symbol.asyncDispose]: stop };
}

test.skipIf(haproxy === undefined && !mustRun)(
  `Behind HAProxy one of two processes of api ends, and of 50 requests a second none fails${unless}`,
  { timeout: 240_000 },
  async () => {
    await platform.load(definition());
    const drain = { DRAIN_SECONDS: String(drainSeconds) };
    const [ending, staying] = await Promise.all([platform.another('api', drain), platform.another('api', drain)]);
    const origins = [ending, staying].map(({ addresses }) => addresses['api'] ?? '');
    await until(async () =>
      (await Promise.all(origins.map((origin) => answerOf(false, `${origin}/readyz`)))).every(
        ({ status }) => status === 200,
      ),
    );
    await using balancer = await startHaproxy(origins.map((origin) => new URL(origin).host));
    const voters = Array.from({ length: 150 }, () => new Voter(platform.origins, 'rehearsal'));
    const waiting = voters.slice(0, 20);
    const casting = voters.slice(20);
    await Promise.all(waiting.map((voter) => voter.identify()));
    await Promise.all(casting.map((voter) => voter.verify()));
    await using load = voteSteadily(balancer.origin, { casting, waiting });
    await until(() => load.counts.answered > 2 * requestsPerSecond);
    const watched = untilClosed(origins[0] ?? '');
    const exit = once(ending.child, 'exit');
    const signalMs = performance.now();
    ending.child.kill('SIGTERM');
    const states = await watched;
    const closedMs = performance.now();
    const before = { ...load.counts };
    expect((await exit)[0]).toBe(0);
    // Also after the end.
    await until(() => load.counts.answered > before.answered + requestsPerSecond && load.counts.casts > before.casts);
    await load.stop();
    expect(load.failures).toEqual([]);
    expect(load.counts.again).toBeLessThan(load.counts.answered / 20);
    expect(states.at(-1)).toBe('draining');
    expect(closedMs - signalMs).toBeGreaterThan(drainSeconds * 1_000 - 50);
    expect(before.casts).toBeGreaterThan(10);
    expect(load.counts.waits).toBeGreaterThan(20);
  },
);

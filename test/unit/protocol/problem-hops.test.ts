// A problem code that exists only in the table, on its whole way: outcome in the database, store, `ballots`, private
// call, `api`, and the decision of the voter page. Each hop treats it by its properties.
import { createServer } from 'node:http';
import { randomBytes } from 'node:crypto';
import { afterAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { createHttp } from '../../../src/platform/http/http.ts';
import type { App } from '../../../src/platform/http/http.ts';
import { hashKey } from '../../../src/platform/keys/keyed-hash.ts';
import { newKeyFiles } from '../../../src/platform/keys/new-keys.ts';
import { newEpochKey } from '../../../src/platform/keys/sealed-boxes.ts';
import { signingKey } from '../../../src/platform/keys/signatures.ts';
import { createMetrics } from '../../../src/platform/metrics.ts';
import {
  createCallVerifier,
  createPrivateClient,
  registerCallGuard,
} from '../../../src/platform/private-calls/private-calls.ts';
import { Problem, problemCodesOf } from '../../../src/protocol/problem.ts';
import type { ProblemBody, ProblemCode } from '../../../src/protocol/problem.ts';
import type { ProblemTable } from '../../../src/protocol/problems/problem-properties.ts';
import { ballotRoutes } from '../../../src/services/api/routes/ballots.ts';
import { createCastCalls } from '../../../src/services/api/cast-calls.ts';
import { createCastMetrics } from '../../../src/services/ballots/cast-metrics.ts';
import { createCasting } from '../../../src/services/ballots/casting.ts';
import type { Casting } from '../../../src/services/ballots/casting.ts';
import type { RegisteredElection } from '../../../src/services/ballots/elections.ts';
import { castRoutes } from '../../../src/services/ballots/routes/casts.ts';
import { sealedBytesOf } from '../../../src/services/ballots/seal.ts';
import { castBallots } from '../../../src/store/casts.ts';
import type { Pool } from '../../../src/store/database.ts';
import { definition } from '../../support/elections.ts';
import { createLogProbe } from '../../support/log.ts';
import { createProver, newSid } from '../../support/voter/proofs.ts';

const invented = vi.hoisted(() => {
  // This file's modules are its own: others of the worker have the real ones.
  vi.resetModules();
  const common = {
    status: 409,
    title: 'An invented rejection',
    detail: 'It exists in this test only.',
    audience: ['voter'],
    recorded: 'no',
    retry: 'never',
    answersTo: ['cast'],
  } as const;
  return {
    'invented-final': common,
    'invented-earlier': { ...common, recorded: 'earlier', constantBody: true },
    'invented-correctable': { ...common, retry: 'corrected-input', extras: ['errors'] },
    'invented-session': { ...common, status: 401, retry: 'new-session' },
    'invented-temporary': { ...common, status: 503, retry: 'same-bytes' },
    'invented-unknown': { ...common, status: 503, recorded: 'unknown' },
    'invented-elsewhere': { ...common, answersTo: ['start-session'] },
  } as const satisfies ProblemTable;
});
vi.mock(import('../../../src/protocol/problems/problem-table.ts'), async (original) => {
  const { problemTable } = await original();
  return { problemTable: { ...problemTable, ...invented } };
});
// The page waits for seconds between two tries. Here it does not, and a page that never stops fails.
const pauses = vi.hoisted(() => {
  const counted = {
    count: 0,
    pause() {
      counted.count += 1;
      return counted.count > 5 ? Promise.reject(new Error('The page sends again and again.')) : Promise.resolve();
    },
  };
  return counted;
});
vi.mock('../../../src/pages/shared/pauses.ts', () => ({
  pause: pauses.pause,
  retryPause: pauses.pause,
  jitterMs: () => 0,
  onReturn: () => undefined,
}));

// The page is compiled for browsers, separately from the tests. Only the parts used here are declared.
type PageMemory = {
  readonly vote: {
    readonly electionId?: string;
    readonly ballotKey?: string;
    readonly verified?: object;
    readonly sending?: object;
  };
};
type CastEnd = { readonly kind: string; readonly unsure?: boolean; readonly rejection?: ProblemBody };
const page = '../../../src/pages/voter/casting.ts';
const { castBallot } = await vi.importActual<{
  castBallot(memory: PageMemory, tell: () => void): Promise<CastEnd>;
}>(page);

const keys = newKeyFiles();
const secret = (): string => randomBytes(32).toString('base64url');
const contests = definition().contests;
const registered: RegisteredElection = {
  id: 'rehearsal',
  definitionVersion: 1,
  contests,
  scheme: 'hkid',
  boundsRollTries: false,
  sealedBytes: sealedBytesOf(contests, false),
  verifiedSecondsMax: 900,
  methods: ['text-in'],
  takesActivations: false,
  keys: { identity: hashKey(secret()), receipt: hashKey(secret()) },
  log: null,
};

/** The outcomes that the database function returns, in order. The last one is repeated. */
let outcomes: string[] = [];
let queries = 0;
const pool = {
  connect: () =>
    Promise.resolve({
      on: () => ({ on: () => undefined }),
      off: () => ({ off: () => undefined }),
      release: () => undefined,
      query: () => {
        queries += 1;
        return Promise.resolve({ rows: [{ outcomes: [outcomes.length > 1 ? outcomes.shift() : outcomes[0]] }] });
      },
    }),
} as unknown as Pool;

const casting = createCasting({
  elections: { find: () => Promise.resolve(registered), forget: () => undefined },
  marks: { verified: () => null },
  sealingKeys: { current: () => Promise.resolve(newEpochKey()), forget: () => undefined },
  store: (election, casts, onTrouble) => castBallots(pool, election, casts, onTrouble),
  takeRollTry: () => Promise.resolve(true),
  proofKeys: keys.ballots,
  activationKeys: new Map(),
  receiptKey: signingKey(keys.ballots.receipts),
  clock: Date.now,
  logger: createLogProbe('ballots').logger,
  metrics: createCastMetrics(createMetrics('ballots')),
});
/** Replaces the casting where the rejection does not come from the database. */
let rejection: Problem | null = null;
const behind: Casting = {
  cast: (call) => (rejection ? Promise.reject(rejection) : casting.cast(call)),
  drained: () => casting.drained(),
};

async function bareApp(name: string): Promise<App> {
  const { logger } = createLogProbe(name);
  const version = { version: '1', node: '20' };
  const metrics = createMetrics(name);
  return (await createHttp({ logger, metrics, checks: [], version, shedAtLoopDelayMs: 0 })).app;
}

const ballots = await bareApp('ballots');
registerCallGuard(ballots, createCallVerifier({ service: 'ballots', callers: keys.public.callers, clock: Date.now }));
await ballots.register(castRoutes, { casting: behind });
const client = createPrivateClient({
  origin: await ballots.listen({ host: '127.0.0.1', port: 0 }),
  service: 'ballots',
  caller: { name: 'api', jwk: keys.api.caller },
  clock: Date.now,
});

const ballotKey = secret();
/** Each test has a session of its own: the casts of one are counted. */
function newClaims() {
  const session = { sid: newSid(), electionId: 'rehearsal', identity: secret(), phoneKey: secret() };
  return { ...session, attestation: createProver(keys.sms)({ ...session, ballotKey }) };
}
let claims = newClaims();
const api = await bareApp('api');
await api.register(ballotRoutes, {
  casting: createCastCalls(client, createLogProbe('api').logger),
  guard: { onRequest: () => Promise.resolve(), claimsOf: () => claims },
  funnel: { cast: () => undefined },
  markOf: () => undefined,
  texts: { forget: () => Promise.resolve() },
});
const origin = await api.listen({ host: '127.0.0.1', port: 0 });
afterAll(async () => {
  vi.doUnmock('../../../src/protocol/problems/problem-table.ts');
  vi.doUnmock('../../../src/pages/shared/pauses.ts');
  vi.resetModules();
  vi.unstubAllGlobals();
  await Promise.all([client.close(), api.close()]);
  await ballots.close();
});

/** Bodies that the page sent, and the bodies that it received. */
const requests: string[] = [];
const received: ProblemBody[] = [];
const realFetch = globalThis.fetch;
vi.stubGlobal('fetch', async (path: string, init: RequestInit & { body: string }) => {
  requests.push(init.body);
  const response = await realFetch(origin + path, init);
  received.push((await response.clone().json()) as ProblemBody);
  return response;
});
vi.stubGlobal('sessionStorage', { setItem: () => undefined, removeItem: () => undefined });

beforeEach(() => {
  requests.length = 0;
  received.length = 0;
  queries = 0;
  pauses.count = 0;
  rejection = null;
  claims = newClaims();
});

async function vote(): Promise<{ end: CastEnd; memory: PageMemory }> {
  const memory = {
    vote: { electionId: 'rehearsal', ballotKey, verified: { token: 'token', expiresAt: '' } },
    election: { contests },
    number: '',
    phone: '',
    choices: new Map([
      ['motion', new Set(['yes'])],
      ['council', new Set(['red'])],
    ]),
    problem: undefined,
    notice: undefined,
    unsure: false,
  };
  return { end: await castBallot(memory, () => undefined), memory };
}

describe('A rejection from the database', () => {
  test.each([
    ['invented-final', 'no', undefined],
    ['invented-earlier', 'earlier', undefined],
  ])('%s reaches the voter unchanged, stops sending and ends the vote', async (code, recorded, sending) => {
    outcomes = [code];
    const { end, memory } = await vote();
    expect(end).toMatchObject({ kind: 'rejected', rejection: { code, recorded, retry: 'never' } });
    expect([requests.length, queries]).toEqual([1, 1]);
    expect(memory.vote).toEqual({ electionId: 'rehearsal' });
    expect(memory.vote.sending).toBe(sending);
  });

  test('A correctable rejection unlocks the ballot', async () => {
    outcomes = ['invented-correctable'];
    const { end, memory } = await vote();
    expect(end).toMatchObject({ kind: 'rejected', rejection: { code: 'invented-correctable' } });
    expect([requests.length, queries]).toEqual([1, 1]);
    expect(memory.vote.verified).toBeDefined();
    expect(memory.vote.sending).toBeUndefined();
  });

  test('A rejection that requires a new session ends the current one', async () => {
    outcomes = ['invented-session'];
    const { end, memory } = await vote();
    expect(end).toMatchObject({ kind: 'session-ended', unsure: false, rejection: { code: 'invented-session' } });
    expect(requests.length).toBe(1);
    expect(memory.vote.verified).toBeUndefined();
  });

  test.each(['invented-unknown', 'invented-temporary'])(
    'After %s the ballot is sent again with the same bytes',
    async (code) => {
      outcomes = [code, code, 'replay'];
      const { end } = await vote();
      expect(end).toEqual({ kind: 'recorded' });
      expect(received.map((body) => body.code)).toEqual([code, code, undefined]);
      expect(new Set(requests).size).toBe(1);
      expect([requests.length, queries]).toEqual([3, 3]);
    },
  );

  test.each(['invented-elsewhere', 'invented-nowhere'])(
    'A rejection %s that is not for casts makes the outcome unknown',
    async (code) => {
      outcomes = [code, 'replay'];
      expect((await vote()).end).toEqual({ kind: 'recorded' });
      expect(received.map((body) => body.code)).toEqual(['outcome-unknown', undefined]);
      expect(new Set(requests).size).toBe(1);
    },
  );
});

describe('A rejection from `ballots` itself', () => {
  const errors = [{ path: 'ballot/contests/motion', detail: 'Choose one.' }];
  const extras = { errors, triesLeft: 3, lines: [{ line: 1, row: null, text: '', detail: '' }], linesTotal: 1 };
  const problem = (code: keyof typeof invented) => new Problem(code as ProblemCode, extras);

  test('A rejection has the fields that its code declares, and no other', async () => {
    rejection = problem('invented-correctable');
    await vote();
    const { status, title, detail } = invented['invented-correctable'];
    expect(received).toEqual([
      {
        type: 'https://popvote.invalid/problems/invented-correctable',
        code: 'invented-correctable',
        recorded: 'no',
        retry: 'corrected-input',
        status,
        title,
        detail,
        errors,
      },
    ]);
  });

  test('A rejection with a constant body has the same bytes, whatever its fields are', async () => {
    rejection = problem('invented-earlier');
    await vote();
    rejection = new Problem('invented-earlier' as ProblemCode, { detail: 'By this phone.' });
    await vote();
    expect(received[1]).toEqual(received[0]);
  });

  test('A rejection that is not for casts becomes an unknown outcome', async () => {
    rejection = problem('invented-elsewhere');
    await expect(vote()).rejects.toThrow('again and again');
    expect(received[0]).toMatchObject({ code: 'outcome-unknown', recorded: 'unknown' });
  });
});

test('After a rejection by a proxy, the ballot is sent again with the same bytes', async () => {
  const proxy = createServer((_request, response) => response.writeHead(409).end('{"code":"conflict"}'));
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  const { port } = proxy.address() as { port: number };
  const usual = globalThis.fetch;
  vi.stubGlobal('fetch', (path: string, init: RequestInit & { body: string }) => {
    vi.stubGlobal('fetch', usual);
    requests.push(init.body);
    return realFetch(`http://127.0.0.1:${port}${path}`, init);
  });
  outcomes = ['recorded'];
  expect((await vote()).end).toEqual({ kind: 'recorded' });
  expect([requests.length, new Set(requests).size]).toEqual([2, 1]);
  await new Promise((resolve) => proxy.close(resolve));
});

test('An invented code is in the group of its calls', () => {
  expect(problemCodesOf('cast')).toContain('invented-final');
  expect(problemCodesOf('cast')).not.toContain('invented-elsewhere');
});

// Every route of every service while a dependency is stopped, full or broken: a slow or unavailable dependency is never
// an error of ours. The routes are those that the applications register, so a new route is called too.
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { Pool } from '../../src/store/database.ts';
import { prepareCast, requestOf, withNewVictim } from '../support/saturation/requests.ts';
import type { Cast } from '../support/saturation/requests.ts';
import { holdPools, startWholePlatform } from '../support/saturation/whole-platform.ts';
import type { WholePlatform } from '../support/saturation/whole-platform.ts';

const pools: Pool[] = [];
// This file's modules are its own: others of the worker have the real ones.
vi.hoisted(() => vi.resetModules());
vi.mock('../../src/store/database.ts', async (original) => {
  const store = await original<typeof import('../../src/store/database.ts')>();
  const openPool = (...options: Parameters<typeof store.openPool>): Pool => {
    const pool = store.openPool(...options);
    pools.push(pool);
    return pool;
  };
  return { ...store, openPool };
});

/** How long PostgreSQL is stopped, in milliseconds, and the longest wait for one answer. */
const stoppedMs = 12_000;
const answerMsMax = 40_000;
/** Calls at once while everything works: fewer than the connections of any pool. */
const servedAtOnce = 4;

type Called = {
  /** Service, port, method and pattern. */
  readonly route: string;
  readonly status: number;
  readonly retryAfter: number;
  readonly code: string;
};

let platform: WholePlatform;
let cast: Cast;
beforeAll(async () => {
  platform = await startWholePlatform();
  cast = await prepareCast(platform);
}, 120_000);
afterAll(async () => {
  vi.doUnmock('../../src/store/database.ts');
  vi.resetModules();
  await platform[Symbol.asyncDispose]();
}, 60_000);

// `fetch` cannot send TRACE. The raw requests of another test do.
const isCalled = ({ method }: { readonly method: string }): boolean => method !== 'TRACE';

/** Calls every route, so many at once, as somebody whose account may be lost. */
async function callEveryRoute(of: Cast, atOnce = Infinity): Promise<Called[]> {
  const calls = platform.apps.flatMap((noted) =>
    noted.routes.filter(isCalled).map((route) => async (): Promise<Called> => {
      const { method, address, headers, body } = await requestOf(platform, noted, route, of);
      const name = `${noted.service} ${method} ${route.url}`;
      try {
        const signal = AbortSignal.timeout(answerMsMax);
        const response = await fetch(address, { method, headers, redirect: 'manual', signal, ...(body && { body }) });
        const text = await response.text();
        const { code = '' } = (text.startsWith('{"type"') ? JSON.parse(text) : {}) as { code?: string };
        return { route: name, status: response.status, retryAfter: Number(response.headers.get('retry-after')), code };
      } catch (error) {
        return { route: name, status: 0, retryAfter: 0, code: String(error) };
      }
    }),
  );
  const called: Called[] = [];
  while (calls.length > 0) called.push(...(await Promise.all(calls.splice(0, atOnce).map((call) => call()))));
  return called;
}

const isRight = ({ status, retryAfter }: Called): boolean =>
  (status >= 200 && status < 500) || (status === 503 && retryAfter > 0);

function expectNoError(called: readonly Called[]): void {
  const registered = platform.apps.flatMap(({ service, routes }) =>
    routes.filter(isCalled).map(({ method, url }) => `${service} ${method} ${url}`),
  );
  expect(called.map(({ route }) => route)).toEqual(registered);
  expect(called.filter((each) => !isRight(each))).toEqual([]);
}

const busy = (called: readonly Called[]): string[] =>
  called.filter(({ code }) => code === 'busy').map(({ route }) => route);

// Calls of voters are busy on a machine of tests that is late itself.
function unshedBusy(called: readonly Called[]): string[] {
  const shed = platform.apps.flatMap(({ service, routes }) =>
    routes.filter(({ config }) => 'sheds' in config).map(({ method, url }) => `${service} ${method} ${url}`),
  );
  return busy(called).filter((route) => !shed.includes(route) && !route.startsWith('panel '));
}

describe('Every route of every service', () => {
  test('Every service and more than two hundred routes are called', async () => {
    expect(new Set(platform.apps.map(({ service }) => service)).size).toBe(11);
    expect(platform.apps.flatMap(({ routes }) => routes).length).toBeGreaterThan(200);
    const rounds: Called[][] = [];
    // Again where a late machine made a call busy.
    await vi.waitFor(async () => {
      rounds.push(await callEveryRoute(await withNewVictim(platform, cast), servedAtOnce));
      expect(unshedBusy(rounds.at(-1)!)).toEqual([]);
    }, 120_000);
    for (const called of rounds) expectNoError(called);
    // The requests are plausible: most are served.
    expect(rounds.at(-1)!.filter(({ status }) => status < 400).length).toBeGreaterThan(150);
  }, 150_000);

  test('No route answers 500 while PostgreSQL is stopped by a signal', async () => {
    const of = await withNewVictim(platform, cast);
    const goOn = platform.stopPostgres();
    const timer = setTimeout(goOn, stoppedMs);
    try {
      const called = await callEveryRoute(of);
      expectNoError(called);
      expect(busy(called)).toContain('elections GET /v1/elections/:electionId/live');
      expect(busy(called).length).toBeGreaterThan(40);
    } finally {
      clearTimeout(timer);
      goOn();
    }
  }, 150_000);

  test('No route answers 500 while every connection of every pool is held', async () => {
    const of = await withNewVictim(platform, cast);
    const giveBack = await holdPools(pools);
    try {
      const called = await callEveryRoute(of);
      expectNoError(called);
      expect(busy(called)).toContain('elections GET /v1/elections/:electionId/live');
      expect(busy(called).length).toBeGreaterThan(50);
    } finally {
      giveBack();
    }
  }, 150_000);

  test('No route answers 500 while both Redis are stopped by a signal', async () => {
    const of = await withNewVictim(platform, cast);
    const goOn = platform.stopRedis();
    try {
      const called = await callEveryRoute(of);
      expectNoError(called);
      expect(busy(called)).toContain('officials GET /v1/batches');
    } finally {
      goOn();
    }
  }, 150_000);

  test('No route answers 500 while connections to PostgreSQL are ended at any moment', async () => {
    const of = await withNewVictim(platform, cast);
    const superuser = new pg.Client({ connectionString: platform.superuserUrl });
    await superuser.connect();
    const state = { done: false };
    const ending = (async () => {
      while (!state.done) {
        await superuser.query(
          "select pg_terminate_backend(pid) from pg_stat_activity where usename like 'popvote%' and random() < 0.5",
        );
        await pause(20);
      }
    })();
    try {
      for (let round = 0; round < 2; round += 1) expectNoError(await callEveryRoute(of));
    } finally {
      state.done = true;
      await ending;
      await superuser.end();
    }
  }, 150_000);

  test('Every service works again afterwards', async () => {
    await vi.waitFor(async () => {
      const called = await callEveryRoute(await withNewVictim(platform, cast), servedAtOnce);
      expectNoError(called);
      expect(unshedBusy(called)).toEqual([]);
    }, 120_000);
  }, 150_000);
});

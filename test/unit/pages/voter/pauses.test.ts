// Pauses before a call is repeated: a return to the page ends them, but never before the time that the service asked for.
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Call, Outcome } from '../../../../src/pages/shared/calls.ts';

/** What they need of a browser is given below, and the types of tests have no browser. */
const pages = join(import.meta.dirname, '../../../../src/pages');
const { pause, retryPause } = (await import(join(pages, 'shared/pauses.ts'))) as {
  pause(ms: number, signal?: AbortSignal, serverMs?: number): Promise<void>;
  retryPause(outcome: Outcome<unknown>, ms: number): Promise<void>;
};
const { busyCall } = (await import(join(pages, 'voter/busy-call.ts'))) as {
  busyCall(app: object, report: (text: string) => void, path: string, options: Call): Promise<Outcome<unknown>>;
};

let page: EventTarget;
let abort: AbortController;

beforeEach(() => {
  vi.useFakeTimers();
  page = new EventTarget();
  abort = new AbortController();
  vi.stubGlobal('addEventListener', page.addEventListener.bind(page));
  vi.stubGlobal('document', page);
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

/** How long a pause took, in milliseconds to ten, with events of the page at their times. */
async function lengthOf(
  start: () => Promise<void>,
  events: Readonly<Record<number, () => void>> = {},
): Promise<number> {
  const startMs = Date.now();
  let endMs = 0;
  void start().then(() => (endMs = Date.now()));
  for (const [at, event] of Object.entries(events)) setTimeout(event, Number(at));
  await vi.advanceTimersByTimeAsync(100_000);
  return Math.round((endMs - startMs) / 10) * 10;
}
const comeBack = (): unknown => page.dispatchEvent(new Event('online'));

test('A return to the page ends a pause, and so does leaving the screen', async () => {
  expect(await lengthOf(() => pause(8_000))).toBe(8_000);
  expect(await lengthOf(() => pause(8_000), { 3_000: comeBack })).toBe(3_000);
  expect(await lengthOf(() => pause(8_000, abort.signal), { 2_000: () => abort.abort() })).toBe(2_000);
});

test('A return to the page does not shorten the time that the service asked for', async () => {
  expect(await lengthOf(() => pause(4_000, undefined, 20_000))).toBe(24_000);
  expect(await lengthOf(() => pause(4_000, undefined, 20_000), { 3_000: comeBack, 5_000: comeBack })).toBe(20_000);
  expect(await lengthOf(() => pause(4_000, undefined, 20_000), { 22_000: comeBack })).toBe(22_000);
  expect(await lengthOf(() => pause(4_000, abort.signal, 20_000), { 3_000: () => abort.abort() })).toBe(3_000);
});

test('The pause before a repeated call is what the service asked for and the jitter', async () => {
  const busy = {
    code: 'busy',
    recorded: 'no',
    retry: 'same-bytes',
    retryAfterSeconds: 5,
    retryAfterMs: 5_000,
  } as const;
  expect(await lengthOf(() => retryPause({ kind: 'rejection', rejection: busy }, 700))).toBe(5_700);
  expect(await lengthOf(() => retryPause({ kind: 'lost' }, 700), { 200: comeBack })).toBe(200);
});

test('A call that a busy service refuses is repeated for a minute at most, its own time included', async () => {
  const startMs = Date.now();
  const starts: number[] = [];
  // Each answer takes eleven seconds, and comes just before the page gives it up.
  vi.stubGlobal('fetch', async () => {
    starts.push(Date.now() - startMs);
    await new Promise((resolve) => setTimeout(resolve, 11_000));
    const body = { code: 'busy', recorded: 'no', retry: 'same-bytes' };
    return Response.json(body, { status: 503, headers: { 'retry-after': '1' } });
  });
  const app = { exit: abort.signal, t: () => '', announce: () => undefined };
  let endMs = 0;
  void busyCall(app, () => undefined, '/v1/sessions', {}).then(() => (endMs = Date.now() - startMs));
  await vi.advanceTimersByTimeAsync(200_000);
  expect(starts.length).toBeGreaterThan(1);
  expect(endMs).toBeGreaterThan(30_000);
  expect(endMs).toBeLessThanOrEqual(60_000);
});

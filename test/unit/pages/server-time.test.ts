// The server's time in the pages, from its answers: clocks of phones are wrong, and are corrected while a page is open.
import { afterEach, expect, test, vi } from 'vitest';
import { call, serverNow } from '../../../src/pages/shared/calls.ts';

afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

test('The time of the server follows each answer, also after the phone has corrected its clock', async () => {
  const serverMs = Date.parse('2027-06-20T10:00:00Z');
  vi.useFakeTimers({ toFake: ['Date'] });
  const headers = { date: new Date(serverMs).toUTCString() };
  vi.stubGlobal('fetch', () => Promise.resolve(Response.json({}, { headers })));
  for (const [phoneMs, expectedMs] of [
    [serverMs - 3_600_000, serverMs],
    [serverMs + 86_400_000, serverMs],
    [serverMs + 900, serverMs + 900],
    [0, serverMs],
    [serverMs, serverMs],
  ] as const) {
    vi.setSystemTime(phoneMs);
    expect((await call('GET', '/v1/elections')).kind).toBe('answer');
    expect(serverNow()).toBe(expectedMs);
  }
});

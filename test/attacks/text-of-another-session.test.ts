// H1. The attacker has: the public API, and the phone number of somebody. A session with that number must not tell
// whether, or when, the phone sends the code of its owner's session.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { phone } from '../support/identities.ts';
import { bearer, codeOf, startApi } from '../support/services/api.ts';
import type { Fixture } from '../support/services/api.ts';

let api: Fixture;
beforeAll(async () => {
  api = await startApi({ election: { identity: { scheme: 'phone-only' } } });
});
afterAll(() => api[Symbol.asyncDispose]());

const sessionOf = (number: string) => api.session({ phone: number, identity: undefined });
const ask = (token: string, wait: number, accept = 'application/json') =>
  api.app.inject({ url: `/v1/sessions/current?wait=${wait}`, headers: { ...bearer(token), accept } });

describe('A session with the phone of somebody who texts the code of another session', () => {
  test.each([
    ['asks at once after the text', 0, 'application/json', 'before'],
    ['waits while the text arrives', 2, 'application/json', 'while'],
    ['waits after a text without an event', 2, 'application/json', 'before'],
    ['follows the states as events', 2, 'text/event-stream', 'while'],
  ] as const)('It learns nothing of it when it %s', async (_name, wait, accept, when) => {
    const victim = phone(710_001 + wait);
    const silent = phone(720_001 + wait);
    const own = await sessionOf(victim);
    const [spy, control] = await Promise.all([sessionOf(victim), sessionOf(silent)]);
    const text = () => api.text(victim, codeOf(own), { silent: when === 'before' });
    if (when === 'before') await text();
    const answers = [ask(spy.token, wait, accept), ask(control.token, wait, accept)];
    if (when === 'while') {
      await expect.poll(async () => /popvote_waiters\S* (\d+)/.exec(await api.metrics())?.[1]).toBe('2');
      await text();
    }
    const [answer, expected] = await Promise.all(answers);
    expect([answer?.statusCode, answer?.body]).toEqual([expected?.statusCode, expected?.body]);
    expect(answer?.body).not.toContain('wrong');
    expect((await ask(own.token, 0)).json()).toMatchObject({ state: 'verified' });
  });
});

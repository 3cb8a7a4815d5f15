// The readiness line of the public log, from the reports of its services.
import { expect, test } from 'vitest';
import type { SystemAnswer } from '../../../../src/protocol/control/system-api.ts';
import { publicLogCheck as checkOf } from '../../../../src/services/elections/monitoring/public-log-check.ts';

type Findings = SystemAnswer['services'][number]['findings'];
const systemOf = (reports: Partial<Record<'log' | 'api' | 'mixer', Findings>>): SystemAnswer => ({
  at: '2026-11-30T12:00:00Z',
  services: Object.entries(reports).map(([service, findings]) => ({
    service: service as 'log',
    instance: 'a-1',
    version: '1',
    reportedAt: '2026-11-30T12:00:00Z',
    findings,
  })),
  silent: reports.log ? [] : [{ service: 'log', since: null, next: 'Start log.' }],
});
const manifestOf = (host: string, rehearsal = false) => ({ log: { host, key: '' }, rehearsal });
const publicLogCheck = (system: SystemAnswer) => checkOf(system, manifestOf('vote.example.org'));
const fine = { check: 'public logs', state: 'ok', observed: 'agree with the box' } as const;

test('The line names what differs, and which quorum is missing', () => {
  expect(publicLogCheck(systemOf({}))).toMatchObject({ state: 'warning', next: 'Start log.' });
  expect(publicLogCheck(systemOf({ log: [fine] }))).toMatchObject({ name: 'public-log', state: 'ok' });
  const differs = { ...fine, state: 'failed', observed: 'e-1: fewer entries', next: 'Restore it.' } as const;
  expect(publicLogCheck(systemOf({ log: [differs] }))).toMatchObject({
    state: 'warning',
    observed: 'public logs: e-1: fewer entries.',
    next: 'Restore it.',
  });
  const late = { check: 'herald: witness quorum', state: 'failed', observed: 'e-1: 1 of 2 witnesses' } as const;
  expect(publicLogCheck(systemOf({ log: [fine], api: [late] }))).toMatchObject({
    state: 'warning',
    observed: 'herald: witness quorum: e-1: 1 of 2 witnesses.',
  });
  const other = { check: 'MIXER_BOX_DATABASE_URL', state: 'failed', observed: 'no connection' } as const;
  expect(publicLogCheck(systemOf({ log: [fine], mixer: [other] }))).toMatchObject({ state: 'ok' });
});

test.each(['127.0.0.1:8080', 'localhost', 'localhost:8080', 'vote.localhost', '[::1]:8080'])(
  'A log that is named after %s is no log for others, except in a rehearsal',
  (host) => {
    const system = systemOf({ log: [fine] });
    expect(checkOf(system, manifestOf(host))).toMatchObject({
      state: 'warning',
      observed: expect.stringContaining(host) as string,
    });
    expect(checkOf(system, manifestOf(host, true))).toMatchObject({ state: 'ok' });
  },
);

test('An election without a log is said to have none, and one under a public name is in order', () => {
  const system = systemOf({ log: [fine] });
  expect(checkOf(system, null)).toMatchObject({
    state: 'warning',
    observed: expect.stringContaining('no public log') as string,
  });
  for (const host of ['vote.example.org', 'localhost.example.org', '10.1.2.3:8080'])
    expect(checkOf(system, manifestOf(host))).toMatchObject({ state: 'ok' });
});

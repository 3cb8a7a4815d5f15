// The notices of every page of the panel, and the first steps of a new installation.
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { firstStepsOf } from '../../../../src/pages/panel/live/first-steps.ts';
import type { FirstStepFacts } from '../../../../src/pages/panel/live/first-steps.ts';
import { noticesOf } from '../../../../src/pages/panel/notices/panel-notices.ts';

/** The types of tests have no pages of the panel. */
const source = join(import.meta.dirname, '../../../../src/pages/panel/pages.ts');
const { pages } = (await import(source)) as { pages: readonly { path: string; roles: readonly string[] }[] };

const nowMs = Date.parse('2026-12-01T12:00:00Z');
const election = (id: string, more: object) => ({ id, title: { en: id }, rehearsal: false, ...more });
const batch = (id: string, state: string) => ({ id, state, rows: { waiting: 2, received: 9 }, advice: null });
const nothing = {
  nowMs,
  open: [],
  ended: [],
  batches: [],
  waiting: { users: [], more: false },
  proposals: 0,
  administers: true,
  reads: true,
} as const;
const of = (more: object): readonly (readonly [string, string])[] =>
  noticesOf({ ...nothing, ...more }).map(({ title, act }) => [title, act[0]]);

test('Voting that closes soon, a failed batch and an act that waits have a notice with its page', () => {
  expect(of({})).toEqual([]);
  const notices = of({
    open: [
      election('soon', { closesAt: '2026-12-01T13:00:00Z' }),
      election('later', { closesAt: '2026-12-01T13:00:01Z' }),
    ],
    batches: [batch('TDbHbzf6xxxx', 'incomplete'), batch('b', 'done')],
    proposals: 2,
    waiting: { users: [{ id: 'u' }], more: false },
    ended: [election('uncounted', { state: 'closed' }), election('counted', { state: 'counted' })],
  });
  expect(notices).toEqual([
    ['soon closes within the hour', '/elections/soon'],
    ['2 proposals wait for your confirmation', '/proposals'],
    ['Batch TDbHbzf6 is incomplete', '/batches/TDbHbzf6xxxx'],
    ['1 account needs approval', '/people?state=waiting'],
    ['uncounted: ready to count', '/elections/uncounted/results'],
    ['counted: ready to publish', '/elections/counted/results'],
  ]);
});

test('Officials have a link to a page of their role where voting closes soon', () => {
  const open = [election('soon', { closesAt: '2026-12-01T13:00:00Z' })];
  const notices = of({ open, administers: false, reads: false });
  expect(notices).toEqual([['soon closes within the hour', '/']]);
  for (const [, address] of notices) expect(pages.find(({ path }) => path === address)?.roles).toContain('official');
});

test('A rehearsal that was not counted is no notice, and only administrators count', () => {
  const ended = [election('rehearsal', { state: 'closed', rehearsal: true }), election('real', { state: 'closed' })];
  expect(of({ ended })).toEqual([['real: ready to count', '/elections/real/results']]);
  expect(of({ ended, administers: false })).toEqual([]);
});

const fresh: FirstStepFacts = {
  secondFactor: false,
  votersOrigin: null,
  elections: [],
  officials: [],
  invitations: [],
};
const done = (more: Partial<FirstStepFacts>): readonly boolean[] =>
  firstStepsOf({ ...fresh, ...more }).map((step) => step.done);

test('Each first step is ticked by what it is about', () => {
  expect(done({})).toEqual([false, false, false, false]);
  expect(done({ secondFactor: true })).toEqual([true, false, false, false]);
  expect(done({ votersOrigin: 'https://vote.example.org' })).toEqual([false, true, false, false]);
  expect(done({ elections: [{ rehearsal: true, state: 'draft' }] })).toEqual([false, false, false, false]);
  expect(done({ elections: [{ rehearsal: true, state: 'announced' }] })).toEqual([false, false, true, false]);
  expect(done({ officials: [{ id: 'o' }] })).toEqual([false, false, false, true]);
  expect(done({ invitations: [{ role: 'auditor' }] })).toEqual([false, false, false, false]);
  expect(done({ invitations: [{ role: 'official' }] })).toEqual([false, false, false, true]);
});

test('The first steps are gone when all are done, or when an election that counts was announced', () => {
  const all = { secondFactor: true, votersOrigin: 'https://vote.example.org', officials: [{ id: 'o' }] };
  expect(done({ ...all, elections: [{ rehearsal: true, state: 'announced' }] })).toEqual([]);
  expect(done({ elections: [{ rehearsal: false, state: 'closed' }] })).toEqual([]);
  expect(done({ elections: [{ rehearsal: false, state: 'draft' }] }).length).toBe(4);
});

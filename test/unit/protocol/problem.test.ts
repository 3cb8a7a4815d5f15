// The table of rejections: complete sentences, right statuses, and the truth about the vote in every answer to a cast.
import { describe, expect, test } from 'vitest';
import {
  Problem,
  isTemporary,
  problemBody,
  problemBodyOf,
  problemCodes,
  problemCodesOf,
  problemOf,
  problems,
} from '../../../src/protocol/problem.ts';
import type { Recorded } from '../../../src/protocol/problems/problem-properties.ts';

describe.each(problemCodes)('The problem %s', (code) => {
  const { status, title, detail } = problems[code];

  test('A problem has a status of a rejection, a title, and a detail in sentences', () => {
    expect(status).toBeGreaterThanOrEqual(400);
    expect(status).toBeLessThanOrEqual(503);
    expect(title).toMatch(/^[A-Z].*[^.]$/);
    expect(detail).toMatch(/^[A-Z].*\.$/);
  });

  test('A problem has a body of the published form, whose type ends in the code', () => {
    const body = problemBodyOf(code);
    expect(problemBody.strict().parse(body)).toEqual(body);
    expect(body.type.endsWith(`/${code}`)).toBe(true);
    expect(body).toMatchObject({ status, title, code, detail });
  });
});

const answersToCast = [
  ...problemCodesOf('cast'),
  ...problemCodesOf('every-call'),
  ...problemCodesOf('every-body'),
] as const;
const truths: Readonly<Record<Recorded, RegExp>> = {
  no: /nothing was recorded|recorded nothing|was not recorded/i,
  earlier: /recorded earlier.*this ballot was not recorded/i,
  unknown: /not known whether the ballot was recorded/i,
};

test('The answers to a cast are these', () => {
  expect([...answersToCast].sort()).toEqual([
    'already-recorded',
    'busy',
    'internal',
    'invalid-ballot',
    'invalid-request',
    'not-eligible',
    'not-open',
    'option-withdrawn',
    'outcome-unknown',
    'payload-too-large',
    'too-many-requests',
    'unauthenticated',
    'unsupported-media-type',
    'voting-interrupted',
  ]);
});

test.each(answersToCast)('The problem %s says whether the ballot was recorded', (code) => {
  const { title, detail, recorded } = problems[code];
  expect(`${title}. ${detail}`).toMatch(truths[recorded]);
});

test('An unknown outcome is always worth the same bytes again, and voters learn of unknown casts only', () => {
  const unknown = problemCodes.filter((code) => problems[code].recorded === 'unknown');
  expect(unknown.sort()).toEqual(['change-unknown', 'internal', 'outcome-unknown']);
  expect(unknown.every(isTemporary)).toBe(true);
  const forVoters = unknown.filter((code) => problems[code].audience.some((audience) => audience === 'voter'));
  expect(answersToCast).toEqual(expect.arrayContaining(forVoters));
});

test('The same bytes help only against load and unknown outcomes', () => {
  expect(problemCodes.filter(isTemporary).sort()).toEqual([
    'busy',
    'change-unknown',
    'internal',
    'outcome-unknown',
    'too-many-requests',
  ]);
});

test('The answer to a voter is constant where it depends on the person', () => {
  const constant = problemCodes.filter((code) => problems[code].constantBody);
  expect(constant.sort()).toEqual(['already-recorded', 'not-eligible', 'not-open', 'unauthenticated']);
  expect(constant.filter((code) => problems[code].extras)).toEqual([]);
});

test.each(problemCodes)('The problem %s carries the extra members that it declares and no others', (code) => {
  const all = {
    errors: [{ path: 'body/phone', detail: 'Too short.' }],
    triesLeft: 0,
    lines: [{ line: 1, row: null, text: 'x', detail: 'Not it.' }],
    linesTotal: 3,
    factors: ['passkey'] as const,
  };
  const body = problemBodyOf(code, all);
  const standard = ['type', 'title', 'status', 'code', 'detail', 'recorded', 'retry'];
  expect(Object.keys(body)).toEqual([...standard, ...(problems[code].extras ?? [])]);
  expect(problemOf({ ...body, ...all, more: true }, 7)).toMatchObject({ code });
  expect(problemBodyOf(code, problemOf({ ...body, ...all }, undefined)?.extras)).toEqual(body);
});

test('A body carries what is precise about one rejection', () => {
  const errors = [{ path: 'body/phone', detail: 'Too short.' }];
  expect(problemBodyOf('invalid-request', { errors, detail: 'Look at the phone.' })).toMatchObject({
    detail: 'Look at the phone.',
    errors,
  });
  expect(problemBodyOf('wrong-code', { triesLeft: 0 }).triesLeft).toBe(0);
  expect(problemBodyOf('busy', { retryAfterSeconds: 3 })).not.toHaveProperty('retryAfterSeconds');
});

test('A rejection is an error that names its code', () => {
  const problem = new Problem('not-open');
  expect(problem).toBeInstanceOf(Error);
  expect([problem.name, problem.message, problem.code]).toEqual(['Problem', 'not-open', 'not-open']);
});

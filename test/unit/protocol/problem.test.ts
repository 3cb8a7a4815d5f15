// The table of rejections: complete sentences, right statuses, and the truth about the vote in every answer to a cast.
import { describe, expect, test } from 'vitest';
import { Problem, problemBody, problemBodyOf, problemCodes, problems } from '../../../src/protocol/problem.ts';
import type { ProblemCode } from '../../../src/protocol/problem.ts';

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

// Every answer that a cast can get but its receipt: docs of POST /v1/ballots.
const answersToCast: Readonly<Record<string, RegExp>> = {
  'invalid-request': /nothing was recorded/i,
  unauthenticated: /recorded nothing/i,
  'not-open': /was not recorded/i,
  'not-eligible': /was not recorded/i,
  'already-recorded': /this ballot was not recorded/i,
  'payload-too-large': /nothing was recorded/i,
  'unsupported-media-type': /nothing was recorded/i,
  'invalid-ballot': /was not recorded/i,
  'too-many-requests': /recorded nothing/i,
  internal: /not known whether it was recorded/i,
  'outcome-unknown': /.*/,
  busy: /recorded nothing/i,
} satisfies Partial<Record<ProblemCode, RegExp>>;

test.each(Object.entries(answersToCast))('%s makes clear to a voter whether the ballot was recorded', (code, truth) => {
  const { title, detail } = problems[code as ProblemCode];
  expect(`${title}. ${detail}`).toMatch(truth);
  expect(`${title}. ${detail}`).toMatch(/recorded/);
});

test('Only unknown outcomes and overload are worth the same bytes again at once', () => {
  const again = problemCodes.filter((code) => problems[code].status >= 500);
  expect(again.sort()).toEqual(
    ['busy', 'code-unavailable', 'internal', 'outcome-unknown', 'verification-unavailable'].sort(),
  );
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

// Each error of PostgreSQL, Redis and other services that means "slow, full or down", as its driver throws it, and what a
// service answers.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  dependencyFailure,
  isUnavailable,
  networkCodes,
  postgresMessages,
  redisMessages,
  redisReplies,
  sqlStates,
} from '../../../src/platform/dependency-failures.ts';
import { createHttp } from '../../../src/platform/http/http.ts';
import type { App } from '../../../src/platform/http/http.ts';
import { createMetrics } from '../../../src/platform/metrics.ts';
import { CallFailed } from '../../../src/platform/private-calls/private-calls.ts';
import { resultsOf } from '../../../src/platform/redis.ts';
import { Problem, problemBody } from '../../../src/protocol/problem.ts';
import { OutcomeUnknown } from '../../../src/store/certain-query.ts';
import { createLogProbe } from '../../support/log.ts';

const errorWithName = (name: string, message: string): Error => Object.assign(new Error(message), { name });
const errorWithCode = (code: string, more: object = {}): Error => Object.assign(new Error(code), { code, ...more });
const rejected = (state: string): Error =>
  errorWithCode(state, { severity: state.startsWith('57P') ? 'FATAL' : 'ERROR' });
const thrownBy = (work: () => unknown): Error => {
  try {
    work();
  } catch (error) {
    return error as Error;
  }
  throw new Error('nothing was thrown');
};

/** Examples of each whole class in the table. */
const examplesOf: Readonly<Record<string, readonly string[]>> = {
  '08': ['08000', '08001', '08003', '08006'],
  '53': ['53000', '53100', '53200', '53300', '53400'],
  '57': ['57014', '57P01', '57P02', '57P03', '57P05'],
  '58': ['58000', '58030'],
};
const statesOf = (state: string): readonly string[] => (state.length === 5 ? [state] : (examplesOf[state] ?? []));

const failures: readonly (readonly [string, Error])[] = [
  ...[...sqlStates].flatMap(statesOf).map((state) => [`SQLSTATE ${state}`, rejected(state)] as const),
  ...[...postgresMessages].map((message) => [`pg: ${message}`, new Error(message)] as const),
  ...[...redisMessages].map((message) => [`ioredis: ${message}`, new Error(message)] as const),
  ...[...redisReplies].map(
    (word) => [`Redis: ${word}`, errorWithName('ReplyError', `${word} for some reason`)] as const,
  ),
  ...[...networkCodes].map((code) => [`network: ${code}`, errorWithCode(code)] as const),
  ['ioredis: retries', errorWithName('MaxRetriesPerRequestError', 'Reached the max retries per request limit')],
  ['ioredis: closed connection', errorWithName('AbortError', 'Command aborted due to connection close')],
  ['ioredis: discarded transaction', thrownBy(() => resultsOf(null))],
  [
    'several addresses refused',
    Object.assign(new AggregateError([errorWithCode('ECONNREFUSED')]), { code: 'ECONNREFUSED' }),
  ],
  ['a call that only reads', new CallFailed('ballots', 'GET', new Error('timeout'))],
  ['a call that was never sent', new CallFailed('ballots', 'POST', errorWithCode('ECONNREFUSED'))],
];
const unknown: readonly (readonly [string, Error])[] = [
  ['a lost commit', new OutcomeUnknown('the answer was lost', new Error('Query read timeout'))],
  ['a commit with a notice', new OutcomeUnknown('a notice came with the answer')],
  ['a call without an answer', new CallFailed('ballots', 'POST', new Error('timeout'))],
];
const bugs: readonly (readonly [string, unknown])[] = [
  ['a syntax error in SQL', rejected('42601')],
  ['a broken constraint', rejected('23505')],
  ['a wrong password', rejected('28P01')],
  ['a wrong type in Redis', errorWithName('ReplyError', 'WRONGTYPE Operation against a key')],
  ['a missing permission in Redis', errorWithName('ReplyError', 'NOPERM this user has no permissions')],
  ['a missing file', errorWithCode('ENOENT')],
  ['a code that is no SQLSTATE', errorWithCode('57P01')],
  ['a type error', new TypeError('x is not a function')],
  ['the name of a property of every object', errorWithName('constructor', 'x')],
  ['a text', 'Query read timeout'],
  ['nothing', null],
];

test('Every whole class of SQLSTATE has examples', () => {
  expect([...sqlStates].filter((state) => statesOf(state).length === 0)).toEqual([]);
});

describe('The table of failures', () => {
  test.each(failures)('%s means that nothing was changed', (_name, error) => {
    expect([dependencyFailure(error), isUnavailable(error)]).toEqual(['nothing-changed', true]);
  });
  test.each(unknown)('%s means that the outcome is unknown', (_name, error) => {
    expect([dependencyFailure(error), isUnavailable(error)]).toEqual(['unknown', true]);
  });
  test.each(bugs)('%s means that there is a bug', (_name, error) => {
    expect([dependencyFailure(error), isUnavailable(error)]).toEqual([null, false]);
  });
  test('The answer of another service says by its status whether it is unavailable', () => {
    expect(isUnavailable(new Problem('busy'))).toBe(true);
    expect(isUnavailable(new Problem('conflict'))).toBe(false);
  });
});

describe('The answers of a service', () => {
  let app: App;
  let error: unknown;
  beforeAll(async () => {
    const { logger } = createLogProbe('elections');
    const version = { version: '1', node: '20' };
    ({ app } = await createHttp({ logger, metrics: createMetrics('elections'), checks: [], version }));
    const fail = () => {
      throw error;
    };
    app.get('/v1/things', fail);
    app.post('/v1/things', fail);
  });
  afterAll(() => app.close());

  const answerTo = async (method: 'GET' | 'POST', cause: unknown) => {
    error = cause;
    const { statusCode, headers, body } = await app.inject({ method, url: '/v1/things' });
    const { code, recorded, status } = problemBody.parse(JSON.parse(body));
    expect(status).toBe(statusCode);
    return { statusCode, code, recorded, retryAfter: Number(headers['retry-after']) };
  };
  const second = expect.toSatisfy((seconds: number) => seconds >= 1 && seconds <= 5) as number;
  const busy = { statusCode: 503, code: 'busy', recorded: 'no', retryAfter: second };

  test.each(failures)('A request that meets %s is answered busy', async (_name, error) => {
    expect(await answerTo('GET', error)).toEqual(busy);
    expect(await answerTo('POST', error)).toEqual(busy);
  });
  test.each(unknown)('A change that meets %s is never answered with "nothing was recorded"', async (_name, error) => {
    expect(await answerTo('GET', error)).toEqual(busy);
    const unsure = { statusCode: 503, code: 'change-unknown', recorded: 'unknown', retryAfter: second };
    expect(await answerTo('POST', error)).toEqual(unsure);
  });
  test.each(bugs)('A request that meets %s is answered as an error of ours', async (_name, error) => {
    expect(await answerTo('POST', error)).toMatchObject({ statusCode: 500, code: 'internal', recorded: 'unknown' });
  });
});

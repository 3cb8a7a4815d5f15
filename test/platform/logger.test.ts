// What a log line holds, and above all what it never does: the values that errors carry with them.
import { afterAll, describe, expect, inject, test } from 'vitest';
import pg from 'pg';
import { createLogger, errorForLog } from '../../src/platform/logger.ts';
import { connectRedis } from '../../src/platform/redis.ts';
import { createLogProbe } from '../support/log.ts';

const canary = 'Z9876543-canary';

/** The one line that the work logs. */
function lineOf(work: (probe: ReturnType<typeof createLogProbe>) => void): Record<string, unknown> {
  const probe = createLogProbe('api');
  work(probe);
  return JSON.parse(probe.text()) as Record<string, unknown>;
}

describe('A line of the log', () => {
  test('A line names its service, level, time and event', () => {
    const line = lineOf(({ logger }) => logger.info({ count: 3 }, 'limits.reset'));
    expect(line).toEqual({
      level: 'info',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/) as string,
      service: 'api',
      count: 3,
      msg: 'limits.reset',
    });
  });

  test('A line of an error has its kind, code, message, place and causes, and nothing else', () => {
    const cause = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED', address: canary });
    const error = Object.assign(new Error('no answer from sms', { cause }), { body: canary, request: { canary } });
    for (const name of ['err', 'error']) {
      const line = lineOf(({ logger }) => logger.error({ [name]: error }, 'call.failed'));
      const logged = line[name] as Record<string, unknown>;
      expect(Object.keys(logged)).toEqual(['type', 'message', 'stack', 'cause']);
      expect(logged).toMatchObject({
        type: 'Error',
        message: 'no answer from sms',
        stack: expect.stringMatching(/^ {4}at .*logger\.test\.ts/) as string,
        cause: { code: 'ECONNREFUSED', message: 'connect ECONNREFUSED' },
      });
      expect(JSON.stringify(line)).not.toContain(canary);
    }
  });

  test('A line of a thrown value that is no error does not contain it', () => {
    for (const value of [canary, { canary }, [canary], null, undefined]) {
      const text = JSON.stringify(lineOf(({ logger }) => logger.error({ err: value }, 'request.failed')));
      expect(text).not.toContain(canary);
    }
  });

  test('A line below the level is not written', () => {
    const probe = createLogProbe('api', 'warn');
    probe.logger.info('quiet');
    probe.logger.warn('loud');
    expect(probe.text()).toMatch(/^.*"loud".*\n$/);
  });
});

test('A chain of causes ends', () => {
  const error = new Error('circle');
  error.cause = error;
  expect(JSON.stringify(errorForLog(error)).length).toBeLessThan(20_000);
});

describe('An error that quotes its input', () => {
  const url = inject('postgresUrl');
  const client = new pg.Client({ connectionString: url });
  const connected = client.connect();
  afterAll(() => client.end());

  test.each([
    ['a value of the wrong type', 'select $1::int'],
    ['a key that is there already', 'insert into pg_temp.canary_probe values ($1, 1), ($1, 1)'],
    ['a value that breaks a check', 'insert into pg_temp.canary_probe values ($1, 0)'],
  ])('An error of PostgreSQL is logged without the input: %s', async (_name, statement) => {
    await connected;
    await client.query(
      'create temporary table if not exists canary_probe (name text primary key, n int check (n > 0))',
    );
    const error: unknown = await client.query(statement, [canary]).catch((reason: unknown) => reason);
    // The values are there, in the message or the detail: it is the log that leaves them out.
    expect(JSON.stringify({ ...(error as object), message: (error as Error).message })).toContain(canary);
    const logged = errorForLog(error);
    expect(logged.code).toMatch(/^[0-9A-Z]{5}$/);
    expect(JSON.stringify(logged)).not.toContain(canary);
  });

  test('An error of JSON.parse is logged without the input', () => {
    let error: unknown;
    try {
      JSON.parse(`{"code": ${canary}`);
    } catch (reason) {
      error = reason;
    }
    expect((error as Error).message).toContain('Z');
    expect(JSON.stringify(errorForLog(error))).not.toContain('Z98');
  });

  test('An error of Redis, an unknown command, is logged without the input', async () => {
    const redis = connectRedis(inject('redisUrls')['admin'] ?? '', createLogger('test', 'silent'), {
      enableOfflineQueue: true,
    });
    const error: unknown = await redis.call('nonsense', canary).catch((reason: unknown) => reason);
    redis.disconnect();
    expect((error as Error).message).toContain(canary);
    expect(JSON.stringify(errorForLog(error))).not.toContain(canary);
  });
});

// The hourly keys: made, used, retired and destroyed, each in its order, whatever is killed in between.
import { existsSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { App } from '../../../src/platform/http/http.ts';
import { signingKey } from '../../../src/platform/keys/signatures.ts';
import type { Pool } from '../../../src/store/database.ts';
import { activeMixerKeys } from '../../../src/store/mixer-keys.ts';
import { createIntake, newElection } from '../../support/intake.ts';
import type { Answer, Intake } from '../../support/intake.ts';
import { createMixing } from '../../support/mixing.ts';
import type { Mixing } from '../../support/mixing.ts';

const hourMs = 3_600_000;
let intake: Intake;
let mixing: Mixing;
let app: App;
let electionId: string;
beforeEach(async () => {
  intake = await createIntake();
  mixing = await createMixing(intake);
  app = await intake.app();
  const election = newElection();
  electionId = election.id;
  await intake.create(app, election);
});
afterEach(async () => {
  await mixing[Symbol.asyncDispose]();
  await intake[Symbol.asyncDispose]();
});

const cast = (): Promise<Answer> => intake.castAt(app, intake.cast({ electionId }));
const states = async (): Promise<string[]> => {
  const rows = await intake.databases.query<{ state: string }>(
    'intake',
    'select state from pv.mixer_key order by created_at_ms',
  );
  return rows.map(({ state }) => state);
};
const files = (): string[] => readdirSync(mixing.epochsDirectory).sort();

describe('An hourly key', () => {
  test('An hourly key is a file for its owner alone, and the same one serves for an hour', async () => {
    expect(files()).toHaveLength(1);
    expect(statSync(join(mixing.epochsDirectory, files()[0]!)).mode & 0o777).toBe(0o600);
    mixing.advance(hourMs - 60_000);
    await mixing.keys.maintain();
    expect(await states()).toEqual(['active']);
    mixing.advance(120_000);
    await mixing.keys.maintain();
    expect(await states()).toEqual(['active', 'active']);
    expect(files()).toHaveLength(2);
  });

  test('A mixer with a new identity makes an hourly key at once, and one only', async () => {
    const identity = signingKey({ ...intake.keys.mixer.identity, kid: 'mixer-of-the-rotation' });
    for (let start = 0; start < 2; start += 1) {
      const keys = mixing.startKeys(undefined, undefined, identity);
      await keys.maintain();
      await keys.maintain();
    }
    expect(await states()).toEqual(['active', 'active']);
    const { keys } = await activeMixerKeys(mixing.intakePool);
    expect(keys.map(({ kid }) => kid)).toEqual([identity.kid, intake.keys.mixer.identity.kid]);
  });

  test('An hourly key is destroyed when it is over and no sealed ballot needs it, and not before', async () => {
    expect((await cast()).status).toBe(200);
    const [file] = files();
    mixing.advance(2 * hourMs + 700_000);
    await mixing.keys.maintain();
    expect(await states()).toEqual(['retired', 'active']);
    expect(files()).toContain(file);
    expect(await mixing.mixer().mixOnce()).toBe(1);
    await mixing.keys.maintain();
    expect(await states()).toEqual(['shredded', 'active']);
    expect(files()).not.toContain(file);
    expect(files()).toHaveLength(1);
  });

  test('An hourly key that is retired takes no ballot any more, however late its seal comes', async () => {
    expect((await cast()).status).toBe(200);
    // `app` holds the first key in memory; the mixer, hours later, has retired it.
    mixing.advance(2 * hourMs + 700_000);
    await mixing.keys.maintain();
    const refused = await cast();
    // The database rejected the statement, so it was certainly not recorded.
    expect(refused).toMatchObject({ status: 503, body: { code: 'busy' } });
    const rows = await intake.databases.query('intake', 'select 1 from pv.participation');
    expect(rows).toHaveLength(1);
  });

  test('An hourly key is destroyed only after the casts in flight that were sealed to it', async () => {
    const { rows } = await mixing.intakePool.query<{ epoch: Buffer }>('select epoch from pv.mixer_keys()');
    const order: string[] = [];
    const url = intake.databases.url('intake');
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    await client.query('begin; select pg_advisory_xact_lock_shared(20260003, 0)');
    const [file] = files();
    await mixing.intakePool.query('select pv.retire_mixer_key($1)', [rows[0]!.epoch]);
    const destroying = mixing.keys.maintain().then(() => order.push('destroyed'));
    const deadline = Date.now() + 10_000;
    for (;;) {
      if (Date.now() > deadline) throw new Error('no query waits for a lock');
      const [activity] = await intake.databases.query<{ waiting: number }>(
        'intake',
        `select count(*)::int as waiting from pg_locks where locktype = 'advisory' and not granted
         and database = (select oid from pg_database where datname = current_database())`,
      );
      if (activity!.waiting > 0) break;
    }
    expect(files()).toContain(file);
    order.push('cast committed');
    await client.query('commit');
    await destroying;
    await client.end();
    expect(order).toEqual(['cast committed', 'destroyed']);
  });

  test('An hourly key whose file is lost is retired at once, with an alarm, and another one is made', async () => {
    rmSync(join(mixing.epochsDirectory, files()[0]!));
    await mixing.startKeys().maintain();
    expect(await states()).toEqual(['shredded', 'active']);
    expect(mixing.log.text()).toContain('epoch-key.lost');
    const fresh = await intake.app();
    const call = intake.cast({ electionId });
    expect((await intake.castAt(fresh, call)).status).toBe(200);
  });

  test('An hourly key that came back from a backup opens what was left behind', async () => {
    expect((await cast()).status).toBe(200);
    const path = join(mixing.epochsDirectory, files()[0]!);
    const text = readFileSync(path, 'utf8');
    rmSync(path);
    await mixing.keys.maintain();
    const mixer = mixing.mixer();
    expect(await mixer.mixOnce()).toBe(0);
    expect(await states()).toEqual(['retired', 'active']);
    writeFileSync(path, text, { mode: 0o600 });
    await mixing.keys.maintain();
    expect(await mixing.mixer().mixOnce()).toBe(1);
    await mixing.keys.maintain();
    expect(await states()).toEqual(['shredded', 'active']);
    expect(existsSync(path)).toBe(false);
  });

  test.each([
    ['25 hours ahead', 25 * hourMs],
    ['one hour ahead', hourMs],
    ['25 hours back', -25 * hourMs],
    ['one hour back', -hourMs],
  ])('An hourly key outlives a clock that was %s and is right again: votes go on', async (_step, stepMs) => {
    expect((await cast()).status).toBe(200);
    const [file] = files();
    mixing.setSteady(false);
    mixing.advance(stepMs);
    await mixing.keys.maintain();
    mixing.advance(-stepMs);
    await mixing.keys.maintain();
    expect(files()).toContain(file);
    const fresh = await intake.app();
    const call = intake.cast({ electionId });
    expect((await intake.castAt(fresh, call)).status).toBe(200);
    // Nothing was lost: what was sealed before and after is opened.
    expect(await mixing.mixer().mixOnce()).toBe(2);
    expect(mixing.log.text()).not.toContain('mixer.ballots-not-opened');
  });

  test('An hourly key from the future is retired, and destroyed only while the clocks are steady', async () => {
    mixing.setSteady(false);
    mixing.advance(25 * hourMs);
    await mixing.keys.maintain();
    expect(await states()).toEqual(['retired', 'active']);
    mixing.advance(-25 * hourMs);
    await mixing.keys.maintain();
    expect(await states()).toEqual(['retired', 'active', 'retired']);
    expect(mixing.log.text()).toContain('epoch-key.from-the-future');
    expect(files()).toHaveLength(3);
    mixing.setSteady(true);
    await mixing.keys.maintain();
    expect(await states()).toEqual(['shredded', 'active', 'shredded']);
    expect(files()).toHaveLength(1);
  });

  test('A start continues with the same file after it was killed before the public half', async () => {
    await intake.databases.query('intake', 'delete from pv.mixer_key');
    const before = files();
    const dead = (pool: Pool): Pool =>
      new Proxy(pool, {
        get: (target, name) =>
          name === 'connect' ? () => Promise.reject(new Error('killed')) : target[name as 'query'].bind(target),
      });
    await expect(mixing.startKeys(dead).maintain()).rejects.toThrow('killed');
    await mixing.startKeys().maintain();
    expect(files()).toEqual(before);
    expect(await states()).toEqual(['active']);
    expect((await cast()).status).toBe(200);
    expect(await mixing.mixer().mixOnce()).toBe(1);
  });

  test('A half-written file is no key, and stops nothing', async () => {
    writeFileSync(join(mixing.epochsDirectory, `${'0'.repeat(32)}.json`), '{"epoch":"');
    await mixing.startKeys().maintain();
    expect(mixing.log.text()).toContain('epoch-key.unreadable');
    expect(await states()).toEqual(['active']);
  });

  test('No private half is ever in a database or a log', async () => {
    await cast();
    const { privateKey } = JSON.parse(readFileSync(join(mixing.epochsDirectory, files()[0]!), 'utf8')) as {
      privateKey: string;
    };
    const raw = Buffer.from(privateKey, 'base64url').subarray(-32);
    const dump = JSON.stringify(await intake.databases.query('intake', 'select m::text from pv.mixer_key m'));
    for (const text of [dump, mixing.log.text(), intake.log.text()]) {
      expect(text).not.toContain(raw.toString('hex'));
      expect(text).not.toContain(privateKey);
    }
  });
});

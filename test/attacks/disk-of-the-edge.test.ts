// H5. The attacker has: the disk of the edge Redis, after voters began, texted and voted, and after it stopped. No file may
// be of the voters. docker-compose.yml has the same settings: test/deploy.test.ts.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ballot } from '../support/elections.ts';
import { startOwnRedis } from '../support/processes/own-redis.ts';
import { startApi } from '../support/services/api.ts';
import { startSms } from '../support/services/sms.ts';
import { Voter } from '../support/voter/voter.ts';

test('The disk has the settings, the users and a log that names no one, and no key of a voter', async () => {
  await using redis = await startOwnRedis();
  await using sms = await startSms({ redisUrls: { sms: redis.url('sms'), admin: redis.url('admin') } });
  await using api = await startApi({ redisUrl: redis.url, keys: sms.keys, sms: sms.client });
  const voter = () => new Voter({ api: api.origin, sms: sms.publicUrl }, api.election.id);
  const people = [await voter().verify(), await voter().verify()];
  expect((await people[0]!.cast(ballot())).status).toBe(201);
  const names = await api.admin.keys('*');
  expect(names.length).toBeGreaterThan(3);
  await redis.stop();
  const files = readdirSync(redis.directory, { recursive: true, withFileTypes: true }).filter((file) => file.isFile());
  expect(files.map(({ name }) => name).filter((name) => /\.(rdb|aof)|dump|temp/.test(name))).toEqual([]);
  const text = files.map(({ name, parentPath }) => readFileSync(join(parentPath, name), 'latin1')).join('\n');
  expect(text.length).toBeGreaterThan(0);
  for (const name of names.filter((each) => each.length > 20)) expect(text).not.toContain(name);
  for (const { phone } of people) expect(text).not.toContain(phone.slice(1));
});

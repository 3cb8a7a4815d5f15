// H5. The attacker recorded every name in the edge Redis and every digest that `ballots` heard during an election, and
// later takes the key files of `api`, `sms` and `elections`. They know all phones and all numbers of the country. While the
// keys of the election are there, this tells who took part; after `popvote keys destroy` it does not.
import { linkSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { keyFilePath, makeKeyDirectory, readKeyFile } from '../../src/platform/keys/key-directory.ts';
import { hashKey, keyedHash } from '../../src/platform/keys/keyed-hash.ts';
import type { KeyFiles } from '../../src/platform/keys/new-keys.ts';
import { identityText } from '../../src/protocol/ballot-service.ts';
import { phoneKeyText, textsKey } from '../../src/protocol/verification-events.ts';
import { ballot } from '../support/elections.ts';
import { createDatabases } from '../support/database.ts';
import { command } from '../support/processes/command.ts';
import { startOwnRedis } from '../support/processes/own-redis.ts';
import { bearer, codeOf, startApi } from '../support/services/api.ts';
import { dumpOf, newPhone, sendText, startSms } from '../support/services/sms.ts';

const directory = mkdtempSync(join(tmpdir(), 'popvote-destroyed-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const number = 'A1234563';
const others = ['B1234561', 'C1234560'];

/** Every secret of these files, as a key that the attacker tries. */
const secretsIn = (text: string): string[] => text.match(/[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]/g) ?? [];
const filesNow = (): string =>
  (['api', 'sms', 'elections'] as const).map((name) => readFileSync(keyFilePath(directory, name), 'utf8')).join('');

function whoTookPart(recorded: string, electionId: string, phones: readonly string[]): string[] {
  const keys = secretsIn(filesNow()).map(hashKey);
  const isThere = (name: string): boolean => recorded.includes(name);
  return [
    ...phones.filter((phone) => keys.some((key) => isThere(textsKey(keyedHash(key, phoneKeyText(phone)))))),
    ...[number, ...others].filter((one) =>
      keys.some((key) => isThere(keyedHash(key, identityText(electionId, 'hkid', one)))),
    ),
  ];
}

test(
  'With the keys of an election destroyed, what was recorded tells no one who took part',
  { timeout: 60_000 },
  async () => {
    await using databases = await createDatabases(['elections']);
    await using redis = await startOwnRedis();
    makeKeyDirectory(directory);
    const keys = Object.fromEntries(
      (['api', 'sms', 'ballots', 'mixer', 'elections', 'access', 'officials', 'public'] as const).map((name) => [
        name,
        readKeyFile(directory, name),
      ]),
    ) as unknown as KeyFiles;
    await using api = await startApi({ keys, redisUrl: redis.url });
    await using sms = await startSms({ keys, redisUrls: { sms: redis.url('sms'), admin: redis.url('admin') } });
    const phone = newPhone();
    const session = await api.session({ phone, identity: { number } });
    await sendText(sms, phone, codeOf(session));
    const memory = await dumpOf(sms.admin);
    const waited = await fetch(`${api.origin}/v1/sessions/current?wait=5`, { headers: bearer(session.token) });
    const { token } = (await waited.json()) as { token: string };
    const body = JSON.stringify({ ballotKey: 'A'.repeat(43), ballot: ballot() });
    const headers = { ...bearer(token), 'content-type': 'application/json' };
    expect((await fetch(`${api.origin}/v1/ballots`, { method: 'POST', headers, body })).status).toBe(201);
    const recorded = [memory, ...api.behind.casts].join('\n');
    const suspects = [newPhone(), phone, newPhone()];

    // New elections use other keys. The old ones still tell.
    for (const ring of ['identity', 'phone']) {
      expect((await command(['keys', 'rotate', ring, '--directory', directory])).code).toBe(0);
    }
    expect(whoTookPart(recorded, api.election.id, suspects)).toEqual([phone, number]);

    const old = secretsIn(filesNow());
    const links = (['api', 'sms', 'elections'] as const).map((name) => {
      const link = join(directory, `${name}.link`);
      linkSync(keyFilePath(directory, name), link);
      return link;
    });
    const environment = { ELECTIONS_DATABASE_URL: databases.url('elections', 'popvote_elections') };
    for (const ring of ['identity', 'phone']) {
      const words = ['keys', 'destroy', ring, '--kid', 'first', '--confirm', 'first', '--directory', directory];
      const { code, err } = await command(words, environment);
      expect(code, err).toBe(0);
    }
    expect(whoTookPart(recorded, api.election.id, suspects)).toEqual([]);
    // Nor do the bytes of the first files remain.
    const remains = links.map((link) => readFileSync(link, 'latin1')).join('');
    expect(old.filter((secret) => remains.includes(secret))).toEqual([]);
  },
);

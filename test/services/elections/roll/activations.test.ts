// Activations and devices over the control API, with real databases and a real Redis: who may, when and where, what `api` can
// open, what the record says and does not say, and the bounds of an official and of a station.
import { randomBytes, randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { readActivationCode } from '../../../../src/domain/text/activation-code.ts';
import type { UserRole } from '../../../../src/domain/user.ts';
import {
  activationName,
  activationSigners,
  deviceDigest,
  isForDevice,
  openActivation,
  provesActivation,
} from '../../../../src/platform/keys/activations.ts';
import { keyedHash, newestKey } from '../../../../src/platform/keys/keyed-hash.ts';
import { identityText, rollSubject } from '../../../../src/protocol/ballot-service.ts';
import type { ActivationAnswer } from '../../../../src/protocol/control/activations-api.ts';
import type { DeviceAnswer, DeviceList } from '../../../../src/protocol/control/devices-api.ts';
import type { AuditEntry } from '../../../../src/protocol/control/audit-log-api.ts';
import {
  activationKey,
  activationSecondsMax,
  activationsPerHourMax,
  activationUseKey,
  devicesPerStationMax,
} from '../../../../src/protocol/proofs/activation.ts';
import { enrolDevice } from '../../../../src/store/elections/devices.ts';
import { codeOf, errorsOf, motion, organiser, startElections } from '../../../support/services/elections.ts';
import type { Elections } from '../../../support/services/elections.ts';
import { until } from '../../../support/until.ts';
import { announced, later } from '../../../support/services/voting-election.ts';

let elections: Elections;
let edge: Redis;
beforeAll(async () => {
  elections = await startElections();
  edge = new Redis(inject('redisUrls')['api'] ?? '');
});
afterAll(async () => {
  edge.disconnect();
  await elections[Symbol.asyncDispose]();
});

const verification = { methods: ['text-in', 'code'], activation: true };
const stations = [
  { id: 'hall', name: 'Town hall' },
  { id: 'ship', name: 'Ship' },
];
const withStations = { channels: ['online', 'batches'], paper: { stations } };
async function open(changes: object = {}): Promise<string> {
  const id = await announced(elections, { identity: { scheme: 'roll' }, verification, ...changes });
  const { paper } = changes as { paper?: { stations: { id: string }[] } };
  for (const stationId of paper?.stations.map((station) => station.id) ?? [undefined]) await enrol(id, { stationId });
  await later(elections, id, 2 * 3_600);
  return id;
}
const enrol = (id: string, body: object = {}, as: UserRole | null = 'administrator') =>
  elections.call('POST', `/v1/elections/${id}/devices`, { as, body: { name: 'Tablet', ...body } });
const devicesOf = async (id: string, stationId?: string, as: UserRole = 'official'): Promise<DeviceList['devices']> => {
  const query = stationId === undefined ? '' : `?stationId=${stationId}`;
  const answer = await elections.call('GET', `/v1/elections/${id}/devices${query}`, { as });
  expect(answer.status, JSON.stringify(answer.body)).toBe(200);
  return (answer.body as DeviceList).devices;
};
const revoke = (id: string, deviceId: string, as: UserRole | null = 'official') =>
  elections.call('DELETE', `/v1/elections/${id}/devices/${deviceId}`, { as });
/** What `api` opens with a code. */
async function openedOf({ code }: ActivationAnswer) {
  const key = newestKey(elections.access.keys.api.identity);
  return openActivation(key, code, (await edge.get(activationKey(activationName(key, code)))) ?? '')!;
}
const activate = (id: string, body: object, as: UserRole | null = 'official') =>
  elections.call('POST', `/v1/elections/${id}/activations`, { as, body });
const counts = async (id: string, as: UserRole = 'auditor') =>
  (await elections.call('GET', `/v1/elections/${id}/activations`, { as })).body;
async function auditOf(id: string, act = 'activate-voter'): Promise<AuditEntry[]> {
  const path = `/v1/audit-log?objectId=${id}&act=election.${act}&limit=100`;
  const { body } = await elections.call('GET', path);
  return (body as { entries: { entry: AuditEntry }[] }).entries.map(({ entry }) => entry).reverse();
}

describe('An activation', () => {
  test('Its code opens, for api alone, what names the voter as the voter would have been named', async () => {
    const id = await open({ identity: { scheme: 'roll', second: 'pin' }, ...withStations });
    const answer = await activate(id, { number: ' a-77 0042 ', second: '０８１５', stationId: 'hall' });
    expect(answer.status, JSON.stringify(answer.body)).toBe(201);
    const { code, expiresAt } = answer.body as ActivationAnswer;
    expect(readActivationCode(code)).toBe(code);
    const livesMs = Date.parse(expiresAt) - Date.now();
    expect(livesMs).toBeGreaterThan((activationSecondsMax - 30) * 1_000);
    expect(livesMs).toBeLessThanOrEqual(activationSecondsMax * 1_000);

    const { keys } = elections.access;
    const key = newestKey(keys.api.identity);
    const name = activationName(key, code);
    const sealed = (await edge.get(activationKey(name))) ?? '';
    const activation = openActivation(key, code, sealed);
    const identity = keyedHash(key, identityText(id, 'roll', rollSubject('A-770042', '0815')));
    expect(activation).toMatchObject({ electionId: id, identity, expiresAtMs: Date.parse(expiresAt) });
    expect(provesActivation(activationSigners(keys.public.callers), activation!.proof, activation!)).toBe(true);
    // `api` reads it and notes its use, and can neither make nor change one.
    await expect(edge.set(activationKey(name), sealed)).rejects.toThrow(/NOPERM/);
    await expect(edge.del(activationKey(name))).rejects.toThrow(/NOPERM/);
    expect(await edge.set(activationUseKey(name), 'one', 'EX', 60, 'NX', 'GET')).toBeNull();
    expect(await edge.set(activationUseKey(name), 'two', 'EX', 60, 'NX', 'GET')).toBe('one');
  });

  test('The record has the official and the station, and nothing has the number or the code', async () => {
    const id = await open(withStations);
    const secret = 'ZEBRA-90210';
    const { body } = await activate(id, { number: secret, stationId: 'ship' });
    const entries = await auditOf(id);
    const actor = { kind: 'user', userId: elections.people.official.id, role: 'official' };
    expect(entries).toMatchObject([
      { outcome: 'attempted', actor },
      { outcome: 'done', actor, changed: { activation: { to: { station: 'ship' } } } },
    ]);
    const { code } = body as ActivationAnswer;
    const stored = await elections.databases.query('elections', 'select * from pv.activation_count');
    for (const text of [secret, code]) {
      expect(JSON.stringify([entries, stored])).not.toContain(text);
      expect(elections.log()).not.toContain(text);
    }
  });

  test('They are counted by station and official, and every role sees how many', async () => {
    const id = await open(withStations);
    const userId = elections.people.official.id;
    expect(await counts(id)).toEqual({ total: 0, stations: [] });
    for (const stationId of ['ship', 'hall', 'ship']) await activate(id, { number: 'A-1', stationId });
    const expected = {
      total: 3,
      stations: [
        { stationId: 'hall', activations: 1, officials: [{ userId, activations: 1 }] },
        { stationId: 'ship', activations: 2, officials: [{ userId, activations: 2 }] },
      ],
    };
    for (const role of ['administrator', 'auditor', 'official'] as const)
      expect(await counts(id, role)).toEqual(expected);
    const alone = await open();
    await activate(alone, { number: 'A-1' });
    expect(await counts(alone)).toMatchObject({ total: 1, stations: [{ stationId: null }] });
  });
});

describe('A request for a code', () => {
  test('Only officials make one, and in an election that counts with a second factor', async () => {
    const id = await open({ rehearsal: false, organiser, minBatch: 50 });
    for (const role of ['administrator', 'auditor'] as const) {
      expect(codeOf(await activate(id, { number: 'A-1' }, role))).toBe('role-not-allowed');
    }
    expect(codeOf(await activate(id, { number: 'A-1' }, null))).toBe('unauthenticated');
    const person = await elections.access.person('official', elections.people.administrator);
    const path = `/v1/elections/${id}/activations`;
    const alone = await elections.call('POST', path, { by: person, body: { number: 'A-1' } });
    expect(codeOf(alone)).toBe('second-factor-missing');
    expect((await activate(id, { number: 'A-1' })).status).toBe(201);
  });

  test('It is refused where the organiser does not allow it, before and after voting, and elsewhere', async () => {
    const phones = await open({ verification: { methods: ['text-in'] } });
    expect(codeOf(await activate(phones, { number: 'A-1' }))).toBe('activation-not-allowed');
    const early = await announced(elections, { identity: { scheme: 'roll' }, verification });
    expect(codeOf(await activate(early, { number: 'A-1' }))).toBe('not-open');
    const over = await open();
    await later(elections, over, 10 * 3_600);
    expect(codeOf(await activate(over, { number: 'A-1' }))).toBe('not-open');
    expect(codeOf(await activate('nowhere', { number: 'A-1' }))).toBe('election-not-found');
    for (const id of [phones, early, over]) expect(await counts(id)).toMatchObject({ total: 0 });
    expect(await auditOf(over)).toMatchObject([{ outcome: 'attempted' }, { outcome: 'refused', code: 'not-open' }]);
  });

  test('A number, a second element or a station of a wrong form is named by its place', async () => {
    const id = await open({ identity: { scheme: 'roll', second: 'birth-date' }, ...withStations });
    const plain = await open();
    const faultsOf = async (election: string, body: object): Promise<string[]> => {
      const answer = await activate(election, body);
      return [codeOf(answer), ...errorsOf(answer).map(({ path }) => path)];
    };
    const voter = { number: 'A-1', second: '31/12/1980', stationId: 'hall' };
    expect(await faultsOf(id, { ...voter, number: '?' })).toEqual(['invalid-identity', 'body/number']);
    expect(await faultsOf(id, { ...voter, second: '31/2/1980' })).toEqual(['invalid-identity', 'body/second']);
    expect(await faultsOf(id, { ...voter, stationId: 'moon' })).toEqual(['invalid-request', 'body/stationId']);
    expect(await faultsOf(id, { ...voter, stationId: undefined })).toEqual(['invalid-request', 'body/stationId']);
    expect(await faultsOf(plain, { number: 'A-1', second: '0042' })).toEqual(['invalid-identity', 'body/second']);
    expect(await faultsOf(plain, { number: 'A-1', stationId: 'hall' })).toEqual(['invalid-request', 'body/stationId']);
    expect(await counts(id)).toMatchObject({ total: 0 });
  });

  test('Beyond the bound of an hour an official makes none, in any election, and another official does', async () => {
    const id = await open();
    const other = await open();
    const person = await elections.access.person('official', elections.people.administrator);
    const by = { by: person, body: { number: 'A-1' } };
    const make = (election: string) => elections.call('POST', `/v1/elections/${election}/activations`, by);
    await elections.databases.query(
      'elections',
      `insert into pv.activation_count (election_id, station, official, hour, activations)
       select $1, '', $2::uuid, date_trunc('hour', clock_timestamp() + make_interval(hours => h), 'UTC'), $3::integer
       from generate_series(0, 1) h`,
      [other, person.id, activationsPerHourMax - 1],
    );
    const answers = await Promise.all(Array.from({ length: 4 }, () => make(id)));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 429, 429, 429]);
    const late = await make(other);
    expect(codeOf(late)).toBe('too-many-requests');
    expect(Number(late.headers['retry-after'])).toBeGreaterThan(0);
    expect((await activate(id, { number: 'A-1' })).status).toBe(201);
  });
});

describe('A device', () => {
  test('A card is for the devices of its station at that moment, and without one none is made', async () => {
    const id = await announced(elections, { identity: { scheme: 'roll' }, verification, ...withStations });
    const first = (await enrol(id, { stationId: 'hall', name: 'One' })).body as DeviceAnswer;
    const elsewhere = (await enrol(id, { stationId: 'ship' })).body as DeviceAnswer;
    await later(elections, id, 2 * 3_600);
    const second = (await enrol(id, { stationId: 'hall', name: 'Two' })).body as DeviceAnswer;
    const make = async () =>
      openedOf((await activate(id, { number: 'A-1', stationId: 'hall' })).body as ActivationAnswer);
    const takers = async (): Promise<boolean[]> => {
      const opened = await make();
      return [first, second, elsewhere].map(({ secret }) => isForDevice(opened, secret));
    };
    expect(await takers()).toEqual([true, true, false]);
    expect((await devicesOf(id, 'hall')).map(({ name }) => name)).toEqual(['One', 'Two']);

    expect((await revoke(id, first.device.id)).status).toBe(204);
    expect(await takers()).toEqual([false, true, false]);
    expect(codeOf(await revoke(id, first.device.id))).toBe('device-not-found');
    expect((await revoke(id, second.device.id, 'administrator')).status).toBe(204);
    expect(await devicesOf(id, 'hall')).toEqual([]);
    const refused = await activate(id, { number: 'A-1', stationId: 'hall' });
    expect([refused.status, codeOf(refused)]).toEqual([409, 'device-missing']);
    // It counted nothing, and the other station goes on.
    expect(await counts(id)).toMatchObject({ total: 2 });
    expect((await activate(id, { number: 'A-1', stationId: 'ship' })).status).toBe(201);
  });

  test('Its secret is answered once: stored is the digest, and the record has its name and station', async () => {
    const id = await open(withStations);
    const { device, secret } = (await enrol(id, { stationId: 'ship', name: ' Tablet  7 ' })).body as DeviceAnswer;
    await revoke(id, device.id);
    const to = { id: device.id, name: device.name, station: 'ship' };
    const [, , , , , done] = await auditOf(id, 'enrol-device');
    const actor = { kind: 'user', userId: elections.people.administrator.id, role: 'administrator' };
    expect(done).toMatchObject({ outcome: 'done', actor, changed: { device: { to } } });
    const ends = await auditOf(id, 'revoke-device');
    expect(ends.at(-1)).toMatchObject({ outcome: 'done', changed: { device: { from: to } } });

    const stored = await elections.databases.query<{ digest: Buffer; revoked_by: string }>(
      'elections',
      'select digest, revoked_by, name, station from pv.station_device where device_id = $1::uuid',
      [device.id],
    );
    expect(stored).toMatchObject([{ revoked_by: elections.people.official.id, name: device.name, station: 'ship' }]);
    expect(stored[0]?.digest.equals(deviceDigest(secret))).toBe(true);
    const entries = await auditOf(id, 'enrol-device');
    for (const text of [JSON.stringify([entries, ends, stored, await devicesOf(id, 'ship')]), elections.log()]) {
      expect(text).not.toContain(secret);
    }
  });

  test('A station has twenty devices at most, also when they are enrolled at once', async () => {
    const id = await open(withStations);
    // One place is free.
    await elections.databases.query(
      'elections',
      `insert into pv.station_device (device_id, election_id, station, name, digest, enrolled_by)
       select gen_random_uuid(), $1, 'hall', 'Tablet', sha256(gen_random_uuid()::text::bytea), gen_random_uuid()
       from generate_series(1, $2::integer - 2)`,
      [id, devicesPerStationMax],
    );
    const answers = await Promise.all(Array.from({ length: 4 }, () => enrol(id, { stationId: 'hall' })));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409]);
    expect(new Set(answers.map(codeOf))).toEqual(new Set(['none', 'conflict']));
    const [oldest] = await devicesOf(id, 'hall');
    expect((await revoke(id, oldest?.id ?? '')).status).toBe(204);
    expect((await enrol(id, { stationId: 'hall' })).status).toBe(201);
    expect((await enrol(id, { stationId: 'ship' })).status).toBe(201);
  });

  test('A device that is not committed yet is counted, because the next one waits for it', async () => {
    const id = await open(withStations);
    const device = () => ({ id: randomUUID(), name: 'Tablet', digest: randomBytes(32), enrolledBy: randomUUID() });
    const place = { electionId: id, station: 'ship', most: 2 };
    const client = await elections.pool.connect();
    await client.query('begin');
    const first = device();
    const values = [first.id, id, 'ship', first.name, first.digest, first.enrolledBy, place.most];
    await client.query('select pv.enrol_device($1, $2, $3, $4, $5, $6, $7)', values);
    const next = enrolDevice(elections.pool, { ...device(), ...place });
    const waiting = `select 1 from pg_locks l join pg_database d on d.oid = l.database
      where d.datname = current_database() and l.classid = 20260102 and not l.granted`;
    const waits = async (): Promise<boolean> => (await elections.databases.query('elections', waiting)).length > 0;
    await Promise.race([next, until(waits, 'the next one waits')]);
    await client.query('commit');
    client.release();
    expect(await next).toBeNull();
    expect(await devicesOf(id, 'ship')).toHaveLength(2);
  });

  test('Only administrators enrol one, with a second factor, before the end and where cards are allowed', async () => {
    const id = await open({ rehearsal: false, organiser, minBatch: 50 });
    for (const role of ['official', 'auditor'] as const) {
      expect(codeOf(await enrol(id, {}, role))).toBe('role-not-allowed');
    }
    const [device] = await devicesOf(id);
    expect(codeOf(await revoke(id, device?.id ?? '', 'auditor'))).toBe('role-not-allowed');
    const by = await elections.access.person('official', elections.people.administrator);
    const alone = await elections.call('DELETE', `/v1/elections/${id}/devices/${device?.id}`, { by });
    expect(codeOf(alone)).toBe('second-factor-missing');
    const phones = await announced(elections, { identity: { scheme: 'roll' }, verification: { methods: ['text-in'] } });
    expect(codeOf(await enrol(phones))).toBe('activation-not-allowed');
    expect(codeOf(await enrol('nowhere'))).toBe('election-not-found');
    const other = await open(withStations);
    expect(errorsOf(await enrol(other, { stationId: 'moon' })).map(({ path }) => path)).toEqual(['body/stationId']);
    const list = await elections.call('GET', `/v1/elections/${other}/devices`);
    expect(errorsOf(list).map(({ path }) => path)).toEqual(['querystring/stationId']);
    expect(codeOf(await revoke(other, device?.id ?? ''))).toBe('device-not-found');
    await later(elections, other, 10 * 3_600);
    expect(codeOf(await enrol(other, { stationId: 'hall' }))).toBe('not-open');
  });
});

test('An election allows activations only with a roll and online', async () => {
  for (const changes of [{ identity: { scheme: 'hkid' } }, { identity: { scheme: 'roll' }, channels: ['batches'] }]) {
    const created = await elections.call('POST', '/v1/elections', { body: motion({ verification, ...changes }) });
    expect([created.status, ...errorsOf(created).map(({ path }) => path)]).toEqual([
      422,
      'body/verification/activation',
    ]);
  }
});

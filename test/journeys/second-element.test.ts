// An election whose roll has a PIN for each number, on the whole platform: imported, corrected before the opening, asked
// about, and checked by the last step of a vote. And one in which officials give voters without a phone a code, for the device of their
// station.
import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Person } from '../support/control.ts';
import { ballot, definition } from '../support/elections.ts';
import { startPlatform } from '../support/processes/processes.ts';
import type { Control, Platform } from '../support/processes/processes.ts';
import { until } from '../support/until.ts';
import { Voter } from '../support/voter/voter.ts';
import type { Answer } from '../support/voter/voter.ts';

const electionId = `pins-${randomUUID()}`;
const path = `/v1/elections/${electionId}`;
let platform: Platform & { control: Control };
let administrator: Person;
beforeAll(async () => {
  platform = await startPlatform({ control: true });
  administrator = platform.control.administrator;
}, 120_000);
afterAll(() => platform[Symbol.asyncDispose]());

const upload = (raw: string, query = '') =>
  administrator.call('elections', 'POST', `${path}/roll${query}`, { raw, headers: { 'content-type': 'text/csv' } });
const voter = (identity: string, second: string): Voter =>
  new Voter(platform.origins, electionId, { identity, second });
const cast = async (identity: string, second: string): Promise<Answer> =>
  (await voter(identity, second).verify()).cast(ballot());
const ask = async (number: string, second: string): Promise<unknown> =>
  (await voter(number, second).call('POST', `${path}/roll-question`, { number, second })).body;

describe('A roll with PINs', () => {
  test(
    'A person votes with number and PIN, once, and a wrong PIN is not on the roll',
    { timeout: 180_000 },
    async () => {
      const {
        minBatch: _minBatch,
        graceSeconds: _graceSeconds,
        ...draft
      } = definition({
        id: electionId,
        identity: { scheme: 'roll', second: 'pin' },
        opensAt: new Date(Date.now() + 600_000).toISOString(),
        closesAt: new Date(Date.now() + 3_600_000).toISOString(),
      });
      const created = await administrator.call('elections', 'POST', '/v1/elections', { body: draft });
      expect([created.status, created.text]).toEqual([201, expect.any(String)]);
      const imported = await upload('name;number;PIN\nAna;A-1;0042\nBo;A-2;0043\nCveta;A-3;9999\n');
      expect(imported.body).toMatchObject({ added: 3, malformed: 0 });
      expect((await administrator.call('elections', 'POST', `${path}/announce`)).status).toBe(200);
      await until(async () => (await fetch(`${platform.origins.api}${path}`)).status === 200, 'the election is public');

      // The PIN of Cveta was wrong: a replacement cannot change it, a removal and an import can.
      const corrected = 'name;number;PIN\nAna;A-1;0042\nBo;A-2;0043\nCveta;A-3;0044\n';
      expect((await upload(corrected, '?mode=replace')).body).toMatchObject({ code: 'conflict' });
      expect((await upload('number\nA-3\n', '?mode=remove')).body).toMatchObject({ removed: 1, settled: true });
      expect((await upload(corrected)).body).toMatchObject({ added: 1, alreadyThere: 2, settled: true });
      expect(await ask(' a-3 ', '００４４')).toEqual({ roll: 'listed' });
      expect(await ask('A-3', '9999')).toEqual({ roll: 'absent' });
      expect(await ask('A-9', '0044')).toEqual({ roll: 'absent' });

      const change = { opensAt: new Date(Date.now() + 1_500).toISOString() };
      const moved = await administrator.call('elections', 'PATCH', path, {
        body: change,
        headers: { 'if-match': '*' },
      });
      expect([moved.status, moved.text]).toEqual([200, expect.any(String)]);
      await until(async () => {
        const { election } = (await (await fetch(`${platform.origins.api}${path}`)).json()) as {
          election: { phase: string };
        };
        return election.phase === 'open';
      }, 'voting is open');

      const wrongPin = await cast('A-1', '0043');
      const unknown = await cast('A-9', '0042');
      expect([wrongPin.status, wrongPin.text]).toEqual([unknown.status, unknown.text]);
      expect(wrongPin.body).toMatchObject({ code: 'not-eligible' });
      expect((await cast('A-3', '9999')).text).toBe(unknown.text);

      expect((await cast(' a‑1 ', '٠٠٤٢')).status).toBe(201);
      expect((await cast('A-1', '0042')).body).toMatchObject({ code: 'already-recorded' });
      // The vote with the right PIN gives a wrong one no other answer.
      expect((await cast('A-1', '0043')).text).toBe(unknown.text);
      expect((await cast('A-3', '0044')).status).toBe(201);
      expect((await platform.counts(electionId)).participation).toBe(2);
      for (const secret of ['0042', '0044']) expect(platform.output()).not.toContain(`"${secret}"`);
    },
  );
});

describe('Voters without a phone', () => {
  const id = `cards-${randomUUID()}`;
  const other = `cards-${randomUUID()}`;
  const at = (election: string): string => `/v1/elections/${election}`;
  const stations = [{ id: 'hall', name: 'Town hall' }];
  let official: Person;
  /** The secret of the device of each election. */
  const devices = new Map<string, string>();

  async function open(name: string): Promise<void> {
    const {
      minBatch: _minBatch,
      graceSeconds: _graceSeconds,
      ...draft
    } = definition({
      id: name,
      identity: { scheme: 'roll' },
      channels: ['online', 'batches'],
      verification: { methods: ['text-in'], verifiedSecondsMax: 900, activation: true },
      paper: { stations },
    });
    const created = await administrator.call('elections', 'POST', '/v1/elections', { body: draft });
    expect([created.status, created.text]).toEqual([201, expect.any(String)]);
    expect((await administrator.call('elections', 'POST', `${at(name)}/announce`)).status).toBe(200);
    const csv = { raw: 'number\nB-1\nB-2\nB-3\n', headers: { 'content-type': 'text/csv' } };
    const imported = await administrator.call('elections', 'POST', `${at(name)}/roll`, csv);
    expect(imported.body).toMatchObject({ added: 3, settled: true });
    const enrolment = { body: { name: 'Tablet 1', stationId: 'hall' } };
    const enrolled = await administrator.call('elections', 'POST', `${at(name)}/devices`, enrolment);
    expect([enrolled.status, enrolled.text]).toEqual([201, expect.any(String)]);
    devices.set(name, String(enrolled.body['secret']));
    await until(async () => (await fetch(platform.origins.api + at(name))).status === 200, 'the election is public');
  }
  const cardFor = async (number: string, election = id): Promise<string> => {
    const body = { number, stationId: 'hall' };
    const answer = await official.call('elections', 'POST', `${at(election)}/activations`, { body });
    expect([answer.status, answer.text]).toEqual([201, expect.any(String)]);
    return String(answer.body['code']);
  };
  const newAttempt = (): string => randomBytes(16).toString('base64url');
  const begin = (person: Voter, code: string, attempt = newAttempt(), electionId = id) =>
    person.call('POST', '/v1/sessions/activated', { electionId, code, attempt, device: devices.get(electionId) });
  /** Somebody at the device of the station, without a phone. */
  const atDevice = async (code: string): Promise<{ answer: Answer; person: Voter }> => {
    const person = new Voter(platform.origins, id);
    const answer = await begin(person, code);
    const { token } = answer.body as { token?: string };
    person.token = token ?? '';
    return { answer, person };
  };

  test('A code of an official casts one vote, once for its person in every way', { timeout: 180_000 }, async () => {
    official = await platform.control.person('official');
    await open(id);
    await open(other);
    const code = await cardFor(' b-1 ');
    const first = await atDevice(code.toLowerCase());
    expect([first.answer.status, first.answer.body]).toEqual([201, expect.objectContaining({ state: 'verified' })]);
    const receipt = await first.person.cast(ballot());
    expect([receipt.status, receipt.text]).toEqual([201, expect.any(String)]);
    expect((await first.person.cast(ballot())).text).toBe(receipt.text);

    // The person is one, whatever way: another card, and a phone.
    const second = await atDevice(await cardFor('B-1'));
    expect((await second.person.cast(ballot('no'))).body).toMatchObject({ code: 'already-recorded' });
    const byPhone = await new Voter(platform.origins, id, { identity: 'B-1' }).verify();
    expect((await byPhone.cast(ballot('no'))).body).toMatchObject({ code: 'already-recorded' });
    await (await new Voter(platform.origins, id, { identity: 'B-2' }).verify()).cast(ballot());
    const late = await atDevice(await cardFor('B-2'));
    expect((await late.person.cast(ballot('no'))).body).toMatchObject({ code: 'already-recorded' });
    const stranger = await atDevice(await cardFor('B-9'));
    expect(stranger.answer.status).toBe(201);
    expect((await stranger.person.cast(ballot())).body).toMatchObject({ code: 'not-eligible' });
    expect((await platform.counts(id)).participation).toBe(2);

    const { body } = await administrator.call('elections', 'GET', `${at(id)}/activations`);
    expect(body).toMatchObject({ total: 4, stations: [{ stationId: 'hall', activations: 4 }] });
    for (const secret of [code, devices.get(id) ?? '', 'B-1"', 'B-9"']) expect(platform.output()).not.toContain(secret);
  });

  test('A code that is used, unknown, of another election or not allowed is refused', { timeout: 60_000 }, async () => {
    const person = new Voter(platform.origins, id);
    const code = await cardFor('B-3');
    const elsewhere = await begin(person, code, newAttempt(), other);
    expect(elsewhere.body).toMatchObject({ code: 'activation-elsewhere' });
    const notAllowed = await begin(person, code, newAttempt(), electionId);
    expect(notAllowed.body).toMatchObject({ code: 'activation-not-allowed' });
    const refused = await official.call('elections', 'POST', `${path}/activations`, { body: { number: 'A-1' } });
    expect(refused.body).toMatchObject({ code: 'activation-not-allowed' });
    for (const unknown of [code.slice(1), '0'.repeat(12)]) {
      expect((await begin(person, unknown)).body).toMatchObject({ code: 'activation-unknown' });
    }
    const attempt = newAttempt();
    for (const device of [undefined, devices.get(other)]) {
      const body = { electionId: id, code, attempt, device };
      const { status, body: problem } = await person.call('POST', '/v1/sessions/activated', body);
      expect([status, problem]).toEqual([403, expect.objectContaining({ code: 'activation-device' })]);
    }
    const once = await begin(person, code, attempt);
    const again = await begin(person, code, attempt);
    expect([once.status, again.status]).toEqual([201, 201]);
    expect((await begin(person, code)).body).toMatchObject({ code: 'activation-used' });
  });
});

// H2. The attacker has: the public API, addresses, and the phone and number of somebody. Nothing before the proof of a phone
// may tell whether that person began, verified or voted, and nothing that the attacker does may keep that person out.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ballot } from '../support/elections.ts';
import { mannWhitneyP } from '../support/mann-whitney.ts';
import { startOwnRedis } from '../support/processes/own-redis.ts';
import type { OwnRedis } from '../support/processes/own-redis.ts';
import { startApi } from '../support/services/api.ts';
import type { Fixture } from '../support/services/api.ts';
import { startSms } from '../support/services/sms.ts';
import type { Sms } from '../support/services/sms.ts';
import { anyCastTag } from '../support/voter/proofs.ts';
import { voterRequests } from '../support/voter/voter-requests.ts';
import type { VoterRequest } from '../support/voter/voter-requests.ts';
import { Voter } from '../support/voter/voter.ts';

let redis: OwnRedis;
let sms: Sms;
let api: Fixture;
let voter: () => Voter;
beforeAll(async () => {
  redis = await startOwnRedis();
  const redisUrls = { sms: redis.url('sms'), admin: redis.url('admin') };
  sms = await startSms({ redisUrls });
  api = await startApi({ redisUrl: redis.url, keys: sms.keys, sms: sms.client, sessionsPerAddressBlock: 1_000_000 });
  voter = () => new Voter({ api: api.origin, sms: sms.publicUrl }, api.election.id);
});
afterAll(async () => {
  await api[Symbol.asyncDispose]();
  await sms[Symbol.asyncDispose]();
  await redis[Symbol.asyncDispose]();
});

/** How far a person has come, in the person's own session. */
const states = {
  began: (person: Voter) => person.identify(),
  verified: (person: Voter) => person.verify(),
  voted: async (person: Voter) => expect((await (await person.verify()).cast(ballot())).status).toBe(201),
} as const;

type Observed = {
  readonly status: number;
  readonly headers: object;
  /** From Retry-After. */
  readonly waitSeconds: number;
  readonly text: string;
  readonly token: string;
};
/** An attacker's request from an address, with what may differ by chance or time replaced by its length. */
async function attack(
  { method, path, body }: VoterRequest,
  token?: string,
  address = '203.0.113.7',
): Promise<Observed> {
  const answer = await api.app.inject({
    method,
    url: path,
    headers: { 'x-forwarded-for': address, ...(token !== undefined && { authorization: `Bearer ${token}` }) },
    ...(body !== undefined && { payload: body as object }),
  });
  const { statusCode, headers, body: text } = answer;
  const { date: _date, 'x-request-id': _id, 'retry-after': wait = 0, ...fixed } = headers;
  const masked = text.replaceAll(
    /"(token|code|expiresAt|resendAfter)":"([^"]*)"/g,
    (_all, name: string, value: string) =>
      name === 'code' && statusCode !== 201 && statusCode !== 200 ? `${name}:${value}` : `${name}:${value.length}`,
  );
  const own = (JSON.parse(text) as { token?: string }).token ?? '';
  return { status: statusCode, headers: fixed, waitSeconds: Number(wait), text: masked, token: own };
}

/** Every step before proof, with the name of a person. */
async function attackAll({ identity: number, phone }: Voter): Promise<object[]> {
  const session = (method: 'text-in' | 'code') =>
    attack(voterRequests.session({ electionId: api.election.id, number, phone, castTag: anyCastTag, method }));
  const textIn = await session('text-in');
  const code = await session('code');
  const answers = [
    textIn,
    code,
    await attack(voterRequests.wait(0), textIn.token),
    await attack(voterRequests.wait(1), textIn.token),
    await attack(voterRequests.wait(0), code.token),
    await attack(voterRequests.resend(), textIn.token),
    await attack(voterRequests.resend(), code.token),
    await attack(voterRequests.code('00000000'), code.token),
    await attack(voterRequests.code('0000'), textIn.token),
    await attack(voterRequests.resend('text-in'), code.token),
    await attack(voterRequests.cast('A'.repeat(43), ballot()), textIn.token),
    ...(await Promise.all(Array.from({ length: 40 }, () => session('text-in')))),
  ];
  // The second in which a request arrives is in its wait.
  return answers.map(({ token: _token, waitSeconds, ...rest }) => ({ ...rest, wait: Math.round(waitSeconds / 10) }));
}

/** How much each kind of count in Redis grew; names of people, phones and addresses are left out. */
async function growthBy(work: () => Promise<unknown>): Promise<Record<string, number>> {
  const counts = async (): Promise<Map<string, number>> => {
    const keys = await api.admin.keys('limits:*');
    const values = await Promise.all(keys.map(async (key) => [key, Number(await api.admin.get(key))] as const));
    return new Map(values);
  };
  const before = await counts();
  await work();
  const growth: Record<string, number> = {};
  for (const [key, value] of await counts()) {
    const kind = key.split(':').slice(0, 3).join(':');
    growth[kind] = (growth[kind] ?? 0) + value - (before.get(key) ?? 0);
  }
  return growth;
}

describe('Answers before the proof of a phone', () => {
  test.each(Object.keys(states) as (keyof typeof states)[])(
    'They have the same bytes, headers and counts for somebody who %s as for somebody unknown',
    async (state) => {
      const person = voter();
      await states[state](person);
      const before = api.behind.contacts.length;
      const unknown = voter();
      let answers: unknown;
      let expected: unknown;
      const growth = await growthBy(async () => (answers = await attackAll(person)));
      const expectedGrowth = await growthBy(async () => (expected = await attackAll(unknown)));
      expect(answers).toEqual(expected);
      expect(growth).toEqual(expectedGrowth);
      expect(growth['limits:api:address']).toBe(45);
      // Who voted is known behind `ballots`, and nothing here asks it.
      expect(api.behind.contacts.slice(before)).toEqual([]);
    },
  );

  test('They take the same time, for a new session and for a look at it', { timeout: 240_000 }, async () => {
    const person = voter();
    await states.voted(person);
    const unknown = voter();
    const people = [person, unknown] as const;
    const sessionOf = ({ identity: number, phone }: Voter) =>
      voterRequests.session({ electionId: api.election.id, number, phone, castTag: anyCastTag });
    const tokens = [(await attack(sessionOf(person))).token, (await attack(sessionOf(unknown))).token] as const;
    const steps = {
      start: (who: 0 | 1) => attack(sessionOf(people[who])),
      look: (who: 0 | 1) => attack(voterRequests.wait(0), tokens[who]),
    };
    for (const step of Object.values(steps)) {
      // By chance one round in a hundred differs. A real difference is in each of three.
      const rounds: number[] = [];
      while (rounds.length < 3 && !rounds.some((p) => p > 0.01)) rounds.push(mannWhitneyP(...(await timesOf(step))));
      expect(Math.max(...rounds)).toBeGreaterThan(0.01);
    }
  });
});

const pairs = 2_000;
async function timesOf(step: (who: 0 | 1) => Promise<unknown>): Promise<[number[], number[]]> {
  const times: [number[], number[]] = [[], []];
  for (let pair = 0; pair < pairs; pair += 1) {
    // In a random order, so that neither is always the second.
    const first = Math.random() < 0.5 ? 0 : 1;
    for (const who of [first, first === 0 ? 1 : 0] as const) {
      const began = performance.now();
      await step(who);
      times[who].push(performance.now() - began);
    }
  }
  return times;
}

describe('A person whose phone and number a stranger uses', () => {
  test('Sessions, codes and wrong guesses of a stranger from many addresses do not keep the person out', async () => {
    const person = voter();
    const { identity: number, phone } = person;
    const start = (method: 'text-in' | 'code', address: string) =>
      attack(
        voterRequests.session({ electionId: api.election.id, number, phone, castTag: anyCastTag, method }),
        undefined,
        address,
      );
    const statuses = await Promise.all(Array.from({ length: 100 }, (_, n) => start('text-in', `198.51.${n}.1`)));
    expect(new Set(statuses.map(({ status }) => status))).toEqual(new Set([201]));
    for (let codes = 0; codes < 3; codes += 1) {
      const session = await start('code', `203.0.${codes}.1`);
      expect(session.status).toBe(201);
      for (let tries = 0; tries < 5; tries += 1) {
        expect((await attack(voterRequests.code('00000000'), session.token)).status).toBe(422);
      }
    }
    // Codes to a phone cost and annoy, so they end. The answer says until when, and the other way remains.
    const refused = await start('code', '192.0.2.1');
    expect(refused).toMatchObject({ status: 429, text: expect.stringContaining('too-many-codes') as string });
    expect(refused.waitSeconds).toBeGreaterThan(3_000);
    expect(refused.waitSeconds).toBeLessThanOrEqual(3_600);
    await person.verify();
    expect((await person.cast(ballot())).status).toBe(201);
  });
});

// Attacker: no key and no role, only the page of the simulator, which an operator forgot to remove. Wants to vote as
// phones that do not exist, in an election that counts.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { redisServers } from '../../src/local/redis-settings.ts';
import { readiness } from '../../src/protocol/control/live-api.ts';
import { startOwnRedis } from '../support/processes/own-redis.ts';
import type { OwnRedis } from '../support/processes/own-redis.ts';
import { codeOf, detailOf, electionOf, motion, startElections } from '../support/services/elections.ts';
import type { Answer, Elections } from '../support/services/elections.ts';
import { startSms } from '../support/services/sms.ts';

let servers: { edge: OwnRedis; control: OwnRedis };
let elections: Elections;
beforeAll(async () => {
  servers = { edge: await startOwnRedis(), control: await startOwnRedis(redisServers.control) };
  const redisUrls = { edge: servers.edge.url('elections'), control: servers.control.url('elections') };
  elections = await startElections({ redisUrls, phonesAsReported: true });
});
afterAll(async () => {
  await elections[Symbol.asyncDispose]();
  await Promise.all(Object.values(servers).map((server) => server[Symbol.asyncDispose]()));
});

const real = { rehearsal: false, minBatch: 50, graceSeconds: 120 };
async function announce(changes: object): Promise<Answer & { id: string }> {
  const contests = [
    {
      title: { en: 'Shall the library open on Sundays?' },
      method: 'plurality',
      options: [{ title: { en: 'Yes' } }, { title: { en: 'No' } }],
    },
  ];
  const created = await elections.call('POST', '/v1/elections', { body: motion({ contests, ...changes }) });
  const { id } = electionOf(created);
  return { ...(await elections.call('POST', `/v1/elections/${id}/announce`)), id };
}
const simulatorCheckOf = async (id: string) => {
  const { body } = await elections.call('GET', `/v1/elections/${id}/readiness`);
  return readiness.parse(body).checks.find(({ name }) => name === 'simulator');
};

test('An election that counts is not announced while phones are simulated, and a rehearsal is', async () => {
  const redisUrls = { sms: servers.edge.url('sms'), admin: servers.edge.url('admin') };
  const webhook = { kind: 'webhook', secrets: [`whsec_${'A'.repeat(32)}`], number: '+14155550101' };
  // Whether phones are simulated is not known yet.
  const unknown = await announce(real);
  expect([unknown.status, codeOf(unknown), detailOf(unknown)]).toEqual([
    503,
    'busy',
    expect.stringContaining('has not reported yet'),
  ]);
  const announceBefore = async () => {
    await using sms = await startSms({ redisUrls, providers: [webhook] });
    await sms.logic.reporting.report();
    return await announce(real);
  };
  const before = await announceBefore();
  expect(before.status).toBe(200);
  {
    await using sms = await startSms({ redisUrls });
    await sms.logic.reporting.report();
    const refused = await announce(real);
    expect([refused.status, codeOf(refused)]).toEqual([409, 'conflict']);
    expect(detailOf(refused)).toMatch(/SMS_PROVIDERS.*create this election as a rehearsal/);
    expect(electionOf(await elections.call('GET', `/v1/elections/${refused.id}`)).state).toBe('draft');
    expect((await announce({ rehearsal: true })).status).toBe(200);
    expect((await announce({ ...real, channels: ['batches'] })).status).toBe(200);
    // Announced before: the readiness list says it.
    expect(await simulatorCheckOf(before.id)).toMatchObject({
      state: 'failed',
      next: expect.stringMatching(/SMS_PROV/) as string,
    });
  }
  await using sms = await startSms({ redisUrls, providers: [webhook] });
  await sms.logic.reporting.report();
  expect((await announce(real)).status).toBe(200);
  expect(await simulatorCheckOf(before.id)).toMatchObject({ state: 'ok' });
});

// The attacker owns the database `elections`: any statement, past every trigger, and time. The attacker rewrites an entry
// and computes the whole chain again, removes the signed heads of the database, and may sign with a key of their own. The
// attacker does not have the key of `elections`, and cannot take back what was published.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newSigningJwk } from '../../src/platform/keys/new-keys.ts';
import { signValue, signingKey, valueIsSigned, verificationKeys } from '../../src/platform/keys/signatures.ts';
import type { AuditVerification } from '../../src/protocol/control/audit-log-api.ts';
import { recordHeadList } from '../../src/protocol/record-heads.ts';
import { createRecordHeadReader } from '../../src/services/api/documents/record-heads.ts';
import { createRecordHeads } from '../../src/services/elections/audit/record-heads.ts';
import type { RecordHeads } from '../../src/services/elections/audit/record-heads.ts';
import { redisServers } from '../../src/local/redis-settings.ts';
import { startOwnRedis } from '../support/processes/own-redis.ts';
import type { OwnRedis } from '../support/processes/own-redis.ts';
import { startElections } from '../support/services/elections.ts';
import type { Elections } from '../support/services/elections.ts';

let elections: Elections;
let heads: RecordHeads;
let redis: readonly OwnRedis[];
beforeAll(async () => {
  const edge = await startOwnRedis();
  const control = await startOwnRedis(redisServers.control);
  redis = [edge, control];
  elections = await startElections({ redisUrls: { edge: edge.url('elections'), control: control.url('elections') } });
  await elections.logic.recordUpkeep.stop();
  // What it signed before is not of these tests.
  await forced('truncate pv.signed_head');
  const { outside } = elections;
  await outside.edgeRedis.hdel('record-heads', 'heads');
  const publishers = verificationKeys(outside.publicKeys.publishers);
  heads = createRecordHeads({ ...outside, headLog: null, publisher: signingKey(outside.keys.publisher), publishers });
});
afterAll(async () => {
  await elections[Symbol.asyncDispose]();
  await Promise.all(redis.map((server) => server[Symbol.asyncDispose]()));
});

const verify = async (query = ''): Promise<AuditVerification> =>
  (await elections.call('GET', `/v1/audit-log/verification${query}`, { as: 'auditor' })).body as AuditVerification;
const forced = (text: string): Promise<unknown[]> =>
  elections.databases.query('elections', `begin; set local session_replication_role = replica; ${text}; commit`);
const addParty = () =>
  elections.call('POST', '/v1/participants', { body: { name: `Party ${randomUUID()}`, kind: 'party' } });
/** A chain without a fault, of other entries. */
const rewriting = `
  update pv.audit_entry set entry = replace(entry, 'Party', 'Other')
    where number = (select min(number) from pv.audit_entry where entry like '%Party%');
  do $$
  declare
    v_entry record;
    v_hash bytea := decode(repeat('00', 32), 'hex');
  begin
    for v_entry in select * from pv.audit_entry order by number loop
      v_hash := sha256(v_hash || convert_to(v_entry.entry, 'UTF8'));
      update pv.audit_entry set hash = v_hash where number = v_entry.number;
    end loop;
    update pv.audit_head set hash = v_hash;
  end
  $$`;

test('A record that was rewritten to its end contradicts the heads that were published', async () => {
  for (let times = 0; times < 3; times += 1) await addParty();
  const signed = await heads.sign();
  const number = signed?.head.number ?? 0;
  await addParty();
  expect(await verify()).toMatchObject({ broken: null, signedHeads: 1 });
  const reader = createRecordHeadReader({
    redis: elections.outside.edgeRedis,
    publishers: verificationKeys(elections.outside.publicKeys.publishers),
  });
  const publicHeads = recordHeadList.parse(JSON.parse((await reader()).body.toString('utf8')));
  expect(publicHeads.heads).toEqual([signed]);

  await forced(rewriting);
  expect((await verify()).broken).toMatchObject({ number, fault: 'changed' });
  // The heads of the database go too. What was published contradicts the record still, and an outsider has the hash.
  await forced('truncate pv.signed_head');
  expect((await verify()).broken).toMatchObject({ number, fault: 'changed' });
  expect((await verify(`?entry=${number}`)).noted?.hash ?? null).not.toBe(signed?.head.hash);

  // A head of the rewritten record replaces none that was published, and a stranger's key signs none.
  await heads.sign();
  const forged = { ...signed!.head, number: number + 1 };
  const document = {
    head: forged,
    signature: signValue(signingKey(newSigningJwk(elections.outside.keys.publisher.kid)), forged),
  };
  await elections.databases.query(
    'elections',
    `insert into pv.signed_head values (${number + 1}, '${JSON.stringify(document)}')`,
  );
  await heads.publish();
  const later = recordHeadList.parse(JSON.parse((await reader()).body.toString('utf8')));
  expect(later.heads).toContainEqual(signed);
  expect(later.heads.map(({ head }) => head.number)).not.toContain(number + 1);
  for (const { head, signature } of later.heads)
    expect(valueIsSigned(verificationKeys(elections.outside.publicKeys.publishers), head, signature)).toBe(true);
});

test('A record that was cut off before a published head is shorter than that head says', async () => {
  await addParty();
  const signed = await heads.sign();
  const number = signed?.head.number ?? 0;
  await forced(`
    delete from pv.audit_entry where number >= ${number};
    update pv.audit_head h set number = e.number, hash = e.hash
      from (select number, hash from pv.audit_entry order by number desc limit 1) e;
    truncate pv.signed_head;
    delete from pv.signed_head`);
  await elections.outside.edgeRedis.hset('record-heads', 'heads', JSON.stringify({ heads: [signed] }));
  expect((await verify()).broken).toMatchObject({ number, fault: 'cut-off' });
});

// Signed heads of the record: after each act that the public sees, and an hour after the last one where entries were added.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { signedRecordHead } from '../../../../src/protocol/record-heads.ts';
import { createRecordHeads } from '../../../../src/services/elections/audit/record-heads.ts';
import type { RecordHeads } from '../../../../src/services/elections/audit/record-heads.ts';
import { readRecordState } from '../../../../src/services/elections/audit/record-metrics.ts';
import { signingKey, valueIsSigned, verificationKeys } from '../../../../src/platform/keys/signatures.ts';
import { auditHead } from '../../../../src/store/elections/audit.ts';
import { listSignedHeads } from '../../../../src/store/elections/record-heads.ts';
import { startElections } from '../../../support/services/elections.ts';
import type { Elections } from '../../../support/services/elections.ts';

let elections: Elections;
let heads: RecordHeads;
beforeAll(async () => {
  elections = await startElections();
  await elections.logic.recordUpkeep.stop();
  const { outside } = elections;
  const publishers = verificationKeys(outside.publicKeys.publishers);
  heads = createRecordHeads({ ...outside, headLog: null, publisher: signingKey(outside.keys.publisher), publishers });
});
afterAll(() => elections[Symbol.asyncDispose]());

const act = (name: string) =>
  elections.logic.audit.record({ actor: { kind: 'clock' }, act: name, object: { kind: 'election', id: 'e' } }, () =>
    Promise.resolve({ result: undefined }),
  );
const newest = async () => {
  const [document] = await listSignedHeads(elections.pool, 1);
  return signedRecordHead.parse(document);
};

test('The head is signed after an act that the public sees, and after no other', async () => {
  await act('election.announce');
  const { head, signature } = await newest();
  const { number, hash } = await auditHead(elections.pool);
  expect(head).toMatchObject({ number, hash: hash.toString('hex') });
  expect(valueIsSigned(verificationKeys(elections.outside.publicKeys.publishers), head, signature)).toBe(true);
  expect((await readRecordState(elections.pool)).unsignedAtMs).toBe(null);
  const beforeMs = Date.now();
  await act('election.change');
  await act('election.change');
  expect((await newest()).head.number).toBe(number);
  const state = await readRecordState(elections.pool);
  expect(state.signedAtMs).toBe(Date.parse(head.signedAt));
  // The first act without a head, by the clock of the database, which is that of this machine.
  expect(state.unsignedAtMs).toBeGreaterThan(beforeMs - 1_000);
  expect(state.unsignedAtMs).toBeLessThanOrEqual(Date.now() + 1_000);
});

test('The head is signed an hour after the last one, where entries were added', async () => {
  await act('election.announce');
  await act('election.change');
  const before = (await newest()).head.number;
  await heads.signIfDue();
  expect((await newest()).head.number).toBe(before);
  await elections.databases.query(
    'elections',
    `begin; set local session_replication_role = replica;
      update pv.signed_head set signed_at = signed_at - interval '1 hour'; commit`,
  );
  await heads.signIfDue();
  const after = (await newest()).head.number;
  expect(after).toBeGreaterThan(before);
  await heads.signIfDue();
  expect((await newest()).head.number).toBe(after);
});

// Results of an election with witnesses: they are published when enough of them cosigned the final log, or with a reason that
// is recorded.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { rebuildLogs } from '../../../../src/cli/rebuild-logs.ts';
import type { ClosingDocument } from '../../../../src/protocol/record/closing.ts';
import type { ProposedAnswer } from '../../../../src/protocol/control/proposals-api.ts';
import { newestResult } from '../../../../src/services/elections/results/results-view.ts';
import { openPool } from '../../../../src/store/database.ts';
import { findLifecycle } from '../../../../src/store/elections/lifecycle.ts';
import { seededLogKeys, witnessKeyText } from '../../../support/record/log-keys.ts';
import type { WitnessKey } from '../../../support/record/log-keys.ts';
import { publishCheckpoint } from '../../../support/record/published-checkpoint.ts';
import { storedRecord } from '../../../support/record/stored-record.ts';
import { layingBallots } from '../../../support/services/counted-election.ts';
import type { Ballots } from '../../../support/services/counted-election.ts';
import { codeOf, startElections } from '../../../support/services/elections.ts';
import type { Answer, Elections } from '../../../support/services/elections.ts';
import {
  actTogether,
  confirmAs,
  countingDraft,
  secondAdministrator,
} from '../../../support/services/two-administrators.ts';
import type { Person } from '../../../support/services/access.ts';
import { recordStatements } from '../../../support/closing.ts';
import { until } from '../../../support/until.ts';
import { later } from '../../../support/services/voting-election.ts';
import { availableVerifiers } from '../../../tampered/available.ts';
import { verifyEach } from '../../../tampered/verifiers.ts';

const { witnesses } = seededLogKeys('witnesses-of-results');
const directory = mkdtempSync(join(tmpdir(), 'popvote-witnessed-'));
const scratch = mkdtempSync(join(tmpdir(), 'popvote-verified-'));
const verifiers = availableVerifiers(scratch);
let elections: Elections;
let ballots: Ballots;
let second: Person;
beforeAll(async () => {
  elections = await startElections({
    witnesses: { quorum: 2, keys: witnesses.map(witnessKeyText) },
    logDirectory: directory,
  });
  ballots = layingBallots(elections);
  second = await secondAdministrator(elections);
});
afterAll(async () => {
  await ballots[Symbol.asyncDispose]();
  await elections[Symbol.asyncDispose]();
  for (const folder of [directory, scratch]) rmSync(folder, { recursive: true });
});

/** An election that counts, with a result, and its closing document. */
async function countedElection(): Promise<{ readonly id: string; readonly closing: ClosingDocument['closing'] }> {
  const id = await countingDraft(elections);
  await actTogether(elections, second, `/v1/elections/${id}/announce`);
  await later(elections, id, 5_400);
  await ballots.cast(id, ['contest-1'], [{ choices: [['option-1']], count: 3 }]);
  await later(elections, id, 12 * 3_600);
  await until(async () => {
    await elections.logic.schedule.poll();
    return (await stateOf(id)) === 'closed';
  }, 'the closed intake');
  await recordStatements(elections.databases, elections.access.keys.public);
  await actTogether(elections, second, `/v1/elections/${id}/count`);
  const { closing } = (await findLifecycle(elections.pool, id))!;
  return { id, closing: (closing as ClosingDocument).closing };
}

/** What herald publishes: the final checkpoint with these cosignatures. */
function publishFinal(
  { origin, size, root }: ClosingDocument['closing'],
  cosigners: readonly WitnessKey[],
  changed: Partial<{ size: number; text: string; seconds: number }> = {},
): void {
  const checkpoint = { origin, size: changed.size ?? size, root: Buffer.from(root, 'base64url') };
  publishCheckpoint({ directory, keys: elections.access.keys.log }, checkpoint, cosigners, changed);
}

const publish = (id: string, body: object = {}): Promise<Answer> =>
  elections.call('POST', `/v1/elections/${id}/publish`, { body });
const stateOf = async (id: string) => (await findLifecycle(elections.pool, id))!.state;
const acts = (id: string) =>
  elections.databases.query<{ reason: string | null; changed: unknown }>(
    'elections',
    `select entry::json ->> 'reason' as reason, entry::json -> 'changed' as changed from pv.audit_entry
     where act = 'election.publish' and object_id = $1 and entry::json ->> 'outcome' = 'done'`,
    [id],
  );

test('Results are published when enough witnesses cosigned exactly the tree of the closing document', async () => {
  const { id, closing } = await countedElection();
  const [first, other] = witnesses;
  const aheadSeconds = Math.round(Date.now() / 1_000) + 7_200;
  const tooFew: readonly (() => void)[] = [
    () => undefined,
    () => publishFinal(closing, [first!]),
    () => publishFinal(closing, [first!, first!]),
    () => publishFinal(closing, [first!, other!], { size: closing.size + 1 }),
    () => publishFinal(closing, [first!, other!], { text: 'another text\n' }),
    () => publishFinal(closing, [first!, other!], { seconds: aheadSeconds }),
    () => publishFinal(closing, [first!, { ...seededLogKeys('others').witnesses[1]!, name: other!.name }]),
  ];
  for (const change of tooFew) {
    change();
    const answer = await publish(id);
    expect([answer.status, codeOf(answer)]).toEqual([409, 'not-witnessed']);
  }
  expect(await stateOf(id)).toBe('counted');
  publishFinal(closing, [first!, other!]);
  await actTogether(elections, second, `/v1/elections/${id}/publish`, {});
  expect(await stateOf(id)).toBe('published');
});

test('Without them an administrator gives a reason, another confirms it, and both are recorded', async () => {
  const { id, closing } = await countedElection();
  publishFinal(closing, witnesses.slice(0, 1));
  const withoutWitnesses = 'A witness closed down.';
  await actTogether(elections, second, `/v1/elections/${id}/publish`, { withoutWitnesses });
  expect(await stateOf(id)).toBe('published');
  expect(await acts(id)).toMatchObject([
    { reason: withoutWitnesses, changed: { witnesses: { to: { cosigned: 1, quorum: 2 } } } },
  ]);
});

/** What each verifier says of the election: its log is made again from the box, with the checkpoint that was published. */
async function answersOf(id: string): Promise<unknown[]> {
  const rebuilt = join(scratch, `rebuilt-${id}`);
  const box = openPool(elections.databases.url('box', 'popvote_log'), { name: 'test-log', connectionsMax: 1 });
  await rebuildLogs({ box, keys: elections.access.keys.log, directory: rebuilt, published: directory });
  await box.end();
  const { served, anchor } = await storedRecord(elections, id, rebuilt);
  const { served: published } = await storedRecord(elections, id, directory);
  const { closing } = (await findLifecycle(elections.pool, id))!;
  const { signed } = await newestResult(elections.pool, id);
  for (const [name, document] of Object.entries({ closing, results: signed })) {
    served.set(`${name}.json`, Buffer.from(JSON.stringify(document)));
  }
  served.set('checkpoint', published.get('checkpoint') ?? new Uint8Array());
  const answers = await verifyEach(verifiers, { electionId: id, served, anchor });
  return answers.map((answer) => (answer instanceof Error ? answer : [answer.exit, answer.report.failures]));
}

test('Of results without their witnesses each verifier says so, and nothing else, until they have signed', async () => {
  const { id, closing } = await countedElection();
  publishFinal(closing, witnesses.slice(0, 1));
  await actTogether(elections, second, `/v1/elections/${id}/publish`, { withoutWitnesses: 'A witness closed down.' });
  const failure = { step: 4, reason: 'witness-quorum' };
  expect(await answersOf(id)).toEqual(verifiers.map(() => [1, [failure]]));
  publishFinal(closing, witnesses.slice(0, 2));
  rmSync(join(scratch, `rebuilt-${id}`), { recursive: true });
  expect(await answersOf(id)).toEqual(verifiers.map(() => [0, []]));
});

test('A confirmed publication waits for cosignatures that are gone, and then goes on', async () => {
  const { id, closing } = await countedElection();
  publishFinal(closing, witnesses);
  const { proposal } = (await publish(id)).body as ProposedAnswer;
  publishFinal(closing, []);
  const { body } = await confirmAs(elections, second, proposal.id);
  expect(body).toMatchObject({ proposal: { state: 'confirmed', problem: null } });
  expect(await stateOf(id)).toBe('counted');
  publishFinal(closing, witnesses);
  await until(async () => {
    await elections.logic.schedule.poll();
    return (await stateOf(id)) === 'published';
  }, 'the publication');
});

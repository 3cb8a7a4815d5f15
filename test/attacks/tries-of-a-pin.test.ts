// H2, decision 0018. The attacker has: the number of somebody on a roll with PINs, and phones that are verified. Each phone
// must have few tries, and none of them may keep the owner of the number out.
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { App } from '../../src/platform/http/http.ts';
import type { CastCall } from '../../src/protocol/ballot-service.ts';
import { rollTriesPerPhoneMax } from '../../src/services/ballots/casting.ts';
import type { ElectionDefinition } from '../../src/protocol/public-document.ts';
import { createIntake, newElection, random32 } from '../support/intake.ts';
import type { Intake } from '../support/intake.ts';

let intake: Intake;
let app: App;
let other: App;
beforeAll(async () => {
  intake = await createIntake();
  app = await intake.app();
  other = await intake.app();
  await intake.epoch();
});
afterAll(() => intake[Symbol.asyncDispose]());

const withPins = { scheme: 'roll', second: 'pin' } as const;
/** An election with one person on its roll. A wrong PIN is another digest. */
async function rollOf(identityRule: ElectionDefinition['identity']): Promise<{ electionId: string; owner: string }> {
  const election = newElection({ identity: identityRule });
  await intake.create(app, election);
  const owner = 'A-77 0042';
  const { identity } = intake.cast({ electionId: election.id, identity: owner });
  const path = `/private/elections/${election.id}/roll`;
  expect((await intake.call(app, 'POST', path, { identities: [identity] })).status).toBe(200);
  return { electionId: election.id, owner };
}
const castAt = async (at: App, call: CastCall) => (await intake.castAt(at, call)).status;

test('A phone tries ten PINs at most, all at once or one by one, and the right one is then refused', async () => {
  const { electionId, owner } = await rollOf(withPins);
  const phone = random32();
  const tries = Array.from({ length: 3 * rollTriesPerPhoneMax }, () =>
    intake.cast({ electionId, phone, identity: random32() }),
  );
  const statuses = await Promise.all(tries.map((call, index) => castAt(index % 2 === 0 ? app : other, call)));
  expect(new Set(statuses)).toEqual(new Set([403]));
  const [row] = await intake.databases.query<{ tries: number }>(
    'intake',
    'select cardinality(voter_tags) as tries from pv.roll_try where election_id = $1',
    [electionId],
  );
  expect(row?.tries).toBe(rollTriesPerPhoneMax);
  expect(await castAt(app, intake.cast({ electionId, phone, identity: owner }))).toBe(403);
  // The owner is not kept out.
  expect(await castAt(app, intake.cast({ electionId, identity: owner }))).toBe(200);
});

test('A voter who mistyped the PIN nine times votes, and a cast that is sent again is no further try', async () => {
  const { electionId, owner } = await rollOf(withPins);
  const phone = random32();
  for (let count = 1; count < rollTriesPerPhoneMax; count += 1) {
    expect(await castAt(app, intake.cast({ electionId, phone, identity: random32() }))).toBe(403);
  }
  const call = intake.cast({ electionId, phone, identity: owner });
  for (let count = 0; count < 5; count += 1) expect(await castAt(count % 2 === 0 ? app : other, call)).toBe(200);
});

test('A roll without a second element counts no tries', async () => {
  const { electionId, owner } = await rollOf({ scheme: 'roll' });
  const phone = random32();
  for (let count = 0; count <= rollTriesPerPhoneMax; count += 1) {
    await castAt(app, intake.cast({ electionId, phone, identity: random32() }));
  }
  expect(await castAt(app, intake.cast({ electionId, phone, identity: owner }))).toBe(200);
});

// Attacker: a superuser of the database intake, who can write every row there and knows the mixer's public key. Wants to add
// a ballot: a participation, and a record that is sealed to the mixer as a ballot of a voter is.
import { createPrivateKey, generateKeyPairSync, randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { electionLogOf } from '../../src/domain/record/election-log.ts';
import { encodeEntry } from '../../src/domain/record/entry.ts';
import { sha256 } from '../../src/platform/content-hash.ts';
import type { App } from '../../src/platform/http/http.ts';
import { createSealer, sealedOverheadBytes } from '../../src/platform/keys/sealed-boxes.ts';
import { canonicalText, signingKey } from '../../src/platform/keys/signatures.ts';
import type { SigningKey } from '../../src/platform/keys/signatures.ts';
import type { ElectionDefinition } from '../../src/protocol/public-document.ts';
import { sealedBallotContent, sealedBallotContext } from '../../src/protocol/sealed-ballot.ts';
import { entryOfCast } from '../../src/services/ballots/entries.ts';
import { createIntake, newElection, random32 } from '../support/intake.ts';
import type { Intake } from '../support/intake.ts';
import { createMixing } from '../support/mixing.ts';
import type { Mixing } from '../support/mixing.ts';
import { manifestFor } from '../support/record/manifests.ts';

let intake: Intake;
let mixing: Mixing;
let app: App;
beforeAll(async () => {
  intake = await createIntake();
  mixing = await createMixing(intake);
  app = await intake.app();
});
afterAll(async () => {
  await mixing[Symbol.asyncDispose]();
  await intake[Symbol.asyncDispose]();
});

let election: ElectionDefinition;
beforeEach(async () => {
  election = newElection();
  expect((await intake.create(app, election)).status).toBe(200);
});

const text = '{"contests":[{"choices":["no"],"contestId":"motion"},{"choices":["blue"],"contestId":"council"}]}';
const ownKey = (): SigningKey => ({
  kid: intake.keys.ballots.receipts.kid,
  key: createPrivateKey(generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' })),
});

type Forgery = {
  readonly signer?: SigningKey;
  /** The election whose log was signed. */
  readonly of?: ElectionDefinition;
  /** The ballot that was signed. */
  readonly signed?: string;
  readonly withoutEntry?: boolean;
};

/** Adds a participation and a sealed record, as the attacker can. */
async function stuff({ signer = ownKey(), of = election, signed = text, withoutEntry }: Forgery): Promise<void> {
  const { manifest } = manifestFor(intake.keys, of);
  const log = electionLogOf(sha256, manifest, canonicalText(manifest));
  const tracker = randomBytes(32);
  const ballotKey = random32();
  const entry = withoutEntry ? null : encodeEntry(entryOfCast({ log, signer }, { ballotKey, tracker, text: signed }));
  const [key] = await intake.databases.query<{ epoch: Buffer; public_key: Buffer }>(
    'intake',
    `select epoch, public_key from pv.mixer_key where state = 'active' order by created_at_ms desc limit 1`,
  );
  const [row] = await intake.databases.query<{ size: number }>(
    'intake',
    'select sealed_bytes as size from pv.election where election_id = $1',
    [election.id],
  );
  const content = sealedBallotContent({ tracker, entry, text }, row!.size - sealedOverheadBytes);
  const sealed = createSealer({ epoch: key!.epoch, publicKey: key!.public_key }).seal(
    content,
    sealedBallotContext(election.id, !withoutEntry),
  );
  await intake.databases.query('intake', 'insert into pv.participation values ($1, $2, $3, $4)', [
    election.id,
    ...[1, 2, 3].map(() => randomBytes(32)),
  ]);
  await intake.databases.query('intake', 'insert into pv.outbox (election_id, sealed) values ($1, $2)', [
    election.id,
    sealed,
  ]);
}

const castOne = async (): Promise<void> => {
  const answer = await intake.castAt(app, intake.cast({ electionId: election.id }));
  expect(answer.status).toBe(200);
};
async function inBox(): Promise<number> {
  const rows = await intake.databases.query('box', 'select from pv.ballot where election_id = $1', [election.id]);
  return rows.length;
}
/** Log entries of an alarm about this election. */
const alarms = (event: string): number =>
  mixing.log
    .text()
    .split('\n')
    .filter((line) => line.includes(event) && line.includes(election.id)).length;
const gauge = async (name: 'unsigned' | 'unopened'): Promise<number | undefined> =>
  (await mixing.metrics[name].get()).values[0]?.value;

test.each<[string, () => Forgery]>([
  ['by a key of the attacker', () => ({})],
  ['for the log of another election', () => ({ signer: signingKey(intake.keys.ballots.receipts), of: newElection() })],
  ['over another ballot', () => ({ signer: signingKey(intake.keys.ballots.receipts), signed: '{"contests":[]}' })],
])('A stuffed ballot that is signed %s stays out of the box, with an alarm', async (_what, forgery) => {
  await castOne();
  await stuff(forgery());
  const mixer = mixing.mixer();
  expect(await mixer.mixOnce()).toBe(1);
  expect(await inBox()).toBe(1);
  expect(alarms('mixer.ballots-not-signed')).toBe(1);
  expect(await gauge('unsigned')).toBeGreaterThan(0);
  // The votes of others go on, and nothing is lost.
  await castOne();
  expect(await mixer.mixOnce()).toBe(1);
  expect(await inBox()).toBe(2);
  expect(
    await intake.databases.query('intake', 'select from pv.outbox where election_id = $1', [election.id]),
  ).toHaveLength(1);
});

test('A stuffed ballot in the form of an election without a log is not opened', async () => {
  await castOne();
  await stuff({ withoutEntry: true });
  expect(await mixing.mixer().mixOnce()).toBe(1);
  expect(await inBox()).toBe(1);
  expect(alarms('mixer.ballots-not-opened')).toBe(1);
  expect(await gauge('unopened')).toBeGreaterThan(0);
});

// What tests of an election's life do beside calling the control API: cast as voters do, look at what is published, and
// move time, which only the superuser of a test's own database can.
import { sign } from 'node:crypto';
import { createPrivateClient } from '../../../src/platform/private-calls/private-calls.ts';
import { newEpochKey } from '../../../src/platform/keys/sealed-boxes.ts';
import { signingKey } from '../../../src/platform/keys/signatures.ts';
import { Problem } from '../../../src/protocol/problem.ts';
import { castsAnswer } from '../../../src/protocol/ballot-service.ts';
import type { CastCall } from '../../../src/protocol/ballot-service.ts';
import type { Receipt } from '../../../src/protocol/public-api.ts';
import type { Publication } from '../../../src/protocol/record/publication.ts';
import { epochSigningBytes } from '../../../src/protocol/sealed-ballot.ts';
import { castCallOf } from '../intake.ts';
import { electionOf, motion } from './elections.ts';
import type { Elections } from './elections.ts';

/** A motion that is announced. */
export async function announced(elections: Elections, changes: object = {}): Promise<string> {
  const id = electionOf(await elections.call('POST', '/v1/elections', { body: motion(changes) })).id;
  const { status, body } = await elections.call('POST', `/v1/elections/${id}/announce`);
  if (status !== 200) throw new Error(`not announced: ${JSON.stringify(body)}`);
  return id;
}

/** Makes an hourly key, to which ballots are sealed. */
export async function sealable({ access, databases }: Elections): Promise<void> {
  const { epoch, publicKey } = newEpochKey();
  const { kid, key } = signingKey(access.keys.mixer.identity);
  const createdAtMs = Date.now();
  const signature = sign(null, epochSigningBytes(epoch, createdAtMs, publicKey), key);
  await databases.query(
    'intake',
    `insert into pv.mixer_key (epoch, created_at_ms, public_key, kid, signature) values ($1, $2, $3, $4, $5)`,
    [epoch, createdAtMs, publicKey, kid, signature],
  );
}

/** So many people took part, each with a sealed ballot on its way. */
export async function tookPart({ databases }: Elections, id: string, voters: number): Promise<void> {
  await databases.query(
    'intake',
    `with people as (
       insert into pv.participation (election_id, voter_tag, phone_tag, attempt_tag)
       select $1, sha256(gen_random_uuid()::text::bytea), sha256(gen_random_uuid()::text::bytea),
         sha256(gen_random_uuid()::text::bytea)
       from generate_series(1, $2) returning election_id
     ) insert into pv.outbox (election_id, sealed) select p.election_id, decode(repeat('00', 256), 'hex') from people p`,
    [id, voters],
  );
}

/** Moves the whole election, as every part of the platform knows it, by so many seconds into the past. */
export async function later({ databases }: Elections, id: string, seconds: number): Promise<void> {
  await databases.query(
    'elections',
    `update pv.election set opens_at = opens_at - make_interval(secs => $2),
       closes_at = closes_at - make_interval(secs => $2), changed_at = changed_at - make_interval(secs => $2),
       turnout_at = turnout_at - make_interval(secs => $2)
     where election_id = $1`,
    [id, seconds],
  );
  await databases.query(
    'intake',
    `update pv.election set opens_at = opens_at - make_interval(secs => $2),
       closes_at = closes_at - make_interval(secs => $2) where election_id = $1`,
    [id, seconds],
  );
}

/** What `ballots` keeps as published. */
export async function storedPublication({ databases }: Elections, id: string): Promise<Publication | undefined> {
  const rows = await databases.query<{ publication: Publication }>(
    'intake',
    'select publication from pv.election where election_id = $1',
    [id],
  );
  return rows[0]?.publication;
}

/** The times by which `ballots` judges. */
export async function intakeTimes({ databases }: Elections, id: string): Promise<{ opensAt: Date; closesAt: Date }> {
  const [row] = await databases.query<{ opensAt: Date; closesAt: Date }>(
    'intake',
    'select opens_at as "opensAt", closes_at as "closesAt" from pv.election where election_id = $1',
    [id],
  );
  if (!row) throw new Error('no intake');
  return row;
}

/** Casts a ballot for the first option as somebody new; the code of the rejection, or `recorded`. */
export async function cast(elections: Elections, id: string, verifiedAtMs = Date.now()): Promise<string> {
  return sendCast(elections, newCast(elections, id, { verifiedAtMs }));
}

/** A cast of one option as somebody new. */
export function newCast(
  { access: { keys } }: Elections,
  electionId: string,
  {
    verifiedAtMs = Date.now(),
    choice = 'option-1',
    ballotKey,
  }: { readonly verifiedAtMs?: number; readonly choice?: string; readonly ballotKey?: string } = {},
): CastCall {
  const ballot = { contests: [{ contestId: 'contest-1', choices: [choice] }] };
  return castCallOf(keys, { electionId, ballot, verifiedAtMs, ...(ballotKey !== undefined && { ballotKey }) });
}

/** Sends a cast; the code of the rejection, or `recorded`. */
export async function sendCast(elections: Elections, body: CastCall): Promise<string> {
  const outcome = await outcomeOfCast(elections, body);
  return typeof outcome === 'string' ? outcome : 'recorded';
}

/** Sends a cast and returns its receipt. */
export async function receiptOfCast(elections: Elections, body: CastCall): Promise<Receipt> {
  const outcome = await outcomeOfCast(elections, body);
  if (typeof outcome === 'string') throw new Error(outcome);
  return outcome;
}

async function outcomeOfCast(elections: Elections, body: CastCall): Promise<Receipt | string> {
  const { keys } = elections.access;
  const client = createPrivateClient({
    origin: elections.ballotsOrigin,
    service: 'ballots',
    clock: Date.now,
    caller: { name: 'api', jwk: keys.api.caller },
  });
  try {
    const call = { method: 'POST', path: '/private/casts', answer: castsAnswer, msMax: 10_000 } as const;
    const [outcome] = (await client.call({ ...call, body: { casts: [body] } })).outcomes;
    if (!outcome) throw new Error('no outcome');
    return 'problem' in outcome ? outcome.problem.code : outcome.receipt;
  } catch (error) {
    if (error instanceof Problem) return error.code;
    throw error;
  } finally {
    await client.close();
  }
}

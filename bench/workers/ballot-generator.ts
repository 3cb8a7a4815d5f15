// A worker that sends ballots to the private ballot server as `api` does, one in each request, over kept-alive connections.
// Requests are made before the clock starts, so that the generator takes little of the machine that it measures.
import { randomBytes } from 'node:crypto';
import { SignJWT, importJWK } from 'jose';
import type { CastCall } from '../../src/protocol/ballot-service.ts';
import type { PrivateJwk, SmsKeys } from '../../src/protocol/key-files.ts';
import { callTokenSeconds } from '../../src/protocol/private-calls.ts';
import { ballot } from '../../test/support/elections.ts';
import { createProver, newSid } from '../../test/support/voter/proofs.ts';
import { serveCommands } from '../harness/child.ts';
import { Connection, requestText } from '../harness/keep-alive-client.ts';
import type { Origin } from '../harness/keep-alive-client.ts';
import { problemOf } from '../harness/voter.ts';

/** One ballot in this many is sent twice, by turns the same again and another one of the same voter. */
const duplicateEvery = 100;

export type BallotBlock = {
  readonly origin: Origin;
  readonly electionId: string;
  /** The keys with which `sms` proves sessions, and the one that `api` calls with. */
  readonly proofKeys: Pick<SmsKeys, 'attestations' | 'codes'>;
  readonly caller: PrivateJwk;
  readonly connections: number;
  readonly seconds: number;
  /** Requests made beforehand; where they do not last, the block ends early and its figure holds for that time. */
  readonly requestsMax: number;
};

export type BallotBlockResult = {
  readonly perSecond: number;
  readonly recorded: number;
  readonly sentAgain: number;
  readonly sameReceipt: number;
  readonly sentOther: number;
  readonly refusedOther: number;
  readonly failures: Readonly<Record<string, number>>;
  readonly ms: readonly number[];
};

const bytes = (): string => randomBytes(32).toString('base64url');

async function callerToken({ caller }: BallotBlock): Promise<string> {
  const issued = Math.floor(Date.now() / 1_000);
  return new SignJWT()
    .setProtectedHeader({ alg: 'EdDSA', kid: caller.kid })
    .setIssuer('api')
    .setAudience('ballots')
    .setIssuedAt(issued)
    .setExpirationTime(issued + callTokenSeconds)
    .sign(await importJWK(caller, 'EdDSA'));
}

function newCall(electionId: string, prove: ReturnType<typeof createProver>): CastCall {
  const session = { electionId, sid: newSid(), identity: bytes(), phoneKey: bytes(), ballotKey: bytes() };
  return { ...session, attestation: prove(session), ballot: ballot() };
}

async function send(block: BallotBlock): Promise<BallotBlockResult> {
  const token = await callerToken(block);
  const prove = createProver(block.proofKeys);
  const textOf = (body: CastCall): string =>
    requestText(block.origin, 'POST', '/private/casts', { token, body: { casts: [body] } });
  const texts: { text: string; again?: 'same' | 'other'; call?: CastCall }[] = [];
  for (let n = 1; n <= block.requestsMax; n += 1) {
    const call = newCall(block.electionId, prove);
    if (n % duplicateEvery !== 0) texts.push({ text: textOf(call) });
    else texts.push({ text: textOf(call), call, again: (n / duplicateEvery) % 2 === 0 ? 'same' : 'other' });
  }
  const connections = await Promise.all(Array.from({ length: block.connections }, () => Connection.open(block.origin)));
  const failures: Record<string, number> = {};
  const ms: number[] = [];
  const count = { recorded: 0, sentAgain: 0, sameReceipt: 0, sentOther: 0, refusedOther: 0 };
  const start = performance.now();
  const endsAt = start + block.seconds * 1_000;
  const sender = async (connection: Connection): Promise<void> => {
    for (let next = texts.pop(); next && performance.now() < endsAt; next = texts.pop()) {
      const sentAt = performance.now();
      const answer = await connection.request(next.text);
      ms.push(performance.now() - sentAt);
      if (answer.status === 200) count.recorded += 1;
      else failures[problemOf(answer)] = (failures[problemOf(answer)] ?? 0) + 1;
      if (!next.call || answer.status !== 200) continue;
      const same = next.again === 'same';
      const second = await connection.request(same ? next.text : textOf({ ...next.call, ballot: ballot('no') }));
      // Refused as busy: nothing is known of what the answer would have been.
      if (second.status === 503) failures[problemOf(second)] = (failures[problemOf(second)] ?? 0) + 1;
      else if (same) {
        count.sentAgain += 1;
        if (second.body === answer.body) count.sameReceipt += 1;
      } else {
        count.sentOther += 1;
        if (second.status === 409) count.refusedOther += 1;
      }
    }
  };
  await Promise.all(connections.map(sender));
  const perSecond = (count.recorded * 1_000) / (performance.now() - start);
  for (const connection of connections) connection.close();
  return { perSecond, ...count, failures, ms };
}

serveCommands({ send });

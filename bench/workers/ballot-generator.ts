// A worker that sends ballots to the private ballot server as `api` does: by its own code, so that ballots that wait while
// calls are under way go in the next one. Ballots and proofs are made before the clock starts.
import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { systemClock } from '../../src/platform/clock.ts';
import { createLogger } from '../../src/platform/logger.ts';
import { createPrivateClient } from '../../src/platform/private-calls/private-calls.ts';
import type { CastCall } from '../../src/protocol/ballot-service.ts';
import type { PrivateJwk, SmsKeys } from '../../src/protocol/key-files.ts';
import { Problem, problems } from '../../src/protocol/problem.ts';
import { createCastCalls } from '../../src/services/api/cast-calls.ts';
import type { CastCalls } from '../../src/services/api/cast-calls.ts';
import { ballot } from '../../test/support/elections.ts';
import { createProver, newSid } from '../../test/support/voter/proofs.ts';
import { serveCommands } from '../harness/child.ts';

/** One ballot in this many is sent twice, by turns the same again and another one of the same voter. */
const duplicateEvery = 100;
/** Times that a ballot is sent while its outcome is unknown, and the pause in between, in milliseconds. */
const castsMax = 10;
const againMs = 200;

export type BallotBlock = {
  /** Where `ballots` listens. */
  readonly origin: string;
  readonly electionId: string;
  /** The keys with which `sms` proves sessions, and the one that `api` calls with. */
  readonly proofKeys: Pick<SmsKeys, 'attestations' | 'codes'>;
  readonly caller: PrivateJwk;
  /** Voters who wait for their receipt at once. */
  readonly voters: number;
  readonly seconds: number;
  /** Ballots made beforehand; where they do not last, the block ends early and its figure holds for that time. */
  readonly ballotsMax: number;
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
  /** Processor time of the sending alone, in seconds. */
  readonly processorSeconds: number;
};

const bytes = (): string => randomBytes(32).toString('base64url');

function newCall(electionId: string, prove: ReturnType<typeof createProver>): CastCall {
  const session = { electionId, sid: newSid(), identity: bytes(), phoneKey: bytes(), ballotKey: bytes() };
  return { ...session, attestation: prove(session), ballot: ballot() };
}

/** The receipt as text, or the rejection. An unknown outcome is asked for again, as a voter does. */
async function outcomeOf(calls: CastCalls, call: CastCall): Promise<string | Problem> {
  for (let times = 1; ; times += 1) {
    try {
      return JSON.stringify(await calls.cast(call));
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      if (error.code !== 'outcome-unknown' || times === castsMax) return error;
      await pause(againMs);
    }
  }
}

async function send(block: BallotBlock): Promise<BallotBlockResult> {
  const prove = createProver(block.proofKeys);
  const waiting = Array.from({ length: block.ballotsMax }, () => newCall(block.electionId, prove));
  const client = createPrivateClient({
    origin: block.origin,
    service: 'ballots',
    caller: { name: 'api', jwk: block.caller },
    clock: systemClock,
  });
  const calls = createCastCalls(client, createLogger('bench', 'silent'));
  const failures: Record<string, number> = {};
  const fail = ({ code }: Problem): void => void (failures[code] = (failures[code] ?? 0) + 1);
  const ms: number[] = [];
  const count = { recorded: 0, sentAgain: 0, sameReceipt: 0, sentOther: 0, refusedOther: 0 };
  let casts = 0;
  const used = process.cpuUsage();
  const start = performance.now();
  const endsAt = start + block.seconds * 1_000;
  const again = async (call: CastCall, receipt: string, same: boolean): Promise<void> => {
    const outcome = await outcomeOf(calls, same ? call : { ...call, ballot: ballot('no') });
    // Refused as busy: nothing is known of what the answer would have been.
    if (outcome instanceof Problem && problems[outcome.code].status === 503) fail(outcome);
    else if (same) {
      count.sentAgain += 1;
      if (outcome === receipt) count.sameReceipt += 1;
    } else {
      count.sentOther += 1;
      if (outcome instanceof Problem && problems[outcome.code].status === 409) count.refusedOther += 1;
    }
  };
  const voter = async (): Promise<void> => {
    for (let call = waiting.pop(); call && performance.now() < endsAt; call = waiting.pop()) {
      casts += 1;
      const isRepeated = casts % duplicateEvery === 0;
      const isSame = (casts / duplicateEvery) % 2 === 0;
      const sentAt = performance.now();
      const outcome = await outcomeOf(calls, call);
      ms.push(performance.now() - sentAt);
      if (outcome instanceof Problem) {
        fail(outcome);
        continue;
      }
      count.recorded += 1;
      if (isRepeated) await again(call, outcome, isSame);
    }
  };
  await Promise.all(Array.from({ length: block.voters }, voter));
  const perSecond = (count.recorded * 1_000) / (performance.now() - start);
  const { user, system } = process.cpuUsage(used);
  await client.close();
  return { perSecond, ...count, failures, ms, processorSeconds: (user + system) / 1e6 };
}

serveCommands({ send });

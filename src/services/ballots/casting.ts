// A cast, from the call to its receipt. The attestation and the ballot are checked, and one atomic statement in the
// database decides. A cast for whose answer no caller waits is dropped before the database sees it. Nothing of a cast is
// logged. Only a certain outcome in the database becomes a receipt.
import { canonicalBallotText, judgeBallot, withdrawnChoices } from '../../domain/ballot.ts';
import type { WithdrawnChoice } from '../../domain/ballot.ts';
import type { Clock } from '../../platform/clock.ts';
import { createCallFaultLog } from '../../platform/fault-log.ts';
import type { CallFaultLog } from '../../platform/fault-log.ts';
import type { Logger } from '../../platform/logger.ts';
import { retrySoon } from '../../platform/http/problems.ts';
import type { SigningKey, VerificationKeys } from '../../platform/keys/signatures.ts';
import { patientWaiter } from '../../platform/private-calls/call-deadline.ts';
import type { AnswerWaiter } from '../../platform/private-calls/call-deadline.ts';
import type { CastCall } from '../../protocol/ballot-service.ts';
import type { BallotsKeys } from '../../protocol/key-files.ts';
import { Problem, problemCodesOf } from '../../protocol/problem.ts';
import type { ProblemExtrasOf } from '../../protocol/problem.ts';
import type { Receipt } from '../../protocol/public-api.ts';
import type { CastIn, CastOutcome, SealedCast } from '../../store/casts.ts';
import type { RollTry } from '../../store/intake-elections.ts';
import type { IntakeMark } from '../../store/marks.ts';
import { createProofCheck } from './attestation-check.ts';
import type { IsProven } from './attestation-check.ts';
import { createAttempts } from './attempts.ts';
import { createBatcher } from '../../platform/batches/batcher.ts';
import type { Batcher, BatcherBounds } from '../../platform/batches/batcher.ts';
import type { CastMetrics, CastRejection, CastingOutcome } from './cast-metrics.ts';
import { derive, receiptOf } from './derive.ts';
import type { Derived } from './derive.ts';
import { encodeEntry } from '../../domain/record/entry.ts';
import type { Entry } from '../../domain/record/entry.ts';
import { entryOfCast, loggedReceiptOf } from './entries.ts';
import type { RegisteredElections, RegisteredElection } from './elections.ts';
import type { Marks } from './marks.ts';
import { sealBatch } from './seal.ts';
import type { SealingKeys } from './sealing-keys.ts';

/** How often a ballot is checked again because its election was amended meanwhile. After that the answer is `busy`. */
const definitionVersionsMax = 3;
/**
 * Most different people, by number and second element, that one verified phone may cast for in an election whose roll has
 * a second element. Beyond it everyone is `not-eligible`, so that PINs and dates cannot be tried.
 */
export const rollTriesPerPhoneMax = 10;
/** Most faults of a ballot in one answer. */
const faultsMax = 20;
/** The rejections of a ballot that the database may answer. */
const rejectionCodes = problemCodesOf('cast');

/**
 * A verification at this moment is after the end of any election, so the database records nothing for it. A ballot with
 * a withdrawn option that was recorded before the withdrawal still gets its receipt as a replay.
 */
const afterAnyEndMs = Date.UTC(9999, 0);

type PreparedCast = {
  readonly election: RegisteredElection;
  readonly derived: Derived;
  readonly text: string;
  /** Signed before the ballot is stored; null in an election without a log. */
  readonly entry: Entry | null;
  readonly verifiedAtMs: number;
  /** Chosen options that were withdrawn. The database then records nothing, and only recognises a replay. */
  readonly withdrawn: readonly WithdrawnChoice[];
  /** The mark that `api` has, or null. */
  readonly mark: IntakeMark | null;
};

export type CastingParts = {
  readonly elections: RegisteredElections;
  readonly sealingKeys: SealingKeys;
  readonly marks: Pick<Marks, 'verified'>;
  /** Commits sealed ballots of one definition version of an election. See `castBallots`. */
  readonly store: (
    election: CastIn<CastRejection>,
    casts: readonly SealedCast[],
    onTrouble: (error: unknown) => void,
  ) => Promise<CastOutcome<CastRejection>[]>;
  readonly takeRollTry: (rollTry: RollTry) => Promise<boolean>;
  readonly proofKeys: Pick<BallotsKeys, 'attestations' | 'codes'>;
  /** The keys by which `elections` signs activations. */
  readonly activationKeys: VerificationKeys;
  readonly receiptKey: SigningKey;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: CastMetrics;
  readonly bounds?: Partial<BatcherBounds>;
};

export type Casting = {
  /** Casts a ballot and returns its receipt. Throws the Problem for the voter: `busy` also if `waiter` waits no more. */
  cast(call: CastCall, waiter?: AnswerWaiter): Promise<Receipt>;
  drained(): Promise<void>;
};

export function createCasting(parts: CastingParts): Casting {
  const isProven = createProofCheck(parts.proofKeys, parts.activationKeys);
  const faults = createCallFaultLog(parts.logger);
  const batcher: Batcher<PreparedCast, CastingOutcome> = createBatcher({
    commit: (_group, items) => commit(parts, faults, items),
    bytesOf: ({ election }) => election.sealedBytes,
    ...(parts.bounds && { bounds: parts.bounds }),
  });
  parts.metrics.watchWaiting(() => batcher.waiting);
  const attempts = createAttempts<CastingOutcome>();
  const submit = async (prepared: PreparedCast, isAwaited: () => boolean): Promise<CastingOutcome> => {
    const { id, definitionVersion } = prepared.election;
    try {
      // A batch has one definition version, because the sealed size may differ between versions.
      const outcome = await batcher.submit(`${id}/${definitionVersion}`, prepared, isAwaited);
      parts.metrics.outcomes.inc({ outcome });
      return outcome;
    } catch (error) {
      if (error instanceof Problem && error.code === 'busy') parts.metrics.outcomes.inc({ outcome: 'busy' });
      throw error;
    }
  };
  return {
    async cast(call, waiter = patientWaiter) {
      for (let versions = 0; versions < definitionVersionsMax; versions += 1) {
        const prepared = await prepare(parts, isProven, call);
        await countRollTry(parts, prepared);
        const outcome = await attempts.join(attemptKey(prepared), waiter, (isAwaited) => submit(prepared, isAwaited));
        if (outcome !== 'amended') return answer(parts, prepared, outcome);
        parts.elections.forget(prepared.election.id, prepared.election.definitionVersion);
      }
      throw new Problem('busy', retrySoon());
    },
    drained: () => batcher.drained(),
  };
}

// After the phone is proven and before the roll is asked, so that parallel casts are counted too.
async function countRollTry({ takeRollTry }: CastingParts, { election, derived }: PreparedCast): Promise<void> {
  if (!election.boundsRollTries) return;
  const { voter, phone } = derived;
  const allowed = await takeRollTry({ electionId: election.id, phone, voter, most: rollTriesPerPhoneMax });
  if (!allowed) throw castRejection('not-eligible');
}

// Everything that the database decides by, so that only casts with one outcome share it.
function attemptKey({ election, derived: { attempt, phone }, verifiedAtMs }: PreparedCast): string {
  const { id, definitionVersion } = election;
  return `${id}/${definitionVersion}/${attempt.toString('base64')}/${phone.toString('base64')}/${verifiedAtMs}`;
}

async function prepare(parts: CastingParts, isProven: IsProven, call: CastCall): Promise<PreparedCast> {
  const election = await parts.elections.find(call.electionId);
  if (!election) throw new Problem('election-not-found');
  if (!isProven(call, election, parts.clock())) throw castRejection('unauthenticated');
  const verdict = judgeBallot(election.contests, call.ballot);
  if (!verdict.valid) throw castRejection('invalid-ballot', { errors: errorsOf(verdict.faults) });
  const withdrawn = withdrawnChoices(election.contests, verdict.ballot);
  const text = canonicalBallotText(verdict.ballot);
  const { identity, phoneKey, ballotKey, sid } = call;
  const derived = derive(election.keys, election.id, { identity, phoneKey, ballotKey, text, sid });
  return {
    election,
    text,
    derived,
    entry: election.log && entryOfCast(election.log, { ballotKey, tracker: derived.tracker, text }),
    withdrawn,
    mark: parts.marks.verified(election.id, call.mark),
    verifiedAtMs: withdrawn.length > 0 ? afterAnyEndMs : call.attestation.verifiedAtMs,
  };
}

function errorsOf(faults: readonly WithdrawnChoice[]): { path: string; detail: string }[] {
  return faults.slice(0, faultsMax).map(({ contestId, detail }) => ({ path: `contests/${contestId}`, detail }));
}

async function commit(
  parts: CastingParts,
  faults: CallFaultLog,
  items: readonly PreparedCast[],
): Promise<CastingOutcome[]> {
  const [first] = items;
  if (!first) return [];
  const { election } = first;
  const key = await parts.sealingKeys.current().catch((error: unknown) => {
    // Only a read failed: nothing was recorded.
    faults.failed('key', error, 'cast.no-sealing-key');
    return null;
  });
  if (!key) return items.map(() => 'busy');
  const sealed = sealBatch(
    key,
    election,
    items.map(({ derived: { tracker }, entry, text }) => ({ tracker, entry: entry && encodeEntry(entry), text })),
  );
  const casts = items.map(({ derived: { voter, phone, attempt }, verifiedAtMs }, index) => ({
    voter,
    phone,
    attempt,
    verifiedAtMs,
    sealed: sealed[index] ?? Buffer.alloc(0),
  }));
  const started = performance.now();
  const castIn = {
    electionId: election.id,
    definitionVersion: election.definitionVersion,
    marks: distinctMarks(items),
    rejections: rejectionCodes,
  };
  const outcomes = await parts.store(castIn, casts, (error) => {
    faults.failed('batch', error, 'cast.batch-failed');
    // The key may have been retired meanwhile. The next try seals to a newer one.
    parts.sealingKeys.forget();
  });
  parts.metrics.batches.observe(items.length);
  parts.metrics.commitSeconds.observe((performance.now() - started) / 1_000);
  return outcomes;
}

// Replicas of `api` may have different marks, so a batch compares each of them once.
function distinctMarks(items: readonly PreparedCast[]): IntakeMark[] {
  const marks = new Map<string, IntakeMark>();
  for (const { mark } of items) if (mark) marks.set(`${mark.losses}/${mark.hash.toString('hex')}`, mark);
  return [...marks.values()];
}

function answer(parts: CastingParts, prepared: PreparedCast, outcome: Exclude<CastingOutcome, 'amended'>): Receipt {
  const { withdrawn } = prepared;
  if (outcome === 'recorded' || outcome === 'replay') return receiptOfCast(parts, prepared);
  if (outcome === 'unknown') throw castRejection('outcome-unknown', retrySoon());
  if (outcome === 'busy') throw new Problem('busy', retrySoon());
  if (outcome === 'not-open' && withdrawn.length > 0) {
    throw castRejection('option-withdrawn', { errors: errorsOf(withdrawn) });
  }
  throw castRejection(outcome);
}

function receiptOfCast({ receiptKey }: CastingParts, { election, derived, entry }: PreparedCast): Receipt {
  if (election.log && entry) return loggedReceiptOf(election.log, election.id, entry);
  return receiptOf(receiptKey, election.id, derived.leaf);
}

// The type allows only codes that answer a cast: `api` forwards these and reports others as an unknown outcome.
function castRejection<Code extends CastRejection>(code: Code, extras?: ProblemExtrasOf<Code>): Problem {
  return new Problem(code, extras);
}

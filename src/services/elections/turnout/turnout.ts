// Turnout: the number of voters by channel, without choices. It is signed and published while voting is open, and a
// last time after the end. Outside rehearsals the number of online voters moves in steps of K until the end, so that no
// one can observe a single vote (decision 0008).
import { signValue } from '../../../platform/keys/signatures.ts';
import type { SigningKey } from '../../../platform/keys/signatures.ts';
import { isUnavailable } from '../../../platform/dependency-failures.ts';
import { retrySoon } from '../../../platform/http/problems.ts';
import type { ShownTurnout } from '../../../protocol/control/election-lifecycle-api.ts';
import { turnoutSamplesMax } from '../../../protocol/control/live-api.ts';
import type { TurnoutHistory } from '../../../protocol/control/live-api.ts';
import { Problem } from '../../../protocol/problem.ts';
import { electionDefinition, turnoutDocument } from '../../../protocol/public-document.ts';
import type { ElectionDefinition, TurnoutDocument } from '../../../protocol/public-document.ts';
import type { TurnoutBody } from '../../../protocol/public-results.ts';
import { countBox } from '../../../store/box.ts';
import type { Pool } from '../../../store/database.ts';
import { claimTurnout, findLifecycle, storeTurnout } from '../../../store/elections/lifecycle.ts';
import type { StoredLifecycle } from '../../../store/elections/lifecycle.ts';
import { noteTurnout, findTurnoutHistory } from '../../../store/elections/turnout.ts';
import type { BallotsCalls } from '../publishing/ballots-calls.ts';
import { shownMark } from './marks.ts';
import type { KeptMarks } from './marks.ts';
import type { Publishing } from '../publishing/publishing.ts';

/** Shortest time between two published turnouts of an election, in milliseconds. */
export const turnoutMsMin = 60_000;
/** The same for rehearsals. */
export const rehearsalTurnoutMsMin = 2_000;

/** One observation of the turnout: the part that may be shown, and exact counts for alarms. */
export type TurnoutObservation = {
  readonly row: StoredLifecycle;
  readonly definition: ElectionDefinition;
  readonly turnout: ShownTurnout;
  /** Exact counts of online ballots, which are never shown. null while `ballots` is unavailable. */
  readonly exact: ExactCounts | null;
  readonly boxUnavailable: boolean;
};
export type ExactCounts = {
  readonly intake: 'open' | 'closed';
  readonly participation: number;
  readonly outbox: number;
  /** Counted after the other two. null while the box is unavailable. */
  readonly box: number | null;
  /** Ballots that the box counts as repeated. 0 while the box is unavailable. */
  readonly repeated: number;
  /** The mark that the intake does not have, with its number of voters in steps. null if nothing is missing. */
  readonly missing: IntakeCounts['missing'];
};

export type Turnouts = {
  /** The current turnout. Throws `election-not-found`, or `conflict` for a draft. */
  show(electionId: string): Promise<ShownTurnout>;
  /** The current turnout with exact counts for alarms. Throws like `show`. */
  observe(electionId: string): Promise<TurnoutObservation>;
  /** Published turnouts over time. Throws like `show`. */
  history(electionId: string): Promise<TurnoutHistory>;
  /** Counts, signs, stores and publishes the turnout if it is due. Throws a rejection of `ballots`, or `CallFailed`. */
  refresh(electionId: string): Promise<void>;
  /** The same, due or not. */
  refreshNow(electionId: string): Promise<void>;
};

type Parts = {
  readonly pool: Pool;
  readonly boxPool: Pool;
  readonly ballots: BallotsCalls;
  readonly publishing: Publishing;
  readonly publisher: SigningKey;
  readonly marks: KeptMarks;
  /** Counts the rows of batches received for an election. */
  readonly countBatchRows: (electionId: string) => Promise<number>;
};
type IntakeCounts = Awaited<ReturnType<BallotsCalls['counts']>>;

export function createTurnouts(parts: Parts): Turnouts {
  const { pool } = parts;
  const box = createBoxCounts(parts.boxPool);
  const observe = async (electionId: string): Promise<TurnoutObservation> => {
    const { row, definition } = await announcedElection(pool, electionId);
    const [counts, batches] = await Promise.all([
      orNullIfUnavailable(parts.ballots.counts(electionId)),
      orNullIfUnavailable(batchRows(parts, definition)),
    ]);
    // The box is counted after the intake, so a ballot that moves in between is counted twice and never missed.
    const boxed = counts && (await box(electionId).catch(() => null));
    const complete = counts !== null && batches !== null;
    return {
      row,
      definition,
      boxUnavailable: batches === null || (counts !== null && boxed === null),
      turnout: complete
        ? turnoutNow(bodyOf(row, definition, counts, batches), definition, counts, boxed)
        : lastKnown(row),
      exact: counts && {
        intake: counts.state,
        participation: counts.participation,
        outbox: counts.outbox,
        box: boxed?.box ?? null,
        repeated: boxed?.repeated ?? 0,
        missing: counts.missing,
      },
    };
  };
  const refresh = async (electionId: string, msMin: (definition: ElectionDefinition) => number): Promise<void> => {
    const row = await findLifecycle(pool, electionId);
    if (!row || row.announced === null) return;
    const definition = electionDefinition.parse(row.announced);
    if (!(await claimTurnout(pool, electionId, msMin(definition)))) return;
    await publishTurnout(parts, row, definition);
  };
  return {
    observe,
    show: async (electionId) => (await observe(electionId)).turnout,
    async history(electionId) {
      const { definition, row } = await announcedElection(pool, electionId);
      const samples = await findTurnoutHistory(pool, electionId, turnoutSamplesMax);
      return {
        electionId,
        step: stepOf(definition, isFinal(row, definition)),
        samples: samples.map(({ atMs, ...counted }) => ({ at: new Date(atMs).toISOString(), ...counted })),
      };
    },
    refresh: (electionId) => refresh(electionId, ({ rehearsal }) => (rehearsal ? rehearsalTurnoutMsMin : turnoutMsMin)),
    refreshNow: (electionId) => refresh(electionId, () => 0),
  };
}

async function publishTurnout(parts: Parts, row: StoredLifecycle, definition: ElectionDefinition): Promise<void> {
  const { pool, publishing } = parts;
  const before = turnoutDocument.safeParse(row.turnout).data?.turnout;
  // Compared before counting, so that the turnout is never below its mark.
  const compared = await parts.marks.compare(row.id);
  const revision = row.turnoutRevision + 1;
  let turnout: TurnoutBody;
  if (compared.state === 'taken') {
    const [counts, batches] = await Promise.all([parts.ballots.counts(row.id), batchRows(parts, definition)]);
    const mark = shownMark(before?.mark, compared.mark, isFinal(row, definition));
    turnout = { ...bodyOf(row, definition, counts, batches), mark, revision };
  } else {
    if (!before || before.interrupted) return;
    turnout = { ...before, interrupted: true, revision };
  }
  const document: TurnoutDocument = { turnout, signature: signValue(parts.publisher, turnout) };
  if (!(await storeTurnout(pool, row.id, turnout.revision, document))) return;
  if (!turnout.interrupted) await noteTurnout(pool, row.id, turnout);
  await publishing.publish(row.id);
  await publishing.keep(row.id);
}

const draftRule = 'This election is a draft. It has a turnout after its announcement.';
const orNullIfUnavailable = <Value>(promise: Promise<Value>): Promise<Value | null> =>
  promise.catch((error: unknown) => {
    if (isUnavailable(error)) return null;
    throw error;
  });

async function announcedElection(
  pool: Pool,
  electionId: string,
): Promise<Pick<TurnoutObservation, 'row' | 'definition'>> {
  const row = await findLifecycle(pool, electionId);
  if (!row) throw new Problem('election-not-found');
  if (row.announced === null) throw new Problem('conflict', { detail: draftRule });
  return { row, definition: electionDefinition.parse(row.announced) };
}

function bodyOf(row: StoredLifecycle, definition: ElectionDefinition, counts: IntakeCounts, batches: number) {
  const final = isFinal(row, definition);
  return {
    electionId: row.id,
    countedAt: new Date(row.nowMs).toISOString(),
    final,
    eligible: definition.identity.scheme === 'roll' ? counts.roll : null,
    online: inSteps(row.participation ?? counts.participation, stepOf(definition, final)),
    batches,
  };
}

// While the box database is unavailable, elections without batches are still counted.
async function batchRows({ countBatchRows }: Parts, { id, channels }: ElectionDefinition): Promise<number> {
  if (!channels.includes('batches')) return 0;
  return countBatchRows(id).catch(() => {
    throw new Problem('busy', retrySoon());
  });
}

// Rows of batches that were accepted in time may arrive after the end. They are complete once the election is counted.
const isFinal = ({ state }: StoredLifecycle, { channels }: ElectionDefinition): boolean =>
  state === 'counted' || state === 'published' || (state === 'closed' && !channels.includes('batches'));

/** The step of the number of voters, which hides single votes before the end. */
const stepOf = ({ rehearsal, minBatch }: ElectionDefinition, final: boolean): number =>
  rehearsal || final ? 1 : minBatch;
/** Rounds a number of voters down to a multiple of `step`. */
export const inSteps = (voters: number, step: number): number => Math.floor(voters / step) * step;

function turnoutNow(
  { electionId, countedAt, final, eligible, online, batches }: ReturnType<typeof bodyOf>,
  definition: ElectionDefinition,
  { participation, outbox }: IntakeCounts,
  boxed: BoxNumbers | null,
): ShownTurnout {
  const step = stepOf(definition, final);
  return {
    electionId,
    countedAt,
    final,
    live: true,
    eligible,
    step,
    channels: { online, batches },
    reconciliation:
      boxed === null
        ? null
        : {
            participation: inSteps(participation, step),
            outbox: inSteps(outbox, step),
            box: inSteps(boxed.box, step),
            // Exact, because missing and repeated ballots reveal nothing about honest voters.
            repeated: boxed.repeated,
            difference: participation - outbox - boxed.box - boxed.repeated,
          },
  };
}

function lastKnown(row: StoredLifecycle): ShownTurnout {
  const last = turnoutDocument.safeParse(row.turnout).data?.turnout;
  const definition = electionDefinition.parse(row.announced);
  const final = last?.final ?? false;
  return {
    electionId: row.id,
    countedAt: last?.countedAt ?? null,
    final,
    live: false,
    eligible: last?.eligible ?? null,
    step: stepOf(definition, final),
    channels: { online: last?.online ?? 0, batches: last?.batches ?? 0 },
    reconciliation: null,
  };
}

type BoxNumbers = { readonly box: number; readonly repeated: number };

// Requests that arrive before a count starts share it, because it reads every ballot. A count is not cached or joined
// after its start. An old count with a new participation would report newly arrived ballots as missing.
function createBoxCounts(pool: Pool): (electionId: string) => Promise<BoxNumbers> {
  let counting: Promise<unknown> = Promise.resolve();
  let next: ReturnType<typeof countBox> | undefined;
  return async (electionId) => {
    next ??= counting.then(() => {
      const count = countBox(pool);
      counting = count.catch(() => undefined);
      next = undefined;
      return count;
    });
    const counts = await next;
    const count = (channel: 'online' | 'repeated'): number =>
      counts.find((each) => each.electionId === electionId && each.channel === channel)?.ballots ?? 0;
    return { box: count('online'), repeated: count('repeated') };
  };
}

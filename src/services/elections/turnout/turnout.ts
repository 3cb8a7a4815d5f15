// Turnout: how many took part, by channel, and never what was chosen. It is signed and published while voting is open
// and once for good after it. Outside rehearsals the number of voters moves in steps of K until the end, for everybody,
// so that nobody can watch a single person vote (decision 0008).
import { signValue } from '../../../platform/keys/signatures.ts';
import type { SigningKey } from '../../../platform/keys/signatures.ts';
import { CallFailed } from '../../../platform/private-calls/private-calls.ts';
import { retrySoon } from '../../../platform/http/problems.ts';
import type { ShownTurnout } from '../../../protocol/control/election-lifecycle-api.ts';
import { turnoutSamplesMax } from '../../../protocol/control/live-api.ts';
import type { TurnoutHistory } from '../../../protocol/control/live-api.ts';
import { Problem, problems } from '../../../protocol/problem.ts';
import { electionDefinition, turnoutDocument } from '../../../protocol/public-document.ts';
import type { ElectionDefinition, TurnoutDocument } from '../../../protocol/public-document.ts';
import type { TurnoutBody } from '../../../protocol/public-results.ts';
import { countBox } from '../../../store/box.ts';
import type { Pool } from '../../../store/database.ts';
import { claimTurnout, findLifecycle, storeTurnout } from '../../../store/elections/lifecycle.ts';
import type { StoredLifecycle } from '../../../store/elections/lifecycle.ts';
import { noteTurnout, findTurnoutHistory } from '../../../store/elections/turnout.ts';
import type { BallotsCalls } from '../publishing/ballots-calls.ts';
import type { Publishing } from '../publishing/publishing.ts';

/** Between two published turnouts of an election, in milliseconds. A rehearsal is for looking on. */
export const turnoutMsMin = 60_000;
export const rehearsalTurnoutMsMin = 2_000;

/** What is seen at one look: what may be shown, and what alarms are made of. */
export type TurnoutObservation = {
  readonly row: StoredLifecycle;
  readonly definition: ElectionDefinition;
  readonly turnout: ShownTurnout;
  /** Of ballots cast by voters, and exact: it is never shown. null while `ballots` is away. */
  readonly exact: ExactCounts | null;
  readonly boxUnavailable: boolean;
};
export type ExactCounts = {
  readonly intake: 'open' | 'closed';
  readonly participation: number;
  readonly outbox: number;
  /** Counted after the other two; null while it is away. */
  readonly box: number | null;
};

export type Turnouts = {
  /** As it is now. Throws `election-not-found`, or `conflict` for a draft. */
  show(electionId: string): Promise<ShownTurnout>;
  /** The same, with what alarms need. */
  observe(electionId: string): Promise<TurnoutObservation>;
  /** How it grew. Throws like `show`. */
  history(electionId: string): Promise<TurnoutHistory>;
  /** Counts, signs, stores and puts out, if it is due. Throws what `ballots` refuses, or `CallFailed`. */
  refresh(electionId: string): Promise<void>;
};

type Parts = {
  readonly pool: Pool;
  readonly boxPool: Pool;
  readonly ballots: BallotsCalls;
  readonly publishing: Publishing;
  readonly publisher: SigningKey;
  /** Rows of batches received for an election. */
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
    // After the intake: a ballot that moves meanwhile is counted twice, and never not at all.
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
        box: boxed,
      },
    };
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
    async refresh(electionId) {
      const row = await findLifecycle(pool, electionId);
      if (!row || row.announced === null) return;
      const definition = electionDefinition.parse(row.announced);
      if (!(await claimTurnout(pool, electionId, definition.rehearsal ? rehearsalTurnoutMsMin : turnoutMsMin))) return;
      const [counts, batches] = await Promise.all([parts.ballots.counts(row.id), batchRows(parts, definition)]);
      const body = bodyOf(row, definition, counts, batches);
      const turnout: TurnoutBody = { ...body, revision: row.turnoutRevision + 1 };
      const document: TurnoutDocument = { turnout, signature: signValue(parts.publisher, turnout) };
      if (!(await storeTurnout(pool, electionId, turnout.revision, document))) return;
      await noteTurnout(pool, electionId, turnout);
      await parts.publishing.publish(electionId);
      await parts.publishing.keep(electionId);
    },
  };
}

const draftRule = 'This election is a draft: it has a turnout from its announcement on.';
const isUnavailable = (error: unknown): boolean =>
  error instanceof CallFailed || (error instanceof Problem && problems[error.code].status >= 500);
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

// The box is another database: while it is away an election without batches is counted all the same.
async function batchRows({ countBatchRows }: Parts, { id, channels }: ElectionDefinition): Promise<number> {
  if (!channels.includes('batches')) return 0;
  return countBatchRows(id).catch(() => {
    throw new Problem('busy', retrySoon());
  });
}

// Rows of batches that were accepted in time may arrive after the end: they are all there once they were counted.
const isFinal = ({ state }: StoredLifecycle, { channels }: ElectionDefinition): boolean =>
  state === 'counted' || state === 'published' || (state === 'closed' && !channels.includes('batches'));

/** By how much the number of voters moves: no single one shows before the end. */
const stepOf = ({ rehearsal, minBatch }: ElectionDefinition, final: boolean): number =>
  rehearsal || final ? 1 : minBatch;
export const inSteps = (voters: number, step: number): number => Math.floor(voters / step) * step;

function turnoutNow(
  { electionId, countedAt, final, eligible, online, batches }: ReturnType<typeof bodyOf>,
  definition: ElectionDefinition,
  { participation, outbox }: IntakeCounts,
  box: number | null,
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
      box === null
        ? null
        : {
            participation: inSteps(participation, step),
            outbox: inSteps(outbox, step),
            box: inSteps(box, step),
            // Exact: what is nowhere tells nothing of anybody.
            difference: participation - outbox - box,
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

// One count for all who asked before it began, for it looks at every ballot there is. It is neither kept nor joined late:
// an old count beside a new participation would show ballots as missing that have just arrived.
function createBoxCounts(pool: Pool): (electionId: string) => Promise<number> {
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
    return counts.find((each) => each.electionId === electionId && each.channel === 'online')?.ballots ?? 0;
  };
}

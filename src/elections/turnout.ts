// Turnout: how many took part, by channel, and never what was chosen. It is signed and published while voting is open
// and once for good after it. Outside rehearsals the number of voters moves in steps of K until the end, for everybody,
// so that nobody can watch a single person vote; see docs/decisions/0008.
import { signValue } from '../platform/signatures.ts';
import type { SigningKey } from '../platform/signatures.ts';
import { CallFailed } from '../platform/private-calls.ts';
import { retrySoon } from '../platform/problems.ts';
import type { ShownTurnout } from '../protocol/election-lifecycle-api.ts';
import { Problem, problems } from '../protocol/problem.ts';
import { electionDefinition, turnoutDocument } from '../protocol/public-document.ts';
import type { ElectionDefinition, TurnoutDocument } from '../protocol/public-document.ts';
import type { TurnoutBody } from '../protocol/public-results.ts';
import { countBox } from '../store/box.ts';
import type { Pool } from '../store/database.ts';
import { claimTurnout, findLifecycle, storeTurnout } from '../store/elections/lifecycle.ts';
import type { StoredLifecycle } from '../store/elections/lifecycle.ts';
import type { BallotsCalls } from './ballots-calls.ts';
import type { Publishing } from './publishing.ts';

/** Between two published turnouts of an election, in milliseconds. A rehearsal is for looking on. */
export const turnoutMsMin = 60_000;
export const rehearsalTurnoutMsMin = 2_000;

export type Turnouts = {
  /** As it is now. Throws `election-not-found`, or `conflict` for a draft. */
  show(electionId: string): Promise<ShownTurnout>;
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
type CountedBody = {
  readonly electionId: string;
  readonly countedAt: string;
  readonly final: boolean;
  readonly eligible: number | null;
  readonly online: number;
  readonly batches: number;
};
type Counted = {
  readonly definition: ElectionDefinition;
  readonly row: StoredLifecycle;
  readonly body: CountedBody;
  readonly participation: number;
  readonly outbox: number;
};

export function createTurnouts(parts: Parts): Turnouts {
  const { pool } = parts;
  const box = createBoxCounts(parts.boxPool);
  return {
    async show(electionId) {
      const row = await findLifecycle(pool, electionId);
      if (!row) throw new Problem('election-not-found');
      if (row.announced === null) throw new Problem('conflict', { detail: draftRule });
      try {
        const counted = await count(parts, row);
        return shown(counted, await box(electionId).catch(() => null));
      } catch (error) {
        if (!isAway(error)) throw error;
        return lastKnown(row);
      }
    },
    async refresh(electionId) {
      const row = await findLifecycle(pool, electionId);
      if (!row || row.announced === null) return;
      const { rehearsal } = electionDefinition.parse(row.announced);
      if (!(await claimTurnout(pool, electionId, rehearsal ? rehearsalTurnoutMsMin : turnoutMsMin))) return;
      const { body } = await count(parts, row);
      const turnout: TurnoutBody = { ...body, revision: row.turnoutRevision + 1 };
      const document: TurnoutDocument = { turnout, signature: signValue(parts.publisher, turnout) };
      if (!(await storeTurnout(pool, electionId, turnout.revision, document))) return;
      await parts.publishing.putOut(electionId);
      await parts.publishing.keep(electionId);
    },
  };
}

const draftRule = 'This election is a draft: it has a turnout from its announcement on.';
const isAway = (error: unknown): boolean =>
  error instanceof CallFailed || (error instanceof Problem && problems[error.code].status >= 500);

async function count(parts: Parts, row: StoredLifecycle): Promise<Counted> {
  const definition = electionDefinition.parse(row.announced);
  const [counts, batches] = await Promise.all([parts.ballots.counts(row.id), batchRows(parts, definition)]);
  const final = isFinal(row, definition);
  const body = {
    electionId: row.id,
    countedAt: new Date(row.nowMs).toISOString(),
    final,
    eligible: definition.identity.scheme === 'roll' ? counts.roll : null,
    online: inSteps(row.participation ?? counts.participation, stepOf(definition, final)),
    batches,
  };
  return { definition, row, body, participation: counts.participation, outbox: counts.outbox };
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
const inSteps = (voters: number, step: number): number => Math.floor(voters / step) * step;

function shown({ definition, body, participation, outbox }: Counted, box: number | null): ShownTurnout {
  const { electionId, countedAt, final, eligible, online, batches } = body;
  const step = stepOf(definition, final);
  return {
    ...{ electionId, countedAt, final, live: true, eligible, step, channels: { online, batches } },
    reconciliation:
      box === null
        ? null
        : {
            ...{ participation: inSteps(participation, step), outbox: inSteps(outbox, step), box: inSteps(box, step) },
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
    ...{ electionId: row.id, countedAt: last?.countedAt ?? null, final, live: false, eligible: last?.eligible ?? null },
    step: stepOf(definition, final),
    channels: { online: last?.online ?? 0, batches: last?.batches ?? 0 },
    reconciliation: null,
  };
}

// One count for all who ask while it is made: it looks at every ballot there is. It is not kept, for an old count beside
// a new participation would show ballots as missing that have just arrived.
function createBoxCounts(pool: Pool): (electionId: string) => Promise<number> {
  let counting: ReturnType<typeof countBox> | undefined;
  return async (electionId) => {
    counting ??= countBox(pool).finally(() => (counting = undefined));
    const counts = await counting;
    return counts.find((each) => each.electionId === electionId && each.channel === 'online')?.ballots ?? 0;
  };
}

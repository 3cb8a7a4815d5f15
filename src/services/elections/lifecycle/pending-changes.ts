// PendingChanges a pending change: signed, told to `ballots`, then completed or withdrawn, then put out. A process may die
// between any two of these, and two may do it at once: each step may be done again, and each moves only the change of
// the revision that it means. Nothing is completed that `ballots` has not taken, and nothing it refused stays.
import type { Logger } from '../../../platform/logger.ts';
import { CallFailed } from '../../../platform/private-calls/private-calls.ts';
import { retrySoon } from '../../../platform/http/problems.ts';
import type { SigningKey } from '../../../platform/keys/signatures.ts';
import { Problem, problems } from '../../../protocol/problem.ts';
import { electionDefinition } from '../../../protocol/public-document.ts';
import type { ElectionDefinition, Publication } from '../../../protocol/public-document.ts';
import type { Pool } from '../../../store/database.ts';
import {
  completePending,
  findLifecycle,
  retimeClosing,
  stampPending,
  withdrawPending,
} from '../../../store/elections/lifecycle.ts';
import type { StoredLifecycle } from '../../../store/elections/lifecycle.ts';
import type { BallotsCalls } from '../publishing/ballots-calls.ts';
import { publicationOf } from '../publishing/publication.ts';
import { composed } from '../publishing/publishing.ts';
import type { Publishing } from '../publishing/publishing.ts';

/** Steps in one settling: signing, telling, and both again where the moment or the revision was not right. */
const stepsMax = 8;
/** An end that was to be "now" this long ago is not now any more, in milliseconds. */
const nowMsMax = 5_000;

export type PendingChanges = {
  /**
   * Settles the pending change of an election; without one it does nothing. Throws the rejection of `ballots`, after which
   * the election is as it was, or `busy` while nobody knows: then the change stays pending and is settled later.
   */
  complete(election: { readonly id: string }): Promise<void>;
};

type Parts = {
  readonly pool: Pool;
  readonly ballots: BallotsCalls;
  readonly publishing: Publishing;
  readonly publisher: SigningKey;
  readonly logger: Logger;
};
type Pending = StoredLifecycle & { readonly pending: NonNullable<StoredLifecycle['pending']> };
type SendOutcome = 'accepted' | 'signed-again' | Problem;

export function createPendingChanges(parts: Parts): PendingChanges {
  const { pool, publishing, logger } = parts;
  return {
    async complete({ id }) {
      for (let step = 0; step < stepsMax; step += 1) {
        const row = await findLifecycle(pool, id);
        if (!row || !isPending(row)) return;
        if (row.pendingRevision === null) {
          await sign(parts, row);
          continue;
        }
        const outcome = await send(parts, row, row.pendingRevision);
        if (outcome === 'signed-again') continue;
        if (outcome instanceof Problem) {
          await withdrawPending(pool, id, row.pendingRevision);
          throw outcome;
        }
        await completePending(pool, id, row.pendingRevision);
        // `ballots` has it with the documents alone; what else is published is told with them. Redis gets it at once
        // where it is there, and from the schedule where it is not.
        await publishing.keep(id).catch((error: unknown) => logger.warn({ err: error }, 'publication.not-kept'));
        await publishing.publish(id);
        return;
      }
      throw new Problem('busy', { ...retrySoon(), detail: undecided });
    },
  };
}

const undecided =
  'The change of this election is on its way and not known to be complete; it is completed, or withdrawn, within a ' +
  'minute of everything being back. GET the election to see which. Asking for the same again is safe.';

const isPending = (row: StoredLifecycle): row is Pending => row.pending !== null;
const definitionOf = ({ pending }: Pending): ElectionDefinition => electionDefinition.parse(pending.announced);

// Above everything that was ever signed, here and, should this database have been restored, elsewhere.
async function sign(parts: Parts, row: Pending, above = 0): Promise<void> {
  const redisRevision = await parts.publishing.shownRevision(row.id);
  // What is announced anew may be there since before: `ballots` keeps an intake that this database has lost.
  const ballotsRevision = row.pendingAct === 'announce' ? await parts.ballots.revision(row.id).catch(() => 0) : 0;
  const revision = Math.max(row.revision, redisRevision, ballotsRevision, above) + 1;
  const { documents } = publicationOf(definitionOf(row), parts.publisher, revision);
  await stampPending(parts.pool, { id: row.id, version: row.version, revision, documents });
}

async function send(parts: Parts, row: Pending, revision: number): Promise<SendOutcome> {
  try {
    await call(parts.ballots, row);
    return 'accepted';
  } catch (error) {
    if (!isRejection(error)) throw unknown(parts, error);
    // The first asking was lost, and the moment that was to be "now" is past.
    const stale = row.pendingAct === 'close' && row.nowMs - (row.pendingClosesAtMs ?? 0) > nowMsMax;
    if (stale && (await retimeClosing(parts.pool, row.id, revision))) return 'signed-again';
    const theirs = await parts.ballots.revision(row.id).catch((failure: unknown) => {
      throw unknown(parts, failure);
    });
    if (theirs < revision) return error;
    // Perhaps it was refused for its revision alone: this database was restored, and signed less than is out.
    await sign(parts, row, theirs);
    return 'signed-again';
  }
}

async function call(ballots: BallotsCalls, row: Pending): Promise<void> {
  const definition = definitionOf(row);
  const publication: Publication = composed({
    documents: row.pendingDocuments,
    turnout: row.turnout,
    results: row.results,
  });
  if (row.pendingAct === 'announce') await ballots.create(definition, publication);
  else if (row.pendingAct === null) await ballots.amend(definition, publication);
  else await ballots.setTimes(definition, publication);
}

// What a server says when it is busy or broken decides nothing.
const isRejection = (error: unknown): error is Problem => error instanceof Problem && problems[error.code].status < 500;

function unknown({ logger }: Parts, error: unknown): Problem {
  if (!(error instanceof Problem || error instanceof CallFailed)) logger.error({ err: error }, 'change.failed');
  return new Problem('busy', { ...retrySoon(), detail: undecided });
}

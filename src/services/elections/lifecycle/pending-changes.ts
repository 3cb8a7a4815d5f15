// Completes a pending change of an election: signs it, sends it to `ballots`, completes or withdraws it, and publishes
// it. A process may fail between any two steps, and two processes may run them at once, so each step is idempotent and
// applies to one revision only. A change is completed only after `ballots` accepted it, and withdrawn after a
// rejection.
import { dependencyFailure, isUnavailable } from '../../../platform/dependency-failures.ts';
import type { Logger } from '../../../platform/logger.ts';
import { retrySoon } from '../../../platform/http/problems.ts';
import type { WrittenElection } from '../../../protocol/control/elections-api.ts';
import { Problem, problems } from '../../../protocol/problem.ts';
import { electionDefinition } from '../../../protocol/public-document.ts';
import type { ElectionDefinition } from '../../../protocol/public-document.ts';
import type { Publication } from '../../../protocol/record/publication.ts';
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
import { createLogOpener, manifestOf, storedManifest } from '../record/manifest.ts';
import type { LogOpener, ManifestParts } from '../record/manifest.ts';
import type { Publishing } from '../publishing/publishing.ts';

/** Most steps for one change: signing, sending, and both again if the time or the revision was not right. */
const stepsMax = 8;
/** Age after which an end at "now" is set to the current time again, in milliseconds. */
const nowMsMax = 5_000;

export type PendingChanges = {
  /**
   * Completes the pending change of an election. Without one it does nothing. Throws the rejection of `ballots`, after
   * which the election is unchanged, or `busy` while the outcome is unknown. The change then stays pending.
   */
  complete(election: { readonly id: string }): Promise<void>;
};

type Parts = ManifestParts & {
  readonly pool: Pool;
  readonly boxPool: Pool;
  readonly ballots: BallotsCalls;
  readonly publishing: Publishing;
  readonly logger: Logger;
};
type Pending = StoredLifecycle & { readonly pending: NonNullable<StoredLifecycle['pending']> };
type SendOutcome = 'accepted' | 'signed-again' | Problem;

export function createPendingChanges(parts: Parts): PendingChanges {
  const { publishing, logger } = parts;
  const openLog = createLogOpener(parts.boxPool);
  return {
    async complete({ id }) {
      try {
        if (!(await settle(parts, openLog, id))) return;
      } catch (error) {
        // The change is stored and stays pending, whichever step could not reach its database.
        throw dependencyFailure(error) === null ? error : unknown(parts, error);
      }
      // `keep` sends turnout and results to `ballots` with the new documents. If a Redis instance is unavailable, the
      // schedule publishes there later.
      await publishing.keep(id).catch((error: unknown) => logger.warn({ err: error }, 'publication.not-kept'));
      await publishing.publish(id);
    },
  };
}

/** Completes the pending change in `ballots` and in the database; false if there is none. Throws as `complete`. */
async function settle(parts: Parts, openLog: LogOpener, id: string): Promise<boolean> {
  const { pool } = parts;
  for (let step = 0; step < stepsMax; step += 1) {
    const row = await findLifecycle(pool, id);
    if (!row || !isPending(row)) return false;
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
    // Before voters see the election: their ballots go into this log.
    const manifest = storedManifest(row.pendingManifest);
    if (manifest) await openLog(manifest);
    await completePending(pool, id, row.pendingRevision);
    return true;
  }
  throw new Problem('busy', { ...retrySoon(), detail: undecided });
}

const undecided =
  'The change of this election may not be complete. It is completed or withdrawn within a minute after all services ' +
  'are available again. GET the election to see the outcome. Repeating the request is safe.';

const isPending = (row: StoredLifecycle): row is Pending => row.pending !== null;
const definitionOf = ({ pending }: Pending): ElectionDefinition => electionDefinition.parse(pending.announced);

// The revision is above every signed revision, also above those that a restored database has lost.
async function sign(parts: Parts, row: Pending, above = 0): Promise<void> {
  const redisRevision = await parts.publishing.shownRevision(row.id);
  // After a restore, `ballots` may already have an intake for this election.
  const ballotsRevision = row.pendingAct === 'announce' ? await parts.ballots.revision(row.id).catch(() => 0) : 0;
  const revision = Math.max(row.revision, redisRevision, ballotsRevision, above) + 1;
  const definition = definitionOf(row);
  const { documents } = publicationOf(definition, parts.publisher, revision);
  const manifest = isNewDefinition(row) ? manifestOf(definition, parts) : null;
  await stampPending(parts.pool, { id: row.id, version: row.version, revision, documents, manifest });
}

/** An announcement or an amendment. Other changes keep the manifest. */
const isNewDefinition = ({ pendingAct }: Pending): boolean => pendingAct === 'announce' || pendingAct === null;

async function send(parts: Parts, row: Pending, revision: number): Promise<SendOutcome> {
  try {
    await call(parts.ballots, row);
    return 'accepted';
  } catch (error) {
    if (!isRejection(error)) throw unknown(parts, error);
    // An earlier request was lost, and the end at "now" is too old.
    const stale = row.pendingAct === 'close' && row.nowMs - (row.pendingClosesAtMs ?? 0) > nowMsMax;
    if (stale && (await retimeClosing(parts.pool, row.id, revision))) return 'signed-again';
    const theirs = await parts.ballots.revision(row.id).catch((failure: unknown) => {
      throw unknown(parts, failure);
    });
    if (theirs < revision) return error;
    // The revision may be the only reason for the rejection: a restored database signs below the published revision.
    await sign(parts, row, theirs);
    return 'signed-again';
  }
}

async function call(ballots: BallotsCalls, row: Pending): Promise<void> {
  const definition = definitionOf(row);
  const publication: Publication = composed({
    documents: row.pendingDocuments,
    manifest: isNewDefinition(row) ? row.pendingManifest : row.manifest,
    turnout: row.turnout,
    closing: row.closing,
    results: row.results,
    destruction: null,
    logo: (row.pending.definition as WrittenElection).logo ?? null,
  });
  if (row.pendingAct === 'announce') await ballots.create(definition, publication);
  else if (row.pendingAct === null) await ballots.amend(definition, publication);
  else if (row.pendingAct === 'annotate') await ballots.annotate(definition, publication);
  else await ballots.setTimes(definition, publication);
}

// Errors with status 500 and above do not decide whether the change was accepted.
const isRejection = (error: unknown): error is Problem => error instanceof Problem && problems[error.code].status < 500;

function unknown({ logger }: Parts, error: unknown): Problem {
  if (!isUnavailable(error)) logger.error({ err: error }, 'change.failed');
  return new Problem('busy', { ...retrySoon(), detail: undecided });
}

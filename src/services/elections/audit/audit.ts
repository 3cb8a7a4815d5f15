// Audits every administrative action: one entry before the attempt and one for its outcome. An action that cannot be
// audited is not attempted. Entries have ids, names that become public, and reasons. They never have an identity
// number, phone, choice, code, token or key.
import type { UserRole } from '../../../domain/user.ts';
import { dependencyFailure } from '../../../platform/dependency-failures.ts';
import { retrySoon } from '../../../platform/http/problems.ts';
import type { Logger } from '../../../platform/logger.ts';
import { Counter } from '../../../platform/metrics.ts';
import type { Metrics } from '../../../platform/metrics.ts';
import { Problem } from '../../../protocol/problem.ts';
import type { Pool } from '../../../store/database.ts';
import { appendAudit } from '../../../store/elections/audit.ts';
import type { NewAuditEntry } from '../../../store/elections/audit.ts';
import type { RecordHeads } from './record-heads.ts';

/** Largest JSON of changes in an entry, in characters. For larger changes the entry lists only the fields. */
const changedCharactersMax = 12_000;

/**
 * `user`: a call of the control API. `operator`: a private call with the key file of elections. `clock`: the schedule
 * of this service.
 */
export type Actor =
  | {
      readonly kind: 'user';
      readonly userId: string;
      readonly role: UserRole;
      /** The administrator who confirmed what `userId` proposed. */
      readonly confirmedBy?: string;
    }
  | { readonly kind: 'operator' }
  | { readonly kind: 'clock' };

/** The sender of a request, whether they signed in with a second factor, and the request id. */
export type Caller = {
  readonly actor: Actor;
  readonly secondFactor?: boolean;
  readonly request?: string | undefined;
};

/** The object of an action. `id` is an opaque id, or a fixed name for an object without one. */
export type AuditObject = {
  readonly kind: 'participant' | 'election' | 'settings' | 'audit-log';
  readonly id: string;
};

export type AuditedAction = {
  readonly actor: Actor;
  /** The kind of object and the verb, such as `election.create`. */
  readonly act: string;
  readonly object: AuditObject;
  /** The reason, as the actor wrote it. */
  readonly reason?: string | undefined;
  /** Id of the request (x-request-id), if there was one. */
  readonly request?: string | undefined;
};

/** Changes by field, with the values before and after. A new field has no `from`, a removed one has no `to`. */
export type Changes = Readonly<Record<string, { readonly from?: unknown; readonly to?: unknown }>>;
export type Worked<Result> = { readonly result: Result; readonly changed?: Changes | undefined };

export type Audit = {
  /** Records the attempt, runs the work, and records the outcome. Throws the errors of the work. */
  record<Result>(action: AuditedAction, work: () => Promise<Worked<Result>>): Promise<Result>;
};

/** Acts that the public sees: the head of the record is signed after each. */
const publishedActs: ReadonlySet<string> = new Set([
  'election.announce',
  'election.extend',
  'election.add-notice',
  'election.accept-loss',
  'election.withdraw-option',
  'election.close',
  'election.publish',
  'election.certify-destruction',
]);

export function createAudit(parts: {
  readonly pool: Pool;
  readonly heads: Pick<RecordHeads, 'sign'>;
  readonly logger: Logger;
  readonly metrics: Metrics;
}): Audit {
  const { pool, heads, logger } = parts;
  const signHead = async (act: string): Promise<void> => {
    if (!publishedActs.has(act)) return;
    // Otherwise the schedule signs it within an hour.
    await heads.sign().catch((error: unknown) => logger.warn({ err: error }, 'record-heads.not-signed'));
  };
  const actionsTotal = new Counter({
    name: 'popvote_elections_acts_total',
    help: 'Administrative actions by action and outcome.',
    labelNames: ['act', 'outcome'],
    registers: [parts.metrics],
  });
  const append = async (entry: NewAuditEntry): Promise<number> => {
    const { number, hash } = await appendAudit(pool, entry);
    actionsTotal.inc({ act: entry.act, outcome: entry.outcome });
    // A copy outside the database, so that a rewritten chain contradicts the logs.
    logger.info({ audit: { number, hash: hash.toString('hex'), act: entry.act, outcome: entry.outcome } }, 'audit');
    return number;
  };
  return {
    async record<Result>({ actor, act, object, reason, request }: AuditedAction, work: () => Promise<Worked<Result>>) {
      const entry = { actor, act, object, reason: reason ?? null, request: request ?? null };
      const attempt = await append({ ...entry, outcome: 'attempted', attempt: null, code: null, changed: null }).catch(
        notAttempted,
      );
      const outcome = { ...entry, attempt };
      let worked: Worked<Result>;
      try {
        worked = await work();
      } catch (error) {
        // Whether the action took effect is unknown, so the audit log shows the attempt without an outcome.
        if (dependencyFailure(error) === 'unknown') throw error;
        const code = error instanceof Problem ? error.code : null;
        await append({ ...outcome, outcome: code === null ? 'failed' : 'refused', code, changed: null }).catch(
          // The caller gets the error of the action. The audit log shows the attempt without an outcome.
          (failure: unknown) => logger.error({ err: failure, attempt }, 'audit.outcome-not-recorded'),
        );
        throw error;
      }
      const { result, changed } = worked;
      await append({ ...outcome, outcome: 'done', code: null, changed: changed ? bounded(changed) : null });
      await signHead(act);
      return result;
    },
  };
}

// Without its entry the action is not attempted, even if the entry may have been stored.
function notAttempted(error: unknown): never {
  if (dependencyFailure(error) === null) throw error;
  throw new Problem('busy', retrySoon());
}

function bounded(changed: Changes): object {
  return JSON.stringify(changed).length <= changedCharactersMax
    ? changed
    : { tooLargeToShow: Object.keys(changed).slice(0, 100) };
}

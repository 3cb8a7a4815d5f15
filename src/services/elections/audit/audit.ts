// The record of every administrative act: an entry before it is tried, and one of what came of it. An act that cannot be
// recorded is not tried. Entries hold ids, names of things that are public one day, and reasons: no identity number, no
// phone, no choice, no code, no token and no key may ever stand here.
import type { UserRole } from '../../../domain/user.ts';
import type { Logger } from '../../../platform/logger.ts';
import { Counter } from '../../../platform/metrics.ts';
import type { Metrics } from '../../../platform/metrics.ts';
import { Problem } from '../../../protocol/problem.ts';
import type { Pool } from '../../../store/database.ts';
import { appendAudit } from '../../../store/elections/audit.ts';
import type { NewAuditEntry } from '../../../store/elections/audit.ts';

/** Largest JSON of what changed that an entry holds whole, in characters; of a larger one it names the members. */
const changedCharactersMax = 12_000;

/**
 * `user`: by the control API. `operator`: a private call by who holds the key file of elections. `clock`: the service's
 * own schedule.
 */
export type Actor =
  | { readonly kind: 'user'; readonly userId: string; readonly role: UserRole }
  | { readonly kind: 'operator' }
  | { readonly kind: 'clock' };

/** Who sends a request, and the id of the request. */
export type Caller = { readonly actor: Actor; readonly request?: string | undefined };

/** What is acted on. `id` is an opaque id, or what a thing without one is called. */
export type AuditObject = {
  readonly kind: 'participant' | 'election' | 'settings' | 'audit-log';
  readonly id: string;
};

export type AuditedAction = {
  readonly actor: Actor;
  /** Such as `election.create`: the kind of thing, and the verb. */
  readonly act: string;
  readonly object: AuditObject;
  /** Why, in the words of whoever acts. */
  readonly reason?: string | undefined;
  /** Id of the request (x-request-id), where there was one. */
  readonly request?: string | undefined;
};

/** What changed, by member: the value before and after. A member that is new has no `from`, one that went has no `to`. */
export type Changes = Readonly<Record<string, { readonly from?: unknown; readonly to?: unknown }>>;
export type Worked<Result> = { readonly result: Result; readonly changed?: Changes | undefined };

export type Audit = {
  /** Records the attempt, works, records the outcome. Throws what the work throws. */
  record<Result>(action: AuditedAction, work: () => Promise<Worked<Result>>): Promise<Result>;
};

export function createAudit(parts: { readonly pool: Pool; readonly logger: Logger; readonly metrics: Metrics }): Audit {
  const { pool, logger } = parts;
  const actionsTotal = new Counter({
    name: 'popvote_elections_acts_total',
    help: 'Administrative acts, by what was tried and what came of it.',
    labelNames: ['act', 'outcome'],
    registers: [parts.metrics],
  });
  const append = async (entry: NewAuditEntry): Promise<number> => {
    const { number, hash } = await appendAudit(pool, entry);
    actionsTotal.inc({ act: entry.act, outcome: entry.outcome });
    // A witness outside the database: who rewrites the whole chain there contradicts the logs.
    logger.info({ audit: { number, hash: hash.toString('hex'), act: entry.act, outcome: entry.outcome } }, 'audit');
    return number;
  };
  return {
    async record<Result>({ actor, act, object, reason, request }: AuditedAction, work: () => Promise<Worked<Result>>) {
      const entry = { actor, act, object, reason: reason ?? null, request: request ?? null };
      const attempt = await append({ ...entry, outcome: 'attempted', attempt: null, code: null, changed: null });
      const outcome = { ...entry, attempt };
      let worked: Worked<Result>;
      try {
        worked = await work();
      } catch (error) {
        const code = error instanceof Problem ? error.code : null;
        await append({ ...outcome, outcome: code === null ? 'failed' : 'refused', code, changed: null }).catch(
          // Who asked is told what went wrong with the act; that its attempt has no outcome shows in the log itself.
          (failure: unknown) => logger.error({ err: failure, attempt }, 'audit.outcome-not-recorded'),
        );
        throw error;
      }
      const { result, changed } = worked;
      await append({ ...outcome, outcome: 'done', code: null, changed: changed ? bounded(changed) : null });
      return result;
    },
  };
}

function bounded(changed: Changes): object {
  return JSON.stringify(changed).length <= changedCharactersMax
    ? changed
    : { tooLargeToShow: Object.keys(changed).slice(0, 100) };
}

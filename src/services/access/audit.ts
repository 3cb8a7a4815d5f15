// What an auditor of the platform wants to find: each act on an account or a session, attempted or done, by whom and to
// whom, by the ids of users alone. No address, name, number, password, code or token may ever stand here.
import type { UserRole, UserState } from '../../domain/user.ts';
import type { Logger } from '../../platform/logger.ts';
import { Counter } from '../../platform/metrics.ts';
import type { Metrics } from '../../platform/metrics.ts';

export type AuditAct =
  | 'user.register'
  | 'user.change'
  | 'user.delete'
  | 'user.read-national-id'
  | 'password.change'
  | 'password.issue-one-time'
  | 'second-factor.offer'
  | 'second-factor.confirm'
  | 'second-factor.remove'
  | 'invitation.create'
  | 'invitation.withdraw'
  | 'session.login'
  | 'session.refresh'
  | 'session.logout'
  | 'session.end'
  | 'session.end-all';

export type AuditEvent = {
  readonly act: AuditAct;
  /** `done`, or the code of the rejection. */
  readonly outcome: string;
  /** Who acts: null where nobody is logged in. */
  readonly actor: string | null;
  /** The user who is acted on, where there is one. */
  readonly user?: string;
  readonly session?: string;
  readonly invitation?: string;
  readonly role?: UserRole;
  readonly roleBefore?: UserRole;
  readonly state?: UserState;
  readonly stateBefore?: UserState;
};
export type AccountAudit = (event: AuditEvent) => void;

export function createAccountAudit(logger: Logger, metrics: Metrics): AccountAudit {
  const acts = new Counter({
    name: 'popvote_access_acts_total',
    help: 'Acts on accounts and sessions, by what was tried and what came of it.',
    labelNames: ['act', 'outcome'],
    registers: [metrics],
  });
  return (event) => {
    acts.inc({ act: event.act, outcome: event.outcome });
    logger.info({ audit: event }, 'audit');
  };
}

// The audit log of accounts and sessions: each action, attempted or done, with the ids of its actor and its user. What
// users do also goes into the chained record of `elections`. Neither ever contains an address, name, number, password,
// code or token.
import type { UserRole, UserState } from '../../domain/user.ts';
import type { Logger } from '../../platform/logger.ts';
import { Counter } from '../../platform/metrics.ts';
import type { Metrics } from '../../platform/metrics.ts';
import { accessAct } from '../../protocol/control/access-acts.ts';
import type { ActRecord } from './act-record.ts';

export type AuditAction =
  | 'user.register'
  | 'user.change'
  | 'user.delete'
  | 'user.read-national-id'
  | 'password.change'
  | 'password.issue-one-time'
  | 'second-factor.offer'
  | 'second-factor.confirm'
  | 'second-factor.remove'
  | 'passkey.add'
  | 'passkey.remove'
  | 'invitation.create'
  | 'invitation.withdraw'
  | 'proposal.create'
  | 'proposal.confirm'
  | 'proposal.withdraw'
  | 'session.login'
  | 'session.refresh'
  | 'session.logout'
  | 'session.end'
  | 'session.end-all';

export type AuditEvent = {
  readonly act: AuditAction;
  /** `done`, or the code of the rejection. */
  readonly outcome: string;
  /** Id of the user who acts; null without a login. */
  readonly actor: string | null;
  /** The administrator who confirmed what the actor proposed. */
  readonly confirmedBy?: string;
  readonly proposal?: string;
  /** The act of a proposal. */
  readonly proposes?: AuditAction;
  /** Id of the user whom the action concerns, if any. */
  readonly user?: string;
  readonly session?: string;
  readonly invitation?: string;
  readonly passkey?: string;
  readonly role?: UserRole;
  readonly roleBefore?: UserRole;
  readonly state?: UserState;
  readonly stateBefore?: UserState;
  /** The members that were corrected, without their values. */
  readonly corrected?: readonly ('email' | 'forename' | 'surname')[];
};
export type AccountAudit = (event: AuditEvent) => void;

export function createAccountAudit(logger: Logger, metrics: Metrics, record: Pick<ActRecord, 'add'>): AccountAudit {
  const actions = new Counter({
    name: 'popvote_access_acts_total',
    help: 'Actions on accounts and sessions, by action and outcome.',
    labelNames: ['act', 'outcome'],
    registers: [metrics],
  });
  return (event) => {
    actions.inc({ act: event.act, outcome: event.outcome });
    logger.info({ audit: event }, 'audit');
    if (isRecorded(event)) record.add(accessAct.parse(event));
  };
}

// Strangers could fill the record with failed attempts: these are in the log alone. `reused`: a stolen token.
const isRecorded = ({ actor, outcome }: AuditEvent): boolean =>
  actor !== null || outcome === 'done' || outcome === 'reused';

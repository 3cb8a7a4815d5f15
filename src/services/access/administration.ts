// Actions of administrators on users and invitations. Each action records its actor, and the database checks the
// actor's role again in the same transaction. Ended sessions are published at once. Rejected actions are audited as
// well.
import { randomUUID } from 'node:crypto';
import type {
  Invitation,
  InvitationRequest,
  User,
  UserChange,
  UserDetails,
  UsersQuery,
} from '../../protocol/control/access-api.ts';
import { Problem } from '../../protocol/problem.ts';
import type { ProblemCode } from '../../protocol/problem.ts';
import { createInvitation, listInvitations, withdrawInvitation } from '../../store/access/invitations.ts';
import {
  changeUser,
  deleteUser,
  endSessionsOfUser,
  findIdentity,
  findUser,
  issueOneTimePassword,
  listUsers,
} from '../../store/access/users.ts';
import type { Pool } from '../../store/database.ts';
import type { AccountAudit, AuditEvent } from './audit.ts';
import type { NationalIds } from './national-ids.ts';
import { oneTimePassword } from './one-time-password.ts';
import type { Passwords } from './passwords.ts';
import type { Revocations } from './revocations.ts';
import type { SecretTokens } from './secret-tokens.ts';
import { invitationView, userView } from './user-views.ts';

/** Most valid invitations at once. */
const invitationsMax = 1_000;

export type Administration = {
  list(query: UsersQuery): Promise<{ users: User[]; next: string | null }>;
  details(actor: string, user: string): Promise<UserDetails>;
  change(actor: string, user: string, change: UserChange): Promise<User>;
  remove(actor: string, user: string): Promise<void>;
  /** Ends all sessions of the user, who may log in again. */
  endSessions(actor: string, user: string): Promise<void>;
  /** Issues a password for one login. It is shown once, to the administrator. */
  issuePassword(actor: string, user: string): Promise<string>;
  invite(actor: string, request: InvitationRequest): Promise<{ invitation: Invitation; token: string }>;
  invitations(): Promise<Invitation[]>;
  withdraw(actor: string, invitation: string): Promise<void>;
};

type Parts = {
  readonly pool: Pool;
  readonly passwords: Passwords;
  readonly nationalIds: NationalIds;
  readonly tokens: SecretTokens;
  readonly revocations: Revocations;
  readonly audit: AccountAudit;
};

export function createAdministration(parts: Parts): Administration {
  return { ...createUserAdministration(parts), ...createInvitationAdministration(parts) };
}

type UserActions = Omit<Administration, 'invite' | 'invitations' | 'withdraw'>;

function createUserAdministration({ pool, passwords, nationalIds, revocations, audit }: Parts): UserActions {
  const existing = async (id: string): Promise<User> => {
    const user = await findUser(pool, id);
    if (!user) throw new Problem('user-not-found');
    return userView(user);
  };

  return {
    async list({ after, limit, state, role }) {
      const filter = { after: after ?? 0, ...(state && { state }), ...(role && { role }) };
      // One row more than the page shows whether there is a next page.
      const rows = await listUsers(pool, filter, limit + 1);
      const page = rows.slice(0, limit);
      return { users: page.map(userView), next: rows.length > limit ? String(page.at(-1)?.number) : null };
    },
    async details(actor, user) {
      const view = await existing(user);
      const stored = await findIdentity(pool, user);
      if (!stored) return { user: view, nationalId: null };
      audit({ act: 'user.read-national-id', outcome: 'done', actor, user });
      return { user: view, nationalId: await nationalIds.read(stored, user) };
    },
    async change(actor, user, { role, state, secondFactor, email, forename, surname }) {
      const event = { act: 'user.change', actor, user, ...(role && { role }), ...(state && { state }) } as const;
      if (actor === user && role !== undefined && role !== 'administrator') throw ownRole(audit, event);
      const changed = await changeUser(
        pool,
        { actor, user },
        {
          ...(role && { role }),
          ...(state && { state }),
          removeSecondFactor: secondFactor === false,
          ...(email !== undefined && { email }),
          ...(forename !== undefined && { forename }),
          ...(surname !== undefined && { surname }),
        },
      );
      if (changed.outcome !== 'changed' && changed.outcome !== 'unchanged')
        throw rejection(audit, event, changed.outcome);
      if (changed.outcome === 'changed') {
        await revocations.publish(changed.ended);
        const { roleBefore, stateBefore, corrected } = changed;
        audit({ ...event, outcome: 'done', roleBefore, stateBefore, ...(corrected.length > 0 && { corrected }) });
        if (secondFactor === false) audit({ act: 'second-factor.remove', outcome: 'done', actor, user });
      }
      return existing(user);
    },
    async remove(actor, user) {
      const deleted = await deleteUser(pool, { actor, user });
      const event = { act: 'user.delete', actor, user } as const;
      if (deleted.outcome !== 'deleted') throw rejection(audit, event, deleted.outcome);
      await revocations.publish(deleted.ended);
      audit({ ...event, outcome: 'done' });
    },
    async endSessions(actor, user) {
      const ended = await endSessionsOfUser(pool, { actor, user });
      const event = { act: 'session.end-all', actor, user } as const;
      if (ended.outcome !== 'ended') throw rejection(audit, event, ended.outcome);
      await revocations.publish(ended.ended);
      audit({ ...event, outcome: 'done' });
    },
    async issuePassword(actor, user) {
      const password = oneTimePassword();
      const issued = await issueOneTimePassword(pool, { actor, user }, await passwords.hash(password));
      const event = { act: 'password.issue-one-time', actor, user } as const;
      if (issued.outcome !== 'issued') throw rejection(audit, event, issued.outcome);
      await revocations.publish(issued.ended);
      audit({ ...event, outcome: 'done' });
      return password;
    },
  };
}

type InvitationActions = Pick<Administration, 'invite' | 'invitations' | 'withdraw'>;

function createInvitationAdministration({ pool, tokens, audit }: Parts): InvitationActions {
  return {
    async invite(actor, { role, days }) {
      const id = randomUUID();
      const token = tokens.make();
      const tag = tokens.tag('invitation', token);
      const created = await createInvitation(pool, { actor, id, tag, role, days, invitationsMax });
      const event = { act: 'invitation.create', actor, invitation: id, role } as const;
      if (created.outcome !== 'created') throw rejection(audit, event, created.outcome);
      audit({ ...event, outcome: 'done' });
      return { invitation: invitationView({ id, role, createdBy: actor, ...created }), token };
    },
    invitations: async () => (await listInvitations(pool)).map(invitationView),
    async withdraw(actor, invitation) {
      const outcome = await withdrawInvitation(pool, { actor, invitation });
      const event = { act: 'invitation.withdraw', actor, invitation } as const;
      if (outcome === 'not-found') throw new Problem('invitation-not-found');
      if (outcome === 'not-admitted') throw rejection(audit, event, outcome);
      audit({ ...event, outcome: 'done' });
    },
  };
}

const codes = {
  'not-found': 'user-not-found',
  // The actor lost the role of administrator after the token was checked.
  'not-admitted': 'role-not-allowed',
  'last-administrator': 'last-administrator',
  'email-taken': 'email-taken',
  conflict: 'conflict',
} as const satisfies Record<string, ProblemCode>;

function rejection(audit: AccountAudit, event: Omit<AuditEvent, 'outcome'>, outcome: keyof typeof codes): Problem {
  audit({ ...event, outcome: codes[outcome] });
  return new Problem(codes[outcome], outcome === 'email-taken' ? { detail: otherAccount } : {});
}
const otherAccount =
  'Another account has this e-mail address. Use another address, or correct that account first. Nothing was changed.';

// Administrators cannot change their own role. Such a change is usually a mistake, and it could be a way to give up the
// office unnoticed. Another administrator must do it.
function ownRole(audit: AccountAudit, event: Omit<AuditEvent, 'outcome'>): Problem {
  audit({ ...event, outcome: 'conflict' });
  return new Problem('conflict', { detail: 'Ask another administrator to change your role. Nothing was changed.' });
}

// What an administrator alone does with users and invitations; proposals/user-acts.ts has the other acts. Each action
// records its actor, and the database checks the actor's role again in the same transaction. Rejected actions are audited
// as well.
import type { Invitation, User, UserDetails, UsersQuery } from '../../protocol/control/access-api.ts';
import { Problem } from '../../protocol/problem.ts';
import { listInvitations, withdrawInvitation } from '../../store/access/invitations.ts';
import { endSessionsOfUser, findIdentity, listUsers } from '../../store/access/users.ts';
import type { Pool } from '../../store/database.ts';
import type { AccountAudit } from './audit.ts';
import type { NationalIds } from './national-ids.ts';
import { existingUser, userActRejection } from './proposals/user-acts.ts';
import type { Revocations } from './revocations.ts';
import { invitationView, userView } from './user-views.ts';

export type Administration = {
  list(query: UsersQuery): Promise<{ users: User[]; next: string | null }>;
  details(actor: string, user: string): Promise<UserDetails>;
  /** Ends all sessions of the user, who may log in again. */
  endSessions(actor: string, user: string): Promise<void>;
  invitations(): Promise<Invitation[]>;
  withdraw(actor: string, invitation: string): Promise<void>;
};

export function createAdministration(parts: {
  readonly pool: Pool;
  readonly nationalIds: NationalIds;
  readonly revocations: Revocations;
  readonly audit: AccountAudit;
}): Administration {
  const { pool, nationalIds, revocations, audit } = parts;
  return {
    async list({ after, limit, state, role }) {
      const filter = { after: after ?? 0, ...(state && { state }), ...(role && { role }) };
      // One row more than the page shows whether there is a next page.
      const rows = await listUsers(pool, filter, limit + 1);
      const page = rows.slice(0, limit);
      return { users: page.map(userView), next: rows.length > limit ? String(page.at(-1)?.number) : null };
    },
    async details(actor, user) {
      const view = await existingUser(pool, user);
      const stored = await findIdentity(pool, user);
      if (!stored) return { user: view, nationalId: null };
      audit({ act: 'user.read-national-id', outcome: 'done', actor, user });
      return { user: view, nationalId: await nationalIds.read(stored, user) };
    },
    async endSessions(actor, user) {
      const event = { act: 'session.end-all', actor, user } as const;
      const ended = await endSessionsOfUser(pool, { actor, user });
      if (ended.outcome !== 'ended') {
        const problem = userActRejection(ended);
        audit({ ...event, outcome: problem.code });
        throw problem;
      }
      await revocations.publish(ended.ended);
      audit({ ...event, outcome: 'done' });
    },
    invitations: async () => (await listInvitations(pool)).map(invitationView),
    async withdraw(actor, invitation) {
      const event = { act: 'invitation.withdraw', actor, invitation } as const;
      const outcome = await withdrawInvitation(pool, { actor, invitation });
      if (outcome === 'not-found') throw new Problem('invitation-not-found');
      if (outcome === 'not-admitted') {
        audit({ ...event, outcome: 'role-not-allowed' });
        throw new Problem('role-not-allowed');
      }
      audit({ ...event, outcome: 'done' });
    },
  };
}

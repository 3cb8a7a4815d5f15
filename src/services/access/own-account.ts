// Actions of users on their own account. An action that could lock the owner out, or let the thief of a session stay,
// requires the password again. Ending sessions does not, because a victim is in a hurry.
import type { PasswordChange, SecondFactorProof, Session, User } from '../../protocol/control/access-api.ts';
import type { AccessClaims } from '../../protocol/control/access-tokens.ts';
import { Problem } from '../../protocol/problem.ts';
import { endOwnSessions, listSessions } from '../../store/access/sessions.ts';
import { findUser } from '../../store/access/users.ts';
import type { Pool } from '../../store/database.ts';
import type { AccountAudit } from './audit.ts';
import type { Logins } from './logins.ts';
import type { PasswordChanges } from './password-changes.ts';
import type { Revocations } from './revocations.ts';
import type { SecondFactors } from './second-factor/second-factors.ts';
import { sessionView, userView } from './user-views.ts';

/** The user who acts, the session and the address. */
export type Owner = Pick<AccessClaims, 'sub' | 'sid'> & { readonly address: string };

export type OwnAccount = {
  show(owner: Owner): Promise<User>;
  sessions(owner: Owner): Promise<Session[]>;
  /** Ends the session if it belongs to the owner. With null it ends all of them, including this one. */
  endSessions(owner: Owner, session: string | null): Promise<void>;
  changePassword(owner: Owner, change: PasswordChange): Promise<void>;
  offerSecondFactor(owner: Owner, password: string): Promise<{ secret: string; uri: string }>;
  confirmSecondFactor(owner: Owner, code: string): Promise<string[]>;
  /** Removes the authenticator. Throws as `proveBoth` of logins does. */
  removeSecondFactor(owner: Owner, proof: SecondFactorProof): Promise<void>;
};

export function createOwnAccount(parts: {
  readonly pool: Pool;
  readonly logins: Logins;
  readonly changes: PasswordChanges;
  readonly secondFactors: SecondFactors;
  readonly revocations: Revocations;
  readonly audit: AccountAudit;
}): OwnAccount {
  const { pool, logins, changes, secondFactors, revocations, audit } = parts;
  return {
    async show({ sub }) {
      const user = await findUser(pool, sub);
      // The user was removed after the token was checked.
      if (!user) throw new Problem('unauthenticated', { detail: 'The session is over. Log in again.' });
      return userView(user);
    },
    sessions: async ({ sub, sid }) => (await listSessions(pool, sub)).map((stored) => sessionView(stored, sid)),
    async endSessions({ sub }, session) {
      const ended = await endOwnSessions(pool, sub, session);
      await revocations.publish(ended);
      if (session === null) audit({ act: 'session.end-all', outcome: 'done', actor: sub });
      else if (ended.length > 0) audit({ act: 'session.end', outcome: 'done', actor: sub, session });
    },
    async changePassword({ sub, sid, address }, { currentPassword, newPassword }) {
      const { passwordHash } = await logins.prove(sub, currentPassword, address);
      await changes.replace({ user: sub, oldHash: passwordHash, newPassword, keep: sid });
    },
    async offerSecondFactor({ sub, address }, password) {
      const { email } = await logins.prove(sub, password, address);
      const offer = await secondFactors.offer(sub, email);
      audit({ act: 'second-factor.offer', outcome: 'done', actor: sub });
      return offer;
    },
    async confirmSecondFactor({ sub, sid }, code) {
      const { recoveryCodes, ended } = await secondFactors.confirm({ user: sub, session: sid }, code);
      await revocations.publish(ended);
      audit({ act: 'second-factor.confirm', outcome: 'done', actor: sub });
      return recoveryCodes;
    },
    async removeSecondFactor({ sub, address }, proof) {
      await logins.proveBoth(sub, proof, address);
      await secondFactors.remove(sub);
      audit({ act: 'second-factor.remove', outcome: 'done', actor: sub });
    },
  };
}

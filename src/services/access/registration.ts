// Registration. The operator's policy decides who may create an account. The database makes an address and a national
// id unique. A new official waits for approval, unless the policy does not require it or the official was invited.
import { randomUUID } from 'node:crypto';
import type { Registration, User } from '../../protocol/control/access-api.ts';
import { Problem } from '../../protocol/problem.ts';
import { findUser, registerUser } from '../../store/access/users.ts';
import type { NewUser, RegistrationOutcome } from '../../store/access/users.ts';
import type { Pool } from '../../store/database.ts';
import type { AccountAudit } from './audit.ts';
import type { AccessLimits } from './limits.ts';
import type { NationalIds } from './national-ids.ts';
import { checkPassword } from './password-changes.ts';
import type { Passwords } from './passwords.ts';
import type { SecretTokens } from './secret-tokens.ts';
import { userView } from './user-views.ts';

/** `open`: everyone. `invite`: holders of an invitation. `closed`: no one. */
export const registrationPolicies = ['open', 'invite', 'closed'] as const;
export type RegistrationPolicy = (typeof registrationPolicies)[number];

export type Register = (registration: Registration, address: string) => Promise<User>;

export function createRegistration(parts: {
  readonly pool: Pool;
  readonly policy: RegistrationPolicy;
  /** Whether a user without an invitation waits for an administrator. */
  readonly approvalRequired: boolean;
  readonly passwords: Passwords;
  readonly nationalIds: NationalIds;
  readonly tokens: SecretTokens;
  readonly limits: AccessLimits;
  readonly audit: AccountAudit;
}): Register {
  const { pool, policy, approvalRequired, passwords, nationalIds, tokens, limits, audit } = parts;
  return async (registration, address) => {
    if (policy === 'closed') throw new Problem('registration-closed');
    const { email, forename, surname, password, nationalId, invitation } = registration;
    if (policy === 'invite' && invitation === undefined) throw new Problem('invitation-required');
    // The answers below reveal which addresses and numbers are in use, so requests are limited first.
    await limits.countRegistration(address);
    checkPassword(password, { email, forename, surname }, 'body/password');
    const id = randomUUID();
    const user = {
      id,
      email,
      forename,
      surname,
      approved: !approvalRequired,
      identity: nationalId ? await nationalIds.store(nationalId, id) : null,
      passwordHash: await passwords.hash(password),
    };
    const registered = await registerInvited(pool, user, tokens, invitation);
    if (registered.outcome !== 'registered') {
      const code = registered.outcome === 'invitation-refused' ? 'invitation-required' : registered.outcome;
      audit({ act: 'user.register', outcome: code, actor: null });
      throw new Problem(code);
    }
    const { role, state, source } = registered;
    if (source === 'invited') await limits.forgiveRegistration(address);
    audit({ act: 'user.register', outcome: 'done', actor: null, user: id, role, state });
    const stored = await findUser(pool, id);
    if (!stored) throw new Problem('user-not-found');
    return userView(stored);
  };
}

async function registerInvited(
  pool: Pool,
  user: Omit<NewUser, 'invitation'>,
  tokens: SecretTokens,
  invitation: string | undefined,
): Promise<RegistrationOutcome> {
  if (invitation === undefined) return registerUser(pool, { ...user, invitation: null });
  let outcome: RegistrationOutcome = { outcome: 'invitation-refused' };
  for (const keyed of tokens.each) {
    outcome = await registerUser(pool, { ...user, invitation: keyed.tag('invitation', invitation) });
    if (outcome.outcome !== 'invitation-refused') break;
  }
  return outcome;
}

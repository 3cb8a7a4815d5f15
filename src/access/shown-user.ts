// A user as the API shows one, from what is stored.
import type { Invitation, User } from '../protocol/access-api.ts';
import type { StoredInvitation } from '../store/access/invitations.ts';
import type { StoredUser } from '../store/access/users.ts';

const instantOf = (ms: number): string => new Date(ms).toISOString();

export function shownUser(user: StoredUser): User {
  const { id, email, forename, surname, role, state, source, identityScheme, secondFactor } = user;
  return {
    ...{ id, email, forename, surname, role, state, source, identityScheme, secondFactor },
    createdAt: instantOf(user.createdAtMs),
    lastLoginAt: user.lastLoginAtMs === null ? null : instantOf(user.lastLoginAtMs),
  };
}

export function shownInvitation({ id, role, createdBy, createdAtMs, expiresAtMs }: StoredInvitation): Invitation {
  return { id, role, createdBy, createdAt: instantOf(createdAtMs), expiresAt: instantOf(expiresAtMs) };
}

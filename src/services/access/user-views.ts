// Users, invitations and sessions in the form of the API, from their stored form.
import type { Invitation, Session, User } from '../../protocol/control/access-api.ts';
import type { StoredInvitation } from '../../store/access/invitations.ts';
import type { StandingSession } from '../../store/access/sessions.ts';
import type { StoredUser } from '../../store/access/users.ts';
import { instantOf } from '../../protocol/public-values.ts';

export function userView(user: StoredUser): User {
  const { id, email, forename, surname, role, state, source, identityScheme, secondFactor } = user;
  return {
    id,
    email,
    forename,
    surname,
    role,
    state,
    source,
    identityScheme,
    secondFactor,
    createdAt: instantOf(user.createdAtMs),
    lastLoginAt: user.lastLoginAtMs === null ? null : instantOf(user.lastLoginAtMs),
  };
}

export function invitationView({ id, role, createdBy, createdAtMs, expiresAtMs }: StoredInvitation): Invitation {
  return { id, role, createdBy, createdAt: instantOf(createdAtMs), expiresAt: instantOf(expiresAtMs) };
}

export function sessionView(stored: StandingSession, current: string): Session {
  const { id, beganAtMs, usedAtMs, expiresAtMs } = stored;
  return {
    id,
    createdAt: instantOf(beganAtMs),
    lastUsedAt: instantOf(usedAtMs),
    expiresAt: instantOf(expiresAtMs),
    current: id === current,
  };
}

// Sessions and their refresh tokens, which the database knows only as keyed hashes, and recently ended sessions. One
// statement each; the database's clock decides what has expired.
import type { UserRole, UserState } from '../../domain/user.ts';
import { certainRows } from '../certain-query.ts';
import type { Pool } from '../database.ts';

export type LoginUser = {
  readonly id: string;
  readonly state: UserState;
  readonly passwordHash: string;
  readonly oneTime: boolean;
};

export async function findLogin(pool: Pool, email: string): Promise<LoginUser | null> {
  const { rows } = await pool.query<LoginUser>(
    `select user_id as id, state, password_hash as "passwordHash", one_time as "oneTime" from pv.find_login($1)`,
    [email],
  );
  return rows[0] ?? null;
}

/** The second factor that a session was proved with, by RFC 8176: a code, or possession of a key. */
export type SessionFactor = 'otp' | 'pop';

export type NewSession = {
  readonly user: string;
  /** The hash that the password was checked against: the session begins only while it is still current. */
  readonly passwordHash: string;
  readonly session: string;
  readonly tag: Buffer;
  readonly seconds: number;
  readonly sessionsMax: number;
  readonly factor: SessionFactor | null;
};
export type Begun =
  | {
      readonly outcome: 'begun';
      readonly role: UserRole;
      readonly beganAtMs: number;
      readonly expiresAtMs: number;
      /** Older sessions that were ended for it. */
      readonly ended: readonly string[];
    }
  | { readonly outcome: 'refused' };

export async function beginSession(pool: Pool, session: NewSession): Promise<Begun> {
  const [row] = await certainRows<Begun>(pool, {
    text: `select outcome, role, began_at_ms as "beganAtMs", expires_at_ms as "expiresAtMs", ended
      from pv.begin_session($1, $2, $3, $4, $5, $6, $7)`,
    values: [
      session.user,
      session.passwordHash,
      session.session,
      session.tag,
      session.seconds,
      session.sessionsMax,
      session.factor,
    ],
  });
  return row ?? { outcome: 'refused' };
}

export type Refreshing = {
  readonly tag: Buffer;
  readonly next: Buffer;
  readonly graceSeconds: number;
  readonly rotationsMax: number;
};
export type Refreshed =
  | {
      readonly outcome: 'refreshed';
      readonly session: string;
      readonly user: string;
      readonly role: UserRole;
      readonly refreshedAtMs: number;
      readonly expiresAtMs: number;
      readonly factor: SessionFactor | null;
    }
  /** The family was ended by this. */
  | { readonly outcome: 'reused'; readonly session: string; readonly user: string }
  | { readonly outcome: 'refused' };

export async function refreshSession(pool: Pool, refreshing: Refreshing): Promise<Refreshed> {
  const [row] = await certainRows<Refreshed>(pool, {
    text: `select outcome, session_id as session, user_id as "user", role, refreshed_at_ms as "refreshedAtMs",
        expires_at_ms as "expiresAtMs", factor
      from pv.refresh_session_with_factor($1, $2, $3, $4)`,
    values: [refreshing.tag, refreshing.next, refreshing.graceSeconds, refreshing.rotationsMax],
  });
  return row ?? { outcome: 'refused' };
}

/** Ends the session of a refresh token; null where there is none. */
export async function endSession(
  pool: Pool,
  tag: Buffer,
): Promise<{ readonly session: string; readonly user: string } | null> {
  const [row] = await certainRows<{ session: string; user: string }>(pool, {
    text: 'select session_id as session, user_id as "user" from pv.end_session($1)',
    values: [tag],
  });
  return row ?? null;
}

/** The owner of a session, with the present role; null where the session has ended. */
export async function findSession(
  pool: Pool,
  session: string,
): Promise<{ readonly user: string; readonly role: UserRole } | null> {
  const { rows } = await pool.query<{ user: string; role: UserRole }>(
    'select user_id as "user", role from pv.find_session($1)',
    [session],
  );
  return rows[0] ?? null;
}

export type StandingSession = {
  readonly id: string;
  readonly beganAtMs: number;
  readonly usedAtMs: number;
  readonly expiresAtMs: number;
};

/** The active sessions of a user, newest first. */
export async function listSessions(pool: Pool, user: string): Promise<StandingSession[]> {
  const { rows } = await pool.query<StandingSession>(
    `select session_id as id, began_at_ms as "beganAtMs", used_at_ms as "usedAtMs", expires_at_ms as "expiresAtMs"
      from pv.list_sessions($1)`,
    [user],
  );
  return rows;
}

/** Ends one session of a user, or all where none is named, and returns which ones there were. */
export async function endOwnSessions(pool: Pool, user: string, session: string | null): Promise<readonly string[]> {
  const [row] = await certainRows<{ ended: string[] }>(pool, {
    text: 'select pv.end_own_sessions($1, $2) as ended',
    values: [user, session],
  });
  return row?.ended ?? [];
}

export type RecentRevocation = { readonly session: string; readonly remainingMs: number };

/** Sessions ended in the last `seconds`, at most `max`; older ones are forgotten. */
export async function recentRevocations(pool: Pool, seconds: number, max: number): Promise<RecentRevocation[]> {
  const { rows } = await pool.query<RecentRevocation>(
    'select session_id as session, remaining_ms as "remainingMs" from pv.recent_revocations($1, $2)',
    [seconds, max],
  );
  return rows;
}

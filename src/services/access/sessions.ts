// Sessions of users: begun by a login, prolonged by refresh tokens that each work once, ended by whoever holds one. The
// answer to every wrong login is the same and takes the same time. No password, code or token is kept or logged.
import { randomUUID } from 'node:crypto';
import type { AccessTokenSigner } from '../../platform/keys/access-tokens.ts';
import type { TokenPair } from '../../protocol/control/access-api.ts';
import type { UserRole } from '../../domain/user.ts';
import { Problem } from '../../protocol/problem.ts';
import { beginSession, endSession, refreshSession } from '../../store/access/sessions.ts';
import type { Pool } from '../../store/database.ts';
import type { AccountAudit } from './audit.ts';
import type { Revocations } from './revocations.ts';
import type { SecretTokens } from './secret-tokens.ts';

/** Life of a session, however often it is refreshed, in seconds. */
export const sessionSeconds = 30 * 86_400;
/** For how long the same refresh token gives the same pair again, in seconds: an answer may have been lost. */
export const graceSeconds = 10;
/** Sessions of one user; a login beyond them ends the oldest. */
export const sessionsPerUserMax = 20;
/** Refreshes of one session, by which its memory in the database is bounded: one in five minutes for all its life. */
const rotationsMax = 8_640;

export type UserSessions = {
  /** A session for whoever showed the password of this hash, or `wrong-credentials` where it is another by now. */
  begin(user: string, passwordHash: string): Promise<TokenPair>;
  /** A new pair for a refresh token. The same token soon again gives the same pair; later it ends the session. */
  refresh(refreshToken: string): Promise<TokenPair>;
  /** Ends the session of a refresh token, be there one or not. */
  end(refreshToken: string): Promise<void>;
};

export function createUserSessions(parts: {
  readonly pool: Pool;
  readonly signer: AccessTokenSigner;
  readonly tokens: SecretTokens;
  readonly revocations: Revocations;
  readonly audit: AccountAudit;
}): UserSessions {
  const { pool, signer, tokens, revocations, audit } = parts;

  const pairOf = async (session: Session, refreshToken: string): Promise<TokenPair> => {
    const { user, role } = session;
    // Named after the refresh token beside it: the same refresh gives the same pair to the byte.
    const jti = tokens.tag('token-id', refreshToken).toString('base64url').slice(0, 22);
    const { token, expiresAtMs } = await signer.sign({ sub: user, sid: session.id, role, jti }, session.issuedAtMs);
    return {
      accessToken: token,
      accessExpiresAt: new Date(expiresAtMs).toISOString(),
      refreshToken,
      refreshExpiresAt: new Date(session.expiresAtMs).toISOString(),
      user: { id: user, role },
    };
  };

  return {
    async begin(user, passwordHash) {
      const session = randomUUID();
      const refreshToken = tokens.make();
      const begun = await beginSession(pool, {
        user,
        passwordHash,
        session,
        tag: tokens.tag('refresh', refreshToken),
        seconds: sessionSeconds,
        sessionsMax: sessionsPerUserMax,
      });
      if (begun.outcome === 'refused') throw new Problem('wrong-credentials');
      await revocations.publish(begun.ended);
      const { role, beganAtMs: issuedAtMs, expiresAtMs } = begun;
      return pairOf({ id: session, user, role, issuedAtMs, expiresAtMs }, refreshToken);
    },

    async refresh(refreshToken) {
      const next = tokens.next(refreshToken);
      const tag = tokens.tag('refresh', refreshToken);
      const nextTag = tokens.tag('refresh', next);
      const refreshed = await refreshSession(pool, { tag, next: nextTag, graceSeconds, rotationsMax });
      if (refreshed.outcome === 'refreshed') {
        const { session: id, user, role, refreshedAtMs: issuedAtMs, expiresAtMs } = refreshed;
        return pairOf({ id, user, role, issuedAtMs, expiresAtMs }, next);
      }
      if (refreshed.outcome === 'reused') {
        // Two hold this family and nobody knows which of them is the thief (RFC 9700, section 4.14.2).
        const { session, user } = refreshed;
        await revocations.publish([session]);
        audit({ act: 'session.refresh', outcome: 'reused', actor: null, user, session });
      }
      throw new Problem('unauthenticated', { detail: 'The session is over. Log in again.' });
    },

    async end(refreshToken) {
      const ended = await endSession(pool, tokens.tag('refresh', refreshToken));
      if (!ended) return;
      await revocations.publish([ended.session]);
      audit({ act: 'session.logout', outcome: 'done', actor: ended.user, session: ended.session });
    },
  };
}

type Session = {
  readonly id: string;
  readonly user: string;
  readonly role: UserRole;
  readonly issuedAtMs: number;
  readonly expiresAtMs: number;
};

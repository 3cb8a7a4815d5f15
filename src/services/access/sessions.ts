// Sessions of users. A login begins a session, refresh tokens that each work once continue it, and their holder can end
// it. Every wrong login gets the same answer in the same time. No password, code or token is stored or logged.
import { randomUUID } from 'node:crypto';
import type { AccessTokenSigner } from '../../platform/keys/access-tokens.ts';
import type { TokenPair } from '../../protocol/control/access-api.ts';
import type { UserRole } from '../../domain/user.ts';
import { Problem } from '../../protocol/problem.ts';
import { beginSession, endSession, refreshSession } from '../../store/access/sessions.ts';
import type { SessionFactor } from '../../store/access/sessions.ts';
import type { Pool } from '../../store/database.ts';
import type { AccountAudit } from './audit.ts';
import type { Revocations } from './revocations.ts';
import type { KeyedTokens, SecretTokens } from './secret-tokens.ts';

/** Life of a session in seconds, however often it is refreshed. */
export const sessionSeconds = 30 * 86_400;
/** How long the same refresh token gives the same pair again, in seconds, in case the answer was lost. */
export const graceSeconds = 10;
/** Sessions of one user. A login beyond them ends the oldest. */
export const sessionsPerUserMax = 20;
/** Refreshes of one session: one in five minutes for all its life. This bounds its data in the database. */
const rotationsMax = 8_640;

export type UserSessions = {
  /** Begins a session. Throws `wrong-credentials` if `passwordHash` is no longer the user's. */
  begin(user: string, passwordHash: string, factor: SessionFactor | null): Promise<TokenPair>;
  /** A new pair for a refresh token. The same token soon gives the same pair again. Later it ends the session. */
  refresh(refreshToken: string): Promise<TokenPair>;
  /** Ends the session of a refresh token, if there is one. */
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
  return {
    async begin(user, passwordHash, factor) {
      const session = randomUUID();
      const refreshToken = tokens.make();
      const start = await beginSession(pool, {
        user,
        passwordHash,
        session,
        tag: tokens.tag('refresh', refreshToken),
        seconds: sessionSeconds,
        sessionsMax: sessionsPerUserMax,
        factor,
      });
      if (start.outcome === 'refused') throw new Problem('wrong-credentials');
      await revocations.publish(start.ended);
      const { role, beganAtMs: issuedAtMs, expiresAtMs } = start;
      return pairOf(signer, { id: session, user, role, factor, issuedAtMs, expiresAtMs }, refreshToken, tokens);
    },

    async refresh(refreshToken) {
      for (const keyed of tokens.each) {
        const next = keyed.next(refreshToken);
        const tag = keyed.tag('refresh', refreshToken);
        const nextTag = keyed.tag('refresh', next);
        const refreshed = await refreshSession(pool, { tag, next: nextTag, graceSeconds, rotationsMax });
        if (refreshed.outcome === 'refreshed') {
          const { session: id, user, role, factor, refreshedAtMs: issuedAtMs, expiresAtMs } = refreshed;
          return pairOf(signer, { id, user, role, factor, issuedAtMs, expiresAtMs }, next, keyed);
        }
        if (refreshed.outcome === 'reused') {
          // Two parties hold this family, and the thief cannot be identified (RFC 9700, section 4.14.2).
          const { session, user } = refreshed;
          await revocations.publish([session]);
          audit({ act: 'session.refresh', outcome: 'reused', actor: null, user, session });
          break;
        }
      }
      throw new Problem('unauthenticated', { detail: 'The session is over. Log in again.' });
    },

    async end(refreshToken) {
      for (const keyed of tokens.each) {
        const ended = await endSession(pool, keyed.tag('refresh', refreshToken));
        if (!ended) continue;
        await revocations.publish([ended.session]);
        audit({ act: 'session.logout', outcome: 'done', actor: ended.user, session: ended.session });
        return;
      }
    },
  };
}

type Session = {
  readonly id: string;
  readonly user: string;
  readonly role: UserRole;
  readonly factor: SessionFactor | null;
  readonly issuedAtMs: number;
  readonly expiresAtMs: number;
};

async function pairOf(
  signer: AccessTokenSigner,
  session: Session,
  refreshToken: string,
  keyed: KeyedTokens,
): Promise<TokenPair> {
  const { user, role, factor } = session;
  // Derived from the refresh token: the same refresh gives the same pair to the byte.
  const jti = keyed.tag('token-id', refreshToken).toString('base64url').slice(0, 22);
  const { token, expiresAtMs } = await signer.sign(
    { sub: user, sid: session.id, role, jti, amr: ['pwd', ...(factor === null ? [] : [factor])] },
    session.issuedAtMs,
  );
  return {
    accessToken: token,
    accessExpiresAt: new Date(expiresAtMs).toISOString(),
    refreshToken,
    refreshExpiresAt: new Date(session.expiresAtMs).toISOString(),
    user: { id: user, role },
  };
}

// Builds the logic of `access` from its dependencies.
import { createAccessTokenSigner, createAccessTokenVerifier, ownTokenKeys } from '../../platform/keys/access-tokens.ts';
import type { AccessTokenVerifier } from '../../platform/keys/access-tokens.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Logger } from '../../platform/logger.ts';
import type { Loop } from '../../platform/loop.ts';
import { Gauge } from '../../platform/metrics.ts';
import type { Metrics } from '../../platform/metrics.ts';
import { publicJwk } from '../../platform/keys/new-keys.ts';
import type { Redis } from '../../platform/redis.ts';
import { createSealedTexts } from '../../platform/keys/sealed-texts.ts';
import type { SessionStatusLookup } from '../../platform/session-status.ts';
import type { AccessKeys, PublicJwk } from '../../protocol/key-files.ts';
import { findSession } from '../../store/access/sessions.ts';
import type { Pool } from '../../store/database.ts';
import { createActRecord } from './act-record.ts';
import type { ActRecord } from './act-record.ts';
import { createAdministration } from './administration.ts';
import type { Administration } from './administration.ts';
import { createAccountAudit } from './audit.ts';
import { createAccessLimits } from './limits.ts';
import { createKeyRenewal } from './key-renewal.ts';
import { createLogins } from './logins.ts';
import type { Logins } from './logins.ts';
import { createNationalIds } from './national-ids.ts';
import { createOwnAccount } from './own-account.ts';
import type { OwnAccount } from './own-account.ts';
import { createUserActs } from './proposals/user-acts.ts';
import { createUserProposals } from './proposals/user-proposals.ts';
import type { UserProposals } from './proposals/user-proposals.ts';
import { createPasswordChanges } from './password-changes.ts';
import { createPasswordProofs } from './password-proofs.ts';
import { createPasswords } from './passwords.ts';
import { createRegistration } from './registration.ts';
import type { Register, RegistrationPolicy } from './registration.ts';
import { createRevocations } from './revocations.ts';
import type { Revocations } from './revocations.ts';
import { createOwnPasskeys } from './second-factor/own-passkeys.ts';
import type { OwnPasskeys } from './second-factor/own-passkeys.ts';
import { createPasskeys } from './second-factor/passkeys.ts';
import type { PasskeySite } from './second-factor/passkeys.ts';
import { createRecoveryCodes } from './second-factor/recovery-codes.ts';
import { createSecondFactors } from './second-factor/second-factors.ts';
import { createSecretTokens } from './secret-tokens.ts';
import { createUserSessions } from './sessions.ts';
import type { UserSessions } from './sessions.ts';

export type AccessDependencies = {
  readonly pool: Pool;
  /** The control Redis, for limits and news of ended sessions. It is never authoritative. */
  readonly redis: Redis;
  readonly keys: AccessKeys;
  readonly policy: RegistrationPolicy;
  readonly approvalRequired: boolean;
  readonly passkeySite: PasskeySite;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
};

export type AccessLogic = {
  readonly register: Register;
  readonly logins: Logins;
  readonly sessions: UserSessions;
  readonly own: OwnAccount;
  readonly ownPasskeys: OwnPasskeys;
  readonly administration: Administration;
  readonly proposals: UserProposals;
  readonly revocations: Revocations;
  /** Background work, started and stopped with the control API. */
  readonly keyRenewal: Loop;
  readonly actRecord: ActRecord;
  readonly verify: AccessTokenVerifier;
  /** From the database itself. */
  readonly sessionStatus: SessionStatusLookup;
  /** The public halves of the keys of access tokens, newest first. */
  readonly tokenKeys: readonly PublicJwk[];
};

export async function createAccessLogic(dependencies: AccessDependencies): Promise<AccessLogic> {
  const { pool, redis, keys, clock, logger, metrics } = dependencies;
  const [newest] = keys.tokens;
  if (!newest) throw new Error('There is no key for access tokens.');
  const tokenKeys = keys.tokens.map(publicJwk);
  const actRecord = createActRecord({ pool, logger });
  const audit = createAccountAudit(logger, metrics, actRecord);
  const passwords = await createPasswords();
  observeWaiting(metrics, () => passwords.waiting());
  const tokens = createSecretTokens(keys.refresh);
  const revocations = createRevocations({ redis, pool, logger });
  const limits = createAccessLimits({ redis, secret: keys.limits, clock });
  const nationalIds = createNationalIds(keys.identity, createSealedTexts(keys.secrets, 'popvote-national-id'));
  const secrets = createSealedTexts(keys.secrets, 'popvote-authenticator');
  const keyRenewal = createKeyRenewal({ pool, nationalIds, secrets, logger });
  const recovery = createRecoveryCodes(tokens);
  const passkeys = createPasskeys({ pool, site: dependencies.passkeySite, recovery });
  const secondFactors = createSecondFactors({ pool, secrets, passkeys, recovery, clock });
  const sessions = createUserSessions({ pool, signer: createAccessTokenSigner(newest), tokens, revocations, audit });
  const changes = createPasswordChanges({ pool, passwords, revocations, audit });
  const proofs = createPasswordProofs({ pool, passwords, limits, audit });
  const logins = createLogins({ pool, proofs, changes, secondFactors, passkeys, sessions, limits, audit });
  const { policy, approvalRequired } = dependencies;
  return {
    register: createRegistration({ pool, policy, approvalRequired, passwords, nationalIds, tokens, limits, audit }),
    logins,
    sessions,
    own: createOwnAccount({ pool, logins, changes, secondFactors, revocations, audit }),
    ownPasskeys: createOwnPasskeys({ pool, logins, passkeys, revocations, audit }),
    administration: createAdministration({ pool, nationalIds, revocations, audit }),
    proposals: createUserProposals({ pool, acts: createUserActs({ pool, passwords, tokens }), revocations, audit }),
    revocations,
    keyRenewal,
    actRecord,
    verify: createAccessTokenVerifier(ownTokenKeys(tokenKeys), clock),
    sessionStatus: async (session) => ((await findSession(pool, session)) ? 'active' : 'ended'),
    tokenKeys,
  };
}

function observeWaiting(metrics: Metrics, waiting: () => number): void {
  new Gauge({
    name: 'popvote_access_password_hashes_waiting',
    help: 'Requests that wait for a password hash.',
    registers: [metrics],
    collect() {
      this.set(waiting());
    },
  });
}

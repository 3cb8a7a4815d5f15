// The passkeys of users, managed by themselves. Adding and removing one requires the password, and a second factor of a
// user who has one.
import type {
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
} from '@simplewebauthn/server';
import type { SecondFactorProof } from '../../../protocol/control/access-api.ts';
import type { NewPasskey, SecondFactorList } from '../../../protocol/control/passkey-api.ts';
import { Problem } from '../../../protocol/problem.ts';
import { findFactors, removePasskey } from '../../../store/access/passkeys.ts';
import type { Pool } from '../../../store/database.ts';
import type { AccountAudit } from '../audit.ts';
import type { Logins } from '../logins.ts';
import type { Owner } from '../own-account.ts';
import type { Revocations } from '../revocations.ts';
import type { PasskeyAddition, Passkeys } from './passkeys.ts';

export type OwnPasskeys = {
  factors(owner: Owner): Promise<SecondFactorList>;
  /** Options for a new passkey. Throws as `proveBoth` of logins does. */
  offer(owner: Owner, proof: SecondFactorProof): Promise<PublicKeyCredentialCreationOptionsJSON>;
  add(owner: Owner, passkey: NewPasskey): Promise<Omit<PasskeyAddition, 'ended'>>;
  /** Options for a proof before another action. */
  challenge(owner: Owner): Promise<PublicKeyCredentialRequestOptionsJSON>;
  remove(owner: Owner, passkey: string, proof: SecondFactorProof): Promise<void>;
};

export function createOwnPasskeys(parts: {
  readonly pool: Pool;
  readonly logins: Logins;
  readonly passkeys: Passkeys;
  readonly revocations: Revocations;
  readonly audit: AccountAudit;
}): OwnPasskeys {
  const { pool, logins, passkeys, revocations, audit } = parts;
  return {
    async factors({ sub }) {
      const [{ authenticator }, list] = await Promise.all([findFactors(pool, sub), passkeys.list(sub)]);
      return { authenticator, passkeys: list };
    },
    async offer({ sub, address }, proof) {
      const { email } = await logins.proveBoth(sub, proof, address);
      return passkeys.offer(sub, email);
    },
    async add({ sub, sid }, newPasskey) {
      const { ended, ...addition } = await passkeys.add({ user: sub, session: sid }, newPasskey);
      await revocations.publish(ended);
      audit({ act: 'passkey.add', outcome: 'done', actor: sub, passkey: addition.passkey.id });
      return addition;
    },
    challenge: ({ sub }) => passkeys.challenge(sub, 'proof'),
    async remove({ sub, address }, passkey, proof) {
      await logins.proveBoth(sub, proof, address);
      if (!(await removePasskey(pool, sub, passkey))) throw new Problem('passkey-not-found');
      audit({ act: 'passkey.remove', outcome: 'done', actor: sub, passkey });
    },
  };
}

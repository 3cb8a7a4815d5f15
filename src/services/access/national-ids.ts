// National ids of users: checked by their scheme, encrypted for one user, and unique by a keyed hash. The number is
// never logged and never in an error. Only administrators can read it, one user at a time.
import { canonicalIdentity } from '../../domain/identity.ts';
import type { IdentityFault } from '../../domain/identity.ts';
import type { NationalIdScheme } from '../../domain/user.ts';
import { hashKey, keyedHash } from '../../platform/keys/keyed-hash.ts';
import type { SealedTexts } from '../../platform/keys/sealed-texts.ts';
import type { Registration, UserDetails } from '../../protocol/control/access-api.ts';
import { Problem } from '../../protocol/problem.ts';
import type { StoredIdentity } from '../../store/access/users.ts';

const faults: Readonly<Record<IdentityFault, string>> = {
  missing: 'Give the number.',
  unexpected: 'This scheme has no number.',
  shape: 'The number does not have the form of this scheme.',
  date: 'The date in the number does not exist.',
  'check-digit': 'The check digit does not fit the rest.',
};

export type NationalIds = {
  /** Returns the stored form of a number for its user. Throws `invalid-identity`. */
  store(nationalId: NonNullable<Registration['nationalId']>, user: string): Promise<StoredIdentity>;
  read(stored: { scheme: NationalIdScheme; sealed: string }, user: string): Promise<UserDetails['nationalId']>;
};

/** `secret` is the key `identity` of the service. */
export function createNationalIds(secret: string, sealed: SealedTexts): NationalIds {
  const key = hashKey(secret);
  return {
    async store({ scheme, number }, user) {
      const identity = canonicalIdentity(scheme, number);
      if (!identity.ok) {
        const errors = [{ path: 'body/nationalId/number', detail: faults[identity.fault] }];
        throw new Problem('invalid-identity', { errors });
      }
      const tag = keyedHash(key, `popvote/national-id/v1|${scheme}|${identity.canonical}`);
      return {
        scheme,
        tag: Buffer.from(tag, 'base64url'),
        sealed: await sealed.seal(identity.canonical, user),
      };
    },
    read: async ({ scheme, sealed: text }, user) => ({ scheme, number: await sealed.open(text, user) }),
  };
}

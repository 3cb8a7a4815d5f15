// National ids of users: checked by their scheme, encrypted for one user, and unique by a keyed hash. The number is
// never logged and never in an error. Only administrators can read it, one user at a time.
import { canonicalIdentity } from '../../domain/identity.ts';
import type { IdentityFault } from '../../domain/identity.ts';
import type { NationalIdScheme } from '../../domain/user.ts';
import { hashKeys, keyedHash } from '../../platform/keys/keyed-hash.ts';
import type { SealedTexts } from '../../platform/keys/sealed-texts.ts';
import type { KeyRing } from '../../protocol/key-files.ts';
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
  /** The same under the present keys; null where it is already. */
  renewed(stored: StoredIdentity, user: string): Promise<Pick<StoredIdentity, 'tags' | 'sealed'> | null>;
  read(stored: { scheme: NationalIdScheme; sealed: string }, user: string): Promise<UserDetails['nationalId']>;
};

/** `ring` is the ring `identity` of the service. */
export function createNationalIds(ring: KeyRing, sealed: SealedTexts): NationalIds {
  const keys = [...hashKeys(ring).values()];
  // In their order, as the database has them.
  const tagsOf = (scheme: NationalIdScheme, canonical: string): Buffer[] =>
    keys
      .map((key) => Buffer.from(keyedHash(key, `popvote/national-id/v1|${scheme}|${canonical}`), 'base64url'))
      .sort((one, other) => Buffer.compare(one, other));
  return {
    async store({ scheme, number }, user) {
      const identity = canonicalIdentity(scheme, number);
      if (!identity.ok) {
        const errors = [{ path: 'body/nationalId/number', detail: faults[identity.fault] }];
        throw new Problem('invalid-identity', { errors });
      }
      const { canonical } = identity;
      return { scheme, tags: tagsOf(scheme, canonical), sealed: await sealed.seal(canonical, user) };
    },
    async renewed({ scheme, tags: before, sealed: text }, user) {
      const canonical = await sealed.open(text, user);
      const tags = tagsOf(scheme, canonical);
      const isPresent = tags.length === before.length && tags.every((tag, at) => before[at]?.equals(tag));
      if (isPresent && sealed.isNewest(text)) return null;
      return { tags, sealed: await sealed.seal(canonical, user) };
    },
    read: async ({ scheme, sealed: text }, user) => ({ scheme, number: await sealed.open(text, user) }),
  };
}

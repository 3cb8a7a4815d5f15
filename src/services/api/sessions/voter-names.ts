// The keyed names of a voter and a phone, under the keys that the election names in its signed document. So every process
// makes the same names, whichever keys are in use, and a rotation changes nothing for an election.
import { hashKeys, keyedHash } from '../../../platform/keys/keyed-hash.ts';
import type { HashKey } from '../../../platform/keys/keyed-hash.ts';
import { retrySoon } from '../../../platform/http/problems.ts';
import { createCallFaultLog } from '../../../platform/fault-log.ts';
import type { Logger } from '../../../platform/logger.ts';
import { identityText } from '../../../protocol/ballot-service.ts';
import type { ApiKeys } from '../../../protocol/key-files.ts';
import { Problem } from '../../../protocol/problem.ts';
import { keyIdsOf } from '../../../protocol/public-document.ts';
import type { PublicElection } from '../../../protocol/public-document.ts';
import { phoneKeyText } from '../../../protocol/verification-events.ts';

type Named = Pick<PublicElection, 'id' | 'identity' | 'keys'>;

/** Both throw `busy` where this process does not have the key: another process may. */
export type VoterNames = {
  phoneKey(election: Named, e164: string): string;
  /** `subject`: see `identityText`. With the scheme `phone-only` it is the phone's key. */
  identity(election: Named, subject: string): string;
};

export function createVoterNames(keys: Pick<ApiKeys, 'identity' | 'phone'>, logger: Logger): VoterNames {
  const rings = { identity: hashKeys(keys.identity), phone: hashKeys(keys.phone) };
  const faults = createCallFaultLog(logger, 'error');
  const keyOf = (ring: keyof typeof rings, election: Named): HashKey => {
    const kid = keyIdsOf(election)[ring];
    const key = rings[ring].get(kid);
    if (key) return key;
    faults.failed(election.id, undefined, 'key.missing', { electionId: election.id, ring, kid });
    throw new Problem('busy', retrySoon());
  };
  return {
    phoneKey: (election, e164) => keyedHash(keyOf('phone', election), phoneKeyText(e164)),
    identity: (election, subject) =>
      keyedHash(keyOf('identity', election), identityText(election.id, election.identity.scheme, subject)),
  };
}

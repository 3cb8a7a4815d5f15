// The seal of an election's roll, under the identity key that the election names: the one of the voters' names.
import { hashKeys } from '../../../platform/keys/keyed-hash.ts';
import { retrySoon } from '../../../platform/http/problems.ts';
import type { WrittenElection } from '../../../protocol/control/elections-api.ts';
import type { KeyRing } from '../../../protocol/key-files.ts';
import { Problem } from '../../../protocol/problem.ts';
import { keyIdsOf } from '../../../protocol/public-document.ts';
import type { Pool } from '../../../store/database.ts';
import { findElection } from '../../../store/elections/elections.ts';
import { createRollSeal } from './roll-seal.ts';
import type { RollSeal } from './roll-seal.ts';

/** The seal of an election. Where this process does not have the key, or it is destroyed, every use throws `busy`. */
export type RollSeals = (electionId: string) => Promise<RollSeal>;

export function createRollSeals(pool: Pool, identity: KeyRing): RollSeals {
  const keys = hashKeys(identity);
  return async (electionId) => {
    const definition = (await findElection(pool, electionId))?.definition as WrittenElection | undefined;
    const key = keys.get(keyIdsOf(definition ?? {}).identity);
    return key ? createRollSeal(key, electionId) : missing;
  };
}

const reject = (): never => {
  throw new Problem('busy', { ...retrySoon(), detail: 'This process does not have the key of this roll.' });
};
const missing: RollSeal = { name: reject, mark: reject, identity: reject, seal: reject, open: reject };

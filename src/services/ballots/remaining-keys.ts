// What is left of the keys with which someone could tell who took part in an ended election, and what it was: for the
// certificate that they are destroyed. It looks at the folder of this replica, and at the intake.
import type { z } from 'zod';
import type { remainingKeysAnswer } from '../../protocol/ballot-service.ts';
import { Problem } from '../../protocol/problem.ts';
import type { Pool } from '../../store/database.ts';
import { findIntakeElection } from '../../store/intake-elections.ts';
import { countHourlyKeys } from '../../store/mixer-keys.ts';
import { countKeyFiles, keyPairIdOf } from './election-keys.ts';

/** Throws `election-not-found`. */
export type FindRemainingKeys = (electionId: string) => Promise<z.infer<typeof remainingKeysAnswer>>;

export function createFindRemainingKeys({
  pool,
  directory,
}: {
  readonly pool: Pool;
  readonly directory: string;
}): FindRemainingKeys {
  return async (electionId) => {
    const election = await findIntakeElection(pool, electionId);
    const hourlyKeys = await countHourlyKeys(pool, electionId);
    if (!election || !hourlyKeys) throw new Problem('election-not-found');
    return { keyId: keyPairIdOf(election.keyCheck), files: countKeyFiles(directory, electionId), hourlyKeys };
  };
}

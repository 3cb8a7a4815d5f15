// The roll of an election: people are added until it is closed, removed until it opens, and looked up until it opens.
// The database decides, by its clock.
import { Problem } from '../../protocol/problem.ts';
import type { Pool } from '../../store/database.ts';
import { addRoll, lookUpRoll, removeFromRoll } from '../../store/intake-elections.ts';
import { voterTag } from './derive.ts';
import type { RegisteredElections } from './elections.ts';

export type Roll = {
  /** Throws `election-not-found`, or `conflict` without a roll or after closing. */
  add(electionId: string, identities: readonly string[]): Promise<{ added: number; alreadyThere: number }>;
  /** Throws `election-not-found`, or `conflict` without a roll or after the opening. */
  remove(electionId: string, identities: readonly string[]): Promise<{ removed: number }>;
  /** Throws `election-not-found`, or `conflict` without a roll or after the opening. */
  lookUp(electionId: string, identity: string): Promise<{ roll: 'listed' | 'absent' }>;
};

export function createRoll(parts: { readonly pool: Pool; readonly elections: RegisteredElections }): Roll {
  const { pool, elections } = parts;
  const tagsOf = async (electionId: string, identities: readonly string[]): Promise<Buffer[]> => {
    const election = await elections.find(electionId);
    if (!election) throw new Problem('election-not-found');
    return identities.map((identity) => voterTag(election.keys, electionId, identity));
  };
  return {
    async add(electionId, identities) {
      const { outcome, added } = await addRoll(pool, electionId, await tagsOf(electionId, identities));
      if (outcome === 'not-found') throw new Problem('election-not-found');
      if (outcome === 'conflict') throw new Problem('conflict', { detail: addRule });
      return { added, alreadyThere: identities.length - added };
    },
    async remove(electionId, identities) {
      const { outcome, removed } = await removeFromRoll(pool, electionId, await tagsOf(electionId, identities));
      if (outcome === 'not-found') throw new Problem('election-not-found');
      if (outcome === 'conflict') throw new Problem('conflict', { detail: removeRule });
      return { removed };
    },
    async lookUp(electionId, identity) {
      const [tag = Buffer.alloc(0)] = await tagsOf(electionId, [identity]);
      const outcome = await lookUpRoll(pool, electionId, tag);
      if (outcome === 'not-found') throw new Problem('election-not-found');
      if (outcome === 'conflict') throw new Problem('conflict', { detail: lookUpRule });
      return { roll: outcome };
    },
  };
}

const addRule =
  'Only an election that has the identity scheme "roll" and is not closed accepts a roll. Nothing was added.';
const removeRule = 'People can be removed only from a roll, and only until the election opens. Nothing was removed.';
const lookUpRule = 'People can be looked up only on a roll, and only until the election opens.';

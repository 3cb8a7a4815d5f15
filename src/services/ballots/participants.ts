// The root over the people who took part in a closed election (RFC 6962). It fixes whose participation is claimed, and names
// no one: a proof about one person needs the election's key.
import type { z } from 'zod';
import { createGrowingTree, leafHash } from '../../domain/record/tree.ts';
import { sha256 } from '../../platform/content-hash.ts';
import type { participantsAnswer } from '../../protocol/ballot-service.ts';
import { Problem } from '../../protocol/problem.ts';
import type { Pool } from '../../store/database.ts';
import { readParticipants } from '../../store/record/participants.ts';

/** Throws `conflict` before the intake is closed. */
export async function participantsRoot(pool: Pool, electionId: string): Promise<z.infer<typeof participantsAnswer>> {
  const tree = createGrowingTree(sha256);
  let participation = 0;
  const isClosed = await readParticipants(pool, electionId, (hash) => {
    tree.add(leafHash(sha256, hash));
    participation += 1;
  });
  if (!isClosed) throw new Problem('conflict', { detail: 'The intake of this election is not closed.' });
  return { participation, participants: Buffer.from(tree.root()).toString('base64url') };
}

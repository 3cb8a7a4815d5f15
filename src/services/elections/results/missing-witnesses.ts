// Results whose final log too few witnesses cosigned are published only with a reason, which is recorded.
import type { PublishRequest } from '../../../protocol/control/results-api.ts';
import { Problem } from '../../../protocol/problem.ts';
import { closingDocument } from '../../../protocol/record/closing.ts';
import type { Pool } from '../../../store/database.ts';
import { findLifecycle } from '../../../store/elections/lifecycle.ts';
import type { FinalWitnesses } from '../record/published-log.ts';
import { storedManifest } from '../record/manifest.ts';

/** How many witnesses cosigned, and how many the manifest needs. */
export type MissingWitnesses = { readonly cosigned: number; readonly quorum: number };

/**
 * What the final log of an election lacks; null where it has its quorum, where the manifest names none, and in a rehearsal.
 * Throws `not-witnessed` where something is missing and the request gives no reason.
 */
export async function missingWitnesses(
  { pool, finalWitnesses }: { readonly pool: Pool; readonly finalWitnesses: FinalWitnesses },
  electionId: string,
  { withoutWitnesses }: Pick<PublishRequest, 'withoutWitnesses'>,
): Promise<MissingWitnesses | null> {
  const election = await findLifecycle(pool, electionId);
  const document = storedManifest(election?.manifest ?? null);
  if (!election || !document || document.manifest.rehearsal) return null;
  const { quorum } = document.manifest.witnesses;
  const closing = closingDocument.safeParse(election.closing).data;
  const cosigned = quorum > 0 && closing ? finalWitnesses(document, closing) : 0;
  if (cosigned >= quorum) return null;
  if (withoutWitnesses !== undefined) return { cosigned, quorum };
  const detail = `${cosigned} of the ${quorum} witnesses that are needed signed the final log.`;
  throw new Problem('not-witnessed', { errors: [{ path: 'witnesses', detail }] });
}

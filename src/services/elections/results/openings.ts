// What the online ballots of a counted election say, for auditors: the file that verifiers take with `--openings`. Each export
// is audited. With the file and a receipt anyone knows the vote of that receipt.
import { encodeOpenings } from '../../../domain/record/bundle.ts';
import { Problem } from '../../../protocol/problem.ts';
import type { Pool } from '../../../store/database.ts';
import { onlineOpenings } from '../../../store/record/log-admission.ts';
import type { Audit, Caller } from '../audit/audit.ts';
import { bodyOf, newestResult } from './results-view.ts';

/** Openings that are read and sent at once. */
const openingsPageMax = 1_000;

/**
 * The openings of the online ballots in the order of their places. Throws `election-not-found`, `results-not-counted`, and
 * `conflict` if the results name no log.
 */
export type ExportOpenings = (caller: Caller, electionId: string) => Promise<AsyncIterable<Uint8Array>>;

export function createExportOpenings(parts: {
  readonly pool: Pool;
  readonly boxPool: Pool;
  readonly audit: Audit;
}): ExportOpenings {
  return ({ actor, request }, id) => {
    const action = { actor, request, act: 'election.export-openings', object: { kind: 'election', id } } as const;
    return parts.audit.record(action, async () => {
      const { record } = bodyOf(await newestResult(parts.pool, id));
      if (!record) throw new Problem('conflict', { detail: noLog });
      return { result: pages(parts.boxPool, id, record.size) };
    });
  };
}

const noLog =
  'The results of this election name no public log, so there is nothing that its ballots could be compared with.';

// A closed box does not change, so pages fit together. No connection is held while a reader is slow.
async function* pages(boxPool: Pool, id: string, size: number): AsyncGenerator<Uint8Array> {
  for (let first = 0; first < size;) {
    const openings = await onlineOpenings(boxPool, id, first, openingsPageMax);
    if (openings.length > 0) {
      yield encodeOpenings(openings.map(({ place, tracker, ballot }) => ({ index: place, tracker, text: ballot })));
    }
    if (openings.length < openingsPageMax) return;
    first = (openings.at(-1)?.place ?? size) + 1;
  }
}

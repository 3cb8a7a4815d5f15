// The archive of `ballots` for tests of `api` without that service: it has what a test puts into it.
import { createFindElections } from '../../src/services/api/documents/find-elections.ts';
import type { FindElections } from '../../src/services/api/documents/find-elections.ts';
import type { ArchiveCalls } from '../../src/services/api/documents/archive-calls.ts';
import type { Documents } from '../../src/services/api/documents/documents.ts';
import { createLogProbe } from './log.ts';

/** The elections in memory, over an archive that is empty or does not answer. */
export function findInMemory(documents: Documents, archiveAnswers = true): FindElections {
  const answer = <Value>(value: Value): Promise<Value> =>
    archiveAnswers ? Promise.resolve(value) : Promise.reject(new Error('the archive does not answer'));
  const archive: ArchiveCalls = {
    publication: () => answer(null),
    page: () => answer({ publications: [], next: null }),
  };
  return createFindElections({ documents, archive, clock: Date.now, logger: createLogProbe('api').logger });
}

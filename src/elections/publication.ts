// What an election's publisher puts out: the public document, signed once for each phase that time alone brings, so that
// nobody has to sign at the moment of opening or closing.
import type { ElectionDefinition, Publication } from '../protocol/public-document.ts';
import { signValue } from '../platform/signatures.ts';
import type { SigningKey } from '../platform/signatures.ts';

/** The publication of an election by its definition. `revision` must grow with each change. */
export function publicationOf(election: ElectionDefinition, publisher: SigningKey, revision: number): Publication {
  // How ballots are mixed is the platform's own affair and not part of the election.
  const { minBatch: _minBatch, ...shown } = election;
  return {
    documents: (['scheduled', 'open', 'closed'] as const).map((phase) => {
      const body = { ...shown, phase, revision };
      return { election: body, signature: signValue(publisher, body) };
    }),
  };
}

// What an election's publisher puts out: the public document, signed once for each phase that time alone brings, so that
// nobody has to sign at the moment of opening or closing.
import { shownElection } from '../../../protocol/public-document.ts';
import type { ElectionDefinition, Publication } from '../../../protocol/public-document.ts';
import { signValue } from '../../../platform/keys/signatures.ts';
import type { SigningKey } from '../../../platform/keys/signatures.ts';

/** The publication of an election by its definition. `revision` must grow with each change. */
export function publicationOf(election: ElectionDefinition, publisher: SigningKey, revision: number): Publication {
  return {
    documents: (['scheduled', 'open', 'closed'] as const).map((phase) => {
      const body = { ...shownElection(election), phase, revision };
      return { election: body, signature: signValue(publisher, body) };
    }),
  };
}

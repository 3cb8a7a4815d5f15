// The publication of an election: its public document, signed in advance for each phase that starts by time alone, so
// that no signature is needed at the moment of opening or closing.
import { shownElection } from '../../../protocol/public-document.ts';
import type { ElectionDefinition } from '../../../protocol/public-document.ts';
import type { Publication } from '../../../protocol/record/publication.ts';
import { signValue } from '../../../platform/keys/signatures.ts';
import type { SigningKey } from '../../../platform/keys/signatures.ts';

/** Signs the publication of an election. `revision` must grow with each change. */
export function publicationOf(election: ElectionDefinition, publisher: SigningKey, revision: number): Publication {
  return {
    documents: (['scheduled', 'open', 'closed'] as const).map((phase) => {
      const body = { ...shownElection(election), phase, revision };
      return { election: body, signature: signValue(publisher, body) };
    }),
  };
}

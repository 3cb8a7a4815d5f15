// Publishes an election as `elections` does, without that service: for tests of voters, which need an election and not its
// administration. The journeys that start the control processes test the whole way.
import { publicationOf } from '../../src/services/elections/publishing/publication.ts';
import type { PrivateClient } from '../../src/platform/private-calls/private-calls.ts';
import type { Redis } from '../../src/platform/redis.ts';
import { signingKey } from '../../src/platform/keys/signatures.ts';
import { createIntakeAnswer } from '../../src/protocol/ballot-service.ts';
import type { ElectionsKeys } from '../../src/protocol/key-files.ts';
import { publicationsKey } from '../../src/protocol/public-document.ts';
import type { ElectionDefinition } from '../../src/protocol/public-document.ts';

export async function publishElection(
  definition: ElectionDefinition,
  parts: { readonly ballots: PrivateClient; readonly redis: Redis; readonly keys: ElectionsKeys },
): Promise<void> {
  const publication = publicationOf(definition, signingKey(parts.keys.publisher), 1);
  const call = { method: 'POST', path: '/private/elections', answer: createIntakeAnswer, msMax: 10_000 } as const;
  await parts.ballots.call({ ...call, body: { definition, publication } });
  await parts.redis.hset(publicationsKey, definition.id, JSON.stringify(publication));
}

// Publishes an election as `elections` does, without that service: for tests of voters, which need an election and not its
// administration. The journeys that start the control processes test the whole way.
import type { PrivateClient } from '../../src/platform/private-calls/private-calls.ts';
import type { Redis } from '../../src/platform/redis.ts';
import type { KeyFiles } from '../../src/platform/keys/new-keys.ts';
import { createIntakeAnswer } from '../../src/protocol/ballot-service.ts';
import { publicationsKey } from '../../src/protocol/public-document.ts';
import type { ElectionDefinition } from '../../src/protocol/public-document.ts';
import { createLogOpener } from '../../src/services/elections/record/manifest.ts';
import { openPool } from '../../src/store/database.ts';
import { loggedPublicationOf } from './record/manifests.ts';

export async function publishElection(
  definition: ElectionDefinition,
  parts: {
    readonly ballots: PrivateClient;
    readonly redis: Redis;
    readonly keys: KeyFiles;
    /** Address of the database box as popvote_elections. */
    readonly boxUrl: string;
  },
): Promise<void> {
  const publication = loggedPublicationOf(parts.keys, definition, 1);
  const call = { method: 'POST', path: '/private/elections', answer: createIntakeAnswer, msMax: 10_000 } as const;
  await parts.ballots.call({ ...call, body: { definition, publication } });
  if (publication.manifest) {
    const box = openPool(parts.boxUrl, { name: 'test-publisher', connectionsMax: 1 });
    await createLogOpener(box)(publication.manifest).finally(() => box.end());
  }
  await parts.redis.hset(publicationsKey, definition.id, JSON.stringify(publication));
}

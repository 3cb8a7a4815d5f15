// An election in an intake of the bench's own, made as `ballots` and `mixer` make it, for benches of the engine alone.
import { sign } from 'node:crypto';
import { ballotBytesMax } from '../../src/domain/ballot.ts';
import { publicationOf } from '../../src/services/elections/publishing/publication.ts';
import { newKeyFiles } from '../../src/platform/keys/new-keys.ts';
import type { KeyFiles } from '../../src/platform/keys/new-keys.ts';
import { newEpochKey, sealedOverheadBytes } from '../../src/platform/keys/sealed-boxes.ts';
import type { EpochKey } from '../../src/platform/keys/sealed-boxes.ts';
import { signingKey } from '../../src/platform/keys/signatures.ts';
import type { ElectionDefinition } from '../../src/protocol/public-document.ts';
import { epochSigningBytes, sealedBytesFor } from '../../src/protocol/sealed-ballot.ts';
import { openPool } from '../../src/store/database.ts';
import { createIntakeElection } from '../../src/store/intake-elections.ts';
import { addMixerKey } from '../../src/store/mixer-keys.ts';
import { definition } from '../../test/support/elections.ts';
import type { BenchDatabases } from './servers.ts';

export type BenchElection = {
  readonly definition: ElectionDefinition;
  readonly keys: KeyFiles;
  readonly epoch: EpochKey;
  readonly sealedBytes: number;
};

/** Creates an election and a mixer's hourly key in the intake `database`. */
export async function createBenchElection(servers: BenchDatabases, database: string): Promise<BenchElection> {
  const keys = newKeyFiles();
  const election = definition({ id: 'bench', rehearsal: true });
  const sealedBytes = sealedBytesFor(ballotBytesMax(election.contests, Buffer.byteLength), sealedOverheadBytes, true);
  const ballots = openPool(servers.url(database, 'popvote_ballots'), { connectionsMax: 1, name: 'bench' });
  try {
    await createIntakeElection(ballots, {
      electionId: election.id,
      opensAt: election.opensAt,
      closesAt: election.closesAt,
      graceSeconds: 120,
      rehearsal: true,
      minBatch: election.minBatch,
      scheme: election.identity.scheme,
      sealedBytes,
      definition: JSON.stringify(election),
      publication: JSON.stringify(publicationOf(election, signingKey(keys.elections.publisher), 1)),
      revision: 1,
      keyCheck: Buffer.alloc(32, 1),
      manifest: null,
    });
    return { definition: election, keys, epoch: await addEpochKey(servers, database, keys), sealedBytes };
  } finally {
    await ballots.end();
  }
}

/** Makes the mixer's hourly key, signed as the mixer signs it. */
export async function addEpochKey(servers: BenchDatabases, database: string, keys: KeyFiles): Promise<EpochKey> {
  const mixer = openPool(servers.url(database, 'popvote_mixer'), { connectionsMax: 1, name: 'bench' });
  try {
    const key = newEpochKey();
    const createdAtMs = Date.now();
    const identity = signingKey(keys.mixer.identity);
    const signature = sign(null, epochSigningBytes(key.epoch, createdAtMs, key.publicKey), identity.key);
    await addMixerKey(mixer, { ...key, createdAtMs, kid: identity.kid, signature });
    return key;
  } finally {
    await mixer.end();
  }
}

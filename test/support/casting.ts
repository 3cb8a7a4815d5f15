// Casts at the level of the database: tags are random bytes, sealed ballots are real ones under an hourly key.
import { randomBytes, randomUUID } from 'node:crypto';
import { createSealer, newEpochKey } from '../../src/platform/keys/sealed-boxes.ts';
import { problemCodesOf } from '../../src/protocol/problem.ts';
import { sealedBallotContent, sealedBallotContext } from '../../src/protocol/sealed-ballot.ts';
import type { CastIn, SealedCast } from '../../src/store/casts.ts';
import { openPool } from '../../src/store/database.ts';
import type { Pool } from '../../src/store/database.ts';
import { createIntakeElection } from '../../src/store/intake-elections.ts';
import type { NewIntakeElection } from '../../src/store/intake-elections.ts';
import { createDatabases } from './database.ts';
import type { TestDatabases } from './database.ts';

export type CastBench = AsyncDisposable & {
  readonly databases: TestDatabases;
  readonly pool: Pool;
  /** Another pool of the role, which the bench closes. `settings` are of the session. */
  open(options?: { connectionsMax?: number; statementMsMax?: number; settings?: string }): Pool;
  election(changes?: Partial<NewIntakeElection>): Promise<string>;
  cast(electionId: string, changes?: Partial<SealedCast>): SealedCast;
  counts(electionId: string): Promise<{ participation: number; outbox: number }>;
};

/** The election in the first version of its definition. */
export const inVersion = (electionId: string, definitionVersion = 1): CastIn => ({
  electionId,
  definitionVersion,
  marks: [],
  rejections: problemCodesOf('cast'),
});

const sealedBytes = 256;

export async function createCastBench(): Promise<CastBench> {
  const databases = await createDatabases();
  const pools: Pool[] = [];
  const open: CastBench['open'] = ({ settings, ...options } = {}) => {
    const url = new URL(databases.url('intake', 'popvote_ballots'));
    if (settings) url.searchParams.set('options', settings);
    const pool = openPool(url.href, { name: 'test', connectionsMax: 2, ...options });
    pools.push(pool);
    return pool;
  };
  const pool = open();
  const epoch = newEpochKey();
  await databases.query(
    'intake',
    `insert into pv.mixer_key (epoch, created_at_ms, public_key, kid, signature) values ($1, $2, $3, 'test', $4)`,
    [epoch.epoch, Date.now(), epoch.publicKey, Buffer.alloc(64)],
  );
  const sealers = new Map<string, ReturnType<typeof createSealer>>();
  return {
    databases,
    pool,
    open,
    async election(changes = {}) {
      const electionId = `e-${randomUUID()}`;
      await createIntakeElection(pool, { ...electionRow(electionId), ...changes });
      return electionId;
    },
    cast(electionId, changes = {}) {
      const sealer = sealers.get(electionId) ?? createSealer(epoch);
      sealers.set(electionId, sealer);
      const content = sealedBallotContent({ tracker: randomBytes(32), entry: null, text: '{}' }, sealedBytes - 77);
      return {
        voter: randomBytes(32),
        phone: randomBytes(32),
        attempt: randomBytes(32),
        sealed: sealer.seal(content, sealedBallotContext(electionId, false)),
        verifiedAtMs: Date.now(),
        ...changes,
      };
    },
    async counts(electionId) {
      const [row] = await databases.query<{ participation: number; outbox: number }>(
        'intake',
        'select participation::int, outbox::int from pv.count_intake($1)',
        [electionId],
      );
      return { participation: row!.participation, outbox: row!.outbox };
    },
    async [Symbol.asyncDispose]() {
      for (const each of pools) await each.end();
      await databases[Symbol.asyncDispose]();
    },
  };
}

function electionRow(electionId: string): NewIntakeElection {
  const hourMs = 3_600_000;
  return {
    electionId,
    opensAt: new Date(Date.now() - hourMs).toISOString(),
    closesAt: new Date(Date.now() + hourMs).toISOString(),
    graceSeconds: 120,
    rehearsal: true,
    minBatch: 1,
    scheme: 'hkid',
    sealedBytes,
    definition: '{}',
    publication: '{}',
    revision: 1,
    keyCheck: Buffer.alloc(32),
    manifest: null,
  };
}

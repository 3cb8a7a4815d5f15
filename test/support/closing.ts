// The mixer's part of closing an election, in tests that run without one: the statement of `ballots` reaches the box.
import { createFaultLog } from '../../src/platform/fault-log.ts';
import { verificationKeys } from '../../src/platform/keys/signatures.ts';
import type { PublicKeys } from '../../src/protocol/key-files.ts';
import { createMetrics } from '../../src/platform/metrics.ts';
import { createMixerMetrics } from '../../src/services/mixer/mixer-metrics.ts';
import { recordClosings } from '../../src/services/mixer/record-closings.ts';
import { openPool } from '../../src/store/database.ts';
import type { Pool } from '../../src/store/database.ts';
import type { TestDatabases } from './database.ts';
import { createLogProbe } from './log.ts';

/** Records every waiting statement, as the mixer does. Returns what was logged. */
export async function recordStatements(databases: TestDatabases, { receipts }: PublicKeys): Promise<string> {
  const [intake, box] = (['intake', 'box'] as const).map((name) =>
    openPool(databases.url(name, 'popvote_mixer'), { name: 'test-closing', connectionsMax: 1 }),
  ) as [Pool, Pool];
  const { logger, text } = createLogProbe('mixer');
  const metrics = createMixerMetrics(createMetrics('mixer'));
  await recordClosings({ intake, box, signers: verificationKeys(receipts), faults: createFaultLog(logger), metrics });
  await Promise.all([intake.end(), box.end()]);
  return text();
}

/** Records that an intake is closed, where there is only a box: the database cannot verify a signature. */
export const stateClosed = (
  databases: Pick<TestDatabases, 'query'>,
  electionId: string,
  participation: number,
): Promise<unknown> =>
  databases.query('box', `select pv.record_intake_closing($1, 0, $2, '{}')`, [electionId, participation]);

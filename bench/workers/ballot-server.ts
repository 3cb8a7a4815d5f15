// The private ballot server with batching off, for comparison: the same application, but each ballot commits alone, from as
// many connections as the peer has clients.
import { buildBallotsPrivateApp } from '../../src/services/ballots/app.ts';
import { createBallotsLogic } from '../../src/services/ballots/logic.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { createLogger } from '../../src/platform/logger.ts';
import { createMetrics } from '../../src/platform/metrics.ts';
import type { BallotsKeys, PublicKeys } from '../../src/protocol/key-files.ts';
import { openPool } from '../../src/store/database.ts';
import { serveCommands } from '../harness/child.ts';

export type UnbatchedOptions = {
  readonly databaseUrl: string;
  readonly keys: BallotsKeys;
  readonly publicKeys: PublicKeys;
  readonly electionKeysDirectory: string;
  readonly commitsAtOnce: number;
};

serveCommands({
  async listen(options: UnbatchedOptions): Promise<string> {
    const pool = openPool(options.databaseUrl, { name: 'bench-ballots', connectionsMax: 4 });
    const dependencies = {
      castPool: openPool(options.databaseUrl, { name: 'bench-casts', connectionsMax: options.commitsAtOnce }),
      pool,
      administrationPool: pool,
      keys: options.keys,
      publicKeys: options.publicKeys,
      electionKeysDirectory: options.electionKeysDirectory,
      peers: { origins: [], needed: 0 },
      clock: systemClock,
      logger: createLogger('ballots', 'warn'),
      metrics: createMetrics('ballots'),
      bounds: { batchItemsMax: 1, batchesInFlightMax: options.commitsAtOnce },
    };
    const logic = createBallotsLogic(dependencies);
    const version = { version: 'bench', node: process.version };
    const app = await buildBallotsPrivateApp({ ...dependencies, logic, version });
    return app.listen({ host: '127.0.0.1', port: 0 });
  },
});

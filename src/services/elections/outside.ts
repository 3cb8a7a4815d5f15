// What `elections` is given from outside, and what of it goes on beside requests. Types alone.
import type { Clock } from '../../platform/clock.ts';
import type { Logger } from '../../platform/logger.ts';
import type { Metrics } from '../../platform/metrics.ts';
import type { PrivateClient } from '../../platform/private-calls/private-calls.ts';
import type { Redis } from '../../platform/redis.ts';
import type { ElectionsKeys, PublicKeys } from '../../protocol/key-files.ts';
import type { Pool } from '../../store/database.ts';

export type ElectionsDependencies = {
  /** Database `elections`. */
  readonly pool: Pool;
  /** Database `box`: reading, after closing. */
  readonly boxPool: Pool;
  readonly ballots: PrivateClient;
  readonly access: PrivateClient;
  /** Address of the control API of `access`: its published keys. */
  readonly accessOrigin: string;
  /** For news of ended sessions, and to publish in; never for the truth. */
  readonly controlRedis: Redis;
  /** To publish in; never for the truth. */
  readonly edgeRedis: Redis;
  readonly keys: ElectionsKeys;
  readonly publicKeys: PublicKeys;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
};

/** Work that goes on beside requests while the service runs. */
export type Background = {
  start(): void;
  /** Ends it; resolves when nothing of it is under way. */
  stop(): Promise<void>;
};

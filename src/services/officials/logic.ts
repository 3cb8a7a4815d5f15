// Builds the logic of `officials` from its dependencies: the control Redis, and `access` to identify callers. It
// reaches no database.
import { createAccessTokenVerifier, publishedTokenKeys } from '../../platform/keys/access-tokens.ts';
import type { AccessTokenVerifier } from '../../platform/keys/access-tokens.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Logger } from '../../platform/logger.ts';
import type { Metrics } from '../../platform/metrics.ts';
import type { PrivateClient } from '../../platform/private-calls/private-calls.ts';
import type { Redis } from '../../platform/redis.ts';
import { createSessionStatusLookup } from '../../platform/session-status.ts';
import type { SessionStatusLookup } from '../../platform/session-status.ts';
import { signingKey, verificationKeys } from '../../platform/keys/signatures.ts';
import type { OfficialsKeys, PublicKeys } from '../../protocol/key-files.ts';
import { createBatchProgress } from './batch-progress.ts';
import type { BatchProgress } from './batch-progress.ts';
import { ledgerMsMax } from './ledger-wait.ts';
import { createProgressStreams } from './progress-streams.ts';
import type { ProgressStreams } from './progress-streams.ts';
import { createPublishedElections } from './published-elections.ts';
import { createUploadWriter } from './queue-upload.ts';
import { createUploads } from './uploads.ts';
import type { Uploads } from './uploads.ts';

export type OfficialsDependencies = {
  /** The control Redis. */
  readonly redis: Redis;
  /** A second connection to it, for subscriptions only. */
  readonly subscriber: Redis;
  /** The private port of `access`. */
  readonly access: PrivateClient;
  /** Address of the control API of `access`, which publishes its keys. */
  readonly accessOrigin: string;
  readonly keys: OfficialsKeys;
  readonly publicKeys: PublicKeys;
  readonly spoolDirectory: string;
  /** Longest wait for the ledger before a file is confirmed, in milliseconds. */
  readonly ledgerMsMax?: number;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
};

export type OfficialsLogic = {
  readonly verify: AccessTokenVerifier;
  readonly sessionStatus: SessionStatusLookup;
  readonly uploads: Uploads;
  readonly progress: BatchProgress;
  readonly streams: ProgressStreams;
};

export function createOfficialsLogic(dependencies: OfficialsDependencies): OfficialsLogic {
  const { redis, subscriber, access, keys, publicKeys, spoolDirectory, clock, logger, metrics } = dependencies;
  const progress = createBatchProgress(redis);
  const sessionStatus = createSessionStatusLookup({ redis, access, logger });
  const publishers = verificationKeys(publicKeys.publishers);
  const queue = createUploadWriter({ redis, key: signingKey(keys.batches), clock, logger, metrics });
  return {
    verify: createAccessTokenVerifier(publishedTokenKeys(dependencies.accessOrigin, clock), clock),
    sessionStatus,
    uploads: createUploads({
      elections: createPublishedElections({ redis, publishers, logger }),
      progress,
      queue,
      spoolDirectory,
      ledgerMsMax: dependencies.ledgerMsMax ?? ledgerMsMax,
      clock,
      logger,
      metrics,
    }),
    progress,
    streams: createProgressStreams({ progress, subscriber, sessionStatus, clock, logger, metrics }),
  };
}

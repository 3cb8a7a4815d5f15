// The logic of `ballots`. It is the only service with access to the participation.
import type { Clock } from '../../platform/clock.ts';
import type { Logger } from '../../platform/logger.ts';
import type { Metrics } from '../../platform/metrics.ts';
import { activationSigners } from '../../platform/keys/activations.ts';
import { signingKey, verificationKeys } from '../../platform/keys/signatures.ts';
import type { BallotsKeys, PublicKeys } from '../../protocol/key-files.ts';
import { castBallots } from '../../store/casts.ts';
import type { Pool } from '../../store/database.ts';
import { findIntakeElection, openElectionKeys, takeRollTry } from '../../store/intake-elections.ts';
import { activeMixerKeys } from '../../store/mixer-keys.ts';
import type { BatcherBounds } from '../../platform/batches/batcher.ts';
import { createCastMetrics } from './cast-metrics.ts';
import { createCasting } from './casting.ts';
import { createRegisteredElections } from './elections.ts';
import { createElectionKeyFiles } from './election-key-files.ts';
import type { ElectionKeyFiles, ElectionKeyPeers } from './election-key-files.ts';
import { createIntake } from './intake.ts';
import { createMarks } from './marks.ts';
import type { Marks } from './marks.ts';
import { createSealingKeys } from './sealing-keys.ts';
import type { Casting } from './casting.ts';
import type { Intake } from './intake.ts';
import { createFindRemainingKeys } from './remaining-keys.ts';
import type { FindRemainingKeys } from './remaining-keys.ts';
import { createRoll } from './roll.ts';
import type { Roll } from './roll.ts';
import type { SealingKeys } from './sealing-keys.ts';

export type BallotsDependencies = {
  /** For batches only, so that no other work delays a ballot. It has one connection per batch in flight. */
  readonly castPool: Pool;
  /** For what casts need besides. Its statements are short. */
  readonly pool: Pool;
  /** For statements that may take long. Voters never wait for one of its connections. */
  readonly administrationPool: Pool;
  readonly keys: BallotsKeys;
  readonly publicKeys: PublicKeys;
  readonly electionKeysDirectory: string;
  readonly peers: ElectionKeyPeers;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly bounds?: Partial<BatcherBounds>;
};

export type BallotsLogic = {
  readonly casting: Casting;
  readonly intake: Intake;
  readonly roll: Roll;
  readonly sealingKeys: SealingKeys;
  readonly marks: Marks;
  readonly keyFiles: ElectionKeyFiles;
  readonly remainingKeys: FindRemainingKeys;
};

export function createBallotsLogic(dependencies: BallotsDependencies): BallotsLogic {
  const { pool, castPool, administrationPool, keys, publicKeys, clock, logger, metrics, bounds } = dependencies;
  const keysDirectory = dependencies.electionKeysDirectory;
  const receiptKeys = new Map([keys.receipts, ...(keys.earlier ?? [])].map((jwk) => [jwk.kid, signingKey(jwk)]));
  const keyFiles = createElectionKeyFiles({
    ...dependencies,
    directory: keysDirectory,
    read: (id) => findIntakeElection(pool, id),
    readOpen: () => openElectionKeys(administrationPool),
  });
  const elections = createRegisteredElections({
    read: (id) => findIntakeElection(pool, id),
    keysDirectory,
    keyFiles,
    receiptKeys,
    clock,
    logger,
  });
  const sealingKeys = createSealingKeys({
    read: () => activeMixerKeys(pool),
    mixers: verificationKeys(publicKeys.mixers),
    logger,
    metrics,
  });
  const receiptKey = signingKey(keys.receipts);
  const signers = verificationKeys(publicKeys.receipts);
  const marks = createMarks({ pool: administrationPool, key: receiptKey, signers, logger, metrics });
  const casting = createCasting({
    elections,
    marks,
    sealingKeys,
    clock,
    logger,
    store: (election, casts, onTrouble) => castBallots(castPool, election, casts, onTrouble),
    takeRollTry: (rollTry) => takeRollTry(pool, rollTry),
    proofKeys: keys,
    activationKeys: activationSigners(publicKeys.callers),
    receiptKey,
    metrics: createCastMetrics(metrics),
    ...(bounds && { bounds }),
  });
  const publishers = verificationKeys(publicKeys.publishers);
  const intake = createIntake({
    pool: administrationPool,
    elections,
    keyFiles,
    publishers,
    receiptKey,
    receiptKeys,
    logger,
  });
  const roll = createRoll({ pool: administrationPool, elections });
  const remainingKeys = createFindRemainingKeys({ pool: administrationPool, directory: keysDirectory });
  return { casting, intake, roll, sealingKeys, marks, keyFiles, remainingKeys };
}

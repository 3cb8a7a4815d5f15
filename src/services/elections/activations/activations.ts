// Activations: an official of a polling station checked who a voter without a phone is, and gives the voter a code. Each is in
// the audit log with the official and the station, is counted, and is bounded by hour. Nothing about the voter is stored here:
// the number is discarded as soon as its keyed hash is made. Whether the voter is on the roll or voted is decided by
// `ballots`, at the cast. The code works at the devices that the station has when it is made.
import { randomBytes } from 'node:crypto';
import { activationCodeBytes, activationCodeOf } from '../../../domain/text/activation-code.ts';
import type { Clock } from '../../../platform/clock.ts';
import { retrySoon } from '../../../platform/http/problems.ts';
import { activationName, activationProofOf, sealActivation } from '../../../platform/keys/activations.ts';
import { hashKeys, keyedHash } from '../../../platform/keys/keyed-hash.ts';
import type { HashKey } from '../../../platform/keys/keyed-hash.ts';
import { signingKey } from '../../../platform/keys/signatures.ts';
import type { Redis } from '../../../platform/redis.ts';
import { identityText } from '../../../protocol/ballot-service.ts';
import type {
  ActivationAnswer,
  ActivationCounts,
  ActivationRequest,
} from '../../../protocol/control/activations-api.ts';
import type { ElectionsKeys } from '../../../protocol/key-files.ts';
import { Problem } from '../../../protocol/problem.ts';
import {
  activationKeptSeconds,
  activationKey,
  activationSecondsMax,
  activationsPerHourMax,
} from '../../../protocol/proofs/activation.ts';
import type { Activation } from '../../../protocol/proofs/activation.ts';
import { keyIdsOf } from '../../../protocol/public-document.ts';
import type { ElectionDefinition } from '../../../protocol/public-document.ts';
import { instantOf } from '../../../protocol/public-values.ts';
import type { Pool } from '../../../store/database.ts';
import { countActivation, listActivations } from '../../../store/elections/activations.ts';
import { listDevices } from '../../../store/elections/devices.ts';
import { findLifecycle } from '../../../store/elections/lifecycle.ts';
import type { Audit, Caller } from '../audit/audit.ts';
import { countsByStation, subjectOf } from './activated-voter.ts';
import { cardElection, namedStation } from './card-election.ts';

const nameBytes = 32;

export type Activations = {
  /**
   * Makes a code for a voter. Throws `election-not-found`, `activation-not-allowed`, `not-open`, `second-factor-missing`,
   * `invalid-request` for the station, `invalid-identity`, `device-missing` where the station has no device, `too-many-requests`
   * beyond the bound of the official, and `busy` while the edge Redis is unavailable.
   */
  make(caller: Caller, electionId: string, request: ActivationRequest): Promise<ActivationAnswer>;
  /** How many there were, by station and official. Throws `election-not-found`. */
  counts(electionId: string): Promise<ActivationCounts>;
};

type Parts = {
  readonly pool: Pool;
  readonly audit: Audit;
  readonly edgeRedis: Redis;
  readonly keys: Pick<ElectionsKeys, 'identity' | 'caller'>;
  readonly clock: Clock;
};

export function createActivations({ pool, audit, edgeRedis, keys, clock }: Parts): Activations {
  const identityKeys = hashKeys(keys.identity);
  const signer = signingKey(keys.caller);
  const keyOf = (definition: ElectionDefinition): HashKey => {
    const key = identityKeys.get(keyIdsOf(definition).identity);
    if (key) return key;
    throw new Problem('busy', { ...retrySoon(), detail: 'This process does not have the key of this roll.' });
  };
  const store = async (
    key: HashKey,
    { electionId, identity, devices }: Pick<Activation, 'electionId' | 'identity' | 'devices'>,
  ): Promise<ActivationAnswer> => {
    const nowMs = clock();
    // Whole seconds, so that the answer and the activation agree.
    const expiresAtMs = (Math.floor(nowMs / 1_000) + activationSecondsMax) * 1_000;
    const code = activationCodeOf(randomBytes(activationCodeBytes));
    const voter = { electionId, identity, phoneKey: randomBytes(nameBytes).toString('base64url') };
    const proof = activationProofOf(signer, voter, nowMs);
    const sealed = sealActivation(key, code, { ...voter, expiresAtMs, proof, devices });
    const stored = await edgeRedis
      .set(activationKey(activationName(key, code)), sealed, 'EX', activationKeptSeconds, 'NX')
      .catch(() => null);
    if (stored !== 'OK') throw new Problem('busy', retrySoon());
    return { code, expiresAt: instantOf(expiresAtMs) };
  };
  return {
    async make(caller, electionId, request) {
      const { actor } = caller;
      if (actor.kind !== 'user') throw new Problem('role-not-allowed');
      const object = { kind: 'election', id: electionId } as const;
      const act = 'election.activate-voter';
      return audit.record({ actor, request: caller.request, act, object }, async () => {
        const { definition, phase } = await cardElection(pool, electionId, caller);
        if (phase !== 'open') throw new Problem('not-open', { detail: notOpen });
        const station = namedStation(definition, request.stationId);
        const subject = subjectOf(definition.identity, request);
        const key = keyOf(definition);
        const devices = await devicesAt(pool, electionId, station);
        const count = { electionId, station: station ?? '', official: actor.userId, most: activationsPerHourMax };
        const waitSeconds = await countActivation(pool, count);
        if (waitSeconds > 0) throw new Problem('too-many-requests', { retryAfterSeconds: waitSeconds });
        const identity = keyedHash(key, identityText(electionId, definition.identity.scheme, subject));
        const result = await store(key, { electionId, identity, devices });
        return { result, changed: { activation: { to: { station } } } };
      });
    },
    async counts(electionId) {
      if (!(await findLifecycle(pool, electionId))) throw new Problem('election-not-found');
      return countsByStation(await listActivations(pool, electionId));
    },
  };
}

/** The digests of the devices of a station. Without one the card would work nowhere. */
async function devicesAt(pool: Pool, electionId: string, station: string | null): Promise<string[]> {
  const devices = await listDevices(pool, electionId, station ?? '');
  if (devices.length === 0) throw new Problem('device-missing');
  return devices.map(({ digest }) => digest.toString('base64url'));
}

const notOpen = 'Voters are activated while voting is open. See the election for its times.';

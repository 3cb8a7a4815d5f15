// The elections that this process serves, in memory, with their contests and tag keys. An entry may be outdated: a cast
// names the definition version that it was checked against, and the database rejects an old one. Then the election is
// read again. It is also read from time to time, so that destroyed keys leave this process too. The database decides
// whether voting is open.
import type { Contest } from '../../domain/election.ts';
import { isWithin } from '../../platform/clock.ts';
import type { Clock } from '../../platform/clock.ts';
import { createFaultLog } from '../../platform/fault-log.ts';
import type { FaultLog } from '../../platform/fault-log.ts';
import type { Logger } from '../../platform/logger.ts';
import { retrySoon } from '../../platform/http/problems.ts';
import type { Attestation } from '../../protocol/proofs/attestation.ts';
import { Problem } from '../../protocol/problem.ts';
import { currentElectionsMax } from '../../protocol/current-elections.ts';
import { electionDefinition } from '../../protocol/public-document.ts';
import { manifestDocument } from '../../protocol/record/manifest.ts';
import type { IntakeElection } from '../../store/intake-elections.ts';
import { readForCast } from './cast-read.ts';
import { readElectionKeys } from './election-keys.ts';
import type { ElectionKeyFiles } from './election-key-files.ts';
import type { ElectionHashKeys } from './election-keys.ts';
import type { SignedLog } from './entries.ts';
import { logOfManifest } from './publication-check.ts';
import type { ReceiptKeys } from './publication-check.ts';

/** How long an election is served from memory, in milliseconds. */
const freshMs = 30_000;
/** How long an id without an election is remembered, in milliseconds. Guessed ids must not cost a query each. */
const missingMs = 1_000;
/** Most remembered ids: every current election, and guessed ids. The one that was read first is forgotten. */
const rememberedMax = currentElectionsMax + 1_000;

export type RegisteredElection = {
  readonly id: string;
  /** The version of the definition. See the database's pv.cast_ballots. */
  readonly definitionVersion: number;
  readonly contests: readonly Contest[];
  readonly scheme: string;
  /** Whether the roll has a second element, so that a phone has few tries. */
  readonly boundsRollTries: boolean;
  readonly sealedBytes: number;
  readonly verifiedSecondsMax: number;
  /** By which phones may be verified. */
  readonly methods: readonly Attestation['method'][];
  /** Whether officials may activate voters without a phone. */
  readonly takesActivations: boolean;
  readonly keys: ElectionHashKeys;
  /** The public log of the election; null where it has no manifest. */
  readonly log: SignedLog | null;
};

export type RegisteredElections = {
  /** The election, or null if there is none. Throws `busy` if this replica cannot serve it. */
  find(electionId: string): Promise<RegisteredElection | null>;
  /**
   * Reads the election again at its next use, after it was made or amended. With `definitionVersion`: only if that
   * version is in memory.
   */
  forget(electionId: string, definitionVersion?: number): void;
};

export function createRegisteredElections(options: {
  readonly read: (electionId: string) => Promise<IntakeElection | null>;
  readonly keysDirectory: string;
  readonly keyFiles: Pick<ElectionKeyFiles, 'find'>;
  /** The keys of receipts, by kid. */
  readonly receiptKeys: ReceiptKeys;
  readonly clock: Clock;
  readonly logger: Logger;
}): RegisteredElections {
  const { read, clock } = options;
  const serving = { ...options, faults: createFaultLog(options.logger) };
  const remembered = new Map<string, { election: RegisteredElection | null; readAtMs: number }>();
  const loading = new Map<string, Promise<RegisteredElection | null>>();

  const load = async (electionId: string): Promise<RegisteredElection | null> => {
    const row = await read(electionId);
    const election = row && (await serve(row, serving));
    serving.faults.succeeded(electionId);
    remembered.delete(electionId);
    const [oldest] = remembered.size >= rememberedMax ? remembered.keys() : [];
    if (oldest !== undefined) remembered.delete(oldest);
    remembered.set(electionId, { election, readAtMs: clock() });
    return election;
  };

  return {
    async find(electionId) {
      const entry = remembered.get(electionId);
      if (entry && isWithin(clock(), entry.readAtMs, entry.election ? freshMs : missingMs)) return entry.election;
      const reading =
        loading.get(electionId) ??
        readForCast(load(electionId)).finally(() => {
          loading.delete(electionId);
        });
      loading.set(electionId, reading);
      return reading;
    },
    forget(electionId, definitionVersion) {
      const version = remembered.get(electionId)?.election?.definitionVersion;
      if (definitionVersion === undefined || version === definitionVersion) remembered.delete(electionId);
    },
  };
}

type Serving = {
  readonly keysDirectory: string;
  readonly keyFiles: Pick<ElectionKeyFiles, 'find'>;
  readonly receiptKeys: ReceiptKeys;
  readonly faults: FaultLog;
};

async function serve(row: IntakeElection, serving: Serving): Promise<RegisteredElection | null> {
  const { keysDirectory, keyFiles, faults } = serving;
  const keys = await keyFiles.find(row);
  if (!keys) {
    const present = readElectionKeys(keysDirectory, row.electionId) !== null;
    // The keys of a closed election are destroyed after certification. It accepts no casts any more.
    if (!present && row.state === 'closed') return null;
    // Other keys would make other tags, and people could vote twice.
    const about = { electionId: row.electionId, present };
    faults.failed(row.electionId, undefined, 'election-keys.unusable', about);
    throw new Problem('busy', retrySoon());
  }
  const { contests, identity, verification } = electionDefinition.parse(row.definition);
  return {
    id: row.electionId,
    definitionVersion: row.definitionVersion,
    contests,
    scheme: row.scheme,
    boundsRollTries: identity.second !== undefined,
    sealedBytes: row.sealedBytes,
    verifiedSecondsMax: verification.verifiedSecondsMax,
    methods: verification.methods,
    takesActivations: verification.activation === true,
    keys,
    log: signedLogOf(row, serving),
  };
}

// A ballot whose entry another key signed would be in no one's log.
function signedLogOf({ electionId, manifest }: IntakeElection, { receiptKeys, faults }: Serving): SignedLog | null {
  if (manifest === null) return null;
  const published = manifestDocument.parse(manifest);
  const { kid } = published.manifest.receipts;
  const signer = receiptKeys.get(kid);
  if (signer) return { log: logOfManifest(published), signer };
  faults.failed(electionId, undefined, 'receipt-key.of-manifest-missing', { electionId, kid });
  throw new Problem('busy', retrySoon());
}

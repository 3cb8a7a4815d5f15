// The keys of elections on this replica and on the others. Replicas share one folder, or each has its own: then keys are copied
// to the others before the intake has the election, and a replica that lacks them wants them from the others. The check of the
// keys in the intake's row says which keys are the right ones.
import { readdirSync } from 'node:fs';
import { setImmediate as nextTick } from 'node:timers/promises';
import type { Clock } from '../../platform/clock.ts';
import { createFaultLog } from '../../platform/fault-log.ts';
import { makeFolder } from '../../platform/files.ts';
import { retrySoon } from '../../platform/http/problems.ts';
import { createCopyHolder } from '../../platform/key-copies/copy-holder.ts';
import type { CopyFolder, CopyHolder, CopyParty } from '../../platform/key-copies/copy-holder.ts';
import { createCopyPeers } from '../../platform/key-copies/copy-peers.ts';
import { nameOfFolder } from '../../platform/key-copies/folder-name.ts';
import { shredUnfinished } from '../../platform/keys/key-directory.ts';
import { signingKey, verificationKeys } from '../../platform/keys/signatures.ts';
import type { Logger } from '../../platform/logger.ts';
import { createLoop } from '../../platform/loop.ts';
import type { Loop } from '../../platform/loop.ts';
import { Gauge } from '../../platform/metrics.ts';
import type { Metrics } from '../../platform/metrics.ts';
import type { CallsTls } from '../../platform/private-calls/private-calls-tls.ts';
import type { BallotsKeys, PublicKeys } from '../../protocol/key-files.ts';
import { Problem } from '../../protocol/problem.ts';
import type { IntakeElection, OpenElectionKeys } from '../../store/intake-elections.ts';
import {
  copyNameOf,
  electionOfCopy,
  keepCopy,
  keyCheckOf,
  makeElectionKeys,
  readCopy,
  settleElectionKeys,
} from './election-keys.ts';
import type { ElectionHashKeys } from './election-keys.ts';

/** How often the folder is compared with the elections that are not closed, in milliseconds. */
const compareMs = 30_000;
/** The same while keys are missing, in milliseconds. */
const compareAgainMs = 5_000;
/** Most keys that one comparison wants from other replicas. */
const wantedMax = 100;

export type ElectionKeyPeers = {
  /** The addresses of the replicas; none where they share a folder. */
  readonly origins: readonly string[];
  /** How many other folders must have the keys of an election before it is made. */
  readonly needed: number;
  readonly tls?: CallsTls | undefined;
};

export type ElectionKeyFiles = {
  /** The keys of an election in the intake, from another replica if need be; null if they are nowhere, or are others. */
  find(election: Pick<IntakeElection, 'electionId' | 'keyCheck' | 'state'>): Promise<ElectionHashKeys | null>;
  /** Keys of an election that is not in the intake yet. Throws `busy` while too few other replicas have them. */
  make(electionId: string): Promise<ElectionHashKeys>;
  /** Null without other replicas. */
  readonly holder: CopyHolder | null;
  /** Copies keys to the other replicas if they are here. */
  recopy(name: string): Promise<boolean>;
  /** Compares the folder with the intake from time to time. Started and stopped with the application. */
  readonly comparing: Loop;
  close(): Promise<void>;
};

export type ElectionKeyFilesOptions = {
  readonly directory: string;
  readonly peers: ElectionKeyPeers;
  readonly keys: BallotsKeys;
  readonly publicKeys: PublicKeys;
  readonly read: (electionId: string) => Promise<Pick<IntakeElection, 'state'> | null>;
  readonly readOpen: () => Promise<readonly OpenElectionKeys[]>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
};

export function createElectionKeyFiles(options: ElectionKeyFilesOptions): ElectionKeyFiles {
  const { directory, peers, keys, publicKeys, clock, logger, metrics } = options;
  makeFolder(directory);
  shredUnfinished(directory);
  // The keys of a closed election may be destroyed, and must then come back from nowhere.
  const isClosed = async (electionId: string): Promise<boolean> => (await options.read(electionId))?.state === 'closed';
  const folder = copyFolderOf(directory, isClosed);
  const party: CopyParty = {
    service: 'ballots',
    identity: signingKey(keys.receipts),
    signers: verificationKeys(publicKeys.receipts),
  };
  const { origins, tls } = peers;
  const sender = createCopyPeers({ party, jwk: keys.receipts, origins, folder, clock, tls, logger, metrics });
  const find: ElectionKeyFiles['find'] = async ({ electionId, keyCheck, state }) => {
    const present = settleElectionKeys(directory, electionId, keyCheck);
    if (present || state === 'closed' || origins.length === 0) return present;
    await sender.want(copyNameOf(electionId, keyCheck));
    return settleElectionKeys(directory, electionId, keyCheck);
  };
  return {
    find,
    async make(electionId) {
      const fresh = makeElectionKeys(directory, electionId);
      const copies = await sender.spread([copyNameOf(electionId, keyCheckOf(fresh, electionId))]);
      if (copies >= peers.needed) return fresh;
      logger.error({ electionId, missing: peers.needed - copies }, 'election-keys.not-copied');
      throw new Problem('busy', retrySoon());
    },
    holder: origins.length > 0 ? createCopyHolder(party, folder) : null,
    async recopy(name) {
      const electionId = electionOfCopy(name);
      if (electionId === null || folder.read(name) === null || (await isClosed(electionId))) return false;
      await sender.spread([name]);
      return true;
    },
    comparing: createComparing(options, find),
    close: () => sender.close(),
  };
}

const copyFolderOf = (directory: string, isClosed: (electionId: string) => Promise<boolean>): CopyFolder => ({
  id: () => nameOfFolder(directory),
  has: (name) => readCopy(directory, name) !== null,
  read: (name) => readCopy(directory, name),
  async keep(file) {
    const electionId = electionOfCopy(file.name);
    return electionId !== null && !(await isClosed(electionId)) && keepCopy(directory, file);
  },
});

export function createElectionKeyMetrics(registry: Metrics) {
  const registers = [registry];
  return {
    missing: new Gauge({
      name: 'popvote_ballots_election_keys_missing',
      help: 'ALARM above 0: open elections whose keys are not in the folder of this replica, or are not the right ones.',
      registers,
    }),
    ended: new Gauge({
      name: 'popvote_ballots_ended_election_keys',
      help: 'Elections whose intake is closed and whose keys are in the folder of this replica. 0 once all are destroyed.',
      registers,
    }),
  };
}

function createComparing(
  { directory, readOpen, logger, metrics }: ElectionKeyFilesOptions,
  find: ElectionKeyFiles['find'],
): Loop {
  const faults = createFaultLog(logger);
  const ofElections = createFaultLog(logger);
  const { missing, ended } = createElectionKeyMetrics(metrics);
  // The file of one election must not end the comparison of the others.
  const usable = async (electionId: string, look: () => unknown): Promise<boolean> => {
    try {
      const keys = await look();
      if (keys === null) return false;
      ofElections.succeeded(electionId);
      return true;
    } catch (error) {
      ofElections.failed(electionId, error, 'election-keys.unusable', { electionId });
      return false;
    }
  };
  return createLoop({
    async turn(signal) {
      const open = await readOpen();
      const present = electionsWithFiles(directory);
      const lacking: OpenElectionKeys[] = [];
      for (const election of open) {
        const name = copyNameOf(election.electionId, election.keyCheck);
        if (!(await usable(election.electionId, () => readCopy(directory, name)))) lacking.push(election);
        // Files are read in one go. Votes get their turn between them.
        await nextTick();
      }
      let absences = lacking.length;
      for (const election of lacking.slice(0, wantedMax)) {
        if (signal.aborted) return compareMs;
        if (await usable(election.electionId, () => find({ ...election, state: 'open' }))) absences -= 1;
      }
      missing.set(absences);
      for (const { electionId } of open) present.delete(electionId);
      ended.set(present.size);
      faults.succeeded('compare');
      return absences > 0 ? compareAgainMs : compareMs;
    },
    failureMs: compareMs,
    onError: (error) => faults.failed('compare', error, 'election-keys.not-compared'),
  });
}

function electionsWithFiles(directory: string): Set<string> {
  const ids = readdirSync(directory).map(
    (name) => /^([A-Za-z0-9_-]{1,64})\.json$/.exec(name)?.[1] ?? electionOfCopy(name),
  );
  return new Set(ids.filter((id) => id !== null));
}

// An election with a public log, in memory: its manifest, its ballots in the order of the log, and the documents that
// follow from them. A test changes one part and has the rest made for it.
import { compareBytes } from '../../../src/domain/record/bytes.ts';
import { entryChannels, participantBytes } from '../../../src/domain/record/entry.ts';
import { logOriginOf, manifestHashBytes } from '../../../src/domain/record/manifest.ts';
import { encodeRepeated } from '../../../src/domain/record/repeated-entries.ts';
import { leafHash, treeRoot } from '../../../src/domain/record/tree.ts';
import { sha256 } from '../../../src/platform/content-hash.ts';
import { publicKeyBytes } from '../../../src/platform/keys/byte-signatures.ts';
import { canonicalText } from '../../../src/platform/keys/signatures.ts';
import type { ElectionDefinition } from '../../../src/protocol/public-document.ts';
import type { ResultsBody } from '../../../src/protocol/public-results.ts';
import type { LogClosing } from '../../../src/protocol/record/closing.ts';
import type { CountedRecord } from '../../../src/protocol/record/log-values.ts';
import { electionManifest } from '../../../src/protocol/record/manifest.ts';
import type { ElectionManifest } from '../../../src/protocol/record/manifest.ts';
import { firstResults } from '../../../src/services/elections/results/results-body.ts';
import type { LogNames, LoggedBallot } from './log-ballots.ts';
import { namedPublicKey, witnessKeyText } from './log-keys.ts';
import type { LogKeys } from './log-keys.ts';

/** When the elections of the vectors closed. In the past, so that no cosignature is dated ahead of any clock. */
export const closedAt = '2024-06-20T08:00:00Z';
export const closedAtSeconds = Date.parse(closedAt) / 1_000;

export type LogDraft = {
  readonly keys: LogKeys;
  readonly definition: ElectionDefinition;
  readonly manifest: ElectionManifest;
  readonly names: LogNames;
  /** In the order of the log. */
  readonly ballots: readonly LoggedBallot[];
  readonly batches: LogClosing['batches'];
  /** Ballots of voters under the cast tags of others. They are not in the log. */
  readonly repeated: readonly LoggedBallot[];
  /** Options that were withdrawn while voting was open. The manifest does not have it. */
  readonly withdrawn: LogClosing['withdrawn'];
};

export function manifestOf(
  keys: LogKeys,
  definition: ElectionDefinition,
  changes: Partial<ElectionManifest> = {},
): ElectionManifest {
  const { id, rehearsal, contests, identity, channels, minBatch } = definition;
  return electionManifest.parse({
    version: 1,
    electionId: id,
    rehearsal,
    contests,
    identity,
    channels,
    minBatch,
    disclosure: 'none',
    log: { host: 'vote.example.org', key: publicKeyBytes(keys.log).toString('base64url') },
    receipts: namedPublicKey(keys.receipts),
    deposits: namedPublicKey(keys.deposits),
    publisher: namedPublicKey(keys.publisher),
    witnesses: { quorum: 2, keys: keys.witnesses.map(witnessKeyText) },
    auditors: { quorum: 0, keys: [] },
    sealing: null,
    tokens: null,
    ...changes,
  });
}

export function namesOf(manifest: ElectionManifest): LogNames {
  const { electionId, log } = manifest;
  const manifestHash = sha256(manifestHashBytes(canonicalText(manifest)));
  return { electionId, manifestHash, origin: logOriginOf(log.host, electionId, manifestHash) };
}

/** Ballots in the order in which the log takes them at one moment: by cast tag. */
export const inLogOrder = (ballots: readonly LoggedBallot[]): LoggedBallot[] =>
  [...ballots].sort((a, b) => compareBytes(a.head.castTag, b.head.castTag));

export const leavesOf = ({ ballots }: Pick<LogDraft, 'ballots'>): Uint8Array[] =>
  ballots.map(({ entry }) => leafHash(sha256, entry));
const rootOf = (draft: Pick<LogDraft, 'ballots'>): string =>
  Buffer.from(treeRoot(sha256, leavesOf(draft))).toString('base64url');

/** The root over the tags of those who voted online. */
function participantsOf({ ballots, repeated }: Pick<LogDraft, 'ballots' | 'repeated'>): string {
  const values = [...ballots, ...repeated].flatMap(({ voter }) => (voter ? [sha256(participantBytes(voter))] : []));
  const leaves = values.sort(compareBytes).map((value) => leafHash(sha256, value));
  return Buffer.from(treeRoot(sha256, leaves)).toString('base64url');
}

const ballotsOf = ({ ballots }: Pick<LogDraft, 'ballots'>, channel: 1 | 2): number =>
  ballots.filter(({ head }) => head.channel === channel).length;

/** The file of the repeated ballots; null where there are none. */
export const repeatedFile = ({ repeated }: Pick<LogDraft, 'repeated'>): Uint8Array | null =>
  repeated.length === 0 ? null : encodeRepeated(repeated.map(({ entry }) => entry).sort(compareBytes));

/** What a closing document says of a file of repeated ballots. */
export const repeatedHashOf = (file: Uint8Array | null): Pick<LogClosing, 'repeatedHash'> =>
  file === null ? {} : { repeatedHash: sha256(file).toString('base64url') };

export function closingOf(draft: LogDraft): LogClosing {
  const online = ballotsOf(draft, entryChannels.online);
  return {
    version: 1,
    origin: draft.names.origin,
    size: draft.ballots.length,
    root: rootOf(draft),
    online,
    batch: ballotsOf(draft, entryChannels.batch),
    repeated: draft.repeated.length,
    ...repeatedHashOf(repeatedFile(draft)),
    participation: online + draft.repeated.length,
    participants: participantsOf(draft),
    closedAt,
    withdrawn: [...draft.withdrawn],
    batches: [...draft.batches],
  };
}

/** The definition as it was when voting ended. */
const withWithdrawals = ({ definition, withdrawn }: LogDraft): ElectionDefinition => ({
  ...definition,
  contests: definition.contests.map((contest) => ({
    ...contest,
    options: contest.options.map((option) => {
      const own = withdrawn.find(({ contestId, optionId }) => contestId === contest.id && optionId === option.id);
      return own ? { ...option, withdrawnAt: own.withdrawnAt } : option;
    }),
  })),
});

export type RecordedResults = ResultsBody & { readonly record: CountedRecord };

/** The results as the platform counts them. */
export function resultsOfDraft(draft: LogDraft): RecordedResults {
  const { batches, ballots } = draft;
  const definition = withWithdrawals(draft);
  const online = ballotsOf(draft, entryChannels.online);
  const sum = (each: 'rows' | 'counted' | 'invalid' | 'missing'): number =>
    batches.reduce((all, batch) => all + batch[each], 0);
  const totals = new Map(
    definition.contests.map((contest) => {
      const choices = ballots.map(
        ({ ballot }) => ballot.contests.find(({ contestId }) => contestId === contest.id)!.choices,
      );
      const abstained = choices.filter((marks) => marks.length === 0).length;
      const votes = contest.options.map(({ id }) => ({
        optionId: id,
        votes: choices.filter((marks) => marks.includes(id)).length,
      }));
      return [contest.id, { votes, valid: choices.length - abstained, abstained }] as const;
    }),
  );
  const body = firstResults(definition, {
    closedAt,
    eligible: null,
    online: { received: online + draft.repeated.length, valid: online, repeated: draft.repeated.length },
    batches: {
      files: batches.length,
      received: sum('rows') - sum('missing'),
      valid: sum('counted'),
      missing: sum('missing'),
      invalidByReason: { 'Invalid poll number.': sum('invalid') },
    },
    totals,
  });
  return {
    ...body,
    record: { origin: draft.names.origin, size: ballots.length, root: rootOf(draft), aggregate: null },
  };
}

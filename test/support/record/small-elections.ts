// Small elections of the public log: one without paper, one with batches of paper ballots, one with repeated ballots and
// withdrawn options, and one that is open.
import type { Ballot } from '../../../src/domain/ballot.ts';
import { batchIdPrefix } from '../../../src/domain/batch-row.ts';
import { sha256 } from '../../../src/platform/content-hash.ts';
import { electionDefinition } from '../../../src/protocol/public-document.ts';
import type { ElectionDefinition } from '../../../src/protocol/public-document.ts';
import type { ElectionManifest } from '../../../src/protocol/record/manifest.ts';
import { onlineBallot, paperBallot, seededCast } from './log-ballots.ts';
import type { LoggedBallot } from './log-ballots.ts';
import { inLogOrder, manifestOf, namesOf } from './log-draft.ts';
import type { LogDraft } from './log-draft.ts';
import { seededBytes, seededLogKeys } from './log-keys.ts';
import type { LogKeys } from './log-keys.ts';

export type SmallElection = {
  /** The id of the election, and what its keys and ballots are made from. */
  readonly id: string;
  readonly online: number;
  /** Counted rows of each batch. */
  readonly batches: readonly number[];
  /** Online ballots at each moment at which the log took some; the rest and the paper came at the end. */
  readonly steps?: readonly number[];
  readonly changes?: Partial<ElectionManifest>;
  /** Voters beside the online ones who used the ballot keys of the first of them, each for another ballot. */
  readonly repeated?: number;
  /** Options that were withdrawn while voting was open, as contest/option. */
  readonly withdrawn?: readonly string[];
};

/** An election whose batches have one invalid row more than counted ones, of the last also a missing one. */
export const plainElection: SmallElection = { id: 'library-2024', online: 300, batches: [], steps: [100, 150] };
export const batchElection: SmallElection = { id: 'parish-2024', online: 260, batches: [30, 12], steps: [200] };
export const changedElection: SmallElection = {
  id: 'market-2024',
  online: 60,
  batches: [],
  steps: [50],
  repeated: 3,
  withdrawn: ['motion/yes', 'council/blue'],
};
export const openElection: SmallElection = { id: 'choir-2024', online: 100, batches: [], steps: [50, 50] };

export function smallElection(
  { id, online, batches, steps = [], changes, repeated = 0, withdrawn = [] }: SmallElection,
  keys: LogKeys = seededLogKeys(id),
): LogDraft {
  const definition = electionOf(id, batches.length > 0);
  const manifest = manifestOf(keys, definition, changes);
  const names = namesOf(manifest);
  const cast = Array.from({ length: online }, (_, n) => onlineBallot(keys, names, seededCast(id, n), ballotNumber(n)));
  const paper = batches.map((rows, batch) =>
    Array.from({ length: rows }, (_, row) =>
      paperBallot(keys, names, guidOf(id, batch, row), ballotNumber(7 * row + batch)),
    ),
  );
  return {
    keys,
    definition,
    manifest,
    names,
    ballots: [...inSteps(cast, steps), ...inLogOrder([...cast.slice(sumOf(steps)), ...paper.flat()])],
    batches: batches.map((counted, batch) => {
      const missing = batch === batches.length - 1 ? 1 : 0;
      const batchId = sha256(Buffer.from(`${batchIdPrefix(id, null)}${batch}`)).toString('base64url');
      return { batchId, rows: counted + 1 + missing, counted, invalid: 1, missing };
    }),
    repeated: Array.from({ length: repeated }, (_, n) => {
      const { ballotKey } = seededCast(id, n);
      return onlineBallot(keys, names, { ...seededCast(id, online + n), ballotKey }, ballotNumber(n + 1));
    }),
    withdrawn: withdrawn.map((name) => {
      const [contestId = '', optionId = ''] = name.split('/');
      return { contestId, optionId, withdrawnAt: '2024-06-19T20:00:00Z' };
    }),
  };
}

/** Another ballot of the same election, which is in no log. */
export const furtherBallot = ({ definition, names }: LogDraft, keys: LogKeys, n: number): LoggedBallot =>
  onlineBallot(keys, names, seededCast(`${definition.id}|further`, n), ballotNumber(n));

const sumOf = (numbers: readonly number[]): number => numbers.reduce((sum, number) => sum + number, 0);

/** The ballots that the log took before the end: at each step the next ones, in their order. */
function inSteps(ballots: readonly LoggedBallot[], steps: readonly number[]): LoggedBallot[] {
  return steps.flatMap((count, step) => {
    const from = sumOf(steps.slice(0, step));
    return inLogOrder(ballots.slice(from, from + count));
  });
}

function guidOf(id: string, batch: number, row: number): string {
  const hex = seededBytes(`${id}|guid ${batch} ${row}`).toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join('-');
}

/** Choices that differ from ballot to ballot, in a way that gives clear results. */
function ballotNumber(n: number): Ballot {
  const motion = [['yes'], ['no'], ['yes'], [], ['yes']][n % 5] ?? [];
  const council = ['red', 'red', 'blue', 'red', 'green', 'blue', 'red', 'small'][n % 8] ?? 'red';
  const rooms =
    [['hall'], ['hall', 'garden'], ['garden', 'tower'], [], ['hall', 'garden', 'tower'], ['hall']][n % 6] ?? [];
  return {
    contests: [
      { contestId: 'motion', choices: motion },
      { contestId: 'council', choices: [council] },
      { contestId: 'rooms', choices: rooms },
    ],
  };
}

const electionOf = (id: string, hasPaper: boolean): ElectionDefinition =>
  electionDefinition.parse({
    id,
    title: { en: 'A small election' },
    opensAt: '2024-06-19T08:00:00Z',
    closesAt: '2024-06-20T08:00:00Z',
    timeZone: 'Europe/Belgrade',
    rehearsal: false,
    channels: hasPaper ? ['online', 'batches'] : ['online'],
    identity: { scheme: 'hkid' },
    verification: { methods: ['text-in'] },
    contests: [
      {
        id: 'motion',
        title: { en: 'Shall the library open on Sundays?', sr: 'Да ли да библиотека ради недељом?' },
        method: 'plurality',
        minChoices: 1,
        maxChoices: 1,
        abstain: true,
        options: [
          { id: 'yes', number: 1, title: { en: 'Yes' } },
          { id: 'no', number: 2, title: { en: 'No' } },
        ],
      },
      {
        id: 'council',
        title: { en: 'Council' },
        method: 'dhondt',
        minChoices: 1,
        maxChoices: 1,
        abstain: false,
        seats: 11,
        law: { threshold: { share: { numerator: 3, denominator: 20 }, of: 'votes' }, tieRules: ['more-votes'] },
        options: [
          { id: 'red', number: 1, title: { en: 'Red' }, kind: 'party' },
          { id: 'blue', number: 2, title: { en: 'Blue' }, kind: 'party' },
          { id: 'green', number: 3, title: { en: 'Green' }, kind: 'party' },
          { id: 'small', number: 4, title: { en: 'Small' }, kind: 'party', threshold: 'exempt' },
        ],
      },
      {
        id: 'rooms',
        title: { en: 'Which rooms?' },
        method: 'approval',
        minChoices: 0,
        maxChoices: 3,
        abstain: false,
        options: [
          { id: 'hall', number: 1, title: { en: 'Hall' } },
          { id: 'garden', number: 2, title: { en: 'Garden' } },
          { id: 'tower', number: 3, title: { en: 'Tower' } },
        ],
      },
    ],
  });

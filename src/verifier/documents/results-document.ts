// The results document, as far as it is verified: its numbers, and which tree it was counted from. Members that are not
// known are left to their readers.
import {
  aboveZeroShape,
  bytesShape,
  countShape,
  eitherShape,
  electionIdShape,
  flagShape,
  isMembers,
  listShape,
  localIdShape,
  membersShape,
  oneOf,
  textShape,
} from './shapes.ts';
import type { Shape } from './shapes.ts';
import { isSignedBy, readDocument } from './signed-document.ts';
import type { NamedKey } from './signed-document.ts';
import type { JsonMembers } from './strict-json.ts';

/** Largest results document, in bytes. */
export const resultsBytesMax = 32_000_000;
/** Most options of a contest, and names in a list. */
const optionsMax = 500;
/** Most contests of an election. */
const contestsMax = 32;
/** Most stations of an election. */
const stationsMax = 100_000;

type Reconciled = { readonly received: number; readonly valid: number; readonly invalid: number };
export type StatedStation = Reconciled & {
  readonly contests: readonly {
    readonly contestId: string;
    readonly valid: number;
    readonly abstained: number;
    readonly votes: readonly number[];
  }[];
};
export type StatedLot = { readonly order: readonly string[] };
export type StatedTie = {
  readonly tied: readonly string[];
  readonly seatsLeft: number;
  readonly lot: StatedLot | null;
};
export type StatedContest = {
  readonly kind: 'winner' | 'seats';
  readonly method: string;
  readonly contestId: string;
  readonly valid: number;
  readonly abstained: number;
  readonly options: readonly StatedOption[];
  readonly tie: StatedTie | null;
  /** Everything that the results say of the contest. */
  readonly members: JsonMembers;
};
export type StatedOption = {
  readonly optionId: string;
  readonly number: number;
  readonly votes: number;
  readonly members: JsonMembers;
};
export type ResultsRecord = {
  readonly origin: string;
  readonly size: number;
  readonly root: Buffer;
  readonly aggregate?: null;
};
export type StatedResults = {
  readonly electionId: string;
  readonly rehearsal: boolean;
  readonly turnout: { readonly eligible: number | null; readonly online: number; readonly batches: number };
  readonly reconciliation: {
    readonly online: Reconciled;
    readonly batches: Reconciled & {
      readonly invalidByReason: readonly { readonly reason: string; readonly rows: number }[];
    };
  };
  readonly contests: readonly StatedContest[];
  readonly stations?: readonly StatedStation[];
};

const reconciled = { received: countShape, valid: countShape, invalid: countShape };
const reasonShape = textShape(/^[ -~]{1,100}$/);

const lotShape: Shape<StatedLot> = membersShape({ order: listShape(localIdShape, optionsMax, 2) }, {}, 'open');
const tieShape: Shape<StatedTie> = membersShape(
  {
    tied: listShape(localIdShape, optionsMax, 1),
    seatsLeft: aboveZeroShape,
    lot: eitherShape<null, StatedLot>(oneOf(null), lotShape),
  },
  {},
  'open',
);

/** A shape with everything that the value says beside. */
const withMembers =
  <Value extends object>(shape: Shape<Value>): Shape<Value & { members: JsonMembers }> =>
  (json) => {
    const value = shape(json);
    return value === undefined || !isMembers(json) ? undefined : { ...value, members: json };
  };

const optionShape: Shape<StatedOption> = withMembers(
  membersShape({ optionId: localIdShape, number: aboveZeroShape, votes: countShape }, {}, 'open'),
);
const contestShape: Shape<StatedContest> = withMembers(
  membersShape(
    {
      kind: oneOf('winner' as const, 'seats' as const),
      method: localIdShape,
      contestId: localIdShape,
      valid: countShape,
      abstained: countShape,
      options: listShape(optionShape, optionsMax, 1),
      tie: eitherShape<null, StatedTie>(oneOf(null), tieShape),
    },
    {},
    'open',
  ),
);
const stationShape: Shape<StatedStation> = membersShape(
  {
    received: countShape,
    valid: countShape,
    invalid: countShape,
    contests: listShape(
      membersShape(
        {
          contestId: localIdShape,
          valid: countShape,
          abstained: countShape,
          votes: listShape(countShape, optionsMax),
        },
        {},
        'open',
      ),
      contestsMax,
    ),
  },
  {},
  'open',
);
const recordShape: Shape<ResultsRecord> = membersShape<ResultsRecord, Pick<ResultsRecord, 'aggregate'>>(
  { origin: textShape(/^[!-~]{1,512}$/), size: countShape, root: bytesShape(32) },
  { aggregate: oneOf(null) },
);

const bodyShape: Shape<StatedResults> = membersShape<Omit<StatedResults, 'stations'>, Pick<StatedResults, 'stations'>>(
  {
    electionId: electionIdShape,
    rehearsal: flagShape,
    turnout: membersShape(
      { eligible: eitherShape<null, number>(oneOf(null), countShape), online: countShape, batches: countShape },
      {},
      'open',
    ),
    reconciliation: membersShape(
      {
        online: membersShape(reconciled, {}, 'open'),
        batches: membersShape(
          {
            ...reconciled,
            invalidByReason: listShape(
              membersShape({ reason: reasonShape, rows: aboveZeroShape }, {}, 'open'),
              optionsMax,
            ),
          },
          {},
          'open',
        ),
      },
      {},
      'open',
    ),
    contests: listShape(contestShape, contestsMax, 1),
  },
  { stations: listShape(stationShape, stationsMax) },
  'open',
);

export type SignedResults = {
  /** The tree that the results are of; undefined if they name none. */
  readonly record: ResultsRecord | undefined;
  /** The numbers; undefined if they have another form. */
  readonly results: StatedResults | undefined;
};

/** Reads results that the publisher signed; null for any other bytes. */
export function readResults(bytes: Uint8Array, publisher: NamedKey): SignedResults | null {
  const document = bytes.length > resultsBytesMax ? null : readDocument(bytes, 'results', ['record']);
  if (document === null || !isSignedBy(document, publisher) || !isMembers(document.body)) return null;
  return { record: recordShape(document.body['record'] ?? null), results: bodyShape(document.body) };
}

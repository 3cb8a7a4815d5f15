// A contest as it is in the manifest: its options, and its law as data (docs/verify.md, "Counting"). A member that is not
// known is refused, because a rule that this program does not know could change who is elected.
import {
  aboveZeroShape,
  anyObject,
  countShape,
  eitherShape,
  flagShape,
  instantShape,
  listShape,
  localIdShape,
  membersShape,
  oneOf,
  textShape,
  integerShape,
} from './shapes.ts';
import type { Shape } from './shapes.ts';

export type ExactShare = { readonly numerator: number; readonly denominator: number };
export type ShareBase = 'votes' | 'valid' | 'valid-and-blank' | 'cast' | 'entitled';
export type ShareRule = { readonly share: ExactShare; readonly of: ShareBase; readonly moreThan?: boolean };
export type VotesRule = { readonly votes: number };
export type ThresholdRule = ShareRule & {
  readonly group?: string;
  readonly localSeats?: number;
  readonly exemptFactor?: ExactShare;
};
export type QuorumRule = {
  readonly share: ExactShare;
  readonly moreThan?: boolean;
  readonly counted: 'valid' | 'valid-and-blank' | 'cast';
};
export type OrderRule = 'more-votes' | 'lower-number';
export type ContestRules = {
  readonly threshold?: ThresholdRule;
  readonly firstDivisor?: ExactShare;
  readonly required?: readonly (ShareRule | VotesRule)[];
  readonly quorum?: QuorumRule;
  readonly localOf?: string;
  readonly entitled?: number;
  readonly tieRules?: readonly OrderRule[];
};
export type OptionDocument = {
  readonly id: string;
  readonly number: number;
  readonly threshold?: 'exempt' | ExactShare;
  readonly candidates?: number;
  readonly withdrawnAt?: string;
};
export type ContestMethod = 'plurality' | 'approval' | 'dhondt' | 'sainteLague';
export type ContestDocument = {
  readonly id: string;
  readonly method: ContestMethod;
  readonly minChoices: number;
  readonly maxChoices: number;
  readonly abstain: boolean;
  readonly seats?: number;
  readonly thresholdPercent?: number;
  readonly law?: ContestRules;
  readonly options: readonly OptionDocument[];
};

/** Most options of a contest. */
const optionsMax = 500;
/** Most requirements of a contest. */
const requirementsMax = 8;
/** Most seats of a contest, and candidates of an option. */
const seatsMax = 1_000_000;
/** Largest numerator and denominator of a share. */
const partMax = 1_000_000_000_000;
/** Largest numerator and denominator of a factor or a first divisor. */
const factorPartMax = 1_000;

const partsShape: Shape<ExactShare> = membersShape({
  numerator: integerShape(0, partMax),
  denominator: integerShape(1, partMax),
});
/** A share of at most the whole. */
const shareShape: Shape<ExactShare> = (json) => {
  const share = partsShape(json);
  return share !== undefined && share.numerator <= share.denominator ? share : undefined;
};
const factorShape: Shape<ExactShare> = membersShape({
  numerator: integerShape(1, factorPartMax),
  denominator: integerShape(1, factorPartMax),
});
const baseShape = oneOf<ShareBase>('votes', 'valid', 'valid-and-blank', 'cast', 'entitled');
const groupShape = localIdShape;

const shareRuleShape: Shape<ShareRule> = membersShape({ share: shareShape, of: baseShape }, { moreThan: flagShape });
const votesRuleShape: Shape<VotesRule> = membersShape({ votes: aboveZeroShape });

const rulesShape: Shape<ContestRules> = membersShape<object, ContestRules>(
  {},
  {
    threshold: membersShape<ShareRule, Partial<ThresholdRule>>(
      { share: shareShape, of: baseShape },
      { moreThan: flagShape, group: groupShape, localSeats: aboveZeroShape, exemptFactor: factorShape },
    ),
    firstDivisor: factorShape,
    required: listShape(eitherShape<ShareRule, VotesRule>(shareRuleShape, votesRuleShape), requirementsMax, 1),
    quorum: membersShape<QuorumRule, Pick<QuorumRule, 'moreThan'>>(
      { share: shareShape, counted: oneOf('valid' as const, 'valid-and-blank' as const, 'cast' as const) },
      { moreThan: flagShape },
    ),
    localOf: groupShape,
    entitled: aboveZeroShape,
    tieRules: listShape(oneOf<OrderRule>('more-votes', 'lower-number'), 2, 1),
  },
);

const optionShape: Shape<OptionDocument> = membersShape<
  OptionDocument & { title: object },
  Omit<OptionDocument, 'id' | 'number'> & { kind: string }
>(
  { id: localIdShape, number: integerShape(1, optionsMax), title: anyObject },
  {
    kind: oneOf('party', 'individual'),
    threshold: eitherShape<'exempt', ExactShare>(oneOf('exempt' as const), shareShape),
    candidates: integerShape(1, seatsMax),
    withdrawnAt: instantShape,
  },
);

const percentShape: Shape<number> = (json) => (typeof json === 'number' && json >= 0 && json <= 100 ? json : undefined);

const membersOfContest: Shape<ContestDocument> = membersShape<
  Omit<ContestDocument, 'seats' | 'thresholdPercent' | 'law'> & { title: object },
  Pick<ContestDocument, 'seats' | 'thresholdPercent' | 'law'> & { orderSeed: string }
>(
  {
    id: localIdShape,
    title: anyObject,
    method: oneOf<ContestMethod>('plurality', 'approval', 'dhondt', 'sainteLague'),
    minChoices: countShape,
    maxChoices: integerShape(1, optionsMax),
    abstain: flagShape,
    options: listShape(optionShape, optionsMax, 1),
  },
  {
    seats: integerShape(1, seatsMax),
    thresholdPercent: percentShape,
    law: rulesShape,
    orderSeed: textShape(/^[ -~]{1,200}$/),
  },
);

export const sharesSeats = ({ method }: Pick<ContestDocument, 'method'>): boolean =>
  method === 'dhondt' || method === 'sainteLague';

/** A contest that can be counted: options numbered 1 to n, each id once, and the numbers that its method needs. */
export const contestShape: Shape<ContestDocument> = (json) => {
  const contest = membersOfContest(json);
  if (contest === undefined) return undefined;
  const { options, minChoices, maxChoices, seats, thresholdPercent, law } = contest;
  const ids = new Set(options.map(({ id }) => id));
  const numbers = new Set(options.map(({ number }) => number));
  const orderly =
    ids.size === options.length &&
    numbers.size === options.length &&
    options.every(({ number }) => number <= options.length) &&
    minChoices <= maxChoices &&
    maxChoices <= options.length &&
    (seats !== undefined || !sharesSeats(contest)) &&
    (thresholdPercent === undefined || law?.threshold === undefined);
  return orderly ? contest : undefined;
};

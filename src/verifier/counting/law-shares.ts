// Shares of the law: exact whole numbers, nothing is rounded (docs/verify.md, "Counting").
import type {
  ContestDocument,
  ExactShare,
  QuorumRule,
  ShareBase,
  ShareRule,
  ThresholdRule,
  VotesRule,
} from '../documents/contest-document.ts';

/** The votes of a contest, as the results state them. */
export type ContestVotes = {
  readonly contest: ContestDocument;
  readonly valid: number;
  readonly abstained: number;
  readonly votes: ReadonlyMap<string, number>;
  /** The drawn order of the options, where lots were drawn; null where none were. */
  readonly lot: readonly string[] | null;
  /** Options that were withdrawn. */
  readonly withdrawn: ReadonlySet<string>;
};

/** Numbers of the whole election: people entitled to vote if they are known, and invalid ballots that were cast. */
export type ElectionNumbers = { readonly entitled: number | null; readonly invalid: number };

export type BaseAmounts = Readonly<Record<Exclude<ShareBase, 'entitled'>, bigint>> & {
  readonly entitled: bigint | null;
};

export const votesOf = ({ votes }: ContestVotes, optionId: string): bigint => BigInt(votes.get(optionId) ?? 0);

export const sumOf = (numbers: readonly bigint[]): bigint => numbers.reduce((sum, number) => sum + number, 0n);

/** What the shares of a contest's law are of. */
export function baseAmounts(counted: ContestVotes, { entitled, invalid }: ElectionNumbers): BaseAmounts {
  const own = counted.contest.law?.entitled ?? entitled;
  const answered = counted.valid + counted.abstained;
  return {
    votes: sumOf([...counted.votes.values()].map(BigInt)),
    valid: BigInt(counted.valid),
    'valid-and-blank': BigInt(answered),
    cast: BigInt(answered + invalid),
    entitled: own === null ? null : BigInt(own),
  };
}

/** The fewest votes that fulfil a rule; null if it is a share of a number that is not known. */
export function votesNeededOf(rule: ShareRule | VotesRule, bases: BaseAmounts): bigint | null {
  if ('votes' in rule) return BigInt(rule.votes);
  const base = bases[rule.of];
  if (base === null) return null;
  const product = BigInt(rule.share.numerator) * base;
  const denominator = BigInt(rule.share.denominator);
  return rule.moreThan === true ? product / denominator + 1n : (product + denominator - 1n) / denominator;
}

/** The threshold of a contest. `thresholdPercent` is the short form of a share of the votes. */
export function thresholdOfContest({ law, thresholdPercent = 0 }: ContestDocument): ThresholdRule {
  return law?.threshold ?? { share: shareOfPercent(thresholdPercent), of: 'votes' };
}

/** The exact share of a percentage of at most ten decimals. */
function shareOfPercent(percent: number): ExactShare {
  const [whole = '0', decimals = ''] = percent.toFixed(10).split('.');
  return { numerator: Number(`${whole}${decimals}`), denominator: 1_000_000_000_000 };
}

/** Whether the ballots that count for the quorum are enough; true without a quorum. */
export function quorumIsMet(rule: QuorumRule | undefined, bases: BaseAmounts): boolean {
  if (rule === undefined) return true;
  const needed = votesNeededOf({ ...rule, of: 'entitled' }, bases);
  return needed !== null && bases[rule.counted] >= needed;
}

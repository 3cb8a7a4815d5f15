// The counting rule of a contest as a form: read from the contest, checked as it is typed, and written back. A contest
// keeps only what its method may carry.
import { carriedBy } from '../../../../domain/contest-rules.ts';
import type { Base, ContestLaw, QuorumLaw, Requirement, TieRule } from '../../../../domain/counting/contest-law.ts';
import { isSeatMethod } from '../../../../domain/counting/method-table.ts';
import type { CountingMethod } from '../../../../domain/counting/method-table.ts';
import { fractionText } from '../../../../domain/counting/share.ts';
import { thresholdLawOf } from '../../../../domain/counting/threshold.ts';
import { isBlankId } from '../../../../domain/suggested-values.ts';
import { typedCount, typedDecimal } from '../../../../domain/text/typed-number.ts';
import type { ContestDraft, OptionDraft } from './definition.ts';
import { readAmount, readShare, shareField } from './exact-amount.ts';
import type { StepFault } from './steps.ts';

/** A share or a number of votes that an option needs. */
export type RequirementForm = {
  readonly amount: string;
  readonly of: Base | 'fixed';
  readonly moreThan: boolean;
};
export type ListForm = {
  readonly exempt: boolean;
  /** Its own threshold in percent; empty for that of the contest. */
  readonly threshold: string;
  readonly candidates: string;
};

/** As strings from the fields. An empty text is a rule that the contest does not have. */
export type RuleForm = {
  readonly method: CountingMethod;
  readonly seats: string;
  readonly minChoices: string;
  readonly maxChoices: string;
  readonly abstain: boolean;
  readonly threshold: string;
  readonly thresholdOf: Base;
  readonly thresholdMore: boolean;
  readonly exemptFactor: string;
  readonly group: string;
  readonly localSeats: string;
  readonly localOf: string;
  readonly firstDivisor: string;
  readonly tieRules: readonly TieRule[];
  readonly entitled: string;
  readonly required: readonly RequirementForm[];
  readonly quorum: string;
  readonly quorumOf: QuorumLaw['counted'];
  readonly quorumMore: boolean;
  /** By option id. */
  readonly lists: Readonly<Record<string, ListForm>>;
};

const textOf = (value: number | undefined): string => (value === undefined ? '' : String(value));

export function readRule(contest: ContestDraft): RuleForm {
  const { method, seats, minChoices, maxChoices, abstain, law = {}, options } = contest;
  const threshold = thresholdLawOf(contest);
  const isBlank = isSeatMethod(method) && isBlankId(contest.id);
  const { exemptFactor, group, localSeats } = threshold;
  const { firstDivisor, quorum, required = [], tieRules = [] } = law;
  return {
    method,
    abstain,
    seats: isBlank ? '' : textOf(seats),
    minChoices: String(minChoices),
    maxChoices: String(maxChoices),
    threshold: isSeatMethod(method) && !isBlank ? shareField(threshold.share) : '',
    thresholdOf: threshold.of,
    thresholdMore: threshold.moreThan === true,
    exemptFactor: exemptFactor === undefined ? '' : fractionText(exemptFactor),
    group: group ?? '',
    localSeats: textOf(localSeats),
    localOf: law.localOf ?? '',
    firstDivisor: firstDivisor === undefined ? '' : fractionText(firstDivisor),
    tieRules,
    entitled: textOf(law.entitled),
    required: required.map((rule) =>
      'votes' in rule
        ? { amount: String(rule.votes), of: 'fixed', moreThan: false }
        : { amount: shareField(rule.share), of: rule.of, moreThan: rule.moreThan === true },
    ),
    quorum: quorum === undefined ? '' : shareField(quorum.share),
    quorumOf: quorum?.counted ?? 'valid-and-blank',
    quorumMore: quorum?.moreThan === true,
    lists: Object.fromEntries(options.map((option) => [option.id, readList(option)])),
  };
}

const readList = ({ threshold, candidates }: OptionDraft): ListForm => ({
  exempt: threshold === 'exempt',
  threshold: threshold === undefined || threshold === 'exempt' ? '' : shareField(threshold),
  candidates: textOf(candidates),
});

const zero = { numerator: 0, denominator: 1 } as const;
const shareOf = (text: string) => readShare(text) ?? zero;

export function writeRule(contest: ContestDraft, rule: RuleForm): ContestDraft {
  const { seats: _seats, thresholdPercent: _threshold, law: _law, ...rest } = contest;
  const carried = carriedBy(rule.method);
  const law = Object.fromEntries(
    Object.entries(lawOf(rule)).filter(([field, value]) => value !== undefined && carried.law.includes(field as never)),
  ) as ContestLaw;
  const percent = carried.thresholdPercent && law.threshold === undefined ? typedDecimal(rule.threshold) : undefined;
  return {
    ...rest,
    method: rule.method,
    abstain: rule.abstain,
    minChoices: typedCount(rule.minChoices),
    maxChoices: typedCount(rule.maxChoices),
    ...(rule.seats.trim() !== '' && { seats: typedCount(rule.seats) }),
    ...(percent !== undefined && { thresholdPercent: percent }),
    ...(Object.keys(law).length > 0 && { law: law as NonNullable<ContestDraft['law']> }),
    options: contest.options.map((option) => writeList(option, rule)),
  };
}

function lawOf(rule: RuleForm): ContestLaw {
  const { group, localSeats, localOf, exemptFactor, firstDivisor, tieRules, entitled, required, quorum } = rule;
  const factor = readAmount(exemptFactor);
  // A decimal share of the votes has a short form.
  const isShort =
    rule.thresholdOf === 'votes' && !rule.thresholdMore && factor === null && (group + localSeats).trim() === '';
  const threshold = {
    share: shareOf(rule.threshold),
    of: rule.thresholdOf,
    ...(rule.thresholdMore && { moreThan: true }),
    ...(factor !== null && { exemptFactor: factor }),
    ...(group.trim() !== '' && { group: group.trim() }),
    ...(localSeats.trim() !== '' && { localSeats: typedCount(localSeats) }),
  };
  return {
    threshold: isShort && !Number.isNaN(typedDecimal(rule.threshold)) ? undefined : threshold,
    firstDivisor: readAmount(firstDivisor) ?? undefined,
    required: required.length === 0 ? undefined : required.map(requirementOf),
    quorum:
      quorum.trim() === ''
        ? undefined
        : { share: shareOf(quorum), counted: rule.quorumOf, ...(rule.quorumMore && { moreThan: true }) },
    localOf: localOf.trim() === '' ? undefined : localOf.trim(),
    entitled: entitled.trim() === '' ? undefined : typedCount(entitled),
    tieRules: tieRules.length === 0 ? undefined : tieRules,
  };
}

function requirementOf({ amount, of, moreThan }: RequirementForm): Requirement {
  if (of === 'fixed') return { votes: typedCount(amount) };
  return { share: shareOf(amount), of, ...(moreThan && { moreThan: true }) };
}

function writeList(option: OptionDraft, { method, lists }: RuleForm): OptionDraft {
  const { threshold: _threshold, candidates: _candidates, ...rest } = option;
  const form = lists[option.id];
  if (form === undefined || !isSeatMethod(method)) return rest;
  const own = form.exempt ? 'exempt' : form.threshold.trim() === '' ? undefined : shareOf(form.threshold);
  return {
    ...rest,
    ...(own !== undefined && { threshold: own }),
    ...(form.candidates.trim() !== '' && { candidates: typedCount(form.candidates) }),
  };
}

export function ruleFaults(rule: RuleForm, index: number, optionIds: readonly string[]): readonly StepFault[] {
  const whole = (text: string, from: number): boolean => Number.isInteger(typedCount(text)) && typedCount(text) >= from;
  const path = `contests/${index}`;
  const faults: StepFault[] = [];
  const refuse = (member: string, detail: string): void => void faults.push({ path: `${path}/${member}`, detail });
  const share = (member: string, text: string): void => {
    const value = readShare(text);
    if (value === null || value.numerator > value.denominator)
      refuse(member, 'Enter a share from 0 to 100 percent, such as 5 or 3.25, or a fraction such as 1/150.');
  };
  const wholeOrEmpty = (member: string, text: string, what: string): void => {
    if (text.trim() !== '' && !whole(text, 1)) refuse(member, `Enter ${what} as a whole number, or nothing.`);
  };
  if (!whole(rule.minChoices, 0)) refuse('minChoices', 'Enter the fewest choices as a whole number, 0 or more.');
  if (!whole(rule.maxChoices, 1)) refuse('maxChoices', 'Enter the most choices as a whole number, 1 or more.');
  wholeOrEmpty('law/entitled', rule.entitled, 'the number of people who may vote');
  if (rule.quorum.trim() !== '') share('law/quorum', rule.quorum);
  if (!isSeatMethod(rule.method)) {
    wholeOrEmpty('seats', rule.seats, 'how many are elected');
    for (const [place, { amount, of }] of rule.required.entries()) {
      if (of !== 'fixed') share(`law/required/${place}`, amount);
      else if (!whole(amount, 1)) refuse(`law/required/${place}`, 'Enter the number of votes as a whole number.');
    }
    return faults;
  }
  if (!whole(rule.seats, 1)) refuse('seats', 'Enter the number of seats as a whole number.');
  share('thresholdPercent', rule.threshold);
  wholeOrEmpty('law/threshold/localSeats', rule.localSeats, 'how many local contests');
  for (const field of ['exemptFactor', 'firstDivisor'] as const) {
    const member = field === 'exemptFactor' ? 'law/threshold/exemptFactor' : 'law/firstDivisor';
    if (rule[field].trim() !== '' && readAmount(rule[field]) === null)
      refuse(member, 'Enter a number such as 1.4, or a fraction such as 27/20.');
  }
  for (const [place, id] of optionIds.entries()) {
    const { threshold = '', candidates = '' } = rule.lists[id] ?? {};
    if (threshold.trim() !== '') share(`options/${place}/threshold`, threshold);
    wholeOrEmpty(`options/${place}/candidates`, candidates, 'the number of candidates');
  }
  return faults;
}

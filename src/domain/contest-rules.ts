// The rules for every contest, as data: which field breaks a rule and how to correct it. Schemas, services and editors
// call these functions and add no other rule.
import { tieRules } from './counting/contest-law.ts';
import type { ContestLaw, TieRule } from './counting/contest-law.ts';
import { countingMethods, isSeatMethod, seatMethodNames, winnerMethodNames } from './counting/method-table.ts';
import type { CountingMethod } from './counting/method-table.ts';
import { isFirstDivisor } from './counting/seat-law.ts';
import type { Fraction } from './counting/share.ts';
import { fractionText } from './counting/share.ts';
import type { Contest, Option } from './election.ts';

/** Fewest options of a contest outside rehearsals. */
const optionsMin = 2;

/** Largest numerator and denominator of a factor or a divisor, so that every strength of an option is exact. */
export const factorPartMax = 1_000;

export type OptionKind = NonNullable<Option['kind']>;
/** A rule that a contest breaks: the path of the field, such as `law/threshold`, and the message for the author. */
export type ContestFault = { readonly field: string; readonly detail: string };
/** A rule that an option breaks; `place` counts from 0. */
export type OptionFault = { readonly place: number; readonly detail: string };

type RuledOption = Pick<Option, 'id' | 'number' | 'threshold' | 'candidates'>;
type RuledContest = Pick<Contest, 'method' | 'minChoices' | 'maxChoices' | 'seats' | 'thresholdPercent' | 'law'> & {
  readonly options: readonly RuledOption[];
};

/** What a contest of a method may carry. Editors show these fields, and the rules below refuse all others. */
export type CarriedRules = {
  /** Whether the contest must say how many seats there are; otherwise it may, and one is elected where it does not. */
  readonly needsSeats: boolean;
  readonly thresholdPercent: boolean;
  readonly law: readonly (keyof ContestLaw)[];
  readonly tieRules: readonly TieRule[];
  /** Of each option. */
  readonly option: readonly ('threshold' | 'candidates')[];
};

const carriedByKind: Readonly<Record<'seats' | 'winner', CarriedRules>> = {
  seats: {
    needsSeats: true,
    thresholdPercent: true,
    law: ['threshold', 'firstDivisor', 'quorum', 'tieRules', 'entitled'],
    tieRules,
    option: ['threshold', 'candidates'],
  },
  winner: {
    needsSeats: false,
    thresholdPercent: false,
    law: ['required', 'quorum', 'localOf', 'tieRules', 'entitled'],
    // Options with equal places have equal votes.
    tieRules: tieRules.filter((rule) => rule !== 'more-votes'),
    option: [],
  },
};

export const carriedBy = (method: CountingMethod): CarriedRules => carriedByKind[countingMethods[method].kind];

/** Only for a fault: the first list takes 20 ms, and every process loads these rules. */
const listOf = (names: readonly string[]): string => new Intl.ListFormat('en').format(names);

/** Every rule that the contest breaks, except those about the kinds of its options. */
export function faultsOfContest(contest: RuledContest): readonly ContestFault[] {
  return [
    ...faultsOfCarried(contest),
    ...faultsOfThreshold(contest),
    ...faultsOfLaw(contest),
    ...faultsOfChoices(contest),
    ...faultsOfOptions(contest),
  ];
}

function faultsOfCarried({
  method,
  seats,
  thresholdPercent,
  law = {},
  options,
}: RuledContest): readonly ContestFault[] {
  const carried = carriedBy(method);
  const others = (): string => listOf(isSeatMethod(method) ? winnerMethodNames : seatMethodNames);
  const faults: ContestFault[] = [];
  if (carried.needsSeats && seats === undefined) {
    faults.push({ field: 'seats', detail: `Give the number of seats that ${listOf(seatMethodNames)} share.` });
  }
  if (!carried.thresholdPercent && thresholdPercent !== undefined) {
    faults.push({ field: 'thresholdPercent', detail: `Only ${others()} have a threshold.` });
  }
  for (const field of Object.keys(law) as (keyof ContestLaw)[]) {
    if (law[field] === undefined || carried.law.includes(field)) continue;
    faults.push({ field: `law/${field}`, detail: `Only ${others()} have this rule. Remove it or change the method.` });
  }
  for (const [place, option] of options.entries()) {
    for (const field of ['threshold', 'candidates'] as const) {
      if (option[field] === undefined || carried.option.includes(field)) continue;
      faults.push({ field: `options/${place}/${field}`, detail: `Only options of ${others()} have this. Remove it.` });
    }
  }
  return faults;
}

function faultsOfThreshold({ thresholdPercent, law, options }: RuledContest): readonly ContestFault[] {
  const faults: ContestFault[] = [];
  const { threshold } = law ?? {};
  if (threshold !== undefined) {
    const { share, of, exemptFactor, group, localSeats } = threshold;
    if (thresholdPercent !== undefined) {
      faults.push({ field: 'thresholdPercent', detail: 'Give either thresholdPercent or law.threshold.' });
    }
    faults.push(...faultsOfShare('law/threshold/share', share));
    if (exemptFactor !== undefined && exemptFactor.numerator < exemptFactor.denominator) {
      faults.push({ field: 'law/threshold/exemptFactor', detail: 'The factor of exempt lists is 1 or more.' });
    }
    if (localSeats !== undefined && group === undefined) {
      const detail = 'Name the group whose local contests count.';
      faults.push({ field: 'law/threshold/group', detail });
    }
    if (group !== undefined && of === 'entitled') {
      const detail = 'Contests with a common threshold cannot take it of the people entitled. Choose another base.';
      faults.push({ field: 'law/threshold/of', detail });
    }
  }
  for (const [place, { threshold: own }] of options.entries()) {
    if (own === undefined) continue;
    const field = `options/${place}/threshold`;
    if (threshold === undefined && thresholdPercent === undefined) {
      faults.push({ field, detail: 'The contest has no threshold. Give it one, or remove that of the option.' });
    }
    if (own !== 'exempt') faults.push(...faultsOfShare(field, own));
  }
  return faults;
}

const faultsOfShare = (field: string, { numerator, denominator }: Fraction): readonly ContestFault[] =>
  numerator > denominator ? [{ field, detail: 'A share is at most 1: the numerator exceeds the denominator.' }] : [];

function faultsOfLaw({ method, law = {} }: RuledContest): readonly ContestFault[] {
  const { firstDivisor, required = [], quorum, tieRules: rules = [] } = law;
  const faults: ContestFault[] = [];
  if (firstDivisor !== undefined && isSeatMethod(method)) {
    const { divisors, name } = countingMethods[method];
    const { first, stride } = divisors;
    if (!isFirstDivisor(divisors, firstDivisor)) {
      const detail = `The first divisor of ${name} is at least ${first} and less than ${first + stride}, not ${fractionText(firstDivisor)}.`;
      faults.push({ field: 'law/firstDivisor', detail });
    }
  }
  for (const [place, requirement] of required.entries()) {
    if ('share' in requirement) faults.push(...faultsOfShare(`law/required/${place}/share`, requirement.share));
  }
  if (quorum !== undefined) faults.push(...faultsOfShare('law/quorum/share', quorum.share));
  const { tieRules: carried } = carriedBy(method);
  if (new Set(rules).size !== rules.length || rules.some((rule) => !carried.includes(rule))) {
    const detail = `Name each rule once, of ${listOf(carried)}: options with equal places have equal votes otherwise.`;
    faults.push({ field: 'law/tieRules', detail });
  }
  if (rules.includes('lower-number') && rules.at(-1) !== 'lower-number') {
    faults.push({ field: 'law/tieRules', detail: 'lower-number decides every tie. Put it last.' });
  }
  return faults;
}

function faultsOfChoices({ minChoices, maxChoices, options }: RuledContest): readonly ContestFault[] {
  const faults: ContestFault[] = [];
  if (minChoices > maxChoices) faults.push({ field: 'minChoices', detail: 'This is more than the most choices.' });
  if (maxChoices > options.length) {
    faults.push({ field: 'maxChoices', detail: 'This is more than the number of options.' });
  }
  return faults;
}

function faultsOfOptions({ options }: RuledContest): readonly ContestFault[] {
  const faults: ContestFault[] = [];
  if (new Set(options.map(({ id }) => id)).size !== options.length) {
    faults.push({ field: 'options', detail: 'Option ids repeat.' });
  }
  const numbers = new Set(options.map(({ number }) => number));
  if (numbers.size !== options.length || options.some(({ number }) => number > options.length)) {
    faults.push({ field: 'options', detail: 'Number the options 1 to n, each once.' });
  }
  return faults;
}

type LawfulContest = Pick<Contest, 'law'>;

/**
 * The rules between the contests of an election and its roll, by the place of the contest: a share of the people
 * entitled needs their number, and contests with a common threshold have the same one.
 */
export function faultsOfContests(
  contests: readonly LawfulContest[],
  hasRoll: boolean,
): readonly (ContestFault & { readonly place: number })[] {
  const groups = new Map<string, string>();
  return contests.flatMap(({ law = {} }, place) => {
    const faults: (ContestFault & { readonly place: number })[] = [];
    if (needsEntitled(law) && law.entitled === undefined && !hasRoll) {
      const detail = 'A rule is a share of the people entitled to vote, and there is no roll. Give their number.';
      faults.push({ place, field: 'law/entitled', detail });
    }
    const { group, share, of, moreThan = false, localSeats = 0 } = law.threshold ?? {};
    if (law.localOf !== undefined && !contests.some((each) => localGroupOf(each) === law.localOf)) {
      const detail = `No contest of the group ${law.localOf} lets lists take part by local contests.`;
      faults.push({ place, field: 'law/localOf', detail });
    }
    if (group === undefined) return faults;
    const local = contests.filter((each) => each.law?.localOf === group).length;
    if (local < localSeats) {
      const detail = `Of the group ${group} there are only ${local} local contests.`;
      faults.push({ place, field: 'law/threshold/localSeats', detail });
    }
    const same = JSON.stringify([share?.numerator, share?.denominator, of, moreThan, localSeats]);
    if (same !== (groups.get(group) ?? same)) {
      const detail = `Give all contests of the group ${group} the same threshold.`;
      faults.push({ place, field: 'law/threshold', detail });
    }
    if (!groups.has(group)) groups.set(group, same);
    return faults;
  });
}

/** The group whose local contests let a list take part. */
const localGroupOf = ({ law }: LawfulContest): string | undefined =>
  law?.threshold?.localSeats === undefined ? undefined : law.threshold.group;

/** Whether a rule is a share of the people entitled to vote. */
export function needsEntitled({ threshold, required = [], quorum }: ContestLaw): boolean {
  return (
    quorum !== undefined ||
    threshold?.of === 'entitled' ||
    required.some((requirement) => 'of' in requirement && requirement.of === 'entitled')
  );
}

/** Why an option cannot be withdrawn; null if it can. Every voter must still be able to make the fewest choices. */
export function faultOfWithdrawal(contest: Pick<Contest, 'minChoices' | 'options'>): string | null {
  const remaining = contest.options.filter(({ withdrawnAt }) => withdrawnAt === undefined).length - 1;
  if (remaining >= Math.max(1, contest.minChoices)) return null;
  return 'Too few options would remain in this contest. End the election instead.';
}

/** The rule for the number of options: with one there is nothing to choose, which only a rehearsal may have. */
export function faultOfOptionCount(options: number, rehearsal: boolean): string | null {
  if (rehearsal || options >= optionsMin) return null;
  return `Give at least ${optionsMin} options: with one there is nothing to choose.`;
}

/**
 * The rule for the kinds of options: parties and individuals are never options of the same contest, and only parties
 * can take several seats. An option without a kind, such as "Yes", may be in any contest.
 */
export function faultsOfKinds(
  method: CountingMethod,
  kinds: readonly (OptionKind | undefined)[],
): readonly OptionFault[] {
  const sharesSeats = isSeatMethod(method);
  const allowed = sharesSeats ? 'party' : kinds.find((kind) => kind !== undefined);
  const detail = sharesSeats
    ? `An individual cannot share seats: ${method} takes parties only. Remove it or change the method.`
    : 'A contest is between parties or between individuals, not both. Remove it, or split the contest.';
  return kinds.flatMap((kind, place) => (kind === undefined || kind === allowed ? [] : [{ place, detail }]));
}

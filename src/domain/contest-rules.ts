// The rules for every contest, as data: which field breaks a rule and how to correct it. Schemas and services call
// these functions and add no other rule.
import { isSeatMethod, seatMethodNames } from './counting/method-table.ts';
import type { CountingMethod } from './counting/method-table.ts';
import type { Contest, Option } from './election.ts';

/** Fewest options of a contest outside rehearsals. */
const optionsMin = 2;

export type OptionKind = NonNullable<Option['kind']>;
/** A rule that a contest breaks: the field, and the message for the author. */
export type ContestFault = { readonly field: string; readonly detail: string };
/** A rule that an option breaks; `place` counts from 0. */
export type OptionFault = { readonly place: number; readonly detail: string };

type RuledContest = Pick<Contest, 'method' | 'minChoices' | 'maxChoices' | 'seats' | 'thresholdPercent'> & {
  readonly options: readonly Pick<Option, 'id' | 'number'>[];
};

const seatMethodList = new Intl.ListFormat('en').format(seatMethodNames);

/** Every rule that the contest breaks, except those about the kinds of its options. */
export function faultsOfContest(contest: RuledContest): readonly ContestFault[] {
  return [...faultsOfSeats(contest), ...faultsOfChoices(contest), ...faultsOfOptions(contest)];
}

function faultsOfSeats({ method, seats, thresholdPercent }: RuledContest): readonly ContestFault[] {
  const sharesSeats = isSeatMethod(method);
  const faults: ContestFault[] = [];
  if (sharesSeats !== (seats !== undefined)) {
    faults.push({ field: 'seats', detail: `Give seats for ${seatMethodList}, and only for them.` });
  }
  if (!sharesSeats && thresholdPercent !== undefined) {
    faults.push({ field: 'thresholdPercent', detail: `Only ${seatMethodList} have a threshold.` });
  }
  return faults;
}

function faultsOfChoices({ minChoices, maxChoices, options }: RuledContest): readonly ContestFault[] {
  const faults: ContestFault[] = [];
  if (minChoices > maxChoices) faults.push({ field: 'minChoices', detail: 'minChoices is greater than maxChoices.' });
  if (maxChoices > options.length) {
    faults.push({ field: 'maxChoices', detail: 'maxChoices is greater than the number of options.' });
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

// Marks of suggested values in a draft. The service stores only complete elections, so the panel fills the empty parts of
// a new one with suggestions. Each has a mark that no person writes: a special ID, a part of a second in both times, one
// second too many. Saving a step of the panel removes its marks. No election is announced while it has one.

const suggestedPrefix = 'suggested-';
/** The stem of marked IDs, such as "suggested-1". */
export const suggestedStem = suggestedPrefix.slice(0, -1);
/** Of texts and numbers that fields do not show. */
export const suggestedBlankPrefix = `${suggestedPrefix}blank-`;

const minuteMs = 60_000;
/** Milliseconds after a whole minute. They differ, so that two times that a program computes are not taken for marks. */
const openingMarkMs = 1;
const closingMarkMs = 501;
/** The suggested time to vote: a quarter of an hour and one second. */
export const suggestedSeconds = 901;

const wholeMinute = (ms: number): number => Math.floor(ms / minuteMs) * minuteMs;
const isMarked = (instant: string, markMs: number): boolean => Date.parse(instant) % minuteMs === markMs;

/** For an option: its text was suggested. For a contest: its counting rule was. */
export const isSuggestedId = (id: string): boolean => id.startsWith(suggestedPrefix);
/** For an option: its text is empty in the form. For a contest: the numbers of its counting rule are. */
export const isBlankId = (id: string): boolean => id.startsWith(suggestedBlankPrefix);

type Times = { readonly opensAt: string; readonly closesAt: string };

/** Suggested times, in milliseconds since 1970, with their marks. */
export const suggestedTimes = (opensMs: number, closesMs: number): Times => ({
  opensAt: new Date(wholeMinute(opensMs) + openingMarkMs).toISOString(),
  closesAt: new Date(wholeMinute(closesMs) + closingMarkMs).toISOString(),
});
/** Both times have their mark. One alone was written by a person. */
const areSuggestedTimes = ({ opensAt, closesAt }: Times): boolean =>
  isMarked(opensAt, openingMarkMs) && isMarked(closesAt, closingMarkMs);
/** A time without the mark of a suggestion. */
export const unmarkedTime = (instant: string): string =>
  isMarked(instant, openingMarkMs) || isMarked(instant, closingMarkMs)
    ? new Date(wholeMinute(Date.parse(instant))).toISOString()
    : instant;

export const isSuggestedLife = (seconds: number): boolean => seconds === suggestedSeconds;

type Written = Times & {
  readonly verification: { readonly verifiedSecondsMax: number };
  readonly contests: readonly { readonly id: string; readonly options: readonly { readonly id: string }[] }[];
};

const details = {
  times: 'These times are only suggested. Save the dates, or write other times.',
  options:
    'These options are only suggested. Enter the options of this election. Their IDs do not begin with "suggested-".',
  rule: 'This counting rule is only suggested. Save it, or give the contest an ID that does not begin with "suggested-".',
  voters: `Who can vote, and how, is only suggested: the mark is ${suggestedSeconds} seconds. Save it, or write another time to vote.`,
} as const;

/** The suggestions that no one has replaced or accepted, each with its path. */
export function suggestionFaults({ contests, verification, ...times }: Written): readonly {
  readonly path: string;
  readonly detail: string;
}[] {
  return [
    ...(areSuggestedTimes(times) ? [{ path: 'opensAt', detail: details.times }] : []),
    ...contests.flatMap(({ id, options }, place) => [
      ...(options.some((option) => isSuggestedId(option.id))
        ? [{ path: `contests/${place}/options`, detail: details.options }]
        : []),
      ...(isSuggestedId(id) ? [{ path: `contests/${place}/method`, detail: details.rule }] : []),
    ]),
    ...(isSuggestedLife(verification.verifiedSecondsMax)
      ? [{ path: 'verification/verifiedSecondsMax', detail: details.voters }]
      : []),
  ];
}

// Turnout in words: how many voted, by channel, in rounded numbers; never any vote.
import type { ShownTurnout } from '../../../protocol/control/election-lifecycle-api.ts';
import { countText, numberText, resultNumbers } from '../words.ts';

export const castOf = ({ channels }: ShownTurnout): number => channels.online + channels.batches;

/** The noun after the number of ballots, such as "ballots so far". */
export const ballotNoun = (turnout: ShownTurnout): string =>
  `${castOf(turnout) === 1 ? 'ballot' : 'ballots'}${turnout.final ? '' : ' so far'}`;

/** The size of the roll, where there is one. */
export function eligibleWords(turnout: ShownTurnout): string {
  const { eligible } = turnout;
  if (eligible === null) return 'Open poll without a roll.';
  const of = `${countText(eligible, 'person', 'people')} on the roll`;
  if (eligible === 0) return `${of}.`;
  return `${of}. Turnout ${resultNumbers.turnoutShare({ numerator: castOf(turnout), denominator: eligible })}.`;
}

export function turnoutWords(turnout: ShownTurnout): string {
  return `${countText(castOf(turnout), 'ballot')}. ${eligibleWords(turnout)}`;
}

/** Why the numbers are rounded; null where they are exact. */
export function stepWords(step: number): string | null {
  if (step === 1) return null;
  const steps = numberText(step);
  return `Until voting closes, numbers are rounded down to multiples of ${steps}. This keeps each person’s vote private.`;
}

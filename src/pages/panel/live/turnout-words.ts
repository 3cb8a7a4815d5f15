// Turnout in words. It says how many, by channel and in the steps in which it is told, and never what.
import { percentText } from '../../../domain/counting/share.ts';
import type { ShownTurnout } from '../../../protocol/control/election-lifecycle-api.ts';
import { numberText } from '../words.ts';

export const castOf = ({ channels }: ShownTurnout): number => channels.online + channels.batches;

/** Of how many, where there is a roll. */
export function eligibleWords(turnout: ShownTurnout): string {
  const { eligible } = turnout;
  if (eligible === null) return 'An open poll: there is no count of who may vote.';
  const of = `of ${numberText(eligible)} people on the roll`;
  if (eligible === 0) return of;
  return `${of}, ${percentText({ numerator: castOf(turnout), denominator: eligible }, 1)}\u00A0%`;
}

export function turnoutWords(turnout: ShownTurnout): string {
  return `${numberText(castOf(turnout))} ballots. ${eligibleWords(turnout)}`;
}

/** Why numbers move as they do; nothing where they are exact. */
export function stepWords(step: number): string | null {
  if (step === 1) return null;
  const steps = numberText(step);
  return `Until the end numbers of voters move in whole steps of ${steps}, rounded down, so that nobody can watch a single person vote.`;
}

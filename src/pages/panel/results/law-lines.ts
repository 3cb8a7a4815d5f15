// The law around a contest in the panel's words: what votes had to reach, what the rules for ties decided, which lists
// are full. The public page states the same facts.
import type { Base, TieRule } from '../../../domain/counting/contest-law.ts';
import type { CountedQuorum } from '../../../domain/counting/quorum.ts';
import type { ReadThreshold } from '../../../domain/counting/threshold.ts';
import type { TieDecision } from '../../../domain/counting/tie.ts';
import type { SeatFacts } from '../../../domain/results/seat-facts.ts';
import type { WinnerFacts } from '../../../domain/results/winner-facts.ts';
import { countText, numberText, resultNumbers } from '../words.ts';
import type { PanelContestView } from './contest-view.ts';

type Names = Pick<PanelContestView, 'nameOf' | 'namesOf'>;

export const baseWords: Readonly<Record<Base, string>> = {
  votes: 'the votes',
  valid: 'the valid ballots',
  'valid-and-blank': 'the valid ballots and abstentions',
  cast: 'all ballots cast',
  entitled: 'the people who may vote',
};
export const tieRuleWords: Readonly<Record<TieRule, string>> = {
  'more-votes': 'more votes',
  'lower-number': 'the lower number on the ballot',
};

/** Such as "more than 5% of all ballots cast". */
export const partWords = ({
  share,
  of,
  moreThan,
}: Pick<ReadThreshold, 'share' | 'of'> & { moreThan?: boolean | undefined }) =>
  `${moreThan === true ? 'more than ' : ''}${resultNumbers.exactShare(share)} of ${baseWords[of]}`;

/** Who takes part in the sharing of the seats, and how their votes count. */
export function seatLawWords({ nameOf, namesOf }: Names, facts: SeatFacts): string[] {
  const { threshold, hasGroup, local, quorum, ownThresholds, multiplied, fullLists } = facts;
  const lines: string[] = quorum === null ? [] : [quorumWords(quorum)];
  if (threshold !== null) {
    const n = numberText(threshold.votesNeeded);
    lines.push(`Only lists with at least ${n} votes take part. That is ${partWords(threshold)}.`);
  }
  if (hasGroup) lines.push('For the threshold, the votes of all contests of the group count together.');
  if (local !== null) {
    lines.push(
      `A list with fewer votes takes part too if it wins at least ${countText(local.needed, 'local contest')}.`,
    );
    if (local.options.length > 0) lines.push(`So these lists take part: ${namesOf(local.options)}.`);
  }
  const exempt = ownThresholds.filter(({ votesNeeded }) => votesNeeded === 0).map(({ optionId }) => optionId);
  if (exempt.length > 0) lines.push(`No threshold applies to ${namesOf(exempt)}.`);
  for (const { optionId, votesNeeded } of ownThresholds) {
    if (votesNeeded > 0) lines.push(`${nameOf(optionId)} needs at least ${numberText(votesNeeded)} votes.`);
  }
  if (multiplied !== null) {
    lines.push(
      `The quotients of ${namesOf(multiplied.options)} are multiplied by ${resultNumbers.exactNumber(multiplied.factor)}.`,
    );
  }
  if (fullLists.length > 0) {
    lines.push(`All candidates of these lists have a seat: ${namesOf(fullLists)}. Further seats went to other lists.`);
  }
  return lines;
}

/** What a winner needs, and whether enough people took part. */
export function winnerLawWords({ required, quorum }: WinnerFacts): string[] {
  const lines = required.map((requirement) => {
    const needed = `To be elected, an option needs at least ${numberText(requirement.votesNeeded)} votes`;
    return 'votes' in requirement ? `${needed}.` : `${needed}: ${partWords(requirement)}.`;
  });
  return quorum === null ? lines : [...lines, quorumWords(quorum)];
}

function quorumWords({ share, moreThan, ballots, ballotsNeeded }: CountedQuorum): string {
  const part = partWords({ share, moreThan, of: 'entitled' });
  return `Quorum: at least ${numberText(ballotsNeeded)} ballots, ${part}. ${numberText(ballots)} count for it.`;
}

/** What each rule for ties decided, before any drawing of lots. */
export function decisionWords({ namesOf }: Names, decisions: readonly TieDecision[]): string[] {
  return decisions.map(({ rule, tied, winners, equal }) => {
    const parts = [`${namesOf(tied)} were equal. This rule decided: ${tieRuleWords[rule]}.`];
    if (winners.length > 0) parts.push(`It gave the seat to ${namesOf(winners)}.`);
    if (equal.length > 0) parts.push(`It left ${namesOf(equal)} equal.`);
    return parts.join(' ');
  });
}

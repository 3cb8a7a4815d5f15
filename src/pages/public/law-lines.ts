// The law around a contest in sentences: what votes had to reach, what the rules for ties decided, which lists are full.
import type { CountedQuorum } from '../../domain/counting/quorum.ts';
import type { TieDecision } from '../../domain/counting/tie.ts';
import type { SeatFacts } from '../../domain/results/seat-facts.ts';
import type { WinnerFacts } from '../../domain/results/winner-facts.ts';
import type { Title } from '../../domain/election.ts';
import type { Words } from './words.ts';

type View = {
  readonly words: Words;
  titleOf(optionId: string): Title;
  nameOf(optionId: string): string;
  namesOf(optionIds: readonly string[]): string;
};

/** Who takes part in the sharing of the seats, and how their votes count. */
export function seatLawLines({ words, nameOf, namesOf, titleOf }: View, facts: SeatFacts): string[] {
  const { threshold, hasGroup, local, quorum, ownThresholds, multiplied, fullLists } = facts;
  const lines: string[] = quorum === null ? [] : [quorumLine(words, quorum)];
  if (threshold !== null) {
    const { votesNeeded, share, of, moreThan } = threshold;
    const values = { n: words.number(votesNeeded), percent: words.exactShare(share), base: words.base(of) };
    lines.push(words.text(moreThan === true ? 'howThresholdMore' : 'howThreshold', values));
  }
  if (hasGroup) lines.push(words.text('groupThreshold'));
  if (local !== null) {
    lines.push(words.counted('localThreshold', local.needed));
    if (local.options.length > 0) lines.push(words.text('localLists', { names: namesOf(local.options) }));
  }
  const exempt = ownThresholds.filter(({ votesNeeded }) => votesNeeded === 0).map(({ optionId }) => optionId);
  if (exempt.length > 0) lines.push(words.noThreshold(exempt.map(titleOf)));
  for (const { optionId, votesNeeded } of ownThresholds) {
    if (votesNeeded === 0) continue;
    lines.push(words.text('ownThreshold', { name: nameOf(optionId), n: words.number(votesNeeded) }));
  }
  if (multiplied !== null) {
    const factor = words.exactNumber(multiplied.factor);
    lines.push(words.text('multiplied', { names: namesOf(multiplied.options), factor }));
  }
  if (fullLists.length > 0) lines.push(words.text('fullLists', { names: namesOf(fullLists) }));
  return lines;
}

/** What a winner needs, and whether enough people took part. */
export function winnerLawLines({ words }: Pick<View, 'words'>, { required, quorum }: WinnerFacts): string[] {
  const lines = required.map((requirement) => {
    const n = words.number(requirement.votesNeeded);
    if ('votes' in requirement) return words.text('requiredVotes', { n });
    const { share, of, moreThan } = requirement;
    const values = { n, percent: words.exactShare(share), base: words.base(of) };
    return words.text(moreThan === true ? 'requiredMore' : 'requiredShare', values);
  });
  return quorum === null ? lines : [...lines, quorumLine(words, quorum)];
}

function quorumLine(words: Words, { share, moreThan, ballots, ballotsNeeded }: CountedQuorum): string {
  const values = {
    n: words.number(ballotsNeeded),
    percent: words.exactShare(share),
    base: words.base('entitled'),
    ballots: words.number(ballots),
  };
  return words.text(moreThan === true ? 'quorumMore' : 'quorum', values);
}

/** What each rule for ties decided, before any drawing of lots. */
export function decisionLines({ words, namesOf }: View, decisions: readonly TieDecision[]): string[] {
  return decisions.map(({ rule, tied, winners, equal }) => {
    const parts = [words.text('ruleDecided', { names: namesOf(tied), rule: words.text(`rule-${rule}`) })];
    if (winners.length > 0) parts.push(words.text('ruleWon', { names: namesOf(winners) }));
    if (equal.length > 0) parts.push(words.text('ruleEqual', { names: namesOf(equal) }));
    return parts.join(words.sentenceSpace);
  });
}

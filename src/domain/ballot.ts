// A ballot and the verdict on it. A valid ballot has exactly one canonical form, so that the same choices in another
// order are the same ballot, byte for byte. Retries and receipts depend on it.
import type { Contest } from './election.ts';

export type ContestChoice = { readonly contestId: string; readonly choices: readonly string[] };
export type Ballot = { readonly contests: readonly ContestChoice[] };

export type BallotFault = {
  readonly contestId: string;
  readonly fault:
    | 'unknown-contest'
    | 'repeated-contest'
    | 'missing-contest'
    | 'unknown-option'
    | 'repeated-option'
    | 'too-few'
    | 'too-many'
    | 'no-abstention';
  readonly detail: string;
};

export type WithdrawnChoice = Pick<BallotFault, 'contestId' | 'detail'>;

export type BallotVerdict =
  | { readonly valid: true; readonly ballot: Ballot }
  | { readonly valid: false; readonly faults: readonly BallotFault[] };

/**
 * Judges a ballot against its election's contests. Every contest must be answered once; an abstention is an empty list
 * if the contest offers it. The valid ballot is returned in canonical order: contests as in the election, choices by
 * their number on the ballot.
 */
export function judgeBallot(contests: readonly Contest[], ballot: Ballot): BallotVerdict {
  const contestsById = new Map(contests.map((contest) => [contest.id, contest]));
  const answers = new Map<string, readonly string[]>();
  const faults: BallotFault[] = [];
  for (const { contestId, choices } of ballot.contests) {
    if (!contestsById.has(contestId)) {
      faults.push({ contestId, fault: 'unknown-contest', detail: 'This election has no such contest.' });
    } else if (answers.has(contestId)) {
      faults.push({ contestId, fault: 'repeated-contest', detail: 'Answer each contest once.' });
    } else answers.set(contestId, choices);
  }
  const judged = contests.map((contest) => judgeContest(contest, answers.get(contest.id), faults));
  return faults.length > 0 ? { valid: false, faults } : { valid: true, ballot: { contests: judged } };
}

function judgeContest(contest: Contest, choices: readonly string[] | undefined, faults: BallotFault[]): ContestChoice {
  const contestId = contest.id;
  const addFault = (fault: BallotFault['fault'], detail: string): void =>
    void faults.push({ contestId, fault, detail });
  if (choices === undefined) {
    addFault('missing-contest', 'Answer this contest; an abstention is an empty list where it is offered.');
    return { contestId, choices: [] };
  }
  const numbers = new Map(contest.options.map((option) => [option.id, option.number]));
  const distinct = new Set(choices);
  if (choices.some((choice) => !numbers.has(choice)))
    addFault('unknown-option', 'Choose only options of this contest.');
  if (distinct.size !== choices.length) addFault('repeated-option', 'Choose each option at most once.');
  if (choices.length > contest.maxChoices) addFault('too-many', `Choose at most ${contest.maxChoices}.`);
  if (choices.length === 0) {
    if (!contest.abstain && contest.minChoices > 0) addFault('no-abstention', 'This contest offers no abstention.');
  } else if (choices.length < contest.minChoices) addFault('too-few', `Choose at least ${contest.minChoices}.`);
  const ordered = [...distinct].sort((a, b) => (numbers.get(a) ?? 0) - (numbers.get(b) ?? 0));
  return { contestId, choices: ordered };
}

/** The chosen options that were withdrawn, as faults. A new ballot with one is rejected; a recorded ballot stays valid. */
export function withdrawnChoices(contests: readonly Contest[], ballot: Ballot): readonly WithdrawnChoice[] {
  const choicesOf = new Map(ballot.contests.map(({ contestId, choices }) => [contestId, new Set(choices)]));
  return contests.flatMap(({ id: contestId, options }) =>
    options
      .filter(({ id, withdrawnAt }) => withdrawnAt !== undefined && choicesOf.get(contestId)?.has(id) === true)
      .map(({ number }) => ({ contestId, detail: `Option ${number} was withdrawn. Choose another one.` })),
  );
}

/**
 * The bytes in which a ballot is hashed, sealed and stored, as text: its RFC 8785 form (fields in the order of their
 * names, no white space). Only for ballots that `judgeBallot` returned.
 */
export function canonicalBallotText(ballot: Ballot): string {
  return JSON.stringify({
    contests: ballot.contests.map(({ choices, contestId }) => ({ choices, contestId })),
  });
}

/** Length in UTF-8 bytes of the longest valid ballot of these contests. Every ballot of them is padded to it. */
export function ballotBytesMax(contests: readonly Contest[], byteLength: (text: string) => number): number {
  const longest = contests.map((contest) => ({
    contestId: contest.id,
    choices: contest.options
      .map((option) => option.id)
      .sort((a, b) => byteLength(JSON.stringify(b)) - byteLength(JSON.stringify(a)))
      .slice(0, contest.maxChoices),
  }));
  return byteLength(canonicalBallotText({ contests: longest }));
}

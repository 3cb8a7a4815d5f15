// The text of a ballot: the RFC 8785 form of {"contests":[{"choices":[…],"contestId":…},…]}, with the contests in the order
// of the manifest and the choices in the order of their numbers.
import type { ContestDocument } from './contest-document.ts';
import { listShape, localIdShape, membersShape } from './shapes.ts';
import { canonicalJson, parseStrictJson } from './strict-json.ts';

/** Most choices of a contest, and most contests. */
const choicesMax = 500;

const ballotShape = membersShape({
  contests: listShape(
    membersShape({ choices: listShape(localIdShape, choicesMax), contestId: localIdShape }),
    choicesMax,
  ),
});

/** Adds up ballots: for each contest the votes of its options, and the ballots with and without a choice. */
export type ContestTally = { readonly votes: Map<string, number>; valid: number; abstained: number };
export type BallotTally = {
  /** Adds a ballot; false if it is not valid or not in its canonical form, and then nothing is added. */
  readonly add: (text: Buffer) => boolean;
  readonly of: (contestId: string) => ContestTally | undefined;
};

export function createBallotTally(contests: readonly ContestDocument[]): BallotTally {
  const tallies = new Map<string, ContestTally>(
    contests.map(({ id }) => [id, { votes: new Map<string, number>(), valid: 0, abstained: 0 }]),
  );
  const rules = contests.map((contest) => ({
    contest,
    numbers: new Map(contest.options.map(({ id, number }) => [id, number])),
  }));
  return {
    add: (text) => {
      const json = parseStrictJson(text);
      const ballot = json === undefined ? undefined : ballotShape(json);
      if (json === undefined || ballot === undefined) return false;
      const canonical = Buffer.from(canonicalJson(json)).equals(text);
      const answered =
        ballot.contests.length === rules.length &&
        rules.every(({ contest, numbers }, place) => {
          const answer = ballot.contests[place];
          return answer?.contestId === contest.id && isAllowed(contest, numbers, answer.choices);
        });
      if (!canonical || !answered) return false;
      for (const { contestId, choices } of ballot.contests) count(tallies.get(contestId), choices);
      return true;
    },
    of: (contestId) => tallies.get(contestId),
  };
}

function isAllowed(
  { minChoices, maxChoices, abstain }: ContestDocument,
  numbers: ReadonlyMap<string, number>,
  choices: readonly string[],
): boolean {
  if (choices.length === 0) return abstain || minChoices === 0;
  const places = choices.map((choice) => numbers.get(choice) ?? 0);
  const ascending = places.every((place, at) => place > (places[at - 1] ?? 0));
  return ascending && choices.length >= minChoices && choices.length <= maxChoices;
}

function count(tally: ContestTally | undefined, choices: readonly string[]): void {
  if (tally === undefined) return;
  if (choices.length === 0) tally.abstained += 1;
  else tally.valid += 1;
  for (const choice of choices) tally.votes.set(choice, (tally.votes.get(choice) ?? 0) + 1);
}

// Parses the canonical texts of an election's ballots. It caches answers by their text, which makes large counts fast.
// It accepts exactly the output of `canonicalBallotText`. Errors never quote a text.
import type { Ballot, ContestChoice } from '../../../domain/ballot.ts';
import { NotCanonical } from '../../../domain/counting/tally.ts';

/** Most cached answers for one contest, a few megabytes. */
const answersKeptMax = 20_000;

const head = '{"contests":[';
const tail = ']}';

export type BallotReader = (text: string) => Ballot;

/** Creates a reader for the contests of an election, in their order. It throws `NotCanonical` for any other text. */
export function createBallotReader(contests: readonly { readonly id: string }[]): BallotReader {
  const columns = contests.map(({ id }) => ({
    ending: `,"contestId":${JSON.stringify(id)}}`,
    read: createAnswers(id),
  }));
  return (text) => {
    let at = head.length;
    const answers = columns.map(({ ending, read }, index) => {
      if (index > 0 && text[at++] !== ',') throw new NotCanonical(null, 'it has another form');
      const end = text.indexOf(ending, at);
      if (end < 0) throw new NotCanonical(null, 'it has another form');
      const start = at;
      at = end + ending.length;
      return read(text.slice(start, at));
    });
    if (!text.startsWith(head) || text.slice(at) !== tail) throw new NotCanonical(null, 'it has another form');
    return { contests: answers };
  };
}

function createAnswers(contestId: string): (text: string) => ContestChoice {
  const answers = new Map<string, ContestChoice>();
  return (text) => {
    const existing = answers.get(text);
    if (existing !== undefined) return existing;
    const answer = answerOf(contestId, text);
    if (answers.size >= answersKeptMax) answers.clear();
    answers.set(text, answer);
    return answer;
  };
}

function answerOf(contestId: string, text: string): ContestChoice {
  let choices: unknown;
  try {
    ({ choices } = JSON.parse(text) as { choices?: unknown });
  } catch {
    // The error of JSON.parse quotes the text, so it is dropped.
    choices = null;
  }
  if (!Array.isArray(choices) || JSON.stringify({ choices: choices as unknown[], contestId }) !== text) {
    throw new NotCanonical(contestId, 'its answer has another form');
  }
  return { contestId, choices: choices as string[] };
}

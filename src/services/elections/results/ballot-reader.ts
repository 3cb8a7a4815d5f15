// Reads the canonical texts of ballots of one election, many of them, fast: the answer to a contest that was read once
// is known by its text from then on. What is read is exactly what `canonicalBallotText` writes; an error never quotes it.
import type { Ballot, ContestChoice } from '../../../domain/ballot.ts';
import { NotCanonical } from '../../../domain/counting/tally.ts';

/** Most answers to one contest that are remembered: a few megabytes. */
const answersKeptMax = 20_000;

const head = '{"contests":[';
const tail = ']}';

export type BallotReader = (text: string) => Ballot;

/** A reader for the contests of an election, in their order. It throws `NotCanonical` for anything else. */
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
    // The parser's own error quotes the text.
    choices = null;
  }
  if (!Array.isArray(choices) || JSON.stringify({ choices: choices as unknown[], contestId }) !== text) {
    throw new NotCanonical(contestId, 'its answer has another form');
  }
  return { contestId, choices: choices as string[] };
}

// The fast reader of ballots reads exactly the canonical ones, with the same result as the simple reader.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonicalBallotText } from '../../../../src/domain/ballot.ts';
import { NotCanonical } from '../../../../src/domain/counting/tally.ts';
import { createBallotReader } from '../../../../src/services/elections/results/ballot-reader.ts';

const contests = [{ id: 'a' }, { id: 'b.c-d' }, { id: '_' }];
const choices = fc.array(fc.stringMatching(/^[A-Za-z0-9_.-]{1,8}$/), { maxLength: 4 });
const ballots = fc.tuple(choices, choices, choices).map((all) => ({
  contests: all.map((choices, index) => ({ contestId: contests[index]?.id ?? '', choices: choices })),
}));

describe('A reader of ballots', () => {
  test('A reader of ballots gives back every canonical ballot, also one that it has read before', () => {
    const read = createBallotReader(contests);
    fc.assert(
      fc.property(ballots, (ballot) => {
        const text = canonicalBallotText(ballot);
        expect(read(text)).toEqual(ballot);
        expect(read(text)).toEqual(ballot);
      }),
    );
  });

  test('A reader of ballots takes nothing else: whatever is cut, inserted or turned around', () => {
    const read = createBallotReader(contests);
    fc.assert(
      fc.property(ballots, fc.nat(), fc.nat(), fc.string({ maxLength: 3 }), (ballot, from, length, put) => {
        const text = canonicalBallotText(ballot);
        const at = from % text.length;
        const changed = text.slice(0, at) + put + text.slice(at + (length % 4));
        let expected: unknown;
        try {
          const parsed = JSON.parse(changed) as typeof ballot;
          const same =
            canonicalBallotText(parsed) === changed && parsed.contests.every((one) => Array.isArray(one.choices));
          const ordered =
            parsed.contests.map(({ contestId }) => contestId).join() === contests.map(({ id }) => id).join();
          expected = same && ordered ? parsed : null;
        } catch {
          expected = null;
        }
        if (expected === null) expect(() => read(changed)).toThrow(NotCanonical);
        else expect(read(changed)).toEqual(expected);
      }),
      { numRuns: 2_000 },
    );
  });

  test.each([
    '',
    '{}',
    '{"contests":[]}',
    ' {"contests":[{"choices":[],"contestId":"a"},{"choices":[],"contestId":"b.c-d"},{"choices":[],"contestId":"_"}]}',
    '{"contests":[{"choices":[],"contestId":"a"},{"choices":[],"contestId":"b.c-d"},{"choices":[],"contestId":"_"}]} ',
    '{"contests":[{"choices":[],"contestId":"a"};{"choices":[],"contestId":"b.c-d"},{"choices":[],"contestId":"_"}]}',
    '{"contests":[{"choices":"x","contestId":"a"},{"choices":[],"contestId":"b.c-d"},{"choices":[],"contestId":"_"}]}',
    '{"contests":[{"choices":[],"contestId":"a"},{"choices":[],"contestId":"_"},{"choices":[],"contestId":"b.c-d"}]}',
    '{"contests":[{"choices":[],"contestId":"a"},{"choices":[],"contestId":"b.c-d"},{"choices":[],"contestId":"_"}]}}',
    '{"contests":[{"choices":[],"choices":[],"contestId":"a"},{"choices":[],"contestId":"b.c-d"},{"choices":[],"contestId":"_"}]}',
  ])('A reader of ballots refuses %j and quotes nothing of it', (text) => {
    const read = createBallotReader(contests);
    let message = '';
    try {
      read(text);
    } catch (error) {
      expect(error).toBeInstanceOf(NotCanonical);
      ({ message } = error as Error);
    }
    expect(message).toMatch(/^a ballot is not canonical/);
    expect(message).not.toContain('choices"');
  });
});

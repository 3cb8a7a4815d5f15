// What a new election of the panel begins as: each template and the example are complete requests whose rules hold.
import { expect, test } from 'vitest';
import { announcementFaults } from '../../../../src/domain/election.ts';
import { faultsOfContest } from '../../../../src/domain/contest-rules.ts';
import { suggestionFaults } from '../../../../src/domain/suggested-values.ts';
import { exampleElection } from '../../../../src/pages/panel/elections/example/example-election.ts';
import { readRule, ruleFaults } from '../../../../src/pages/panel/elections/draft/rule-form.ts';
import { suggestedElection } from '../../../../src/pages/panel/elections/draft/suggestions.ts';
import { electionTypes } from '../../../../src/pages/panel/elections/draft/templates.ts';
import { allTexts } from '../../../../src/pages/public/languages/all-texts.ts';
import { languageTags } from '../../../../src/pages/public/languages/languages.ts';
import { electionRequest } from '../../../../src/protocol/control/elections-api.ts';
import type { ElectionRequest } from '../../../../src/protocol/control/elections-api.ts';

const now = Date.parse('2026-11-30T12:34:56Z');
const types = electionTypes.map(([type]) => type);

/** Contests as the service stores them: each option has an ID and a number. */
const stored = (contests: ElectionRequest['contests']) =>
  contests.map((contest) => ({
    ...contest,
    id: contest.id ?? 'contest',
    options: contest.options.map((option, index) => ({
      ...option,
      id: option.id ?? `option-${index + 1}`,
      number: index + 1,
    })),
  }));

test.each(types.flatMap((type) => languageTags.map((language) => [type, language] as const)))(
  'A new %s election in %s is a complete request, and none of its rules is broken',
  (type, language) => {
    const place = { id: 'e', title: 'E', organiser: '', language, timeZone: 'Asia/Hong_Kong' };
    for (const rehearsal of [true, false]) {
      const body = suggestedElection({ ...place, type, rehearsal }, allTexts[language].suggestions, now);
      const request = electionRequest.parse(body);
      const contests = stored(request.contests);
      expect(contests.flatMap(faultsOfContest)).toEqual([]);
      // No one has reviewed it.
      const paths = suggestionFaults({ ...request, contests }).map(({ path }) => path);
      expect(paths).toEqual(expect.arrayContaining(['contests/0/options', 'contests/0/method']));
    }
  },
);

test('The form of the counting rule shows what a template suggests', () => {
  const ruleOf = (type: (typeof types)[number]) => {
    const place = { id: 'e', title: 'E', organiser: '', language: 'en', rehearsal: true, timeZone: 'UTC' };
    const request = electionRequest.parse(suggestedElection({ ...place, type }, allTexts.en.suggestions, now));
    const [contest] = stored(request.contests);
    if (contest === undefined) throw new Error('no contest');
    return readRule(contest);
  };
  expect(ruleOf('board')).toMatchObject({ method: 'approval', seats: '3', maxChoices: '3', abstain: false });
  expect(ruleOf('budget')).toMatchObject({ method: 'approval', seats: '3', maxChoices: '3', abstain: true });
  expect(ruleOf('referendum')).toMatchObject({
    required: [{ amount: '50', of: 'valid', moreThan: true }],
    abstain: true,
  });
  // Only the organiser knows the seats of a chamber.
  expect(ruleOf('parliamentary')).toMatchObject({ seats: '', threshold: '' });
  expect(ruleFaults(ruleOf('referendum'), 0, [])).toEqual([]);
});

test('The example is a rehearsal that can be announced as it is, and opens then', () => {
  const request = electionRequest.parse(exampleElection('example-1', 'Asia/Hong_Kong', now));
  const contests = stored(request.contests);
  expect(request).toMatchObject({ rehearsal: true, opensAt: '2026-11-30T12:34:00.000Z' });
  expect(contests.flatMap(faultsOfContest)).toEqual([]);
  expect(suggestionFaults({ ...request, contests })).toEqual([]);
  expect(announcementFaults(request)).toEqual([]);
});

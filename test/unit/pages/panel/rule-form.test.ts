// The counting rule as a form: what is typed is what is counted, a law that was saved elsewhere is kept, and the
// example counts by the rule.
import { describe, expect, test } from 'vitest';
import { faultsOfContest } from '../../../../src/domain/contest-rules.ts';
import type { ContestDraft } from '../../../../src/pages/panel/elections/draft/definition.ts';
import { readAmount, readShare, shareField } from '../../../../src/pages/panel/elections/draft/exact-amount.ts';
import { exampleOf } from '../../../../src/pages/panel/elections/draft/rule-example.ts';
import { readRule, ruleFaults, writeRule } from '../../../../src/pages/panel/elections/draft/rule-form.ts';
import type { RuleForm } from '../../../../src/pages/panel/elections/draft/rule-form.ts';
import { stepOf } from '../../../../src/pages/panel/elections/draft/steps.ts';
import { ruleText } from '../../../../src/pages/panel/elections/describe.ts';
import { lawCases } from '../../../support/law-cases.ts';
import { resultCases } from '../../../support/result-cases.ts';

const fraction = (numerator: number, denominator: number) => ({ numerator, denominator });
const draftOf = (name: string): ContestDraft =>
  lawCases.find((each) => each.name === name)!.contest as unknown as ContestDraft;
const ids = ({ options }: ContestDraft): string[] => options.map(({ id }) => id);

test.each([
  ['5', fraction(1, 20)],
  ['3.25 %', fraction(13, 400)],
  ['3,25', fraction(13, 400)],
  ['0', fraction(0, 1)],
  ['1/150', fraction(1, 150)],
  ['2 / 3', fraction(2, 3)],
  ['３．２５％', fraction(13, 400)],
  ['१／१५०', fraction(1, 150)],
  ['\u2068٣\u066B٢٥\u066A\u2069', fraction(13, 400)],
  ['4.9999999999', fraction(49_999_999_999, 1_000_000_000_000)],
])('The share %s is read exactly, and saved so that it is read again', (text, share) => {
  expect(readShare(text)).toEqual(share);
  expect(readShare(shareField(share))).toEqual(share);
});

test.each([
  '',
  ' ',
  'five',
  '5.',
  '.5',
  '-5',
  '1/0',
  '1/',
  '5 percent',
  '1e3',
  '5.12345678901',
  '1½',
  '999999999999.9999999999',
])('The text "%s" is no share', (text) => {
  expect(readShare(text)).toBeNull();
});

test('A factor is read as a number and not as a percentage', () => {
  expect([readAmount('1.35'), readAmount('1,4'), readAmount('27/20')]).toEqual([
    fraction(27, 20),
    fraction(7, 5),
    fraction(27, 20),
  ]);
});

describe('The form of a rule', () => {
  test.each([...lawCases, ...resultCases].map((each) => [each.name, each.contest as unknown as ContestDraft] as const))(
    'The form keeps the rule of a contest as it is: %s',
    (_, contest) => {
      const rule = readRule(contest);
      expect(ruleFaults(rule, 0, ids(contest))).toEqual([]);
      const saved = writeRule(contest, rule);
      expect(readRule(saved)).toEqual(rule);
      // Fractions are reduced, so the texts are compared.
      expect(ruleText(saved, [])).toBe(ruleText(contest, []));
      expect(faultsOfContest(saved)).toEqual([]);
    },
  );

  test('What is typed becomes the law, and a short threshold stays short', () => {
    const contest = draftOf('an exempt list, a list with a threshold of its own and multiplied quotients');
    const bare: RuleForm = { ...readRule(contest), threshold: '3', exemptFactor: '', lists: {} };
    expect(writeRule(contest, bare)).toMatchObject({ thresholdPercent: 3 });
    expect(writeRule(contest, bare)).not.toHaveProperty('law');
    const typed: RuleForm = {
      ...bare,
      thresholdOf: 'cast',
      exemptFactor: '1.35',
      firstDivisor: '1.4',
      tieRules: ['more-votes'],
      lists: { ash: { exempt: true, threshold: '', candidates: ' 3 ' } },
    };
    const saved = writeRule(contest, typed);
    expect(saved).not.toHaveProperty('thresholdPercent');
    expect(saved.law).toEqual({
      threshold: { share: fraction(3, 100), of: 'cast', exemptFactor: fraction(27, 20) },
      firstDivisor: fraction(7, 5),
      tieRules: ['more-votes'],
    });
    expect(saved.options[0]).toMatchObject({ threshold: 'exempt', candidates: 3 });
  });

  test.each(['1e3', '0x10', '1,000', '1.0', 'Infinity', '+5', '5 seats'])('The text "%s" is no count', (text) => {
    const contest = draftOf('a list with fewer candidates than seats');
    const faults = ruleFaults({ ...readRule(contest), seats: text, entitled: text }, 0, ids(contest));
    expect(faults.map(({ path }) => path)).toEqual(['contests/0/law/entitled', 'contests/0/seats']);
  });

  test('Another method takes no rule along that it cannot carry', () => {
    const contest = draftOf('an exempt list, a list with a threshold of its own and multiplied quotients');
    const saved = writeRule(contest, { ...readRule(contest), method: 'plurality', seats: '' });
    expect(saved).not.toHaveProperty('law');
    expect(saved).not.toHaveProperty('thresholdPercent');
    expect(saved.options.some((option) => 'threshold' in option)).toBe(false);
    expect(faultsOfContest(saved)).toEqual([]);
  });

  test('Every wrong text is named at its field, and belongs to this step', () => {
    const contest = draftOf('a list with fewer candidates than seats');
    const chamber: RuleForm = {
      ...readRule(contest),
      seats: '0',
      minChoices: 'x',
      maxChoices: '',
      threshold: '101',
      exemptFactor: 'much',
      firstDivisor: '1.4.1',
      entitled: '-1',
      localSeats: 'one',
      lists: { ash: { exempt: false, threshold: 'all', candidates: 'few' } },
    };
    const poll: RuleForm = {
      ...chamber,
      method: 'plurality',
      seats: '1.5',
      quorum: 'half',
      required: [
        { amount: '', of: 'valid', moreThan: false },
        { amount: '0', of: 'fixed', moreThan: false },
      ],
    };
    const faults = [...ruleFaults(chamber, 0, ids(contest)), ...ruleFaults(poll, 0, ids(contest))];
    const paths = new Set(faults.map(({ path }) => path.replace('contests/0/', '')));
    const law = [
      'entitled',
      'firstDivisor',
      'quorum',
      'required/0',
      'required/1',
      'threshold/exemptFactor',
      'threshold/localSeats',
    ];
    const others = [
      'maxChoices',
      'minChoices',
      'options/0/candidates',
      'options/0/threshold',
      'seats',
      'thresholdPercent',
    ];
    expect([...paths].sort()).toEqual([...law.map((field) => `law/${field}`), ...others].sort());
    for (const { path } of faults) expect(stepOf(path)).toBe('rule');
  });
});

describe('The example of a rule', () => {
  test('The example counts by the rule, and says what the rule does', () => {
    const contest = draftOf('a threshold of the ballots cast');
    const example = exampleOf(contest, []);
    expect(example?.ballots).toContain('10,000 ballots are cast by 16,000 people');
    expect(example?.lines).toContain('Only lists with at least 500 votes take part. That is 5% of all ballots cast.');
    expect(example?.votes.map(({ votes }) => votes)).toEqual(['4,750', '2,375', '2,375']);
    expect(example?.votes.map(({ outcome }) => Number(outcome)).reduce((sum, seats) => sum + seats, 0)).toBe(4);
  });

  test.each([...lawCases, ...resultCases].map((each) => [each.name, each.contest as unknown as ContestDraft] as const))(
    'There is an example for every rule: %s',
    (_, contest) => {
      const example = exampleOf(contest, []);
      expect(example?.votes).toHaveLength(contest.options.length);
      expect(example?.lines.join(' ')).not.toMatch(/undefined|NaN/);
    },
  );

  test('A rule with a fault has no example', () => {
    const contest = draftOf('several winners');
    expect(exampleOf({ ...contest, method: 'dhondt', seats: undefined }, [])).toBeNull();
  });
});

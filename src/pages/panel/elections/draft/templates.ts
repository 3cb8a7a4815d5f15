// What a new election may begin as: one table. Each entry has a name and a hint for the page, the ways to vote, and the
// contest with its counting rule. Texts of options are examples that no one votes on: fields show them as empty.
import { countingMethods, suggestedMethods } from '../../../../domain/counting/method-table.ts';
import { suggestedBlankPrefix, suggestedStem } from '../../../../domain/suggested-values.ts';
import type { ElectionRequest } from '../../../../protocol/control/elections-api.ts';
import type { SuggestionTexts } from '../../../public/languages/language-texts.ts';

type WrittenContest = ElectionRequest['contests'][number];
type Rule = Pick<WrittenContest, 'method'> &
  Partial<Pick<WrittenContest, 'seats' | 'thresholdPercent' | 'law' | 'maxChoices' | 'abstain'>>;

type Template = {
  readonly name: string;
  readonly hint: string;
  /** Whether ballots on paper are suggested too. */
  readonly paper: boolean;
  readonly rule: Rule;
  readonly title: (texts: SuggestionTexts) => string;
  readonly options: (texts: SuggestionTexts) => readonly string[];
  /** The options are an answer that most organisers keep, and not examples. */
  readonly optionsAreReal?: true;
};

const { seats: seatMethod, winner: winnerMethod } = suggestedMethods;
const half = { numerator: 1, denominator: 2 } as const;
const numbered = (stem: string, count: number): readonly string[] =>
  Array.from({ length: count }, (_, index) => `${stem} ${index + 1}`);
const yesOrNo = ({ yes, no }: SuggestionTexts): readonly string[] => [yes, no];

const templates = {
  parliamentary: {
    name: 'Parliamentary',
    hint: 'Parties share seats by D’Hondt. You enter the seats and the threshold.',
    paper: true,
    rule: { method: seatMethod, ...countingMethods[seatMethod].suggested },
    title: ({ members }) => members,
    options: ({ party }) => numbered(party, 2),
  },
  presidential: {
    name: 'Presidential',
    hint: 'One person is elected, with the most votes.',
    paper: true,
    rule: { method: winnerMethod },
    title: ({ office }) => office,
    options: ({ person }) => numbered(person, 2),
  },
  board: {
    name: 'Board or council',
    hint: 'Three people are elected, with the most votes. Voters choose up to three. You can change both numbers.',
    paper: false,
    rule: { method: 'approval', seats: 3, maxChoices: 3 },
    title: ({ board }) => board,
    options: ({ person }) => numbered(person, 4),
  },
  referendum: {
    name: 'Referendum',
    hint: 'Yes or no. An answer needs more than half of the valid votes.',
    paper: true,
    rule: {
      method: winnerMethod,
      abstain: true,
      law: { required: [{ share: half, of: 'valid', moreThan: true }] },
    },
    title: ({ question }) => question,
    options: yesOrNo,
    optionsAreReal: true,
  },
  budget: {
    name: 'Budget choice',
    hint: 'Voters choose up to three projects. The three with the most votes get money. You can change both numbers.',
    paper: false,
    rule: { method: 'approval', seats: 3, maxChoices: 3, abstain: true },
    title: ({ budget }) => budget,
    options: ({ project }) => numbered(project, 4),
  },
  questions: {
    name: 'Questions',
    hint: 'Voters answer questions with options such as yes or no. They may abstain.',
    paper: false,
    rule: { method: winnerMethod, abstain: true },
    title: ({ question }) => question,
    options: yesOrNo,
    optionsAreReal: true,
  },
} satisfies Readonly<Record<string, Template>>;

export type ElectionType = keyof typeof templates;
const templateOf = (type: ElectionType): Template => templates[type];

/** The types that a new election may have, each with its name and a hint. */
export const electionTypes = (Object.keys(templates) as ElectionType[]).map(
  (type) => [type, templates[type].name, templates[type].hint] as const,
);

export const suggestsPaper = (type: ElectionType): boolean => templateOf(type).paper;

/** The contest of a new election. Its marked ID says that no one has reviewed its rule yet. */
export function suggestedContest(type: ElectionType, language: string, texts: SuggestionTexts) {
  const { rule, title, options, optionsAreReal = false } = templateOf(type);
  const prefix = optionsAreReal ? `${suggestedStem}-` : suggestedBlankPrefix;
  return {
    id: `${suggestedBlankPrefix}1`,
    minChoices: 1,
    maxChoices: 1,
    abstain: false,
    ...rule,
    title: { [language]: title(texts) },
    options: options(texts).map((name, index) => ({ id: `${prefix}${index + 1}`, title: { [language]: name } })),
  };
}

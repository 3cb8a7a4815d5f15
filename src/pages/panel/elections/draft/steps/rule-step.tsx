// Step 4: the counting rule of each contest with the law around it, and how many options a voter may choose. An example
// shows what the rule does.
import {
  countingMethodNames,
  countingMethods,
  isSeatMethod,
  suggestedMethods,
} from '../../../../../domain/counting/method-table.ts';
import type { CountingMethod } from '../../../../../domain/counting/method-table.ts';
import { isSuggestedId } from '../../../../../domain/suggested-values.ts';
import type { AdministeredElection } from '../../../../../protocol/control/elections-api.ts';
import { CheckField, SelectField, TextField } from '../../../parts/field.tsx';
import { titleInEnglish } from '../../../words.ts';
import { optionTitle } from '../definition.ts';
import type { ContestDraft, Definition } from '../definition.ts';
import { countingRuleName } from '../../describe.ts';
import { RuleExample } from '../../rule-example.tsx';
import { readRule, ruleFaults, writeRule } from '../rule-form.ts';
import type { RuleForm } from '../rule-form.ts';
import { StepFrame } from '../step-frame.tsx';
import type { StepProps } from '../step-frame.tsx';
import { freshId } from '../suggestions.ts';
import { fieldId, useStep } from '../use-step.ts';
import type { StepWork } from '../use-step.ts';
import { LawFields } from './law-fields.tsx';

type Values = {
  readonly rules: Readonly<Record<string, RuleForm>>;
  readonly order: readonly { readonly id: string; readonly options: readonly string[] }[];
};

const work: StepWork<Values> = {
  name: 'rule',
  read: ({ definition: { contests } }) => ({
    rules: Object.fromEntries(contests.map((contest) => [contest.id, readRule(contest)])),
    order: contests.map(({ id, options }) => ({ id, options: options.map((option) => option.id) })),
  }),
  write: ({ rules }, { contests }): Pick<Definition, 'contests'> => {
    const usedIds = new Set(contests.map(({ id }) => id));
    const looked = (id: string): string => {
      if (!isSuggestedId(id)) return id;
      const fresh = freshId('contest', usedIds);
      usedIds.add(fresh);
      return fresh;
    };
    return {
      contests: contests.map((contest) => {
        const rule = rules[contest.id];
        return rule === undefined ? contest : { ...writeRule(contest, rule), id: looked(contest.id) };
      }),
    };
  },
  check: ({ rules, order }) =>
    order.flatMap(({ id, options }, index) => (rules[id] ? ruleFaults(rules[id], index, options) : [])),
};

export function RuleStep({ election, onSaved }: StepProps) {
  const form = useStep(election, work, onSaved);
  const { contests } = election.definition;
  return (
    <StepFrame step="rule" election={election} form={form}>
      {contests.map((contest, index) => (
        <RuleFields
          key={contest.id}
          {...{ contest, index, faultAt: form.faultAt }}
          participants={election.participants}
          rule={form.values.rules[contest.id] ?? readRule(contest)}
          onRule={(rule) => form.set({ rules: { ...form.values.rules, [contest.id]: rule } })}
        />
      ))}
    </StepFrame>
  );
}

const { suggested } = countingMethods[suggestedMethods.seats];

type RuleProps = {
  readonly contest: ContestDraft;
  readonly index: number;
  readonly participants: AdministeredElection['participants'];
  readonly rule: RuleForm;
  readonly onRule: (rule: RuleForm) => void;
  readonly faultAt: (path: string) => string | undefined;
};

function RuleFields({ contest, index, participants, rule, onRule, faultAt }: RuleProps) {
  const path = `contests/${index}`;
  const shares = isSeatMethod(rule.method);
  const setMethod = (method: CountingMethod): void => {
    // The seats of a chamber are not the number of winners.
    const numbers = shares === isSeatMethod(method) ? {} : { seats: '', threshold: '' };
    onRule({ ...rule, method, tieRules: [], ...numbers });
  };
  const title = titleInEnglish(contest.title);
  const options = contest.options.map(
    (option) => [option.id, titleInEnglish(optionTitle(option, participants)) || option.id] as const,
  );
  const isComplete =
    ruleFaults(
      rule,
      index,
      contest.options.map(({ id }) => id),
    ).length === 0;
  return (
    <section class="contest" aria-labelledby={`${path}-h`}>
      <h2 id={`${path}-h`}>
        Contest {index + 1}: <bdi>{title}</bdi>
      </h2>
      <p class="hint">{contest.options.length} options.</p>
      <SelectField
        label="Counting rule"
        id={fieldId(`${path}/method`)}
        value={rule.method}
        onValue={setMethod}
        options={countingMethodNames.map((method) => [method, countingRuleName(method)] as const)}
        fault={faultAt(`${path}/method`)}
      />
      <RuleNumbers {...{ path, rule, onRule, faultAt }} options={contest.options.length} />
      <CheckField
        label="Allow abstention"
        hint="Adds an abstention to the ballot. It counts as participation, not as a vote for an option."
        id={fieldId(`${path}/abstain`)}
        checked={rule.abstain}
        onValue={(abstain) => onRule({ ...rule, abstain })}
      />
      <LawFields {...{ path, options, rule, onRule, faultAt }} />
      {isComplete ? (
        <RuleExample {...{ participants, title }} contest={writeRule(contest, rule)} />
      ) : (
        <p class="hint">Complete the rule to see an example of a count.</p>
      )}
    </section>
  );
}

function RuleNumbers({
  path,
  rule,
  options,
  onRule,
  faultAt,
}: Pick<RuleProps, 'rule' | 'onRule' | 'faultAt'> & { readonly path: string; readonly options: number }) {
  const numberField = (
    member: 'seats' | 'threshold' | 'minChoices' | 'maxChoices',
    label: string,
    hint: string,
    at: string = member,
  ) => (
    <TextField
      {...{ label, hint }}
      id={fieldId(`${path}/${at}`)}
      inputMode="decimal"
      autocomplete="off"
      class="short"
      value={rule[member]}
      onValue={(text) => onRule({ ...rule, [member]: text })}
      fault={faultAt(`${path}/${at}`)}
    />
  );
  return (
    <>
      {isSeatMethod(rule.method) ? (
        <>
          {numberField('seats', 'Seats', `The total number of seats, for example ${suggested.seats}.`)}
          {numberField(
            'threshold',
            'Threshold in percent',
            'A list with a smaller share of the votes gets no seat, for example 5. Enter 0 for no threshold. A fraction such as 1/150 is exact too.',
            'thresholdPercent',
          )}
        </>
      ) : (
        numberField('seats', 'Elected options', 'How many options are elected. Leave empty for one.')
      )}
      {numberField('minChoices', 'Fewest choices', 'Enter 0 if voters may skip this contest.')}
      {numberField('maxChoices', 'Most choices', `At most ${options}.`)}
    </>
  );
}

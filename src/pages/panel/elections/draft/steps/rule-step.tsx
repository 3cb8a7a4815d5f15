// Step 4: the counting rule of each contest, and how many options a voter may choose.
import { countingMethodNames, countingMethods, isSeatMethod } from '../../../../../domain/counting/method-table.ts';
import type { CountingMethod } from '../../../../../domain/counting/method-table.ts';
import { CheckField, SelectField, TextField } from '../../../parts/field.tsx';
import { titleInEnglish } from '../../../words.ts';
import type { ContestDraft, Definition } from '../definition.ts';
import { countingRuleName } from '../../describe.ts';
import { StepFrame } from '../step-frame.tsx';
import type { StepProps } from '../step-frame.tsx';
import type { StepFault } from '../steps.ts';
import { freshId, isSuggestedId } from '../suggestions.ts';
import { fieldId, useStep } from '../use-step.ts';
import type { StepWork } from '../use-step.ts';

/** As strings from the fields. */
type Rule = {
  readonly method: CountingMethod;
  readonly seats: string;
  readonly thresholdPercent: string;
  readonly minChoices: string;
  readonly maxChoices: string;
  readonly abstain: boolean;
};
type Values = { readonly rules: Readonly<Record<string, Rule>>; readonly order: readonly string[] };

const numberOf = (text: string): number => (text.trim() === '' ? NaN : Number(text.trim().replace(',', '.')));

function readRule({ method, seats, thresholdPercent, minChoices, maxChoices, abstain }: ContestDraft): Rule {
  const shares = isSeatMethod(method);
  return {
    method,
    abstain,
    seats: seats === undefined ? '' : String(seats),
    thresholdPercent: shares ? String(thresholdPercent ?? 0) : '',
    minChoices: String(minChoices),
    maxChoices: String(maxChoices),
  };
}

function writeRule(contest: ContestDraft, rule: Rule): ContestDraft {
  const { seats: _seats, thresholdPercent: _threshold, ...rest } = contest;
  return {
    ...rest,
    method: rule.method,
    abstain: rule.abstain,
    minChoices: numberOf(rule.minChoices),
    maxChoices: numberOf(rule.maxChoices),
    ...(isSeatMethod(rule.method) && {
      seats: numberOf(rule.seats),
      thresholdPercent: numberOf(rule.thresholdPercent),
    }),
  };
}

const work: StepWork<Values> = {
  name: 'rule',
  read: ({ definition: { contests } }) => ({
    rules: Object.fromEntries(contests.map((contest) => [contest.id, readRule(contest)])),
    order: contests.map(({ id }) => id),
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
  check: ({ rules, order }) => order.flatMap((id, index) => (rules[id] ? ruleFaults(rules[id], index) : [])),
};

function ruleFaults(rule: Rule, index: number): readonly StepFault[] {
  const whole = (text: string, from: number): boolean => Number.isInteger(numberOf(text)) && numberOf(text) >= from;
  const path = `contests/${index}`;
  const faults: StepFault[] = [];
  const refuse = (member: string, detail: string): void => void faults.push({ path: `${path}/${member}`, detail });
  if (isSeatMethod(rule.method)) {
    if (!whole(rule.seats, 1)) refuse('seats', 'Enter the number of seats as a whole number.');
    const percent = numberOf(rule.thresholdPercent);
    if (!(percent >= 0 && percent <= 100)) refuse('thresholdPercent', 'Enter a share from 0 to 100 percent.');
  }
  if (!whole(rule.minChoices, 0)) refuse('minChoices', 'Enter the fewest choices as a whole number, 0 or more.');
  if (!whole(rule.maxChoices, 1)) refuse('maxChoices', 'Enter the most choices as a whole number, 1 or more.');
  return faults;
}

export function RuleStep({ election, onSaved }: StepProps) {
  const form = useStep(election, work, onSaved);
  const { contests } = election.definition;
  return (
    <StepFrame step="rule" election={election} form={form}>
      {contests.map((contest, index) => (
        <RuleFields
          key={contest.id}
          {...{ contest, index, faultAt: form.faultAt }}
          rule={form.values.rules[contest.id] ?? readRule(contest)}
          onRule={(rule) => form.set({ rules: { ...form.values.rules, [contest.id]: rule } })}
        />
      ))}
    </StepFrame>
  );
}

type RuleProps = {
  readonly contest: ContestDraft;
  readonly index: number;
  readonly rule: Rule;
  readonly onRule: (rule: Rule) => void;
  readonly faultAt: (path: string) => string | undefined;
};

function RuleFields({ contest, index, rule, onRule, faultAt }: RuleProps) {
  const path = `contests/${index}`;
  const shares = isSeatMethod(rule.method);
  const setMethod = (method: CountingMethod): void => {
    if (!isSeatMethod(method) || rule.seats !== '') {
      onRule({ ...rule, method });
      return;
    }
    const { seats, thresholdPercent } = countingMethods[method].suggested;
    onRule({ ...rule, method, seats: String(seats), thresholdPercent: String(thresholdPercent) });
  };
  const numberField = (
    member: 'seats' | 'thresholdPercent' | 'minChoices' | 'maxChoices',
    label: string,
    hint: string,
  ) => (
    <TextField
      {...{ label, hint }}
      id={fieldId(`${path}/${member}`)}
      inputMode="decimal"
      autocomplete="off"
      class="short"
      value={rule[member]}
      onValue={(text) => onRule({ ...rule, [member]: text })}
      fault={faultAt(`${path}/${member}`)}
    />
  );
  return (
    <section class="contest" aria-labelledby={`${path}-h`}>
      <h2 id={`${path}-h`}>
        Contest {index + 1}: <bdi>{titleInEnglish(contest.title)}</bdi>
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
      {shares && (
        <>
          {numberField('seats', 'Seats', 'The total number of seats.')}
          {numberField(
            'thresholdPercent',
            'Threshold in percent',
            'A list with a smaller share of the votes gets no seat. Enter 0 for no threshold.',
          )}
        </>
      )}
      {numberField('minChoices', 'Fewest choices', 'Enter 0 if voters may skip this contest.')}
      {numberField('maxChoices', 'Most choices', `At most ${contest.options.length}.`)}
      <CheckField
        label="Allow abstention"
        hint="Adds an abstention to the ballot. It counts as participation, not as a vote for an option."
        id={fieldId(`${path}/abstain`)}
        checked={rule.abstain}
        onValue={(abstain) => onRule({ ...rule, abstain })}
      />
    </section>
  );
}

// The law around the counting rule: what votes must reach, what decides between equals, which lists have rules of their
// own. Only the rules that the method may carry are shown.
import { carriedBy } from '../../../../../domain/contest-rules.ts';
import { bases } from '../../../../../domain/counting/contest-law.ts';
import type { Base, TieRule } from '../../../../../domain/counting/contest-law.ts';
import { countingMethods, isSeatMethod } from '../../../../../domain/counting/method-table.ts';
import { CheckField, SelectField, TextField } from '../../../parts/field.tsx';
import { baseWords, tieRuleWords } from '../../../results/law-lines.ts';
import type { RequirementForm, RuleForm } from '../rule-form.ts';
import { fieldId } from '../use-step.ts';
import { LawText, lawTextMembers } from './law-text.tsx';
import type { LawProps } from './law-text.tsx';
import { ListRules } from './list-rules.tsx';

const baseOptions = bases.map((base) => [base, baseWords[base]] as const);
const countedOptions = (['valid', 'valid-and-blank', 'cast'] as const).map((base) => [base, baseWords[base]] as const);

export function LawFields(props: LawProps) {
  const { rule } = props;
  return (
    <details class="law" open={hasLaw(rule)}>
      <summary>Rules of the law</summary>
      {isSeatMethod(rule.method) ? <ChamberLaw {...props} /> : <WinnerLaw {...props} />}
      <TieOrder {...props} />
      <LawText
        {...props}
        member="entitled"
        at="law/entitled"
        label="People who may vote"
        hint="For rules about the people who may vote. Leave empty if the election has a roll: then it is the number of people on it."
      />
    </details>
  );
}

const hasLaw = (rule: RuleForm): boolean =>
  lawTextMembers.some((member) => rule[member] !== '') ||
  rule.required.length > 0 ||
  rule.tieRules.length > 0 ||
  rule.thresholdOf !== 'votes' ||
  rule.thresholdMore ||
  Object.values(rule.lists).some((list) => list.exempt || list.threshold !== '' || list.candidates !== '');

function ChamberLaw(props: LawProps) {
  const { path, rule, onRule, faultAt } = props;
  if (!isSeatMethod(rule.method)) return null;
  const { divisors, name } = countingMethods[rule.method];
  const usual = `${divisors.first}, ${divisors.first + divisors.stride}, ${divisors.first + 2 * divisors.stride}`;
  return (
    <>
      <SelectField<Base>
        label="The threshold is a share of"
        hint="Such as all ballots cast, where invalid ballots count for the threshold too."
        id={fieldId(`${path}/law/threshold/of`)}
        value={rule.thresholdOf}
        onValue={(thresholdOf) => onRule({ ...rule, thresholdOf })}
        options={baseOptions}
        fault={faultAt(`${path}/law/threshold/of`)}
      />
      <CheckField
        label="Exactly the threshold is not enough"
        hint="Otherwise a list with exactly this share takes part."
        checked={rule.thresholdMore}
        onValue={(thresholdMore) => onRule({ ...rule, thresholdMore })}
      />
      <LawText
        {...props}
        member="exemptFactor"
        at="law/threshold/exemptFactor"
        label="Factor of lists without a threshold"
        hint="The quotients of such a list below the threshold are multiplied by it. For example, 1.35 makes 1,000 votes count like 1,350. Leave empty for none."
      />
      <LawText
        {...props}
        member="group"
        at="law/threshold/group"
        label="Common threshold"
        hint="Give contests the same name here, such as nation, and their votes count together for the threshold. Options with the same ID are one list."
      />
      <LawText
        {...props}
        member="localSeats"
        at="law/threshold/localSeats"
        label="Local contests instead of the threshold"
        hint="A list below the threshold takes part too if it wins so many local contests of the group, such as 1 or 3. Leave empty for none."
      />
      <LawText
        {...props}
        member="firstDivisor"
        at="law/firstDivisor"
        label="First divisor"
        hint={`${name} divides by ${usual} and so on. A first divisor such as ${divisors.first + 0.4} makes the first seat of a list harder to win. Leave empty for ${divisors.first}.`}
      />
      <ListRules {...props} />
      <Quorum {...props} />
    </>
  );
}

const newRequirement: RequirementForm = { amount: '50', of: 'valid', moreThan: true };

function WinnerLaw(props: LawProps) {
  const { path, rule, onRule, faultAt } = props;
  const set = (required: readonly RequirementForm[]): void => onRule({ ...rule, required });
  return (
    <>
      <fieldset>
        <legend>Requirements for election</legend>
        <p class="hint">
          For example, two thirds of the valid ballots (2/3), or 25 percent of the people who may vote. If no option has
          it, nothing is decided.
        </p>
        {rule.required.map((requirement, place) => (
          <Requirement
            key={place}
            {...{ requirement, place }}
            id={fieldId(`${path}/law/required/${place}`)}
            fault={faultAt(`${path}/law/required/${place}`)}
            onChange={(change) => set(rule.required.map((each, at) => (at === place ? { ...each, ...change } : each)))}
            onRemove={() => set(rule.required.filter((_, at) => at !== place))}
          />
        ))}
        <button type="button" class="small" onClick={() => set([...rule.required, newRequirement])}>
          Add a requirement
        </button>
      </fieldset>
      <LawText
        {...props}
        member="localOf"
        at="law/localOf"
        label="Local contest of the group"
        hint="The name of a common threshold, such as nation. Its lists below the threshold take part if they win enough of these contests, as options with the same ID. Leave empty for none."
      />
      <Quorum {...props} />
    </>
  );
}

function Quorum(props: LawProps) {
  const { rule, onRule } = props;
  return (
    <>
      <LawText
        {...props}
        member="quorum"
        at="law/quorum"
        label="Quorum in percent of the people who may vote"
        hint="With fewer ballots nothing is decided. For example, with a quorum of 50 and 16,000 people, 8,000 ballots are needed. Leave empty for none."
      />
      {rule.quorum.trim() !== '' && (
        <>
          <SelectField
            label="For the quorum count"
            value={rule.quorumOf}
            onValue={(quorumOf) => onRule({ ...rule, quorumOf })}
            options={countedOptions}
          />
          <CheckField
            label="Exactly the quorum is not enough"
            checked={rule.quorumMore}
            onValue={(quorumMore) => onRule({ ...rule, quorumMore })}
          />
        </>
      )}
    </>
  );
}

function Requirement({
  requirement: { amount, of, moreThan },
  place,
  id,
  fault,
  onChange,
  onRemove,
}: {
  readonly requirement: RequirementForm;
  readonly place: number;
  readonly id: string;
  readonly fault: string | undefined;
  readonly onChange: (change: Partial<RequirementForm>) => void;
  readonly onRemove: () => void;
}) {
  const n = place + 1;
  return (
    <div class="list-rules">
      <TextField
        label={`Requirement ${n}: ${of === 'fixed' ? 'votes' : 'share in percent, or a fraction'}`}
        {...{ id, fault }}
        class="short"
        autocomplete="off"
        value={amount}
        onValue={(text) => onChange({ amount: text })}
      />
      <SelectField<RequirementForm['of']>
        label={`Requirement ${n}: of`}
        value={of}
        onValue={(next) => onChange({ of: next })}
        options={[...baseOptions, ['fixed', 'a fixed number of votes']]}
      />
      {of !== 'fixed' && (
        <CheckField
          label={`Requirement ${n}: exactly this share is not enough`}
          checked={moreThan}
          onValue={(more) => onChange({ moreThan: more })}
        />
      )}
      <button type="button" class="small" onClick={onRemove}>
        Remove<span class="unseen"> requirement {n}</span>
      </button>
    </div>
  );
}

/** The orders that a method may have, from which one is chosen. */
function TieOrder({ path, rule, onRule, faultAt }: LawProps) {
  const { tieRules } = carriedBy(rule.method);
  const orders: readonly (readonly TieRule[])[] = [[], ...tieRules.map((each) => [each]), tieRules];
  const distinct = [...new Map(orders.map((order) => [order.join(' '), order])).entries()];
  return (
    <SelectField
      label="Between equals decides"
      hint="What is still equal afterwards is decided by drawing lots. The results say which rule decided."
      id={fieldId(`${path}/law/tieRules`)}
      value={rule.tieRules.join(' ')}
      onValue={(value) => onRule({ ...rule, tieRules: distinct.find(([key]) => key === value)?.[1] ?? [] })}
      options={distinct.map(([key, order]) => [
        key,
        [...order.map((each) => tieRuleWords[each]), 'lots'].join(', then '),
      ])}
      fault={faultAt(`${path}/law/tieRules`)}
    />
  );
}

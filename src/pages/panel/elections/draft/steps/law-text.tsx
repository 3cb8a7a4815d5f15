// A rule of the law that is one text, and what all fields of the law get.
import { TextField } from '../../../parts/field.tsx';
import type { RuleForm } from '../rule-form.ts';
import { fieldId } from '../use-step.ts';

export type LawProps = {
  /** `contests/0` */
  readonly path: string;
  /** Names of the options by id, in ballot order. */
  readonly options: readonly (readonly [id: string, name: string])[];
  readonly rule: RuleForm;
  readonly onRule: (rule: RuleForm) => void;
  readonly faultAt: (path: string) => string | undefined;
};

/** The members of a rule that are one text. */
export const lawTextMembers = [
  'exemptFactor',
  'group',
  'localSeats',
  'localOf',
  'firstDivisor',
  'entitled',
  'quorum',
] as const;
type TextMember = (typeof lawTextMembers)[number];

export function LawText({
  path,
  rule,
  onRule,
  faultAt,
  member,
  at,
  label,
  hint,
}: LawProps & { readonly member: TextMember; readonly at: string; readonly label: string; readonly hint: string }) {
  return (
    <TextField
      {...{ label, hint }}
      id={fieldId(`${path}/${at}`)}
      autocomplete="off"
      class="short"
      value={rule[member]}
      onValue={(text) => onRule({ ...rule, [member]: text })}
      fault={faultAt(`${path}/${at}`)}
    />
  );
}

// A field with its label, hint and fault. A fault never changes or clears the value.
import type { ComponentChildren, InputHTMLAttributes } from 'preact';
import { useId } from 'preact/hooks';

type Common = { readonly label: string; readonly hint?: ComponentChildren; readonly fault?: string | undefined };

function Frame({ id, label, hint, fault, children }: Common & { id: string; children: ComponentChildren }) {
  return (
    <div class={fault === undefined ? 'field' : 'field wrong'}>
      <label for={id}>{label}</label>
      {hint !== undefined && (
        <p class="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      {fault !== undefined && (
        <p class="fault" id={`${id}-fault`}>
          {fault}
        </p>
      )}
      {children}
    </div>
  );
}

const described = (id: string, { hint, fault }: Common): string | undefined =>
  [hint !== undefined && `${id}-hint`, fault !== undefined && `${id}-fault`].filter(Boolean).join(' ') || undefined;

type TextProps = Common & {
  readonly value: string;
  readonly onValue: (value: string) => void;
} & Omit<InputHTMLAttributes, 'value' | 'label'>;

export function TextField({ label, hint, fault, value, onValue, id: ownId, ...rest }: TextProps) {
  const generatedId = useId();
  const id = typeof ownId === 'string' ? ownId : generatedId;
  const common = { label, hint, fault };
  return (
    <Frame id={id} {...common}>
      <input
        {...rest}
        id={id}
        value={value}
        aria-invalid={fault !== undefined}
        aria-describedby={described(id, common)}
        onInput={(event) => onValue(event.currentTarget.value)}
      />
    </Frame>
  );
}

export function TextArea({
  rows = 3,
  ...props
}: Common & {
  readonly id?: string;
  readonly value: string;
  readonly onValue: (value: string) => void;
  readonly rows?: number;
  readonly required?: boolean;
}) {
  const generatedId = useId();
  const id = props.id ?? generatedId;
  return (
    <Frame id={id} label={props.label} hint={props.hint} fault={props.fault}>
      <textarea
        id={id}
        rows={rows}
        value={props.value}
        required={props.required}
        aria-invalid={props.fault !== undefined}
        aria-describedby={described(id, props)}
        onInput={(event) => props.onValue(event.currentTarget.value)}
      />
    </Frame>
  );
}

export function SelectField<Value extends string>({
  options,
  ...props
}: Common & {
  readonly id?: string;
  readonly value: Value;
  readonly onValue: (value: Value) => void;
  /** The value and text of each option. */
  readonly options: readonly (readonly [Value, string])[];
}) {
  const generatedId = useId();
  const id = props.id ?? generatedId;
  return (
    <Frame id={id} label={props.label} hint={props.hint} fault={props.fault}>
      <select
        id={id}
        value={props.value}
        aria-describedby={described(id, props)}
        onChange={(event) => props.onValue(event.currentTarget.value as Value)}
      >
        {options.map(([value, text]) => (
          <option key={value} value={value}>
            {text}
          </option>
        ))}
      </select>
    </Frame>
  );
}

export function CheckField({
  label,
  hint,
  checked,
  onValue,
  id: ownId,
}: {
  readonly label: string;
  readonly hint?: string;
  readonly checked: boolean;
  readonly onValue: (checked: boolean) => void;
  readonly id?: string;
}) {
  const generatedId = useId();
  const id = ownId ?? generatedId;
  return (
    <div class="check">
      <input
        type="checkbox"
        id={id}
        checked={checked}
        aria-describedby={hint === undefined ? undefined : `${id}-hint`}
        onChange={(event) => onValue(event.currentTarget.checked)}
      />
      <div>
        <label for={id}>{label}</label>
        {hint !== undefined && (
          <p class="hint" id={`${id}-hint`}>
            {hint}
          </p>
        )}
      </div>
    </div>
  );
}

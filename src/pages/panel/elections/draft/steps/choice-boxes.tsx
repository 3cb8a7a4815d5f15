// A group of checkboxes for a list of names.
import { CheckField } from '../../../parts/field.tsx';
import { fieldId } from '../use-step.ts';

export function ChoiceBoxes<Name extends string>({
  legend,
  hint,
  path,
  texts,
  selection,
  onSelect,
  fault,
}: {
  readonly legend: string;
  readonly hint?: string;
  readonly path: string;
  readonly texts: Readonly<Record<Name, string>>;
  readonly selection: readonly Name[];
  readonly onSelect: (selection: readonly Name[]) => void;
  readonly fault: string | undefined;
}) {
  const names = Object.keys(texts) as Name[];
  return (
    <fieldset id={fieldId(path)}>
      <legend>{legend}</legend>
      {hint !== undefined && <p class="hint">{hint}</p>}
      {fault !== undefined && <p class="fault">{fault}</p>}
      {names.map((name) => (
        <CheckField
          key={name}
          label={texts[name].charAt(0).toUpperCase() + texts[name].slice(1)}
          checked={selection.includes(name)}
          onValue={(on) => onSelect(names.filter((each) => (each === name ? on : selection.includes(each))))}
        />
      ))}
    </fieldset>
  );
}

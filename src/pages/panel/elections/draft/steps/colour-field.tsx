// The colour of the organiser: written as a code or taken from the colours of the browser, with a sample as pages show it.
import { colourFault } from '../../../../../domain/text/readable-colour.ts';
import { TextField } from '../../../parts/field.tsx';
import { fieldId } from '../use-step.ts';

export function ColourField({
  value,
  onValue,
  fault,
}: {
  readonly value: string;
  readonly onValue: (value: string) => void;
  readonly fault: string | undefined;
}) {
  const typed = value.trim();
  const isColour = typed !== '' && colourFault(typed) === null;
  return (
    <>
      <TextField
        label="Organiser colour"
        hint="The header of all pages for voters and of posters, such as #083b73. White text must be readable on it. Leave empty for none."
        id={fieldId('colour')}
        class="short"
        value={value}
        onValue={onValue}
        fault={fault}
        autocomplete="off"
        spellcheck={false}
      />
      {isColour && (
        <p class="colour-sample" style={{ background: typed }}>
          White text on this colour
        </p>
      )}
    </>
  );
}

// The logo of the organiser: chosen as a file, shown as pages show it, and removed again.
import { useState } from 'preact/hooks';
import { logoHeightMax, logoWidthMax } from '../../../../../domain/picture/logo.ts';
import { fieldId } from '../use-step.ts';
import { drawLogo, pictureAddress } from './logo-picture.ts';

export function LogoField({
  value,
  name,
  onValue,
  fault,
}: {
  /** Base64; empty where there is none. */
  readonly value: string;
  /** What the organiser is called. */
  readonly name: string;
  readonly onValue: (value: string) => void;
  readonly fault: string | undefined;
}) {
  const id = fieldId('logo');
  const [fileFault, setFileFault] = useState<string | null>(null);
  const choose = async (input: HTMLInputElement): Promise<void> => {
    const [file] = input.files ?? [];
    if (file === undefined) return;
    const read = await drawLogo(file);
    // The same file may be chosen again after it was changed.
    input.value = '';
    setFileFault(read.ok ? null : read.fault);
    if (read.ok) onValue(read.logo);
  };
  const shownFault = fileFault ?? fault;
  return (
    <div class={shownFault === undefined ? 'field' : 'field wrong'}>
      <label for={id}>Organiser logo</label>
      <p class="hint" id={`${id}-hint`}>
        At the top of all pages for voters and on posters. It is made smaller to fit {logoWidthMax} × {logoHeightMax}{' '}
        pixels, on white.
      </p>
      {shownFault !== undefined && (
        <p class="fault" id={`${id}-fault`} role="alert">
          {shownFault}
        </p>
      )}
      {value !== '' && (
        <p class="logo-sample">
          <img src={pictureAddress(value)} alt={name.trim() === '' ? 'The logo' : name.trim()} />
          <button type="button" onClick={() => onValue('')}>
            Remove the logo
          </button>
        </p>
      )}
      <input
        id={id}
        type="file"
        accept="image/*"
        aria-invalid={shownFault !== undefined}
        aria-describedby={`${id}-hint${shownFault === undefined ? '' : ` ${id}-fault`}`}
        onChange={(event) => void choose(event.currentTarget)}
      />
    </div>
  );
}

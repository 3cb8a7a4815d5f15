// Many options at once: pasted lines, or the first column of a CSV file. The field shows the list that is added, line by line.
import { useState } from 'preact/hooks';
import { TextArea } from '../../parts/field.tsx';
import { countText } from '../../words.ts';
import { linesOf } from '../../parts/text-lines.ts';
import { fileOptions } from './option-texts.ts';

/** Largest file of options, in bytes. */
const fileBytesMax = 1_048_576;

export function ManyOptions({
  room,
  onAdd,
}: {
  /** How many more options the contest can have. */
  readonly room: number;
  readonly onAdd: (texts: readonly string[]) => void;
}) {
  const [text, setText] = useState('');
  const [fault, setFault] = useState<string>();
  const [note, setNote] = useState('');
  const texts = linesOf(text);
  const read = async (file: File | undefined): Promise<void> => {
    if (file === undefined) return;
    setNote('');
    if (file.size > fileBytesMax) {
      setFault('This file is too large for a list of options.');
      return;
    }
    const options = fileOptions(await file.arrayBuffer());
    setFault(options.ok ? undefined : options.fault);
    if (!options.ok) return;
    setText(options.texts.join('\n'));
    setNote(noteOf(options.texts.length, options.heading));
  };
  const add = (): void => {
    if (texts.length > room) {
      setFault(`This contest can have ${countText(room, 'more option', 'more options')}.`);
      return;
    }
    setFault(undefined);
    onAdd(texts);
    setText('');
    setNote('');
  };
  return (
    <details>
      <summary>Add many options</summary>
      <TextArea
        label="Options"
        hint="One option per line. Each line is added as it is written."
        value={text}
        onValue={setText}
        fault={fault}
        rows={6}
      />
      <p>
        <label>
          CSV file, with the options in the first column{' '}
          <input
            type="file"
            accept=".csv,.txt,text/csv,text/plain"
            onChange={(event) => void read(event.currentTarget.files?.[0])}
          />
        </label>
      </p>
      <p role="status">{note}</p>
      <button type="button" aria-disabled={texts.length === 0} onClick={() => texts.length > 0 && add()}>
        {texts.length === 0 ? 'Add options' : `Add ${countText(texts.length, 'option')}`}
      </button>
    </details>
  );
}

const noteOf = (count: number, heading: string | null): string =>
  `The file has ${countText(count, 'option')}. ` +
  (heading === null ? '' : `The first row, “${heading}”, is its heading. `) +
  'Check the list above.';

// Many options at once: from pasted lines or from a CSV file, whose first column has their texts.
import { useState } from 'preact/hooks';
import { TextArea } from '../../parts/field.tsx';
import { countText } from '../../words.ts';
import { optionTexts } from './option-texts.ts';

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
  const texts = optionTexts(text);
  const read = async (file: File | undefined): Promise<void> => {
    if (file === undefined) return;
    setFault(file.size > fileBytesMax ? 'This file is too large for a list of options.' : undefined);
    if (file.size <= fileBytesMax) setText(await file.text());
  };
  const add = (): void => {
    if (texts.length > room) {
      setFault(`This contest can have ${countText(room, 'more option', 'more options')}.`);
      return;
    }
    setFault(undefined);
    onAdd(texts);
    setText('');
  };
  return (
    <details>
      <summary>Add many options</summary>
      <TextArea
        label="Options"
        hint="One option per line, or rows of CSV: the first column has the texts."
        value={text}
        onValue={setText}
        fault={fault}
        rows={6}
      />
      <p>
        <label>
          CSV file{' '}
          <input
            type="file"
            accept=".csv,.txt,text/csv,text/plain"
            onChange={(event) => void read(event.currentTarget.files?.[0])}
          />
        </label>
      </p>
      <button type="button" aria-disabled={texts.length === 0} onClick={() => texts.length > 0 && add()}>
        {texts.length === 0 ? 'Add options' : `Add ${countText(texts.length, 'option')}`}
      </button>
    </details>
  );
}

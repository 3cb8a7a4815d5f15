// Many options at once: pasted lines, or a CSV file. The field shows the list that is added, line by line. What cannot be
// an option is named by its line or row.
import { useId, useState } from 'preact/hooks';
import { TextArea } from '../../parts/field.tsx';
import { countText } from '../../words.ts';
import { numberedLinesOf } from '../../parts/text-lines.ts';
import { fileOptions, lineFaults, optionsFileBytesMax } from './option-texts.ts';

/** Most faults that are listed. */
const faultsShownMax = 20;

export function ManyOptions({
  question,
  room,
  onAdd,
}: {
  /** The place of the contest, from 1. */
  readonly question: number;
  /** How many more options the contest can have. */
  readonly room: number;
  readonly onAdd: (texts: readonly string[]) => void;
}) {
  const fileId = useId();
  const [text, setText] = useState('');
  const [faults, setFaults] = useState<readonly string[]>([]);
  const [note, setNote] = useState('');
  const lines = numberedLinesOf(text);
  const read = async (input: HTMLInputElement): Promise<void> => {
    const [file] = input.files ?? [];
    if (file === undefined) return;
    setNote('');
    const options = fileOptions(new Uint8Array(await file.slice(0, optionsFileBytesMax + 1).arrayBuffer()), question);
    // The same file can be chosen again after it was corrected.
    input.value = '';
    setFaults(options.ok ? [] : options.faults);
    if (!options.ok) return;
    setText(options.texts.join('\n'));
    setNote(noteOf(options.texts.length, options));
  };
  const add = (): void => {
    const wrong = lineFaults(lines, 'Line');
    if (lines.length > room) wrong.push(`This contest can have ${countText(room, 'more option', 'more options')}.`);
    setFaults(wrong);
    if (wrong.length > 0) return;
    onAdd(lines.map((line) => line.text));
    setText('');
    setNote('');
  };
  return (
    <details>
      <summary>Add many options</summary>
      {faults.length > 0 && <Faults faults={faults} />}
      <TextArea
        label="Options"
        hint="One option per line. Each line is added as it is written."
        value={text}
        onValue={setText}
        rows={6}
      />
      <div class="field">
        <label for={fileId}>CSV file</label>
        <p class="hint" id={`${fileId}-hint`}>
          With the options in the first column or below the heading “Option” or “Name”, or with the options that you
          downloaded from an election.
        </p>
        <input
          id={fileId}
          type="file"
          accept=".csv,.txt,text/csv,text/plain"
          aria-describedby={`${fileId}-hint`}
          onChange={(event) => void read(event.currentTarget)}
        />
      </div>
      <p role="status">{note}</p>
      <button type="button" aria-disabled={lines.length === 0} onClick={() => lines.length > 0 && add()}>
        {lines.length === 0 ? 'Add options' : `Add ${countText(lines.length, 'option')}`}
      </button>
    </details>
  );
}

function Faults({ faults }: { readonly faults: readonly string[] }) {
  const more = faults.length - faultsShownMax;
  return (
    <div class="note bad" role="alert">
      <p>Nothing was added. Correct this and try again:</p>
      <ul>
        {faults.slice(0, faultsShownMax).map((fault) => (
          <li key={fault}>{fault}</li>
        ))}
      </ul>
      {more > 0 && <p>And {countText(more, 'more problem', 'more problems')}.</p>}
    </div>
  );
}

const noteOf = (count: number, { heading, columns }: { heading: string | null; columns: number }): string =>
  `The file has ${countText(count, 'option')}. ` +
  (heading === null
    ? columns > 1
      ? `The options are in the first of ${columns} columns. `
      : ''
    : `The options are in the column “${heading}”. `) +
  'Check the list above.';

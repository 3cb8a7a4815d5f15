// Ways to select a file: the file dialog, drag and drop, or pasted rows. Pasted rows become a file like any other.
// Nothing is uploaded here.
import { useRef, useState } from 'preact/hooks';
import type { Contest } from '../../../../domain/election.ts';
import { TextArea } from '../../parts/field.tsx';
import { titleInEnglish } from '../../words.ts';
import { saveFile } from '../../../shared/save-file.ts';
import { exampleRow, templateCsv } from './finding-words.ts';

/** Most pasted rows; larger amounts are better as a file. */
const pastedRowsMax = 200;

type Props = {
  /** The text in the paste field. */
  readonly pasted: string;
  readonly onPasted: (text: string) => void;
  readonly onFile: (file: File) => void;
};

export function FileChoice({ onFile, ...pasting }: Props) {
  const input = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);
  const [fault, setFault] = useState('');
  const take = (files: FileList | null | undefined): void => {
    setFault(files && files.length > 1 ? 'Choose one file at a time. Each file is a separate batch.' : '');
    const [file] = files?.length === 1 ? files : [];
    if (file) onFile(file);
  };
  return (
    <>
      {fault !== '' && (
        <p class="fault" role="alert">
          {fault}
        </p>
      )}
      <button
        type="button"
        class={over ? 'batch-drop over' : 'batch-drop'}
        onClick={() => input.current?.click()}
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={(event) => {
          event.preventDefault();
          setOver(false);
          take(event.dataTransfer?.files);
        }}
      >
        <strong>Choose a file</strong>
        <span>or drop it here. We check it on this computer before the upload.</span>
      </button>
      <input
        ref={input}
        type="file"
        accept=".csv,.txt,.tsv,text/csv,text/plain"
        hidden
        onChange={(event) => {
          take(event.currentTarget.files);
          // Selecting the same file again checks it again.
          event.currentTarget.value = '';
        }}
      />
      <PasteForm onFile={onFile} {...pasting} />
    </>
  );
}

function PasteForm({ pasted: text, onPasted, onFile }: Props) {
  const [fault, setFault] = useState<string>();
  const use = (event: Event): void => {
    event.preventDefault();
    const rows = text.split(/\r\n?|\n/).filter((line) => line.trim() !== '').length;
    if (rows === 0) setFault('Paste at least one row.');
    else if (rows >= pastedRowsMax) setFault(`Paste fewer than ${pastedRowsMax} rows, or choose a file.`);
    else {
      setFault(undefined);
      onFile(new File([text], 'Pasted rows', { type: 'text/csv' }));
    }
  };
  return (
    <details class="batch-paste" open={text !== ''}>
      <summary>Paste rows instead</summary>
      <form onSubmit={use} noValidate>
        <TextArea
          label="Rows"
          hint={`Fewer than ${pastedRowsMax}, one ballot on each line.`}
          rows={6}
          value={text}
          onValue={onPasted}
          fault={fault}
        />
        <button type="submit">Check these rows</button>
      </form>
    </details>
  );
}

/** Such as "Parliament 1 to 12". */
function numbersText({ title, options }: Contest): string {
  const numbers = options.map(({ number }) => number);
  return `${titleInEnglish(title)} ${Math.min(...numbers)} to ${Math.max(...numbers)}`;
}

/** The format of a file in four lines, an example, and a template. */
export function FileRules({
  contests,
  electionId,
}: {
  readonly contests: readonly Contest[];
  readonly electionId: string;
}) {
  const abstentions = contests.some(({ abstain, minChoices }) => abstain || minChoices === 0);
  const several = contests.some(({ maxChoices }) => maxChoices > 1);
  return (
    <section aria-labelledby="rules">
      <h2 id="rules">File format</h2>
      <ul class="batch-rules">
        <li>
          One line for each paper ballot: its ID, then the number marked{' '}
          {contests.length === 1 ? ' on it' : ' in each contest, in this order'}.
        </li>
        <li>
          Use the numbers on the ballot paper: {contests.map(numbersText).join('; ')}.
          {several && ' Write several as 2+5.'}
          {abstentions && ' Leave the value empty for an abstention.'}
        </li>
        <li>Separate values by comma, semicolon or tab, and save as “CSV UTF-8”. A heading is optional.</li>
        <li>
          At most 5,000,000 rows. A file is accepted only if every row is valid. The same file never counts twice.
        </li>
      </ul>
      <p>
        Example: <code>{exampleRow(contests)}</code>
      </p>
      <button type="button" onClick={() => saveFile(`template-${electionId}.csv`, 'text/csv', templateCsv(contests))}>
        Download a template
      </button>
    </section>
  );
}

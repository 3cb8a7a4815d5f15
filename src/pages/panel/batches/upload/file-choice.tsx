// How a file comes in: chosen, dropped on a button that can be pressed too, or pasted where it is short. What is pasted
// becomes a file like any other. Nothing is sent from here.
import { useRef, useState } from 'preact/hooks';
import type { Contest } from '../../../../domain/election.ts';
import { TextArea } from '../../parts/field.tsx';
import { titleInEnglish } from '../../words.ts';
import { saveFile } from '../../results/save-file.ts';
import { exampleRow, templateCsv } from './finding-words.ts';

/** Rows that are pasted; more of them are better in a file. */
const pastedRowsMax = 200;

type Props = {
  /** What was typed or pasted so far. */
  readonly pasted: string;
  readonly onPasted: (text: string) => void;
  readonly onFile: (file: File) => void;
};

export function FileChoice({ onFile, ...pasting }: Props) {
  const input = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);
  const [fault, setFault] = useState('');
  const take = (files: FileList | null | undefined): void => {
    setFault(files && files.length > 1 ? 'Choose one file at a time: each file is a batch of its own.' : '');
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
        <span>or drop it here. It is checked on this computer before anything is sent.</span>
      </button>
      <input
        ref={input}
        type="file"
        accept=".csv,.txt,.tsv,text/csv,text/plain"
        hidden
        onChange={(event) => {
          take(event.currentTarget.files);
          // The same file chosen again is looked at again.
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

/** The rules of a file in four lines, an example, and a file to begin with. */
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
      <h2 id="rules">What the file holds</h2>
      <ul class="batch-rules">
        <li>
          One line for each paper ballot: its id, then the number that is marked
          {contests.length === 1 ? ' on it' : ' in each contest, in this order'}.
        </li>
        <li>
          Numbers are those of the ballot paper: {contests.map(numbersText).join('; ')}.
          {several && ' Several are written 2+5.'}
          {abstentions && ' An abstention is an empty value.'}
        </li>
        <li>Separated by comma, semicolon or tab, saved as “CSV UTF-8”. A heading is optional.</li>
        <li>At most 5,000,000 rows. The file is taken whole or not at all, and the same file never counts twice.</li>
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

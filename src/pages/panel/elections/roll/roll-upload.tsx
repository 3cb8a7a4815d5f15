// A file for a roll, in three steps: the first rows as they are read, with the column of the numbers; what the file
// would change; and the change. Nothing is changed before the check was shown.
import { useState } from 'preact/hooks';
import type { SecondElement } from '../../../../domain/roll/second-element.ts';
import { rollFileBytesMax } from '../../../../domain/roll/roll-file.ts';
import type { RollReport } from '../../../../protocol/control/roll-api.ts';
import { callPanel, Refused } from '../../calls.ts';
import { SelectField } from '../../parts/field.tsx';
import { RejectionNote } from '../../parts/rejection-note.tsx';
import { useAct, useRefresh } from '../../remote.ts';
import { previewRoll } from './roll-preview.ts';
import type { RollPreview } from './roll-preview.ts';
import { RollColumns } from './roll-columns.tsx';
import type { ChosenColumns } from './roll-columns.tsx';
import { RollReportNote } from './roll-report-note.tsx';

/** A file of ten million people takes minutes. */
const uploadMsMax = 15 * 60_000;

type Mode = RollReport['mode'];
const modes = [
  ['add', 'Add the people of the file'],
  ['replace', 'Replace the whole roll with the file'],
  ['remove', 'Remove the people of the file'],
] as const satisfies readonly (readonly [Mode, string])[];

type Chosen = { readonly file: File; readonly preview: RollPreview };

type UploadProps = {
  readonly path: string;
  readonly correctable: boolean;
  /** What each person on the roll has beside the number. */
  readonly second: SecondElement | undefined;
};

export function RollUpload({ path, correctable, second }: UploadProps) {
  const [choice, setChoice] = useState<Chosen | null>(null);
  const [columns, setColumns] = useState<ChosenColumns>(noColumns);
  const [mode, setMode] = useState<Mode>('add');
  // Who leaves a roll is known by the number alone.
  const needed = mode === 'remove' ? undefined : second;
  const [report, setReport] = useState<RollReport | null>(null);
  const refresh = useRefresh();
  const choose = useAct(async (file: File | undefined) => {
    setReport(null);
    const preview = file === undefined ? null : await previewRoll(file, second);
    setChoice(file === undefined || preview === null ? null : { file, preview });
    setColumns(preview?.guess ? { ...noColumns, ...textsOf(preview.guess) } : noColumns);
  });
  const send = useAct(async (dryRun: boolean) => {
    if (choice === null) throw new Refused(422, noFile);
    if (choice.file.size > rollFileBytesMax) throw new Refused(422, tooLarge);
    if (choice.preview.fault !== null) throw new Refused(422, { title: unreadable, detail: choice.preview.fault });
    if (columns.column === '' || columns.heading === '') throw new Refused(422, noColumn);
    if (needed !== undefined && columns.second === '') throw new Refused(422, noSecond);
    setReport(await uploadRoll(path, choice.file, mode, columns, dryRun));
    if (!dryRun) await refresh('elections');
  });
  const change = <Value,>(set: (value: Value) => void) => {
    return (value: Value): void => {
      setReport(null);
      send.clear();
      set(value);
    };
  };
  return (
    <>
      <p class="hint">Upload a CSV file in UTF-8 with one person in each row. You see what it would change first.</p>
      <div class="field">
        <label for="roll-file">File</label>
        <input
          type="file"
          id="roll-file"
          accept=".csv,.tsv,.txt,text/csv,text/plain"
          onChange={(event) => void choose.run(event.currentTarget.files?.[0])}
        />
      </div>
      {choice !== null && choice.preview.fault === null && (
        <RollColumns preview={choice.preview} columns={columns} second={needed} onColumns={change(setColumns)} />
      )}
      {correctable && <SelectField label="Change" value={mode} options={modes} onValue={change(setMode)} />}
      <RejectionNote rejection={send.rejection} />
      <div class="acts">
        <button type="button" aria-disabled={send.busy} onClick={() => void send.run(true)}>
          Check file
        </button>
        {report?.dryRun === true && canChange(report) && (
          <button type="button" class="primary" aria-disabled={send.busy} onClick={() => void send.run(false)}>
            Change the roll now
          </button>
        )}
      </div>
      {send.busy && <p role="status">Sending the file. Keep this page open…</p>}
      {report !== null && <RollReportNote report={report} />}
    </>
  );
}

const noColumns: ChosenColumns = { heading: '', column: '', second: '', label: '' };
const textsOf = ({ heading, column, second }: NonNullable<RollPreview['guess']>) => ({
  heading: String(heading),
  column: String(column),
  second: second === null ? '' : String(second),
});
const unreadable = 'The file cannot be read';
const noFile = { title: 'Choose a file', detail: 'Choose the roll file, then check it.' };
const noColumn = {
  title: 'Select the column with the numbers',
  detail: 'Select the row with the names of the columns too.',
};
const noSecond = {
  title: 'Select the column with the PIN or birth date',
  detail: 'Each person on this roll has one. To remove people, their numbers are enough.',
};
const tooLarge = {
  title: 'The file is too large',
  detail: `Upload it in parts of ${rollFileBytesMax / 1_048_576} MiB or less. Nothing was changed.`,
};

const canChange = ({ mode, added, changed, removed, malformed, collision }: RollReport): boolean =>
  added + changed + removed > 0 && (mode !== 'replace' || malformed + collision === 0);

async function uploadRoll(
  path: string,
  file: File,
  mode: Mode,
  { heading, column, second, label }: ChosenColumns,
  dryRun: boolean,
): Promise<RollReport> {
  const query = new URLSearchParams({ mode, heading, column, dryRun: String(dryRun) });
  if (label !== '') query.set('label', label);
  if (second !== '') query.set('second', second);
  const { data } = await callPanel<RollReport>('elections', `${path}/roll?${query.toString()}`, {
    method: 'POST',
    raw: file,
    headers: { 'content-type': 'text/csv' },
    msMax: uploadMsMax,
  });
  return data;
}

// The upload of an election's roll. The file is sent unchanged, and the response reports its rows. This page does not
// read, store or show any number in the file.
import { useState } from 'preact/hooks';
import type { AdministeredElection } from '../../../protocol/control/elections-api.ts';
import type { MalformedReason, RollReport } from '../../../protocol/control/election-lifecycle-api.ts';
import { callPanel, Refused } from '../calls.ts';
import { RejectionNote } from '../parts/rejection-note.tsx';
import { useAct, useRefresh } from '../remote.ts';
import { countText, numberText } from '../words.ts';
import { pathOf } from './draft/definition.ts';

/** A file of ten million people takes minutes. */
const uploadMsMax = 15 * 60_000;
/** Largest file, in bytes: the limit of the service. */
const fileBytesMax = 512 * 1_048_576;

const reasons: Readonly<Record<MalformedReason, string>> = {
  'not-a-number': 'has no number made of letters and digits',
  'too-long': 'is too long',
  quotes: 'has quotation marks that do not match',
  'control-character': 'has a character that cannot be printed',
};

export function RollUpload({ election }: { readonly election: AdministeredElection }) {
  const { id, state, phase } = election;
  const [file, setFile] = useState<File | null>(null);
  const [report, setReport] = useState<RollReport | null>(null);
  const refresh = useRefresh();
  const act = useAct(async () => {
    if (file === null) throw new Refused(422, noFile);
    if (file.size > fileBytesMax) throw new Refused(422, tooLarge);
    const { data } = await callPanel<RollReport>('elections', `${pathOf(id)}/roll`, {
      method: 'POST',
      raw: file,
      headers: { 'content-type': 'text/csv' },
      msMax: uploadMsMax,
    });
    setReport(data);
    await refresh('elections');
  });
  if (state !== 'announced' || phase === 'closed' || phase === 'published') return null;
  return (
    <section class="roll" aria-labelledby="roll-title">
      <h2 id="roll-title">Roll</h2>
      <p class="hint">
        Upload a CSV file in UTF-8 with one person per line. The number is in the “number” column or the first column.
        An upload only adds people who are not on the roll yet.
      </p>
      <RejectionNote rejection={act.rejection} />
      <div class="field">
        <label for="roll-file">File</label>
        <input
          type="file"
          id="roll-file"
          accept=".csv,text/csv,text/plain"
          onChange={(event) => setFile(event.currentTarget.files?.[0] ?? null)}
        />
      </div>
      <button type="button" aria-disabled={act.busy} onClick={() => void act.run()}>
        Upload roll
      </button>
      {act.busy && <p role="status">Uploading. Keep this page open…</p>}
      {report !== null && <Report report={report} />}
    </section>
  );
}

const noFile = { title: 'Choose a file', detail: 'Choose the roll file, then upload it.' };
const tooLarge = {
  title: 'The file is too large',
  detail: 'Upload it in parts of 512 MiB or less. Nothing was added.',
};

function Report({ report }: { readonly report: RollReport }) {
  const { rows, heading, added, alreadyThere, malformed, blank, malformedRows } = report;
  const lines = [
    ['People added', added],
    ['Already on the roll', alreadyThere],
    ['Lines with problems', malformed],
    ['Empty lines', blank],
    ['Heading lines', heading],
    ['Lines in the file', rows],
  ] as const;
  return (
    <div class={malformed === 0 ? 'note ok' : 'note warn'} role="status">
      <h2>{countText(added, 'person', 'people')} added</h2>
      <dl class="lines">
        {lines.map(([label, n]) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>{numberText(n)}</dd>
          </div>
        ))}
      </dl>
      {malformedRows.length > 0 && (
        <>
          <p>We skipped these lines. Fix them and upload the file again. No one is added twice.</p>
          <ul>
            {malformedRows.map(({ row, reason }) => (
              <li key={row}>
                Line {numberText(row)} {reasons[reason]}.
              </li>
            ))}
          </ul>
          {malformed > malformedRows.length && <p>And {numberText(malformed - malformedRows.length)} more.</p>}
        </>
      )}
    </div>
  );
}

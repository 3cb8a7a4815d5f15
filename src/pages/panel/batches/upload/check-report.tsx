// The report on a checked file and the next step: upload it, or choose another. A file with a malformed line cannot be
// uploaded, because the service would reject all of it. Rows that would count as invalid are listed and do not block
// the upload.
import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { PublicElection } from '../../../../protocol/public-document.ts';
import { saveFile } from '../../../shared/save-file.ts';
import { countText, numberText } from '../../words.ts';
import type { CheckedFile } from './check-file.ts';
import { bytesText } from './file-progress.tsx';
import { FindingList } from './finding-list.tsx';
import { reportTitles } from './report-state.ts';
import type { ReportState } from './report-state.ts';
import { formText, problemsCsv } from './finding-words.ts';

type Props = {
  readonly file: File;
  readonly checked: CheckedFile;
  readonly election: PublicElection;
};

export function CheckReport({
  file,
  checked,
  election,
  state,
  children,
}: Props & { readonly state: ReportState; readonly children: ComponentChildren }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), [checked, state]);
  const { rows, wrong, doubtful, fault } = checked;
  const hasFindings = wrong.total > 0 || doubtful.rows > 0;
  return (
    <section aria-labelledby="checked" class="batch-report">
      <h2 id="checked" tabIndex={-1} ref={heading}>
        {reportTitles[state]}
      </h2>
      <p class="muted">
        <bdi>{file.name}</bdi>, {bytesText(file.size)}
        {fault === null && <>. {formText(checked)}.</>}
      </p>
      {fault === null ? (
        <Sums rows={rows} wrong={wrong.rows} doubtful={doubtful.rows} />
      ) : (
        <FaultNote checked={checked} />
      )}
      {fault === null && wrong.total > 0 && (
        <p class="note bad">
          A file is accepted only if every row is valid. Fix the lines below in the file, then choose it again.
        </p>
      )}
      {children}
      {hasFindings && (
        <p>
          <button
            type="button"
            onClick={() => saveFile('problems.csv', 'text/csv', problemsCsv(checked, election.contests))}
          >
            Download problems.csv
          </button>
        </p>
      )}
      {fault === null && <Findings checked={checked} election={election} />}
    </section>
  );
}

function FaultNote({ checked: { fault, rows } }: { readonly checked: CheckedFile }) {
  return (
    <div class="note bad">
      <p>
        <strong>{fault?.detail}</strong>
      </p>
      {rows > 0 && <p>The check stopped there, after {rowsOf(rows)}.</p>}
    </div>
  );
}

function Sums({ rows, wrong, doubtful }: { readonly rows: number; readonly wrong: number; readonly doubtful: number }) {
  const right = rows - wrong - doubtful;
  return (
    <p class="batch-sums">
      <strong>{rowsOf(rows)}.</strong> {numberText(right)} {right === 1 ? 'looks' : 'look'} right, {numberText(wrong)}{' '}
      {wrong === 1 ? 'has' : 'have'} the wrong format, {numberText(doubtful)} would count as invalid.
    </p>
  );
}

const rowsOf = (rows: number): string => countText(rows, 'row');

function Findings({ checked, election }: Pick<Props, 'checked' | 'election'>) {
  const { wrong, doubtful, idsLooked, rows } = checked;
  const { contests } = election;
  return (
    <>
      {wrong.total > 0 && (
        <>
          <h2>Fix before uploading</h2>
          {wrong.groups.some(({ total }) => total > 0) && wrong.total < totalOf(wrong.groups) && (
            <p class="muted">A row with two faults is in two lists.</p>
          )}
          <FindingList groups={wrong.groups} contests={contests} />
        </>
      )}
      {doubtful.rows > 0 && (
        <>
          <h2>Rows that would count as invalid</h2>
          <p>
            Compare these rows with the paper ballots. If they match, upload the file. The rows are stored with the
            reason.
          </p>
          <FindingList groups={doubtful.groups} contests={contests} />
        </>
      )}
      {idsLooked < rows - wrong.rows && (
        <p class="note">
          We checked the first {countText(idsLooked, 'row')} for repeated ballot IDs. The service checks the rest. Each
          ID counts once.
        </p>
      )}
    </>
  );
}

const totalOf = (groups: readonly { readonly total: number }[]): number =>
  groups.reduce((sum, { total }) => sum + total, 0);

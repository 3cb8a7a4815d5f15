// What the check of a file found, and what can be done now: send it, or choose again. A file with a line of wrong form cannot
// be sent: it would be refused whole. Rows that would count as invalid are told and do not keep anybody from sending.
import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { PublicElection } from '../../../../protocol/public-document.ts';
import { saveFile } from '../../results/save-file.ts';
import { numberText } from '../../words.ts';
import type { CheckedFile } from './check-file.ts';
import { bytesText } from './file-progress.tsx';
import { FindingList } from './finding-list.tsx';
import { formText, problemsCsv } from './finding-words.ts';

type Props = {
  readonly file: File;
  readonly checked: CheckedFile;
  readonly election: PublicElection;
};

export function CheckReport({ file, checked, election, children }: Props & { readonly children: ComponentChildren }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), [checked]);
  const { rows, wrong, doubtful, fault } = checked;
  const found = wrong.total > 0 || doubtful.rows > 0;
  return (
    <section aria-labelledby="checked" class="batch-report">
      <h2 id="checked" tabIndex={-1} ref={heading}>
        {fault !== null || wrong.total > 0 ? 'This file needs mending' : 'This file can be sent'}
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
          The service takes a file whole or not at all, so nothing of this one can be sent yet. Mend the lines below in
          the file and choose it again.
        </p>
      )}
      {children}
      {found && (
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
      {rows > 0 && <p>The reading stopped there, after {numberText(rows)} rows.</p>}
    </div>
  );
}

function Sums({ rows, wrong, doubtful }: { readonly rows: number; readonly wrong: number; readonly doubtful: number }) {
  const right = rows - wrong - doubtful;
  return (
    <p class="batch-sums">
      <strong>{rowsOf(rows)}.</strong> {numberText(right)} {right === 1 ? 'looks' : 'look'} right, {numberText(wrong)}{' '}
      {wrong === 1 ? 'is' : 'are'} of wrong form, {numberText(doubtful)} would count as invalid.
    </p>
  );
}

const rowsOf = (rows: number): string => `${numberText(rows)} ${rows === 1 ? 'row' : 'rows'}`;

function Findings({ checked, election }: Pick<Props, 'checked' | 'election'>) {
  const { wrong, doubtful, idsLooked, rows } = checked;
  const { contests } = election;
  return (
    <>
      {wrong.total > 0 && (
        <>
          <h2>To mend before sending</h2>
          {wrong.groups.some(({ total }) => total > 0) && wrong.total < totalOf(wrong.groups) && (
            <p class="muted">A row with two faults stands in two lists.</p>
          )}
          <FindingList groups={wrong.groups} contests={contests} />
        </>
      )}
      {doubtful.rows > 0 && (
        <>
          <h2>To look at: these rows would count as invalid</h2>
          <p>They are taken and kept with the reason. Compare them with the paper, and go on if it says so.</p>
          <FindingList groups={doubtful.groups} contests={contests} />
        </>
      )}
      {idsLooked < rows - wrong.rows && (
        <p class="note">
          Repeated ballot ids were looked for in the first {numberText(idsLooked)} rows. The service finds the others:
          each id counts once.
        </p>
      )}
    </>
  );
}

const totalOf = (groups: readonly { readonly total: number }[]): number =>
  groups.reduce((sum, { total }) => sum + total, 0);

// The findings in a file, grouped by their fix, each with its rows. The list is short at first; the rest is in the
// downloadable file. Text from the file is shown as plain text only.
import { useState } from 'preact/hooks';
import type { Contest } from '../../../../domain/election.ts';
import { numberText } from '../../words.ts';
import type { FileFinding, FindingGroup, FindingKind } from './check-file.ts';
import { wordsOf } from './finding-words.ts';

/** Rows of a group on the page: at first, and at most. */
const findingsFirst = 5;
const findingsMax = 500;

export function FindingList({
  groups,
  contests,
}: {
  readonly groups: readonly FindingGroup[];
  readonly contests: readonly Contest[];
}) {
  const byTotal = [...groups].sort((a, b) => b.total - a.total);
  return byTotal.map((group) => (
    <FindingSection key={`${group.kind}/${group.column ?? 0}`} group={group} contests={contests} />
  ));
}

function FindingSection({ group, contests }: { readonly group: FindingGroup; readonly contests: readonly Contest[] }) {
  const [all, setAll] = useState(false);
  const { title, fix } = wordsOf(group, contests);
  const visible = group.listed.slice(0, all ? findingsMax : findingsFirst);
  const rest = group.total - visible.length;
  return (
    <section class="batch-findings">
      <h3>
        {title} <span class="muted">({numberText(group.total)})</span>
      </h3>
      <p>{fix}</p>
      <ul>
        {visible.map((finding) => (
          <FindingLine key={finding.line} finding={finding} withDetail={ownDetails.has(group.kind)} />
        ))}
      </ul>
      {!all && group.listed.length > findingsFirst && (
        <button type="button" class="small" onClick={() => setAll(true)} aria-label={`Show all: ${title}`}>
          Show{' '}
          {group.listed.length > findingsMax
            ? `the first ${numberText(findingsMax)}`
            : `all ${numberText(group.listed.length)}`}
        </button>
      )}
      {all && rest > 0 && (
        <p class="muted">
          {numberText(rest)} more. Fix these and check again, or download problems.csv
          {group.listed.length < group.total ? ', which has the first of them' : ''}.
        </p>
      )}
    </section>
  );
}

/** Groups in which each row has its own detail. */
const ownDetails: ReadonlySet<FindingKind> = new Set(['values', 'heading', 'repeated-id', 'not-on-ballot']);

function FindingLine({ finding, withDetail }: { readonly finding: FileFinding; readonly withDetail: boolean }) {
  const { row, line, text, detail } = finding;
  return (
    <li>
      <strong>{row === null ? 'Heading' : `Row ${numberText(row)}`}</strong>
      {row !== line && <span class="muted"> (line {numberText(line)})</span>}
      {text !== '' && (
        <>
          {': '}
          <code class="batch-raw">{text}</code> {withDetail && <span>{detail}</span>}
        </>
      )}
    </li>
  );
}

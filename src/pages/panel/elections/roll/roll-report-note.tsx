// What a file changes on a roll, or would change: counts that add up to its rows, and the first rows of each kind.
import type { MalformedReason } from '../../../../domain/roll/roll-file.ts';
import type { RollWarningKind } from '../../../../domain/roll/roll-warnings.ts';
import type { RollReport } from '../../../../protocol/control/roll-api.ts';
import { rowFaults } from '../../parts/row-faults.ts';
import { countText, numberText } from '../../words.ts';

const headingAmongPeople = 'is another row with the names of the columns';
const reasons: Readonly<Record<MalformedReason, string>> = {
  'not-a-number': 'has no number made of letters and digits, or one that a spreadsheet changed (such as 1001.0)',
  'second-element': 'has no PIN of 4 to 12 digits, or no birth date that is written as 1980-12-31 or 31.12.1980',
  'too-long': rowFaults.long,
  quotes: rowFaults.quotes,
  'control-character': rowFaults.control,
  encoding: rowFaults.encoding,
  columns: 'has more columns than the heading: put quotation marks around values with a separator',
  heading: headingAmongPeople,
};

const warned: Readonly<Record<RollWarningKind, string>> = {
  'mixed-lengths': 'have numbers of another length than most: were zeros lost at the beginning?',
  'mixed-pin-lengths': 'have PINs of another length than most: were zeros lost at the beginning?',
  'letters-among-digits': 'have letters where nearly all numbers have only digits',
  'decimal-point': 'may be decimal numbers',
  exponent: 'may be numbers with an exponent',
  date: 'may be dates',
  'line-break': 'have a line break in the number',
};

export function RollReportNote({ report }: { readonly report: RollReport }) {
  const { dryRun, settled, malformed, collision, mode, warnings } = report;
  const doubtful = malformed + collision;
  return (
    <div class={doubtful + warnings.length === 0 ? 'note ok' : 'note warn'} role="status">
      <h2>{titleOf(report)}</h2>
      {!settled && <p>The ballot server has not confirmed the change yet. It is sent automatically.</p>}
      <Counts report={report} />
      <DoubtfulRows report={report} />
      {mode === 'replace' && doubtful > 0 && (
        <p>A file that replaces the roll may have no such rows. Fix them and check the file again.</p>
      )}
      {warnings.length > 0 && (
        <ul>
          {warnings.map(({ kind, count, rows }) => (
            <li key={kind}>
              {countText(count, 'row', 'rows')} {warned[kind]}. See row {rows.map(numberText).join(', ')}
              {count > rows.length && '…'}
            </li>
          ))}
        </ul>
      )}
      {dryRun && <p>Nothing was changed yet.</p>}
    </div>
  );
}

function titleOf({ dryRun, added, changed, removed }: RollReport): string {
  const parts = [
    `${countText(added, 'person', 'people')} ${dryRun ? 'to add' : 'added'}`,
    ...(changed > 0 ? [`${numberText(changed)} ${dryRun ? 'to change' : 'changed'}`] : []),
    ...(removed > 0 ? [`${numberText(removed)} ${dryRun ? 'to remove' : 'removed'}`] : []),
  ];
  return parts.join(', ');
}

function Counts({ report }: { readonly report: RollReport }) {
  const { added, changed, removed, alreadyThere, notOnRoll, duplicate, collision, malformed } = report;
  const { mode, blank, title, heading, rows } = report;
  const lines = [
    ['Added', added],
    ['Changed', changed],
    ...(mode === 'replace' ? [] : ([['Removed', removed]] as const)),
    ['Already on the roll', alreadyThere],
    ['Not on the roll', notOnRoll],
    ['Repeated in the file', duplicate],
    ['The same number, written otherwise', collision],
    ['Rows with problems', malformed],
    ['Empty rows', blank],
    ['Title and heading rows', title + heading],
    ['Rows in the file', rows],
    ...(mode === 'replace' ? ([['On the roll and not in the file: removed', removed]] as const) : []),
  ] as const;
  return (
    <dl class="lines">
      {lines.map(([label, count]) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd>{numberText(count)}</dd>
        </div>
      ))}
    </dl>
  );
}

function DoubtfulRows({ report }: { readonly report: RollReport }) {
  const { malformed, malformedRows, collision, duplicate, repeatedRows, changedRows, notOnRollRows } = report;
  const more = malformed + collision + duplicate - malformedRows.length - repeatedRows.length;
  if (malformedRows.length + repeatedRows.length + changedRows.length + notOnRollRows.length === 0) return null;
  return (
    <>
      <ul>
        {malformedRows.map(({ row, reason }) => (
          <li key={row}>
            Row {numberText(row)} {reasons[reason]}.
          </li>
        ))}
        {repeatedRows.map(({ row, firstRow, kind }) => (
          <li key={row}>
            Row {numberText(row)}{' '}
            {kind === 'duplicate'
              ? 'repeats'
              : 'has, written otherwise or with another PIN or birth date, the number of'}{' '}
            {firstRow === null ? 'a person on the roll' : `row ${numberText(firstRow)}`}
            {kind === 'collision' && '. If they are two people, give one of them another number'}.
          </li>
        ))}
        {changedRows.length > 0 && <li>Changed: rows {changedRows.map(numberText).join(', ')}.</li>}
        {notOnRollRows.length > 0 && <li>Not on the roll: rows {notOnRollRows.map(numberText).join(', ')}.</li>}
      </ul>
      {more > 0 && <p>And {numberText(more)} more.</p>}
    </>
  );
}

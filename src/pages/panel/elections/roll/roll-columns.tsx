// The first rows of a roll as they were read, and the questions which column is the number and which row is a heading.
import type { SecondElement } from '../../../../domain/roll/second-element.ts';
import { DataTable } from '../../parts/data-table.tsx';
import { SelectField } from '../../parts/field.tsx';
import { secondElementNames } from '../describe.ts';
import { columnsMax } from './roll-preview.ts';
import type { RollPreview } from './roll-preview.ts';

/** As the service takes them: positions from 1. Empty: not selected; for `label`: none. */
export type ChosenColumns = {
  readonly heading: string;
  readonly column: string;
  readonly second: string;
  readonly label: string;
};

export function RollColumns({
  preview: { rows, columns: count, guess },
  columns,
  second,
  onColumns,
}: {
  readonly preview: RollPreview;
  readonly columns: ChosenColumns;
  /** What the file must have beside the numbers. */
  readonly second: SecondElement | undefined;
  readonly onColumns: (columns: ChosenColumns) => void;
}) {
  const headingCells = rows.find(({ row }) => String(row) === columns.heading) ?? rows[0];
  const places = Array.from({ length: count }, (_, place) => place);
  const columnOptions = places.map(
    (place) => [String(place + 1), `${place + 1}: ${headingCells?.cells[place] ?? ''}`] as const,
  );
  const selectable = [['', 'Select'], ...columnOptions] as const;
  const onSecond = (position: string): void => onColumns({ ...columns, second: position });
  const rowOptions = rows.map(
    ({ row, cells }) => [String(row), `Row ${row}: ${cells.join(' | ').slice(0, 60)}`] as const,
  );
  // A heading far down is not among the rows that are shown.
  const further = guess !== null && guess.heading > 0 && !rows.some(({ row }) => row === guess.heading);
  const head = columnOptions.slice(0, columnsMax);
  return (
    <>
      <DataTable
        caption="The first rows of the file as they are read"
        rows={rows}
        keyOf={({ row }) => String(row)}
        columns={[
          { head: 'Row', cell: ({ row }) => row, number: true },
          ...head.map(([position], place) => ({
            head: `Column ${position}`,
            cell: ({ cells }: RollPreview['rows'][number]) => cells[place] ?? '',
          })),
        ]}
      />
      <SelectField
        label="Row with the names of the columns"
        value={columns.heading}
        options={[
          ['', 'Select'],
          ['0', 'None: the first row is a person'],
          ...rowOptions,
          ...(further ? [[String(guess.heading), `Row ${guess.heading}`] as const] : []),
        ]}
        onValue={(heading) => onColumns({ ...columns, heading })}
      />
      <SelectField
        label="Column with the numbers"
        value={columns.column}
        options={selectable}
        onValue={(column) => onColumns({ ...columns, column })}
      />
      {second !== undefined && (
        <SelectField {...secondField(second)} value={columns.second} options={selectable} onValue={onSecond} />
      )}
      <SelectField
        label="Column to keep beside the number, such as the name"
        hint="Only administrators see it. It is sealed like the number, and destroyed with the publication."
        value={columns.label}
        options={[['', 'None'], ...columnOptions]}
        onValue={(label) => onColumns({ ...columns, label })}
      />
    </>
  );
}

const secondField = (kind: SecondElement) => ({
  label: `Column with the ${secondElementNames[kind]}`,
  hint: secondHints[kind],
});

const secondHints: Readonly<Record<SecondElement, string>> = {
  pin: '4 to 12 digits. Zeros at the beginning count: format the column as text before you save the file.',
  'birth-date':
    'Write 1980-12-31 or 31.12.1980. Dates with slashes are not read, because day and month could be confused.',
};

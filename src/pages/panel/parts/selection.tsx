// Rows that are selected for an action on several: a column of boxes, and the bar with the action.
import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { numberText } from '../words.ts';
import type { Column } from './data-table.tsx';

export type Selection = {
  readonly ids: ReadonlySet<string>;
  readonly set: (ids: readonly string[], selected: boolean) => void;
  readonly clear: () => void;
};

export function useSelection(): Selection {
  const [ids, setIds] = useState<ReadonlySet<string>>(new Set());
  return {
    ids,
    set: (changed, selected) =>
      setIds((before) => {
        const next = new Set(before);
        for (const id of changed) {
          if (selected) next.add(id);
          else next.delete(id);
        }
        return next;
      }),
    clear: () => setIds(new Set()),
  };
}

type SelectableRow = { readonly id: string };

/** A box in each row that may be selected. */
export const selectColumn = <Row extends SelectableRow>(
  selection: Selection,
  nameOf: (row: Row) => string,
  selectable: (row: Row) => boolean = () => true,
): Column<Row> => ({
  head: 'Select',
  cell: (row) =>
    selectable(row) && (
      <input
        type="checkbox"
        aria-label={`Select ${nameOf(row)}`}
        checked={selection.ids.has(row.id)}
        onChange={(event) => selection.set([row.id], event.currentTarget.checked)}
      />
    ),
});

/** What can be done with the selected rows. `rows`: those of the list that may be selected. */
export function SelectionBar({
  selection,
  rows,
  children,
}: {
  readonly selection: Selection;
  readonly rows: readonly SelectableRow[];
  readonly children: ComponentChildren;
}) {
  if (rows.length < 2) return null;
  const ids = rows.map(({ id }) => id);
  const count = ids.filter((id) => selection.ids.has(id)).length;
  return (
    <div class="acts" role="group" aria-label="Selected rows">
      <button type="button" class="small" onClick={() => selection.set(ids, count < ids.length)}>
        {count < ids.length ? `Select all ${numberText(ids.length)}` : 'Select none'}
      </button>
      <span class="muted" role="status">
        {numberText(count)} selected
      </span>
      {count > 0 && children}
    </div>
  );
}

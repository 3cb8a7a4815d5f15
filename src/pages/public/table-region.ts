// A table in a separate region, which scrolls by touch and by keyboard if the table is wider than the screen. The page
// itself never scrolls sideways.
import { html } from './html.ts';
import type { Html, Piece } from './html.ts';

export type TableParts = {
  /** Unique in the page. */
  readonly id: string;
  /** The name of the table, for screen readers. */
  readonly label: Piece;
  /** Whether the label is also visible above the table. */
  readonly showLabel?: boolean;
  readonly className?: string;
  readonly columns: readonly string[];
  readonly rows: readonly Piece[];
  /** Rows of a second body. */
  readonly more?: readonly Piece[];
};

export function table({ id, label, showLabel = false, className = '', columns, rows, more = [] }: TableParts): Html {
  const captionId = `${id}-caption`;
  const heads = columns.map((column) => html`<th scope="col" role="columnheader">${column}</th>`);
  // With several numbers in a row, the name is above them on a narrow screen. The roles keep it a table for screen
  // readers.
  const kinds = [className, className !== 'steps' && columns.length > 2 ? `stacks stacks-${columns.length - 1}` : '']
    .join(' ')
    .trim();
  return html`<div class="scroll" tabindex="0" role="group" aria-labelledby="${captionId}">
    <table class="${kinds}" role="table">
      <caption id="${captionId}" class="${showLabel ? '' : 'unseen'}">
        ${label}
      </caption>
      <thead role="rowgroup">
        <tr role="row">
          ${heads}
        </tr>
      </thead>
      <tbody role="rowgroup">
        ${rows}
      </tbody>
      ${
        more.length > 0 &&
        html`<tbody role="rowgroup" class="below">
          ${more}
        </tbody>`
      }
    </table>
  </div>`;
}

/** A row: its heading and its cells. */
export function row(head: Piece, cells: readonly Piece[], className = ''): Html {
  const rest = cells.map((cell) => html`<td role="cell">${cell}</td>`);
  return html`<tr role="row" class="${className}">
    <th scope="row" role="rowheader">${head}</th>
    ${rest}
  </tr>`;
}

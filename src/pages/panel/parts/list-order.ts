// The orders in which a list can be shown. The first of each list is that of the service; its value is empty.

type Compare<Row> = (a: Row, b: Row) => number;
export type ListOrder<Row> = {
  /** In the address; empty for the order of the service. */
  readonly value: string;
  readonly name: string;
  /** Null for the order of the service. */
  readonly compare: Compare<Row> | null;
};

const collator = new Intl.Collator('en', { numeric: true });

export function byText<Row>(textOf: (row: Row) => string): Compare<Row> {
  return (a, b) => collator.compare(textOf(a), textOf(b));
}

export function byLargest<Row>(numberOf: (row: Row) => number): Compare<Row> {
  return (a, b) => numberOf(b) - numberOf(a);
}

/** Those without a time come last. */
export function byLatest<Row>(timeOf: (row: Row) => string | null): Compare<Row> {
  return byLargest((row) => {
    const at = timeOf(row);
    return at === null ? 0 : Date.parse(at);
  });
}

export function bySoonest<Row>(timeOf: (row: Row) => string): Compare<Row> {
  return byLargest((row) => -Date.parse(timeOf(row)));
}

/** Equal rows stay in the order of the service. */
export function inOrder<Row>(rows: readonly Row[], { compare }: ListOrder<Row>): readonly Row[] {
  return compare === null ? rows : [...rows].sort(compare);
}

/** Whether a text has what a person searches for, without regard to case. */
export const hasText = (text: string, searched: string): boolean =>
  text.toLowerCase().includes(searched.trim().toLowerCase());

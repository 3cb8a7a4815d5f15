// The search and the order of a list, in the address of its page, and the fields that change them. A second list of a
// page has parameters of its own.
import { useSearchParams } from 'wouter-preact';
import { SelectField, TextField } from './field.tsx';
import type { ListOrder } from './list-order.ts';

const sortParameter = 'sort';
const searchParameter = 'search';

/** The order in the address; the first where it names none. */
export function useListOrder<Row>(
  orders: readonly [ListOrder<Row>, ...ListOrder<Row>[]],
  parameter = sortParameter,
): ListOrder<Row> {
  const [search] = useSearchParams();
  return orders.find(({ value }) => value === search.get(parameter)) ?? orders[0];
}

export function SortField<Row>({
  orders,
  order,
  label = 'Sort by',
  parameter = sortParameter,
}: {
  readonly orders: readonly ListOrder<Row>[];
  readonly order: ListOrder<Row>;
  readonly label?: string;
  readonly parameter?: string;
}) {
  const setParameter = useListParameters();
  return (
    <SelectField
      label={label}
      value={order.value}
      onValue={(value) => setParameter({ [parameter]: value })}
      options={orders.map(({ value, name }) => [value, name] as const)}
    />
  );
}

/** The searched text in the address. */
export function useListSearch(parameter = searchParameter): string {
  const [search] = useSearchParams();
  return search.get(parameter) ?? '';
}

export function SearchField({
  label,
  parameter = searchParameter,
}: {
  readonly label: string;
  readonly parameter?: string;
}) {
  const text = useListSearch(parameter);
  const setParameter = useListParameters();
  return (
    <TextField
      label={label}
      type="search"
      value={text}
      onValue={(next) => setParameter({ [parameter]: next })}
      autocomplete="off"
    />
  );
}

/** Changes some parameters of the address and keeps the others. An empty one is removed. */
export function useListParameters(): (changes: Readonly<Record<string, string>>) => void {
  const [, setSearch] = useSearchParams();
  return (changes) =>
    setSearch(
      (before) => {
        const next = new URLSearchParams(before);
        for (const [name, value] of Object.entries(changes)) {
          if (value === '') next.delete(name);
          else next.set(name, value);
        }
        return next;
      },
      { replace: true },
    );
}

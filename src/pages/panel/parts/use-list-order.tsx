// The order of a list, in the address of its page, and the field that changes it.
import { useSearchParams } from 'wouter-preact';
import { SelectField } from './field.tsx';
import type { ListOrder } from './list-order.ts';

const parameter = 'sort';

/** The order in the address; the first where it names none. */
export function useListOrder<Row>(orders: readonly [ListOrder<Row>, ...ListOrder<Row>[]]): ListOrder<Row> {
  const [search] = useSearchParams();
  return orders.find(({ value }) => value === search.get(parameter)) ?? orders[0];
}

export function SortField<Row>({
  orders,
  order,
}: {
  readonly orders: readonly ListOrder<Row>[];
  readonly order: ListOrder<Row>;
}) {
  const setParameter = useListParameters();
  return (
    <SelectField
      label="Sort by"
      value={order.value}
      onValue={(value) => setParameter({ [parameter]: value })}
      options={orders.map(({ value, name }) => [value, name] as const)}
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

// The filters of the audit log. They are part of the address, so that a search can be shared.
import { useSearchParams } from 'wouter-preact';
import { useState } from 'preact/hooks';
import { SelectField, TextField } from '../parts/field.tsx';
import { useKnownUsers } from '../people/user-names.ts';
import { filterNames, filterOf } from './filter.ts';
import type { Filter, FilterName } from './filter.ts';
import { actLabel, actNames } from './sentence.ts';

const kinds = [
  ['', 'Anything'],
  ['election', 'An election'],
  ['participant', 'A participant'],
  ['settings', 'Settings'],
  ['audit-log', 'The audit log'],
] as const;

/** With it the year takes four digits. */
const lastDay = '9999-12-31';

/** Actors without an account. */
const systemActors = [
  ['operator', 'The operator'],
  ['clock', 'The schedule'],
] as const;

export function FilterBar() {
  const [search, setSearch] = useSearchParams();
  const filter = filterOf(search);
  const apply = (next: Filter): void => setSearch(new URLSearchParams(next));
  // The form starts again from each new address.
  return <FilterForm key={search.toString()} filter={filter} onApply={apply} />;
}

function FilterForm({ filter, onApply }: { readonly filter: Filter; readonly onApply: (filter: Filter) => void }) {
  const [typed, setTyped] = useState<Filter>(filter);
  const people = [...systemActors, ...useKnownUsers()];
  const field = (name: FilterName, label: string) => ({
    label,
    value: typed[name] ?? '',
    onValue: (value: string) => setTyped((before) => ({ ...before, [name]: value })),
  });
  const others = typed.act !== undefined && typed.act !== '' && !actNames.includes(typed.act) ? [typed.act] : [];
  const acts = [['', 'All actions'], ...[...actNames, ...others].map((act) => [act, actLabel(act)] as const)] as const;
  const submit = (event: Event): void => {
    event.preventDefault();
    const pairs = filterNames.map((name) => [name, typed[name]?.trim() ?? ''] as const);
    onApply(Object.fromEntries(pairs.filter(([, value]) => value !== '')));
  };
  return (
    <form class="audit-filter no-print" role="search" aria-label="Filter the audit log" onSubmit={submit}>
      <div class="filters">
        <TextField {...field('actor', 'Actor ID')} list="audit-actors" spellcheck={false} autocomplete="off" />
        <datalist id="audit-actors">
          {people.map(([id, name]) => (
            <option key={id} value={id} label={name} />
          ))}
        </datalist>
        <SelectField {...field('act', 'Action')} options={acts} />
        <SelectField {...field('objectKind', 'Object')} options={kinds} />
        <TextField {...field('objectId', 'Object ID')} spellcheck={false} />
        <TextField {...field('from', 'From (date, UTC)')} type="date" max={lastDay} />
        <TextField {...field('until', 'To (date, UTC)')} type="date" max={lastDay} />
      </div>
      <div class="acts">
        <button type="submit">Apply</button>
        {Object.keys(filter).length > 0 && (
          <button type="button" onClick={() => onApply({})}>
            Clear filter
          </button>
        )}
      </div>
    </form>
  );
}

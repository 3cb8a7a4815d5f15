// The filters of the audit log. They stand in the address, so that what was found can be shown to another.
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

/** Actors that are nobody's accounts. */
const standing = [
  ['operator', 'The operator'],
  ['clock', 'The schedule'],
] as const;

export function FilterBar() {
  const [search, setSearch] = useSearchParams();
  const filter = filterOf(search);
  const apply = (next: Filter): void => setSearch(new URLSearchParams(next));
  // What is typed and not yet looked for; a new address begins anew.
  return <FilterForm key={search.toString()} filter={filter} onApply={apply} />;
}

function FilterForm({ filter, onApply }: { readonly filter: Filter; readonly onApply: (filter: Filter) => void }) {
  const [typed, setTyped] = useState<Filter>(filter);
  const people = [...standing, ...useKnownUsers()];
  const field = (name: FilterName, label: string) => ({
    label,
    value: typed[name] ?? '',
    onValue: (value: string) => setTyped((before) => ({ ...before, [name]: value })),
  });
  const others = typed.act !== undefined && typed.act !== '' && !actNames.includes(typed.act) ? [typed.act] : [];
  const acts = [['', 'Every act'], ...[...actNames, ...others].map((act) => [act, actLabel(act)] as const)] as const;
  const submit = (event: Event): void => {
    event.preventDefault();
    const given = filterNames.map((name) => [name, typed[name]?.trim() ?? ''] as const);
    onApply(Object.fromEntries(given.filter(([, value]) => value !== '')));
  };
  return (
    <form class="audit-filter no-print" role="search" aria-label="Filter the audit log" onSubmit={submit}>
      <div class="filters">
        <TextField {...field('actor', 'Who (id)')} list="audit-actors" spellcheck={false} autocomplete="off" />
        <datalist id="audit-actors">
          {people.map(([id, name]) => (
            <option key={id} value={id} label={name} />
          ))}
        </datalist>
        <SelectField {...field('act', 'What')} options={acts} />
        <SelectField {...field('objectKind', 'To what')} options={kinds} />
        <TextField {...field('objectId', 'Its id')} spellcheck={false} />
        <TextField {...field('from', 'From (day, UTC)')} type="date" />
        <TextField {...field('until', 'To (day, UTC)')} type="date" />
      </div>
      <div class="acts">
        <button type="submit">Show these</button>
        {Object.keys(filter).length > 0 && (
          <button type="button" onClick={() => onApply({})}>
            Show everything
          </button>
        )}
      </div>
    </form>
  );
}

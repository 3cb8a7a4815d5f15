// The filters of the audit log. They are part of the address, so that a search can be shared.
import { useSearchParams } from 'wouter-preact';
import { useState } from 'preact/hooks';
import { SelectField, TextField } from '../parts/field.tsx';
import { useKnownUsers } from '../people/user-names.ts';
import { filterNames, filterOf } from './filter.ts';
import { useKnownObjects } from './names.ts';
import type { Filter, FilterName } from './filter.ts';
import { actLabel, actNames } from './sentence.ts';

const kinds = [
  ['', 'Anything'],
  ['election', 'An election'],
  ['participant', 'A participant'],
  ['settings', 'Settings'],
  ['audit-log', 'The audit log'],
] as const;

/** Characters of an ID that tell people of one name apart. */
const idCharacters = 8;
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
  const people = distinctNames([...systemActors, ...useKnownUsers()]);
  const objects = useKnownObjects();
  const things = distinctNames(
    objects
      .filter(({ kind }) => (typed.objectKind ?? '') === '' || kind === typed.objectKind)
      .map(({ id, name }) => [id, name]),
  );
  const field = (name: FilterName, label: string) => ({
    label,
    value: typed[name] ?? '',
    onValue: (value: string) => setTyped((before) => ({ ...before, [name]: value })),
  });
  const others = typed.act !== undefined && typed.act !== '' && !actNames.includes(typed.act) ? [typed.act] : [];
  const acts = [['', 'All actions'], ...[...actNames, ...others].map((act) => [act, actLabel(act)] as const)] as const;
  const submit = (event: Event): void => {
    event.preventDefault();
    const byName: Filter = {
      ...typed,
      actor: idOf(people, typed.actor ?? ''),
      objectId: idOf(things, typed.objectId ?? ''),
    };
    const pairs = filterNames.map((name) => [name, byName[name]?.trim() ?? ''] as const);
    onApply(Object.fromEntries(pairs.filter(([, value]) => value !== '')));
  };
  return (
    <form class="audit-filter no-print" role="search" aria-label="Filter the audit log" onSubmit={submit}>
      <div class="filters">
        <NamedField {...field('actor', 'Person')} names={people} id="audit-actors" />
        <SelectField {...field('act', 'Action')} options={acts} />
        <SelectField {...field('objectKind', 'Object')} options={kinds} />
        <NamedField {...field('objectId', 'Name of the object')} names={things} id="audit-objects" />
        <TextField {...field('from', 'From')} type="date" max={lastDay} />
        <TextField {...field('until', 'To')} type="date" max={lastDay} />
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

type Known = readonly (readonly [id: string, name: string])[];

/** A name that several have gets a part of the ID. */
function distinctNames(names: Known): Known {
  const counts = new Map<string, number>();
  for (const [, name] of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return names.map(([id, name]) => [id, (counts.get(name) ?? 0) > 1 ? `${name} (${id.slice(0, idCharacters)})` : name]);
}

/** The ID for a name, or the text itself, which may be an ID. */
const idOf = (names: Known, text: string): string =>
  names.find(([, name]) => name.toLowerCase() === text.trim().toLowerCase())?.[0] ?? text;

/** A field for a name that is known, or for an ID. */
function NamedField(props: {
  readonly label: string;
  readonly value: string;
  readonly onValue: (value: string) => void;
  readonly names: Known;
  readonly id: string;
}) {
  const { names, id, value, ...rest } = props;
  return (
    <>
      <TextField
        {...rest}
        value={names.find(([each]) => each === value)?.[1] ?? value}
        list={id}
        spellcheck={false}
        autocomplete="off"
      />
      <datalist id={id}>
        {names.map(([each, name]) => (
          <option key={each} value={name} />
        ))}
      </datalist>
    </>
  );
}

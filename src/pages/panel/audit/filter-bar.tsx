// The filters of the audit log. They are part of the address, so that a search can be shared.
import { useSearchParams } from 'wouter-preact';
import { useState } from 'preact/hooks';
import { distinctNames } from '../parts/distinct-names.ts';
import type { KnownNames } from '../parts/distinct-names.ts';
import { SelectField, TextField } from '../parts/field.tsx';
import { useKnownUsers } from '../people/user-names.ts';
import { filterNames, filterOf } from './filter.ts';
import { idOfName } from './known-names.ts';
import { useKnownObjects } from './names.ts';
import type { Filter, FilterName } from './filter.ts';
import { actLabel, actNames } from './sentence.ts';

const kinds = [
  ['', 'Anything'],
  ['election', 'An election'],
  ['participant', 'A participant'],
  ['user', 'An account'],
  ['passkey', 'A passkey'],
  ['invitation', 'An invitation'],
  ['proposal', 'A proposal for accounts'],
  ['session', 'A session'],
  ['settings', 'Settings'],
  ['audit-log', 'The audit log'],
] as const;

/** With it the year takes four digits. */
const lastDay = '9999-12-31';

const actorList = 'audit-actors';
const objectList = 'audit-objects';
const fieldIdOf = (list: string): string => `${list}-field`;

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
  const [faults, setFaults] = useState<Readonly<Partial<Record<FilterName, string>>>>({});
  const users = useKnownUsers();
  const people = distinctNames([...systemActors, ...users]);
  const accounts = users.map(([id, name]) => ({ kind: 'user', id, name }));
  const things = distinctNames(
    [...useKnownObjects(), ...accounts]
      .filter(({ kind }) => (typed.objectKind ?? '') === '' || kind === typed.objectKind)
      .map(({ id, name }) => [id, name]),
  );
  const field = (name: FilterName, label: string) => ({
    label,
    value: typed[name] ?? '',
    fault: faults[name],
    onValue: (value: string) => setTyped((before) => ({ ...before, [name]: value })),
  });
  const others = typed.act !== undefined && typed.act !== '' && !actNames.includes(typed.act) ? [typed.act] : [];
  const acts = [['', 'All actions'], ...[...actNames, ...others].map((act) => [act, actLabel(act)] as const)] as const;
  const submit = (event: Event): void => {
    event.preventDefault();
    const actor = idOfName(people, typed.actor ?? '', false);
    const object = idOfName(things, typed.objectId ?? '', true);
    setFaults({ ...(!actor.ok && { actor: actor.fault }), ...(!object.ok && { objectId: object.fault }) });
    if (!actor.ok || !object.ok) {
      document.getElementById(fieldIdOf(actor.ok ? objectList : actorList))?.focus();
      return;
    }
    const byName: Filter = { ...typed, actor: actor.id, objectId: object.id };
    const pairs = filterNames.map((name) => [name, byName[name]?.trim() ?? ''] as const);
    onApply(Object.fromEntries(pairs.filter(([, value]) => value !== '')));
  };
  return (
    <form class="audit-filter no-print" role="search" aria-label="Filter the audit log" onSubmit={submit}>
      <div class="filters">
        <NamedField {...field('actor', 'Person')} names={people} list={actorList} />
        <SelectField {...field('act', 'Action')} options={acts} />
        <SelectField {...field('objectKind', 'Object')} options={kinds} />
        <NamedField {...field('objectId', 'Name of the object')} names={things} list={objectList} />
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

/** A field for a name that is known, or for an ID. */
function NamedField(props: {
  readonly label: string;
  readonly value: string;
  readonly onValue: (value: string) => void;
  readonly fault: string | undefined;
  readonly names: KnownNames;
  readonly list: string;
}) {
  const { names, list, value, ...rest } = props;
  return (
    <>
      <TextField
        {...rest}
        value={names.find(([each]) => each === value)?.[1] ?? value}
        id={fieldIdOf(list)}
        list={list}
        spellcheck={false}
        autocomplete="off"
      />
      <datalist id={list}>
        {names.map(([each, name]) => (
          <option key={each} value={name} />
        ))}
      </datalist>
    </>
  );
}

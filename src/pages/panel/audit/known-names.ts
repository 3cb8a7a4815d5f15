// Names that people type into the filter of the audit log, and the IDs behind them.

export type KnownNames = readonly (readonly [id: string, name: string])[];

/** Most names in a fault. */
const offeredMax = 3;
const uuid = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i;
/** A short name of an election. */
const shortId = /^[a-z\d][\w-]*$/;

const folded = (text: string): string => text.trim().toLowerCase();

/** A name that several have gets the ID. */
export function distinctNames(names: KnownNames): KnownNames {
  const counts = new Map<string, number>();
  for (const [, name] of names) counts.set(folded(name), (counts.get(folded(name)) ?? 0) + 1);
  return names.map(([id, name]) => [id, (counts.get(folded(name)) ?? 0) > 1 ? `${name} (${id})` : name]);
}

export type NamedId = { readonly ok: true; readonly id: string } | { readonly ok: false; readonly fault: string };

/** The ID of a text: a name from the list, or an ID. `shortIds`: IDs that are not in the list may be short names. */
export function idOfName(names: KnownNames, text: string, shortIds: boolean): NamedId {
  const typed = folded(text);
  const known = names.find(([id, name]) => folded(name) === typed || id === text.trim());
  if (known !== undefined) return { ok: true, id: known[0] };
  if (typed === '' || uuid.test(typed)) return { ok: true, id: text.trim() };
  const similar = names.filter(([, name]) => folded(name).includes(typed)).map(([, name]) => name);
  if (similar.length > 0) {
    const more = similar.length > offeredMax ? ', or another' : '';
    return { ok: false, fault: `Choose a whole name: ${similar.slice(0, offeredMax).join(', ')}${more}.` };
  }
  if (shortIds && shortId.test(text.trim())) return { ok: true, id: text.trim() };
  return { ok: false, fault: 'No such name is known. Choose one from the list, or enter a whole ID.' };
}

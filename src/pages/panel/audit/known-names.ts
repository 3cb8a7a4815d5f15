// Names that people type into the filter of the audit log, and the IDs behind them.

import { foldedName } from '../parts/distinct-names.ts';
import type { KnownNames } from '../parts/distinct-names.ts';

/** Most names in a fault. */
const offeredMax = 3;
const uuid = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i;
/** A short name of an election. */
const shortId = /^[a-z\d][\w-]*$/;

export type NamedId = { readonly ok: true; readonly id: string } | { readonly ok: false; readonly fault: string };

/** The ID of a text: a name from the list, or an ID. `shortIds`: IDs that are not in the list may be short names. */
export function idOfName(names: KnownNames, text: string, shortIds: boolean): NamedId {
  const typed = foldedName(text);
  const match = names.find(([id, name]) => foldedName(name) === typed || id === text.trim());
  if (match !== undefined) return { ok: true, id: match[0] };
  if (typed === '' || uuid.test(typed)) return { ok: true, id: text.trim() };
  const similar = names.filter(([, name]) => foldedName(name).includes(typed)).map(([, name]) => name);
  if (similar.length > 0) {
    const more = similar.length > offeredMax ? ', or another' : '';
    return { ok: false, fault: `Choose a whole name: ${similar.slice(0, offeredMax).join(', ')}${more}.` };
  }
  if (shortIds && shortId.test(text.trim())) return { ok: true, id: text.trim() };
  return { ok: false, fault: 'No such name is known. Choose one from the list, or enter a whole ID.' };
}

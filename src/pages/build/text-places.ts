// The places of texts in a list, which the voters' script has instead of their keys: the keys of all texts are a twentieth of
// that script.

/** Keys in the order of the list: those that sources find by name, and those that they find by place alone. */
export type TextKeys<Key extends string> = { readonly byName: readonly Key[]; readonly byPlace: readonly Key[] };

/** Calls `replace` with each key that a source writes as the argument of `t`, or as a branch of it. */
function replaceKeys(source: string, replace: (literal: string, key: string) => string): string {
  return source.replace(/\bt\([^(),]*/g, (start) =>
    start.replace(
      /(\(|[?:] )('([\w-]+)')/g,
      (_whole, before: string, literal: string, key: string) => before + replace(literal, key),
    ),
  );
}

/**
 * A key is found by place if sources have it only as an argument of `t`. Not if it is anywhere else in them, as a text or as a
 * member; or if a template makes it, such as `${scheme}Hint`; or if they do not have it, because then it comes from a document.
 */
export function textKeys<Key extends string>(keys: readonly Key[], sources: readonly string[]): TextKeys<Key> {
  const inCalls = new Set<string>();
  const note = (_literal: string, key: string): string => {
    inCalls.add(key);
    return '';
  };
  const others = sources.map((source) => replaceKeys(source, note)).join('\n');
  const elsewhere = new Set(Array.from(others.matchAll(/['.]([\w-]+)/g), ([, word = '']) => word));
  const templates = Array.from(others.matchAll(/`([\w-]*)\$\{[^`]*\}([\w-]*)`/g), ([, start = '', end = '']) => [
    start,
    end,
  ]);
  const isMade = (key: string): boolean =>
    templates.some(([start = '', end = '']) => start + end !== '' && key.startsWith(start) && key.endsWith(end));
  const isByPlace = (key: string): boolean => inCalls.has(key) && !elsewhere.has(key) && !isMade(key);
  return { byName: keys.filter((key) => !isByPlace(key)), byPlace: keys.filter(isByPlace) };
}

/** A source with the place of each key that `t` is called with. */
export const withPlaces = (source: string, places: ReadonlyMap<string, number>): string =>
  replaceKeys(source, (literal, key) => String(places.get(key) ?? literal));

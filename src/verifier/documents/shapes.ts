// Shapes of JSON values. A shape reads a value, or returns undefined where the value has another form.
import { keyLength, readPublicKey } from './public-key.ts';
import { readBase64url } from './record-bytes.ts';
import type { Json, JsonMembers } from './strict-json.ts';

export type Shape<Value> = (json: Json) => Value | undefined;
type Shapes<Values> = { readonly [Name in keyof Values]: Shape<Values[Name]> };

export const isMembers = (json: Json | undefined): json is JsonMembers =>
  typeof json === 'object' && json !== null && !Array.isArray(json);

/** An object with these members and, if `open` is not given, no others. */
export function membersShape<Required extends object, Optional extends object = object>(
  required: Shapes<Required>,
  optional: Partial<Shapes<Optional>> = {},
  open: 'open' | 'strict' = 'strict',
): Shape<Required & Partial<Optional>> {
  const shapes = new Map<string, Shape<unknown>>(Object.entries({ ...required, ...optional }));
  const requiredNames = Object.keys(required);
  return (json) => {
    if (!isMembers(json) || requiredNames.some((name) => !(name in json))) return undefined;
    const values: Record<string, unknown> = {};
    for (const [name, member] of Object.entries(json)) {
      const shape = shapes.get(name);
      if (shape === undefined && open === 'strict') return undefined;
      const value = shape?.(member);
      if (shape !== undefined && value === undefined) return undefined;
      if (value !== undefined) values[name] = value;
    }
    return values as Required & Partial<Optional>;
  };
}

/** An array of a number of items. */
export const listShape =
  <Item>(item: Shape<Item>, itemsMax: number, itemsMin = 0): Shape<readonly Item[]> =>
  (json) => {
    if (!Array.isArray(json) || json.length > itemsMax || json.length < itemsMin) return undefined;
    const items = (json as readonly Json[]).map(item).filter((each) => each !== undefined);
    return items.length === json.length ? items : undefined;
  };

/** Any text that fits a pattern. */
export const textShape =
  (pattern: RegExp): Shape<string> =>
  (json) =>
    typeof json === 'string' && pattern.test(json) ? json : undefined;

/** One of the named values. */
export const oneOf =
  <Value extends Json>(...values: readonly Value[]): Shape<Value> =>
  (json) =>
    values.find((value) => value === json);

/** The first shape that fits. */
export const eitherShape =
  <A, B>(first: Shape<A>, second: Shape<B>): Shape<A | B> =>
  (json) => {
    const value = first(json);
    return value === undefined ? second(json) : value;
  };

export const integerShape =
  (min: number, max = Number.MAX_SAFE_INTEGER): Shape<number> =>
  (json) =>
    typeof json === 'number' && Number.isSafeInteger(json) && json >= min && json <= max ? json : undefined;

/** The largest number of ballots, rows, votes or people in a document: sums of all that a document has are exact in 64 bits. */
const countMax = 2 ** 40 - 1;
export const countShape = integerShape(0, countMax);
export const aboveZeroShape = integerShape(1, countMax);

export const flagShape: Shape<boolean> = (json) => (typeof json === 'boolean' ? json : undefined);

export const anyObject: Shape<JsonMembers> = (json) => (isMembers(json) ? json : undefined);

/** So many bytes in base64url. */
export const bytesShape =
  (length: number): Shape<Buffer> =>
  (json) => {
    const bytes = typeof json === 'string' ? readBase64url(json) : null;
    return bytes?.length === length ? bytes : undefined;
  };

/** An Ed25519 key: 32 bytes in base64url. */
export const keyShape: Shape<Buffer> = (json) => {
  const bytes = bytesShape(keyLength)(json);
  return bytes !== undefined && readPublicKey(bytes) !== null ? bytes : undefined;
};

export const instantShape = textShape(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?Z$/);
export const electionIdShape = textShape(/^[A-Za-z0-9_-]{1,64}$/);
export const localIdShape = textShape(/^[A-Za-z0-9_.-]{1,64}$/);
export const kidShape = textShape(/^[!-~]{1,64}$/);

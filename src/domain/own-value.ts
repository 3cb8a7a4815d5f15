// Tables that are looked up by a key from outside, such as a language or the id of a contest.

/**
 * What the table itself has under the key. Every object also inherits members such as "constructor" and "__proto__":
 * a plain `table[key]` returns them to anybody who sends such a key.
 */
export const ownValue = <Value>(table: Readonly<Record<string, Value>>, key: string): Value | undefined =>
  Object.hasOwn(table, key) ? table[key] : undefined;

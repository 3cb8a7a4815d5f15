// Names in lists to choose from: equal names differ by their IDs.

export type KnownNames = readonly (readonly [id: string, name: string])[];

export const foldedName = (text: string): string => text.trim().toLowerCase();

/** A name that several have gets the ID. */
export function distinctNames(names: KnownNames): KnownNames {
  const counts = new Map<string, number>();
  for (const [, name] of names) counts.set(foldedName(name), (counts.get(foldedName(name)) ?? 0) + 1);
  return names.map(([id, name]) => [id, (counts.get(foldedName(name)) ?? 0) > 1 ? `${name} (${id})` : name]);
}

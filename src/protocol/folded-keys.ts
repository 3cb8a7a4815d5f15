// Many small values of one kind in few hashes of Redis. A key of its own costs about 100 bytes besides its value. In a hash
// of at most 128 fields, and of at most 64 bytes each, a field costs a few bytes. The hashes are of a slot of time, expire as
// a whole, and are as many as the promised rate fills. Beyond that rate they only become larger.

/** Values in one hash at the promised rate: half of what Redis still stores compactly. */
const fieldsPerHash = 64;
/** Characters of a field: 66 bits of a keyed hash. */
const fieldCharacters = 11;

export type Fold = {
  /** The hashes that may have a name, newest first: of the slot of a time, in milliseconds, and of those before. */
  keysOf(name: string, atMs: number): string[];
  fieldOf(name: string): string;
  /** After this time without a write a hash is no longer read, in seconds. */
  readonly secondsMax: number;
};

/**
 * `name`s are keyed hashes in base64url. `keptSeconds`: for how long each is found at least, a multiple of
 * `slotSeconds`. `fieldsPerSlot`: most names in a slot at the promised rate.
 */
export function createFold(options: {
  readonly prefix: string;
  readonly slotSeconds: number;
  readonly keptSeconds: number;
  readonly fieldsPerSlot: number;
}): Fold {
  const { prefix, slotSeconds, keptSeconds } = options;
  const hashes = Math.max(1, Math.ceil(options.fieldsPerSlot / fieldsPerHash));
  const slotsBefore = Math.ceil(keptSeconds / slotSeconds);
  return {
    keysOf(name, atMs) {
      const slot = Math.floor(atMs / (slotSeconds * 1_000));
      const place = (numberOf(name.slice(fieldCharacters)) % hashes).toString(36);
      return Array.from(
        { length: slotsBefore + 1 },
        (_, before) => `${prefix}${(slot - before).toString(36)}:${place}`,
      );
    },
    fieldOf: (name) => name.slice(0, fieldCharacters),
    secondsMax: (slotsBefore + 1) * slotSeconds,
  };
}

function numberOf(name: string): number {
  let sum = 0;
  for (let at = 0; at < name.length; at += 1) sum = (sum * 31 + name.charCodeAt(at)) >>> 0;
  return sum;
}

// Finds repeated ballot IDs in a file, exactly and in bounded memory. IDs are stored as 16 bytes in a table that grows
// with the file. Beyond the limit it reports that it stops, and the service finds the rest.

/** Most IDs in the table, which is 42 MB then. */
export const repeatedIdsRowsMax = 1_000_000;
/** Slots of the first table. It doubles whenever it is half full. */
const placesMin = 4_096;
/** Characters of a canonical ID. */
const guidCharacters = 36;
/** Numbers per slot: the four parts of the ID, and the row. */
const wordsOfPlace = 5;

export type RepeatedIds = {
  /** The row of the ID's first use, or null for a new ID. `text` is a normalised row, which begins with its ID. */
  firstRow(text: string, row: number): number | null;
  /** Rows checked so far. */
  readonly looked: number;
};

export function createRepeatedIds(): RepeatedIds {
  let table = new Uint32Array(placesMin * wordsOfPlace);
  let count = 0;
  let looked = 0;
  const key = new Uint32Array(4);
  const grow = (): void => {
    const old = table;
    table = new Uint32Array(old.length * 2);
    for (let at = 0; at < old.length; at += wordsOfPlace) {
      if (old[at + 4] === 0) continue;
      table.set(old.subarray(at, at + wordsOfPlace), placeOf(table, old.subarray(at, at + 4)));
    }
  };
  return {
    firstRow(text, row) {
      if (count >= repeatedIdsRowsMax) return null;
      looked += 1;
      readGuid(text, key);
      const place = placeOf(table, key);
      const first = table[place + 4] ?? 0;
      if (first !== 0) return first;
      table.set(key, place);
      table[place + 4] = row;
      count += 1;
      if (count * 2 * wordsOfPlace > table.length) grow();
      return null;
    },
    get looked() {
      return looked;
    },
  };
}

/** The slot of the ID, or an empty slot for it. Rows are numbered from 1: a slot with row 0 is empty. */
function placeOf(table: Uint32Array, key: Uint32Array): number {
  const places = table.length / wordsOfPlace;
  const [a = 0, b = 0, c = 0, d = 0] = key;
  const mixed = Math.imul(a ^ (b >>> 7), 0x9e3779b1) ^ Math.imul(c ^ (d >>> 11), 0x85ebca6b) ^ b ^ d;
  for (let place = (mixed ^ (mixed >>> 15)) & (places - 1); ; place = (place + 1) & (places - 1)) {
    const at = place * wordsOfPlace;
    if (table[at + 4] === 0) return at;
    if (table[at] === a && table[at + 1] === b && table[at + 2] === c && table[at + 3] === d) return at;
  }
}

function readGuid(text: string, into: Uint32Array): void {
  let word = 0;
  let digits = 0;
  let at = 0;
  for (let place = 0; place < guidCharacters; place += 1) {
    const code = text.charCodeAt(place);
    if (code === 45) continue;
    word = (word << 4) | (code < 58 ? code - 48 : code - 87);
    digits += 1;
    if (digits % 8 === 0) {
      into[at] = word;
      at += 1;
      word = 0;
    }
  }
}

// Arrays as PostgreSQL's binary protocol sends them. The driver would write each bytea as hexadecimal text inside an
// escaped array: three times the bytes, and the largest cost of a batch of ballots.

const byteaOid = 17;
const int4Oid = 23;
const uuidOid = 2_950;
const timestamptzOid = 1_184;
/** Microseconds from 1970, where JavaScript counts from, to 2000, where PostgreSQL does. */
const epochShiftUs = 946_684_800_000_000n;

/** A bytea[], in which items may be null. */
export function byteaArray(items: readonly (Uint8Array | null)[]): Buffer {
  const bytes = items.reduce((total, item) => total + 4 + (item?.length ?? 0), headBytes);
  const array = arrayOf(byteaOid, items.length, bytes);
  if (items.includes(null)) array.writeInt32BE(1, flagsAt);
  let at = headBytes;
  for (const item of items) {
    at = array.writeInt32BE(item?.length ?? nullLength, at);
    if (!item) continue;
    array.set(item, at);
    at += item.length;
  }
  return array;
}

/** A timestamptz[] of milliseconds since 1970. */
export function timestamptzArray(itemsMs: readonly number[]): Buffer {
  const array = arrayOf(timestamptzOid, itemsMs.length, headBytes + itemsMs.length * 12);
  let at = headBytes;
  for (const ms of itemsMs) {
    at = array.writeInt32BE(8, at);
    at = array.writeBigInt64BE(BigInt(ms) * 1_000n - epochShiftUs, at);
  }
  return array;
}

/** An integer[]. */
export function int4Array(items: readonly number[]): Buffer {
  const array = arrayOf(int4Oid, items.length, headBytes + items.length * 8);
  let at = headBytes;
  for (const item of items) {
    at = array.writeInt32BE(4, at);
    at = array.writeInt32BE(item, at);
  }
  return array;
}

/** A uuid[] of texts in their one spelling: lower case, with hyphens. */
export function uuidArray(items: readonly string[]): Buffer {
  const array = arrayOf(uuidOid, items.length, headBytes + items.length * 20);
  let at = headBytes;
  for (const item of items) {
    at = array.writeInt32BE(16, at);
    if (array.write(item.replaceAll('-', ''), at, 'hex') !== 16) throw new Error('a text is not a UUID');
    at += 16;
  }
  return array;
}

/** Where it is written that an array has nulls, and the length of one. */
const flagsAt = 4;
const nullLength = -1;
// Dimensions (1), flags (no nulls), type, length, lower bound. An empty array would have no dimension; none is sent.
const headBytes = 20;
function arrayOf(oid: number, length: number, bytes: number): Buffer {
  const array = Buffer.alloc(bytes);
  [1, 0, oid, length, 1].forEach((value, index) => array.writeInt32BE(value, index * 4));
  return array;
}

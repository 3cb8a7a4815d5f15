// A set of cast tags (step 10). Tags are kept in one buffer, with a table of their places: 32 and 8 to 16 bytes for each.
import { randomInt } from 'node:crypto';

const tagLength = 32;

export type TagSet = {
  /** Adds a tag, and returns whether it is new. */
  readonly add: (tag: Buffer) => boolean;
  readonly has: (tag: Buffer) => boolean;
};

/** A set for at most `size` tags. */
export function createTagSet(size: number): TagSet {
  const tags = Buffer.alloc(size * tagLength);
  // At least twice as many slots as tags, so that few are looked at.
  const bits = Math.ceil(Math.log2(2 * size + 2));
  const slots = new Uint32Array(2 ** bits);
  const mask = slots.length - 1;
  // A random odd factor, so that the author of the tags cannot choose their slots.
  const factor = randomInt(2 ** 31) * 2 + 1;
  let count = 0;
  /** The slot of a tag, or the free one where it would be. */
  const slotOf = (tag: Buffer): number => {
    let slot = Math.imul(tag.readUInt32LE(0) + Math.imul(tag.readUInt32LE(4), factor), factor) >>> (32 - bits);
    for (; slots[slot] !== 0; slot = (slot + 1) & mask) {
      const start = ((slots[slot] ?? 1) - 1) * tagLength;
      if (tag.compare(tags, start, start + tagLength) === 0) break;
    }
    return slot;
  };
  return {
    has: (tag) => slots[slotOf(tag)] !== 0,
    add: (tag) => {
      const slot = slotOf(tag);
      if (slots[slot] !== 0) return false;
      tag.copy(tags, count * tagLength);
      count += 1;
      slots[slot] = count;
      return true;
    },
  };
}

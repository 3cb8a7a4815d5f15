// SHA-256 (FIPS 180-4) over text that comes in parts: what a browser has of its own takes a whole file in memory, and is
// missing on plain HTTP. It names a batch before it is sent, so that the page can ask whether it is there; nothing is
// decided by it, for the service makes the name anew.

const blockBytes = 64;
/** Bytes that are collected before they are taken: text comes in rows, and work is done in blocks. */
const collectedMax = 65_536;
const initial = [0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19];
const constants = roundConstants();

export type TextHash = {
  /** Adds text of ASCII alone, as normalised rows are. */
  add(text: string): void;
  /** In base64url. Nothing can be added after it. */
  finish(): string;
};

export function createTextHash(): TextHash {
  const state = Int32Array.from(initial);
  const words = new Int32Array(blockBytes);
  const bytes = new Uint8Array(collectedMax);
  const encoder = new TextEncoder();
  let [text, filled, total] = ['', 0, 0];
  /** Takes what was collected, and keeps what is less than a block. */
  const flush = (): void => {
    for (let from = 0; from < text.length;) {
      const { read } = encoder.encodeInto(text.slice(from), bytes.subarray(filled));
      from += read;
      filled += read;
      let at = 0;
      for (; at + blockBytes <= filled; at += blockBytes) compress(state, bytes, at, words);
      bytes.copyWithin(0, at, filled);
      filled -= at;
    }
    text = '';
  };
  return {
    add(more) {
      text += more;
      total += more.length;
      if (text.length >= collectedMax / 2) flush();
    },
    finish() {
      flush();
      const end = filled + 9 > blockBytes ? 2 * blockBytes : blockBytes;
      bytes.fill(0, filled, end);
      bytes[filled] = 0x80;
      new DataView(bytes.buffer).setBigUint64(end - 8, BigInt(total) * 8n);
      for (let at = 0; at < end; at += blockBytes) compress(state, bytes, at, words);
      const hash = [...state].flatMap((word) => [24, 16, 8, 0].map((shift) => (word >>> shift) & 0xff));
      return btoa(String.fromCharCode(...hash))
        .replaceAll('+', '-')
        .replaceAll('/', '_')
        .replace(/=+$/, '');
    },
  };
}

function compress(state: Int32Array, bytes: Uint8Array, from: number, words: Int32Array): void {
  for (let at = 0, place = from; at < 16; at += 1, place += 4) {
    const high = ((bytes[place] ?? 0) << 24) | ((bytes[place + 1] ?? 0) << 16);
    words[at] = high | ((bytes[place + 2] ?? 0) << 8) | (bytes[place + 3] ?? 0);
  }
  for (let at = 16; at < 64; at += 1) {
    const [early, late] = [words[at - 15] ?? 0, words[at - 2] ?? 0];
    const low = turn(early, 7) ^ turn(early, 18) ^ (early >>> 3);
    const high = turn(late, 17) ^ turn(late, 19) ^ (late >>> 10);
    words[at] = ((words[at - 16] ?? 0) + low + (words[at - 7] ?? 0) + high) | 0;
  }
  let [a, b, c, d, e, f, g, h] = state as unknown as Eight;
  for (let at = 0; at < 64; at += 1) {
    const chosen = (e & f) ^ (~e & g);
    const first = (h + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + chosen + (constants[at] ?? 0) + (words[at] ?? 0)) | 0;
    const most = (a & b) ^ (a & c) ^ (b & c);
    const second = ((turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + most) | 0;
    h = g;
    g = f;
    f = e;
    e = (d + first) | 0;
    d = c;
    c = b;
    b = a;
    a = (first + second) | 0;
  }
  for (const [at, value] of [a, b, c, d, e, f, g, h].entries()) state[at] = ((state[at] ?? 0) + value) | 0;
}
type Eight = [number, number, number, number, number, number, number, number];

const turn = (word: number, by: number): number => (word >>> by) | (word << (32 - by));

/** The first 32 bits of the fractional parts of the cube roots of the first 64 primes, in whole numbers alone. */
function roundConstants(): Int32Array {
  const found: number[] = [];
  for (let candidate = 2n; found.length < 64; candidate += 1n) {
    if (!isPrime(candidate)) continue;
    found.push(Number(cubeRoot(candidate << 96n) & 0xffff_ffffn));
  }
  return Int32Array.from(found);
}

function isPrime(candidate: bigint): boolean {
  for (let by = 2n; by * by <= candidate; by += 1n) if (candidate % by === 0n) return false;
  return true;
}

/** The greatest whole number whose cube is not above. */
function cubeRoot(of: bigint): bigint {
  let [low, high] = [0n, 1n << 40n];
  while (low < high) {
    const middle = (low + high + 1n) >> 1n;
    if (middle ** 3n <= of) low = middle;
    else high = middle - 1n;
  }
  return low;
}

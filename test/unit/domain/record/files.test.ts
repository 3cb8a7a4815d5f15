// The files of a log: tiles and their paths by C2SP tlog-tiles, bundles, openings and lists of leaves.
import { describe, expect, test } from 'vitest';
import {
  decodeBundle,
  decodeOpenings,
  encodeBundle,
  encodeOpenings,
  findLists,
  findPath,
  indexesInList,
} from '../../../../src/domain/record/bundle.ts';
import { mergeFindList, newFindRecords, sameFindLists } from '../../../../src/domain/record/find-growth.ts';
import {
  bundlePath,
  openingPath,
  tileBytesMax,
  tilePath,
  tilesOfGrowth,
  tilesOfTree,
} from '../../../../src/domain/record/tile.ts';
import { sha256 } from '../../../../src/platform/content-hash.ts';

describe('The tiles of a tree', () => {
  test('The examples of the specification have their tiles and paths', () => {
    expect(tilePath({ level: 0, index: 1_234_067, width: 256 })).toBe('tile/0/x001/x234/067');
    expect(bundlePath({ index: 0, width: 1 })).toBe('tile/entries/000.p/1');
    expect(openingPath(1_000)).toBe('opening/x001/000');
    expect(tileBytesMax).toBe(8_192);
    const paths = tilesOfTree(70_000).map(tilePath);
    expect(paths).toHaveLength(277);
    expect(paths.slice(272)).toEqual([
      'tile/0/272',
      'tile/0/273.p/112',
      'tile/1/000',
      'tile/1/001.p/17',
      'tile/2/000.p/1',
    ]);
    expect(tilesOfTree(256).map(tilePath)).toEqual(['tile/0/000', 'tile/1/000.p/1']);
    expect(tilesOfTree(0)).toEqual([]);
  });

  test('A tree that grew has the new tiles and the partial ones that are wider', () => {
    expect(tilesOfGrowth(255, 257).map(tilePath)).toEqual(['tile/0/000', 'tile/0/001.p/1', 'tile/1/000.p/1']);
    expect(tilesOfGrowth(257, 258).map(tilePath)).toEqual(['tile/0/001.p/2']);
    expect(tilesOfGrowth(512, 512)).toEqual([]);
  });
});

describe('A bundle', () => {
  test('The entries are read back, and a wrong length is not read', () => {
    const entries = [Buffer.from('one'), Buffer.alloc(131, 7)];
    const bytes = encodeBundle(entries);
    expect(bytes.subarray(0, 5)).toEqual(Uint8Array.of(0, 3, 111, 110, 101));
    expect(decodeBundle(bytes)?.map((entry) => Buffer.from(entry))).toEqual(entries);
    expect(decodeBundle(bytes.subarray(0, -1))).toBeNull();
    expect(decodeBundle(Uint8Array.of(0))).toBeNull();
    expect(decodeBundle(new Uint8Array())).toEqual([]);
  });

  test('One entry more than a tile has hashes is rejected', () => {
    expect(decodeBundle(new Uint8Array(256 * 2))).toHaveLength(256);
    expect(decodeBundle(new Uint8Array(257 * 2))).toBeNull();
  });
});

describe('A file of openings', () => {
  test('The openings are read back, and damaged ones are not', () => {
    const openings = [
      { index: 3, tracker: new Uint8Array(32).fill(9), text: '{"contests":[]}' },
      { index: 70_000, tracker: new Uint8Array(32), text: 'Ж' },
    ];
    const bytes = encodeOpenings(openings);
    expect(bytes).toHaveLength(38 + 15 + 38 + 2);
    expect(decodeOpenings(bytes)).toEqual(openings);
    expect(decodeOpenings(bytes.subarray(0, -1))).toBeNull();
    expect(decodeOpenings(bytes.subarray(0, 20))).toBeNull();
    const invalid = bytes.slice();
    invalid[invalid.length - 1] = 0x20;
    expect(decodeOpenings(invalid)).toBeNull();
  });
});

describe('The lists in which a leaf is found', () => {
  test('Lists that grow step by step are those of the whole tree, also where a step is repeated', () => {
    const all = Array.from({ length: 4_700 }, (_, index) => sha256(Buffer.from(`${index}`)));
    const sizes = [1, 2, 40, 41, 3_000, 4_095, 4_096, 4_200, 4_700];
    let lists = new Map<string, Uint8Array>();
    for (const [at, size] of sizes.entries()) {
      const before = sizes[at - 1] ?? 0;
      if (!sameFindLists(before, size)) lists = findLists(all.slice(0, size));
      const placed = all.slice(before, size).map((leaf, place) => ({ index: before + place, leaf }));
      for (const repeated of [1, 2]) {
        for (const [path, records] of newFindRecords(placed, size))
          lists.set(path, mergeFindList(lists.get(path) ?? new Uint8Array(), records));
        const expected = findLists(all.slice(0, size));
        for (const [path, list] of expected)
          expect(Buffer.from(lists.get(path) ?? []).equals(list), `${path} at ${size}, ${repeated}`).toBe(true);
      }
    }
  });

  const leaves = Array.from({ length: 4_096 }, (_, n) => sha256(Buffer.from(`leaf ${n}`)));

  test('Below 4,096 entries there is one list, and from there one for each first digit', () => {
    expect([...findLists(leaves.slice(1)).keys()]).toEqual(['find/0/all']);
    const lists = findLists(leaves);
    expect([...lists.keys()].slice(0, 2)).toEqual(['find/1/0', 'find/1/1']);
    expect(lists.size).toBe(16);
    for (const index of [0, 17, 4_095]) {
      const leaf = leaves[index]!;
      expect(indexesInList(lists.get(findPath(leaf, 4_096))!, leaf)).toEqual([index]);
    }
  });

  test('The digits follow the size of the tree', () => {
    const leaf = Uint8Array.of(0xab, 0xcd, 0xef);
    const paths = [4_095, 4_096, 65_535, 65_536, 1_048_575, 1_048_576].map((size) => findPath(leaf, size));
    expect(paths).toEqual(['find/0/all', 'find/1/a', 'find/1/a', 'find/2/ab', 'find/2/ab', 'find/3/abc']);
  });

  test('A list is sorted by the bytes of the leaves, and a list without leaves is an empty file', () => {
    const list = findLists(leaves.slice(0, 50)).get('find/0/all')!;
    const keys = Array.from({ length: 50 }, (_, n) => Buffer.from(list.subarray(n * 12, n * 12 + 8)).toString('hex'));
    expect(keys).toEqual([...keys].sort());
    expect(findLists([])).toEqual(new Map([['find/0/all', new Uint8Array()]]));
  });
});

// Files of keys in a folder: what is destroyed, what an interruption leaves, and that a key in use is never overwritten.
import { linkSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { destroyElectionKeys } from '../../../src/cli/destroy-keys.ts';
import { linkNewFile, shredUnfinished } from '../../../src/platform/keys/key-directory.ts';

const beside = `town.${'0a'.repeat(16)}.json`;
let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'popvote-files-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));
const pathOf = (name: string): string => join(directory, name);
/** As long ago as no process writes at one file. */
const makeOld = (name: string): void => utimesSync(pathOf(name), 1, 1);

describe('What a killed process left in a folder of keys', () => {
  test('A second name of the key in use is removed, and the key stays as it is', () => {
    expect(linkNewFile(pathOf('town.json'), 'key', 0o600)).toBe(true);
    // Killed between link(2) and the removal of the first name.
    linkSync(pathOf('town.json'), pathOf('.0123456789abcdef.new'));
    makeOld('town.json');
    shredUnfinished(directory);
    expect(readdirSync(directory)).toEqual(['town.json']);
    expect(readFileSync(pathOf('town.json'), 'utf8')).toBe('key');
  });

  test('A file that got no other name is destroyed once it is old, and not before', () => {
    for (const name of ['.01.new', '.02.new', 'copy']) writeFileSync(pathOf(name), 'key');
    makeOld('.01.new');
    shredUnfinished(directory);
    expect(readdirSync(directory).sort()).toEqual(['.02.new', 'copy']);
  });
});

describe('The destruction of an election’s key files', () => {
  test('All its files go and no other, also where an interruption left only one', () => {
    const others = ['town2.json', 'a.town.json', `town2.${'0a'.repeat(16)}.json`];
    for (const name of ['town.json', beside, ...others]) writeFileSync(pathOf(name), 'key');
    expect(destroyElectionKeys(directory, 'town')).toEqual({ ok: true, path: pathOf('town.json'), keyId: null });
    expect(readdirSync(directory).sort()).toEqual([...others].sort());
    writeFileSync(pathOf(beside), 'key');
    expect(destroyElectionKeys(directory, 'town')).toMatchObject({ ok: true });
    expect(readdirSync(directory).sort()).toEqual([...others].sort());
  });

  test('Without a file, without a folder and with an id that is none, nothing is said to be destroyed', () => {
    expect(destroyElectionKeys(directory, 'town')).toMatchObject({ ok: false });
    expect(destroyElectionKeys(pathOf('nowhere'), 'town')).toMatchObject({ ok: false });
    expect(destroyElectionKeys(directory, '../town')).toMatchObject({ ok: false });
  });
});

// Texts that look the same to a reader, by the skeletons of UTS #39, section 4. For warnings: people may mean both.
import { confusablesTable } from './confusables-table.ts';

let prototypes: ReadonlyMap<string, string> | null = null;

/**
 * The skeleton of a text: two texts that look the same have the same. It is for comparing, not for reading.
 */
export function skeleton(text: string): string {
  const letters = text.normalize('NFD').replace(/\p{Default_Ignorable_Code_Point}/gu, '');
  prototypes ??= readTable();
  return Array.from(letters, (character) => prototypes?.get(character) ?? character)
    .join('')
    .normalize('NFD');
}

/**
 * Keys of a title. Two titles with a common key look the same, or differ only in letter case, spaces or the form of their
 * characters (NFKC).
 */
export function lookAlikeKeys(title: string): readonly string[] {
  const spaced = title.normalize('NFKC').replace(/\s+/gu, ' ').trim();
  return [...new Set([skeleton(spaced), skeleton(spaced.toLowerCase())])];
}

function readTable(): ReadonlyMap<string, string> {
  const characterOf = (base36: string): string => String.fromCodePoint(Number.parseInt(base36, 36));
  const table = new Map<string, string>();
  for (const entry of confusablesTable.trim().split(/\s+/)) {
    const sides = entry.split('=');
    const prototype = (sides[0] ?? '').split('+').map(characterOf).join('');
    let codePoint = 0;
    for (const difference of (sides[1] ?? '').split(',')) {
      codePoint += Number.parseInt(difference, 36);
      table.set(String.fromCodePoint(codePoint), prototype);
    }
  }
  return table;
}

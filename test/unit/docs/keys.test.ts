// docs/keys.md has a row for each secret of each key file, with who has it and what to do. The secrets come from the schemas
// of the key files, and the command that replaces each from the tables of `popvote keys rotate`.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { limitsHolders, rings } from '../../../src/cli/rotate-keys.ts';
import { signers } from '../../../src/cli/rotate-signers.ts';
import * as keyFiles from '../../../src/protocol/key-files.ts';

const text = readFileSync(join(import.meta.dirname, '../../../docs/keys.md'), 'utf8');
const rows = text
  .split('\n')
  .filter((line) => line.startsWith('| `'))
  .map((line) => line.split('|').map((cell) => cell.trim()));
const namesIn = (cell = ''): string[] => [...cell.matchAll(/`([\w-]+)`/g)].map(([, name = '']) => name);

/** Each secret of each service, as `service.field`. Public keys, and keys of one election, are no files of a service. */
const secrets = Object.entries(keyFiles as Readonly<Record<string, unknown>>).flatMap(([name, schema]) => {
  const service = /^(\w+)Keys$/.exec(name)?.[1];
  if (service === undefined || service === 'public' || service === 'election' || !(schema instanceof z.ZodObject))
    return [];
  // `next` has signing pairs that are announced, by the field of their use, and `earlier` those of before.
  return Object.keys(schema.shape)
    .filter((field) => field !== 'next' && field !== 'earlier')
    .map((field) => `${service}.${field}`);
});

type Rotated = { readonly holders: readonly string[]; readonly member: string; readonly idsOnly?: string };
/** What each name of `popvote keys rotate` replaces. */
const rotated: Readonly<Record<string, Rotated>> = {
  ...rings,
  ...Object.fromEntries(
    Object.entries(signers).map(([name, { holder, member }]) => [name, { holders: [holder], member }]),
  ),
  limits: { holders: limitsHolders, member: 'limits' },
};

describe('The table of keys', () => {
  test('Every secret of a key file can be replaced by the command', () => {
    expect(secrets.length).toBeGreaterThan(20);
    const replaced = Object.values(rotated).flatMap(({ holders, member }) => holders.map((one) => `${one}.${member}`));
    expect([...replaced].sort()).toEqual([...secrets].sort());
  });

  test.each(Object.entries(rotated))(
    'The key %s has one row: who has it, what a leak allows, what to do',
    (name, key) => {
      const rowsOfKey = rows.filter(([, first]) => first === `\`${name}\``);
      expect(rowsOfKey.length).toBe(1);
      const [, , holders, leak = '', remedy = ''] = rowsOfKey[0] ?? [];
      expect(namesIn(holders).sort()).toEqual(key.holders.filter((one) => one !== key.idsOnly).sort());
      expect(leak).not.toBe('');
      expect(remedy).toContain(`rotate ${name}`);
    },
  );

  test('Every row of a key is one of the command, and no other', () => {
    const keys = rows.filter((cells) => cells.length > 5).map(([, first]) => namesIn(first)[0]);
    expect([...keys].sort()).toEqual(Object.keys(rotated).sort());
  });

  test('Passwords have rows with the command that replaces them', () => {
    const passwords = text.slice(text.indexOf('## Passwords'));
    for (const what of ['a role in PostgreSQL', 'a user of Redis']) {
      expect(passwords).toMatch(new RegExp(`\\| of ${what} \\|.*\`rotate passwords\` \\|`));
    }
    expect(passwords).toContain('rotate passwords --local');
  });
});

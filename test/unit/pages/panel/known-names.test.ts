// Names in the filter of the audit log: each can be chosen, and an unknown one is a fault and no empty list.
import { expect, test } from 'vitest';
import { idOfName } from '../../../../src/pages/panel/audit/known-names.ts';
import { distinctNames } from '../../../../src/pages/panel/parts/distinct-names.ts';

const names = distinctNames([
  ['president', 'President'],
  ['president-copy', 'president '],
  ['4a0f9a52-3c1e-4d0b-8f5e-2b7c6d5e4f30', 'Ada First'],
  ['4a0f9a52-3c1e-4d0b-8f5e-2b7c6d5e4f31', 'Ada Second'],
]);
const idOf = (text: string, shortIds = true) => idOfName(names, text, shortIds);

test('Equal names have their whole IDs, and each leads to its own object', () => {
  const texts = names.map(([, name]) => name);
  expect(texts).toEqual(['President (president)', 'president  (president-copy)', 'Ada First', 'Ada Second']);
  for (const [id, name] of names) expect(idOf(name)).toEqual({ ok: true, id });
});

test('A known ID, the ID of something deleted and an empty field are taken as they are', () => {
  for (const id of ['president-copy', '4a0f9a52-3c1e-4d0b-8f5e-2b7c6d5e4f39', 'old-election', ''])
    expect(idOf(id)).toEqual({ ok: true, id });
});

test('A part of a name is a fault that says which names there are', () => {
  expect(idOf('ada')).toEqual({ ok: false, fault: 'Choose a whole name: Ada First, Ada Second.' });
  expect(idOf('pres', false)).toMatchObject({
    ok: false,
    fault: expect.stringContaining('(president-copy)') as string,
  });
});

test('A text that is neither a name nor an ID is a fault', () => {
  expect(idOf('Grace Hopper')).toMatchObject({ ok: false });
  expect(idOf('grace', false)).toMatchObject({ ok: false });
});

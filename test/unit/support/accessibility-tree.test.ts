// What no accessibility tree of a page may have: a control or a heading without a name, and a level of headings that is left out.
import { describe, expect, test } from 'vitest';
import { treeFaults } from '../../support/pages/accessibility-tree.ts';

const tree = (...lines: string[]): string => lines.join('\n');
const whole = tree(
  '- banner:',
  '  - link "PopVote":',
  '    - /url: /',
  '- main:',
  '  - heading "Elections" [level=1]',
  '  - heading "Open: 2" [level=2]',
  '  - \'button "Sort: by name" [pressed]\'',
  '  - radiogroup:',
  '    - radio "All" [checked]',
  '  - table "Missing texts":',
  '  - textbox /Find .*/',
  '  - heading "River" [level=3]',
  '  - heading "Closed" [level=2]',
);

describe('Faults of an accessibility tree', () => {
  test('A page whose controls have names and whose headings follow each other has none', () => {
    expect(treeFaults(whole)).toEqual([]);
  });

  test.each([
    '- button',
    '- button [disabled]',
    '- link:',
    '- textbox',
    '- combobox [expanded]',
    '- checkbox [checked]',
    '- heading [level=2]',
  ])('A control or heading without a name is found: %s', (line) => {
    expect(treeFaults(tree(whole, `  ${line}`))).toEqual([line]);
  });

  test('A level that is left out is found, at the beginning and later', () => {
    expect(treeFaults('- heading "Open" [level=2]')).toHaveLength(1);
    expect(treeFaults(whole.replace('[level=2]', '[level=4]'))).toEqual(['- heading "Open: 2" [level=4]']);
    expect(treeFaults(tree(whole, '  - heading "Hill" [level=4]'))).toEqual(['- heading "Hill" [level=4]']);
  });
});

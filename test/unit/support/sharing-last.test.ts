// The order of test files: while a platform that files share is up, only such files run, and the next project comes after them.
import { expect, test } from 'vitest';
import { sharedLast } from '../../support/processes/sharing-last.ts';

const file = (project: string, id: string, shared = false) => ({ project: { name: project }, id, shared });

test('Files that share a platform are the last of their project, and all others keep their order', () => {
  const files = [
    file('integration', 'vote', true),
    file('integration', 'panel'),
    file('integration', 'busy', true),
    file('integration', 'log'),
    file('unit', 'laws'),
    file('unit', 'words'),
  ];
  const order = sharedLast(files, ({ shared }) => shared).map(({ id }) => id);
  expect(order).toEqual(['panel', 'log', 'vote', 'busy', 'laws', 'words']);
});

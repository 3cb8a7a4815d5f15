// The limit of open files beside the long-polls that api admits.
import { expect, test } from 'vitest';
import { fileLimitFindings } from '../../../../src/services/api/file-limit.ts';

test('A limit of open files below the long-polls is a warning with its remedy', () => {
  expect(fileLimitFindings(18_000, 18_500)).toMatchObject([{ check: 'open files', state: 'ok' }]);
  expect(fileLimitFindings(18_000, 18_499)).toMatchObject([
    { check: 'open files', state: 'warning', next: expect.stringContaining('18500') as string },
  ]);
  expect(fileLimitFindings(18_000, null)).toEqual([]);
});

test.runIf(process.platform === 'linux')('The limit of this process is read from the system', () => {
  expect(fileLimitFindings(1)).toMatchObject([{ check: 'open files', state: 'ok' }]);
});

// The destruction of data in words: what is left and what to do, and how each thing in a certificate is known.
import { expect, test } from 'vitest';
import {
  basisText,
  remainingText,
  thingText,
} from '../../../../src/pages/panel/results/destruction/destruction-words.ts';

test('What is left has its number and the next step, and unknown is not nothing', () => {
  expect(remainingText({ what: 'election-keys', number: 2 })).toBe(
    '2 left. The operator runs popvote keys destroy where ballots runs.',
  );
  expect(remainingText({ what: 'roll', number: 0 })).toBe('Nothing is left.');
  expect(remainingText({ what: 'hourly-keys', number: null })).toBe('Unknown: a service does not answer.');
});

test('A statement of people never reads as a check of the platform', () => {
  expect(thingText('backups')).toBe('Backups');
  expect(basisText({ what: 'backups', basis: 'stated', on: '2027-10-02', lastBackup: '2027-10-01' })).toBe(
    'Stated by administrators · 2027-10-02 · last backup with the data: 2027-10-01',
  );
  expect(basisText({ what: 'hourly-keys', basis: 'stated', on: null, number: 15 })).toBe(
    'Stated by administrators · 15 of them',
  );
  expect(basisText({ what: 'identity-key', basis: 'stated', on: null, keys: ['ab12'] })).toBe(
    'Stated by administrators · key ab12',
  );
  expect(basisText({ what: 'roll', basis: 'checked', on: null })).toBe('Checked by the platform');
  expect(thingText('numbers-in-proposals')).toContain('removed from the roll');
});

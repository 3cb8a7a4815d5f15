// The arguments of popvote-verify.
import { expect, test } from 'vitest';
import { readArguments } from '../../../src/verifier/command-line.ts';

const site = ['https://vote.example.org', 'library-2026'];
const hash = 'ab'.repeat(32);

test('The hash of the manifest is read in groups, without them and in base64url', () => {
  const bytes = Buffer.from(hash, 'hex');
  const spellings = [hash, hash.toUpperCase(), hash.match(/.{4}/g)?.join(' ') ?? '', bytes.toString('base64url')];
  for (const manifest of spellings) {
    expect(readArguments([...site, '--manifest', manifest])).toMatchObject({ command: 'verify', manifestHash: bytes });
  }
});

test('Every option is read', () => {
  const key = Buffer.alloc(32, 9).toString('base64url');
  const options = [
    ...['--publisher', '--receipts', '--deposits', '--log-key'].flatMap((name) => [name, key]),
    '--receipt',
    'a',
    '--receipt',
    'b',
    '--openings',
    'o',
    '--from',
    'f',
    '--copy',
    'k',
    '--json',
    '--checkpoints',
    'c',
  ];
  expect(readArguments([...site, ...options])).toMatchObject({
    command: 'verify',
    electionId: 'library-2026',
    receipts: ['a', 'b'],
    publisherKey: Buffer.alloc(32, 9),
    givenKeys: { receipts: Buffer.alloc(32, 9), deposits: Buffer.alloc(32, 9), log: Buffer.alloc(32, 9) },
    openings: 'o',
    from: 'f',
    copy: 'k',
    checkpoints: 'c',
    json: true,
  });
  expect(readArguments(['watch', ...site, '--checkpoints', 'c', '--every', '5'])).toMatchObject({
    command: 'watch',
    everyMs: 5_000,
  });
  expect(readArguments(['watch', ...site, '--checkpoints', 'c'])).toMatchObject({ everyMs: 60_000 });
  expect(readArguments(['--help'])).toEqual({ command: 'help' });
});

test.each([
  ['no argument', []],
  ['no election', ['https://vote.example.org']],
  ['no address', ['vote.example.org', 'library-2026']],
  ['another protocol', ['file:///etc', 'library-2026']],
  ['an id with a slash', ['https://vote.example.org', '../x']],
  ['an argument too many', [...site, 'more']],
  ['an unknown option', [...site, '--fast']],
  ['a hash that is too short', [...site, '--manifest', hash.slice(2)]],
  ['a key that is too short', [...site, '--publisher', 'AAAA']],
  ['a key of the log that is too short', [...site, '--log-key', 'AAAA']],
  ['a file in place of a key', [...site, '--receipts', 'receipt.json']],
  ['a watch without a folder', ['watch', ...site]],
  ['a watch with a receipt', ['watch', ...site, '--checkpoints', 'c', '--receipt', 'r']],
  ['a watch with a copy', ['watch', ...site, '--checkpoints', 'c', '--copy', 'k']],
  ['a watch every 0 seconds', ['watch', ...site, '--checkpoints', 'c', '--every', '0']],
  ['a watch every 86,401 seconds', ['watch', ...site, '--checkpoints', 'c', '--every', '86401']],
  ['a pause without a watch', [...site, '--every', '5']],
])('Arguments are refused: %s', (_name, args) => {
  expect(readArguments(args)).toMatchObject({ command: 'wrong' });
});

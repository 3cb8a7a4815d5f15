// The pages of the panel ask their services again and again: each time is the pause of a query or a timer.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { boundKinds } from '../../../support/laws/bound-kinds.ts';

const sources = join(import.meta.dirname, '../../../../src');
const textOf = (path: string): string => readFileSync(join(sources, path), 'utf8');
const polls = Object.entries(boundKinds).flatMap(([file, kinds]) =>
  Object.entries(kinds).flatMap(([name, kind]) => (kind === 'poll' ? [{ file, name }] : [])),
);
/** Where a time is a pause, in these words: options of a query, or the last argument of a timer. */
const isPause = (name: string): RegExp =>
  new RegExp(
    [
      String.raw`\b(?:everyMs|refetchInterval): ${name}\b`,
      String.raw`\bevery\(${name}\)`,
      String.raw`\bsetInterval\([^;]*\b${name}\b[^;]*\);`,
      ...(name === 'everyMs' ? [String.raw`\{ everyMs \}`] : []),
    ].join('|'),
  );

test.each(polls.map(({ file, name }) => [`${file} ${name}`, file, name] as const))(
  'The page asks again after its time: %s',
  (_, file, name) => {
    const users = name === 'liveEveryMs' ? ['live-page', 'readers-overview', 'wall-page'] : [];
    const texts = [file, ...users.map((user) => `pages/panel/live/${user}.tsx`)].map(textOf);
    expect(texts.some((text) => isPause(name).test(text))).toBe(true);
  },
);

test('A time of a query is the pause of the library that repeats it', () => {
  expect(polls.length).toBeGreaterThan(10);
  expect(textOf('pages/panel/remote.ts')).toContain('refetchInterval: options.everyMs');
  expect(textOf('pages/panel/live/remotes.ts')).toContain('refetchInterval: everyMs');
});

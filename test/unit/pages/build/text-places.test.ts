// The voters' script has the places of texts for their keys. A key that a screen computes must still be found by its name.
import { expect, test } from 'vitest';
import { textKeys, withPlaces } from '../../../../src/pages/build/text-places.ts';

const source = `
  app.t('start');
  ({ t }) => t(phase === 'open' ? 'opened' : isLate ? 'late' : 'closed', { time: at('start') });
  const first = (['how1', 'how2'] as const).map((key) => app.t(key));
  fault === 'date' ? app.t('jmbgDate') : app.t(\`\${scheme}Shape\`);
  copy.noAnswer + app.t('noAnswer') + app.t('rollShape');
  other.set('open'); boat('start');
`;
const keys = 'start open opened late closed how1 how2 jmbgDate jmbgShape rollShape noAnswer hkid'.split(' ');

test('Only keys that sources write as an argument of t, and nowhere else, lose their names', () => {
  const { byName, byPlace } = textKeys(keys, [source]);
  expect(byPlace).toEqual(['opened', 'late', 'closed', 'jmbgDate']);
  expect(byName).toEqual(['start', 'open', 'how1', 'how2', 'jmbgShape', 'rollShape', 'noAnswer', 'hkid']);
});

test('Each argument of t becomes its place, and every other text stays', () => {
  const { byName, byPlace } = textKeys(keys, [source]);
  const places = new Map([...byName, ...byPlace].map((key, at) => [key, at]));
  const text = withPlaces(source, places);
  expect(text).toContain('app.t(0);');
  expect(text).toContain("t(phase === 'open' ? 8 : isLate ? 9 : 10, { time: at('start') })");
  expect(text).toContain("(['how1', 'how2'] as const).map((key) => app.t(key))");
  expect(text).toContain("fault === 'date' ? app.t(11) : app.t(`${scheme}Shape`)");
  expect(text).toContain('copy.noAnswer + app.t(6) + app.t(5)');
  expect(text).toContain("other.set('open'); boat('start')");
});

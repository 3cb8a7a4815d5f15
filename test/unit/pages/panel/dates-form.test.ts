// The values of the dates step, and what of them is sent.
import { join } from 'node:path';
import { expect, test } from 'vitest';

type Values = Readonly<Record<'timeZone' | 'resultHours', unknown>>;
type Work = {
  read(election: object): Values;
  write(values: object, definition: object, election: object): object;
};
/** The types of tests have no pages of the panel. */
const source = join(import.meta.dirname, '../../../../src/pages/panel/elections/draft/steps/dates-form.ts');
const { datesWork } = (await import(source)) as { datesWork: Work };

const times = { opensAt: '2027-03-01T08:00:30.000Z', closesAt: '2027-03-02T20:00:00.000Z' };
const definition = { ...times, timeZone: 'Europe/Belgrade' };

test.each([
  [undefined, null, {}],
  [24, 24, {}],
  [undefined, 24, { resultHours: 24 }],
  [24, 4, { resultHours: 4 }],
  [24, null, { resultHours: null }],
])('The time of the result is sent where it changes: from %j to %j', (before, after, change) => {
  const base = { ...definition, ...(before !== undefined && { resultHours: before }) };
  const election = { definition: base };
  const values = { ...datesWork.read(election), resultHours: after };
  expect(datesWork.write(values, base, election)).toEqual({ ...definition, ...change });
});

// The services that npm run dev restarts after a change of a source file.
import { expect, test } from 'vitest';
import { servicesOf } from '../../../../src/pages/build/dev-platform.ts';

const names = ['api', 'ballots', 'sms'];

test.each([
  ['src/services/ballots/casting.ts', ['ballots']],
  ['src/pages/public/page-frame.ts', ['api']],
  ['src/platform/clock.ts', names],
  ['src/domain/ballot.ts', names],
  ['src/pages/voter/voter.ts', []],
  ['src/pages/panel/app.tsx', []],
  ['src/cli/main.ts', []],
])('A change of %s restarts the services %j', (path, services) => {
  expect(names.filter(servicesOf(path))).toEqual(services);
});

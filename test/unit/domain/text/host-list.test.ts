// Addresses with a list of hosts.
import { expect, test } from 'vitest';
import { addressesOf, hostListOf, withLogin } from '../../../../src/domain/text/host-list.ts';
import { postgresUrl, redisUrl } from '../../../../src/platform/environment-fields.ts';

test('An address has one address for each host, and one host leaves it as it is', () => {
  expect(addressesOf('postgres://u:p%2C@one:1,[::1]:2,three/db?x=a,b')).toEqual([
    'postgres://u:p%2C@one:1/db?x=a,b',
    'postgres://u:p%2C@[::1]:2/db?x=a,b',
    'postgres://u:p%2C@three/db?x=a,b',
  ]);
  for (const one of ['postgres://u:p@one/db?x=a,b', 'redis://one', 'no address', ''])
    expect(addressesOf(one)).toEqual([one]);
  expect(hostListOf('postgres://u:p@one:1,two/db')).toBe('one:1,two');
});

test('Another login takes the place of the first, for all hosts', () => {
  expect(withLogin('postgres://owner:a@one,two/db', 'role', 'p@/$&')).toBe('postgres://role:p%40%2F%24%26@one,two/db');
  expect(withLogin('postgres://one/db', 'role', 'p')).toBe('postgres://role:p@one/db');
});

const writes = 'target_session_attrs=read-write';
test.each([
  ['postgres://u:p@one:1,two:2/db?' + writes, true],
  ['postgres://u:p@one/db?' + writes, true],
  ['postgres://u:p@one/db', true],
  ['postgres://u:p@one,two/db', false],
  ['postgres://u:p@one,two/db?target_session_attrs=any', false],
  ['postgres://u:p@one,/db?' + writes, false],
  ['postgres://u:p@one:1,two:x/db?' + writes, false],
  [`postgres://u:p@${Array.from({ length: 9 }, (_, n) => `h${n}`).join()}/db?${writes}`, false],
])('The address of a database "%s" is accepted: %s', (text, accepted) => {
  expect(postgresUrl.safeParse(text).success).toBe(accepted);
});

test.each([
  ['redis://u:p@one:1,two:2?sentinel=votes', true],
  ['rediss://u:p@one?sentinel=votes', true],
  ['redis://u:p@one:1', true],
  ['redis://u:p@one,two', false],
  ['redis://u:p@one,two?sentinel=', false],
  ['redis://u:p@one,two?sentinel=a%20b', false],
])('The address of a Redis "%s" is accepted: %s', (text, accepted) => {
  expect(redisUrl.safeParse(text).success).toBe(accepted);
});

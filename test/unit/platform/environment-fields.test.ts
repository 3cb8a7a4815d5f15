// The kinds of values of variables: what each takes, and the shapes that each refuses.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { z } from 'zod';
import {
  amount,
  belongTogether,
  certificate,
  directory,
  host,
  hosts,
  networks,
  origin,
  port,
  postgresUrl,
  privateKey,
  redisUrl,
  wholeNumber,
} from '../../../src/platform/environment-fields.ts';
import { certificate as newCertificate } from '../../support/certificate.ts';

const folder = mkdtempSync(join(tmpdir(), 'popvote-fields-'));
afterAll(() => rmSync(folder, { recursive: true }));
const file = join(folder, 'file');
writeFileSync(file, 'x');

type Kind = readonly [
  name: string,
  kind: z.ZodType,
  good: readonly (readonly [string, unknown])[],
  bad: readonly string[],
];
const kinds: readonly Kind[] = [
  [
    'port',
    port,
    [
      ['0', 0],
      ['80', 80],
      ['65535', 65_535],
    ],
    ['', ' ', '80 ', ' 80', '1e3', '0x50', '-1', '+1', '80.0', '65536', '８０', 'http', '123456'],
  ],
  [
    'whole number',
    wholeNumber(1, 9_000),
    [
      ['1', 1],
      ['9000', 9_000],
    ],
    ['', '0', '9001', '1e3', '1.0', '-1', ' 1', 'Infinity', 'NaN', '0x1', '9'.repeat(400)],
  ],
  [
    'amount',
    amount(100),
    [
      ['0', 0],
      ['0.05', 0.05],
      ['100', 100],
    ],
    ['', '-1', '100.01', '1e1', '.5', '5.', 'NaN', '1,5', ' 1'],
  ],
  [
    'host',
    host,
    [
      ['127.0.0.1', '127.0.0.1'],
      ['::1', '::1'],
      ['0.0.0.0', '0.0.0.0'],
      ['a-b.example', 'a-b.example'],
    ],
    ['', ' ', 'a b', '127.0.0', '1.2.3.4.5', '256.1.1.1', '[::1]', 'a..b', '-a', 'http://x', 'x:80', 'x/y', '\0', 'é'],
  ],
  [
    'hosts',
    hosts,
    [
      ['127.0.0.1', '127.0.0.1'],
      ['a-b.example', 'a-b.example'],
      ['127.0.0.1,10.213.2.0/24', '127.0.0.1,10.213.2.0/24'],
      ['::1, fd00::/64', '::1, fd00::/64'],
    ],
    ['', ',', '127.0.0.1,', '10.0.0.0/0', '10.0.0.0/33', 'x/24', 'uniquelocal/8', '127.0.0.1;10.0.0.0/8'],
  ],
  [
    'origin',
    origin,
    [
      ['http://127.0.0.1:9102', 'http://127.0.0.1:9102'],
      ['https://X.example/', 'https://x.example'],
      ['http://[::1]:80', 'http://[::1]'],
    ],
    [
      '',
      'x',
      'http://',
      'http://x/path',
      'http://x?a',
      'http://x#a',
      'http://u:p@x',
      'http://[::1',
      'http://x:99999',
      'ftp://x',
      'http://x y',
      '//x',
      'http:x',
      ' http://x',
    ],
  ],
  [
    'database',
    postgresUrl,
    [
      ['postgres://u:p@h:5432/d', 'postgres://u:p@h:5432/d'],
      ['postgresql://u@[::1]/d?sslmode=require', 'postgresql://u@[::1]/d?sslmode=require'],
      ...[
        `postgres://u:p@h/d?sslmode=verify-full&sslrootcert=${file}`,
        `postgres://u:p@a,b:1/d?target_session_attrs=read-write&sslmode=verify-full&sslrootcert=${file}`,
      ].map((text): [string, string] => [text, text]),
    ],
    [
      '',
      'x',
      'postgres://',
      'postgres://h',
      'postgres://h/',
      'postgres://h/d/e',
      'postgres://[::1/d',
      'postgres://u:%zz@h/d',
      'postgres://u:%00@h/d',
      'postgres://h:0x/d',
      'mysql://h/d',
      'postgres://h/d?sslcert=/none',
      `postgres://h/d?sslrootcert=${folder}`,
    ],
  ],
  [
    'Redis',
    redisUrl,
    [
      ['redis://h', 'redis://h'],
      ['rediss://u:p@[::1]:6379/1', 'rediss://u:p@[::1]:6379/1'],
      ['rediss://u:p@a,b:1?sentinel=edge', 'rediss://u:p@a,b:1?sentinel=edge'],
    ],
    [
      '',
      'x',
      'redis://',
      'redis://[::1',
      'redis://h:x',
      'redis://h/a',
      'redis://u:%zz@h',
      'http://h',
      'redis://h /0',
      'h:6379',
    ],
  ],
  [
    'networks',
    networks,
    [
      ['', []],
      ['10.0.0.0/8, ::1', ['10.0.0.0/8', '::1']],
      ['loopback', ['loopback']],
      ['2001:db8::/32', ['2001:db8::/32']],
    ],
    [
      'x',
      '1.2.3.4/99',
      '::1/200',
      '0.0.0.0/0',
      '::/0',
      '1.2.3',
      '1.2.3.4/',
      '/8',
      '1.2.3.4/-1',
      '1.2.3.4/8/9',
      'fe80::1%eth0',
      '1.2.3.4 5.6.7.8',
      'true',
      '1',
    ],
  ],
  [
    'folder',
    directory,
    [
      [folder, folder],
      [join(folder, 'new'), join(folder, 'new')],
    ],
    [file, join(file, 'below'), '/dev/null', 'a\0b', 'a'.repeat(5_000)],
  ],
  [
    'certificate',
    certificate,
    [],
    ['', 'x', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----', '-----BEGIN '],
  ],
  [
    'private key',
    privateKey,
    [],
    ['', 'x', '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----', '-----BEGIN '],
  ],
];

describe.each(kinds)('The kind of value %s', (_name, kind, good, bad) => {
  test('A kind of value takes what is right', () => {
    for (const [text, value] of good) expect([text, kind.safeParse(text).data]).toEqual([text, value]);
  });
  test('A kind of value refuses the rest without an exception', () => {
    for (const text of bad) {
      expect([text, kind.safeParse(text).success]).toEqual([text, false]);
    }
  });
});

test('A certificate belongs to its own key alone', () => {
  const one = newCertificate();
  const other = newCertificate();
  for (const { key, cert } of [one, other]) {
    expect([privateKey.safeParse(key).success, certificate.safeParse(cert).success]).toEqual([true, true]);
  }
  expect([belongTogether(one.key, one.cert), belongTogether(one.key, other.cert)]).toEqual([true, false]);
});

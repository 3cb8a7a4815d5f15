// The files of deploy/postgres and deploy/redis have the settings with which everything else is run and tested.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { initdbWords, postgresSettings } from '../src/local/postgres.ts';
import { redisServers } from '../src/local/redis-settings.ts';

const read = (path: string): string => readFileSync(new URL(`../deploy/${path}`, import.meta.url), 'utf8');

type Parameters = Readonly<Record<string, unknown>>;
type Patroni = {
  readonly bootstrap: {
    readonly dcs: Readonly<Record<string, unknown>> & { readonly postgresql: { readonly parameters: Parameters } };
    readonly initdb: readonly (string | Readonly<Record<string, string>>)[];
  };
  readonly postgresql: { readonly parameters: Parameters };
};
const patroni = parse(read('postgres/patroni.yml')) as Patroni;

/** An empty list of the newest PostgreSQL is `off` in older ones, which takes both. */
const asOff = (value: string): string => (value === '' ? 'off' : value);

test('Patroni runs PostgreSQL with the settings of the platform', () => {
  const { dcs, initdb } = patroni.bootstrap;
  const settings: Parameters = { ...dcs.postgresql.parameters, ...patroni.postgresql.parameters };
  const expected = Object.entries(postgresSettings).map(([name, value]) => [name, asOff(value)]);
  expect(Object.keys(postgresSettings).map((name) => [name, String(settings[name])])).toEqual(expected);
  const words = initdb.map((word) =>
    typeof word === 'string' ? `--${word}` : `--${Object.entries(word)[0]!.join('=')}`,
  );
  expect(words.sort()).toEqual([...initdbWords].sort());
});

test('Patroni acknowledges no commit that is on one disk only, and promotes no standby that lacks one', () => {
  expect(patroni.bootstrap.dcs).toMatchObject({
    synchronous_mode: true,
    synchronous_mode_strict: true,
    synchronous_node_count: 1,
    check_timeline: true,
  });
});

/** The settings of a file for Redis, with each name once. */
function redisSettings(path: string): Readonly<Record<string, string>> {
  const lines = read(path)
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));
  const pairs = lines.map((line) => [line.split(' ', 1)[0]!, line.slice(line.indexOf(' ') + 1).replace(/^""$/, '')]);
  expect(new Set(pairs.map(([name]) => name)).size).toBe(pairs.length);
  return Object.fromEntries(pairs) as Record<string, string>;
}

test.each(['edge', 'control'] as const)('The %s Redis with a replica has the settings of the one without', (name) => {
  expect(redisSettings(`redis/${name}.conf`)).toMatchObject(redisServers[name].settings);
});

test('No copy of the edge Redis is written to a disk', () => {
  expect(redisSettings('redis/edge.conf')).toMatchObject({
    'repl-diskless-sync': 'yes',
    'repl-diskless-load': 'swapdb',
    'rdb-del-sync-files': 'yes',
  });
});

test('Sentinel watches both Redis, and two of three decide', () => {
  const monitored = [...read('redis/sentinel.conf').matchAll(/^sentinel monitor (\w+) \S+ \S+ (\d)$/gm)];
  expect(monitored.map(([, name, quorum]) => [name, quorum])).toEqual(
    Object.keys(redisServers).map((name) => [name, '2']),
  );
});

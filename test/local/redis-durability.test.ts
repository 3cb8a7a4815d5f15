// What the servers of the platform keep over a restart, with the settings and users that ship.
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { findRedis, startRedis } from '../../src/local/redis.ts';
import type { LocalRedis } from '../../src/local/redis.ts';
import { redisServers } from '../../src/local/redis-settings.ts';
import type { RedisServer } from '../../src/local/redis-settings.ts';
import { connectRedis, redisReady } from '../../src/platform/redis.ts';
import { createLogProbe } from '../support/log.ts';
import { freePort } from '../support/processes/ports.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const clean of cleanups.splice(0).reverse()) await clean();
});

type Own = {
  readonly directory: string;
  readonly lines: string[];
  start(searchPath?: string): Promise<LocalRedis>;
};

async function ownServer(shipped: RedisServer): Promise<Own> {
  const directory = mkdtempSync(join(tmpdir(), 'popvote-durable-'));
  cleanups.push(() => rmSync(directory, { recursive: true, force: true }));
  const port = await freePort();
  const lines: string[] = [];
  const names = ['admin', ...shipped.users.map(({ name }) => name)];
  return {
    directory,
    lines,
    async start(searchPath = process.env['PATH'] ?? '') {
      const redis = await startRedis({
        directory: join(directory, 'redis'),
        port,
        server: shipped,
        passwords: Object.fromEntries(names.map((name) => [name, `${name}-password`])),
        logFile: join(directory, 'redis.log'),
        searchPath,
        say: (line) => lines.push(line),
      });
      cleanups.push(() => redis.stop());
      return redis;
    },
  };
}

async function as<Result>(
  redis: LocalRedis,
  user: string,
  work: (connection: ReturnType<typeof connectRedis>) => Promise<Result>,
): Promise<Result> {
  const connection = connectRedis(redis.url(user), createLogProbe('test').logger);
  try {
    await redisReady(connection, 5_000);
    return await work(connection);
  } finally {
    connection.disconnect();
  }
}

/** What a worker writes: by a transaction, by a script of several writes, and by one command. */
async function write(redis: LocalRedis): Promise<void> {
  await as(redis, 'worker', async (worker) => {
    await worker.multi().set('batch:a', '1').set('batch:b', '2').exec();
    const script = `redis.call('SET', KEYS[1], '3') redis.call('SET', KEYS[2], '4') return 1`;
    await worker.eval(script, 2, 'batch:c', 'batch:d');
    await worker.set('batch:e', '5');
  });
}
const read = (redis: LocalRedis): Promise<(string | null)[]> =>
  as(redis, 'admin', (admin) => admin.mget(['a', 'b', 'c', 'd', 'e'].map((name) => `batch:${name}`)));

describe('The control Redis over a restart', () => {
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    test(`The control Redis keeps transactions, scripts and single writes over ${signal}`, async () => {
      const own = await ownServer(redisServers.control);
      const first = await own.start();
      await write(first);
      process.kill(first.pid, signal);
      await first.ended;
      expect(await read(await own.start())).toEqual(['1', '2', '3', '4', '5']);
    });
  }

  test('The default user has all rights, and no one can sign in as it', async () => {
    const own = await ownServer(redisServers.control);
    const redis = await own.start();
    const socket = connect(redis.port, '127.0.0.1');
    cleanups.push(() => socket.destroy());
    socket.write('PING\r\nAUTH default ""\r\nAUTH ""\r\nGET batch:a\r\n');
    let text = '';
    socket.on('data', (chunk: Buffer) => (text += chunk.toString()));
    await expect.poll(() => text.trim().split('\r\n')).toHaveLength(4);
    expect(
      text
        .trim()
        .split('\r\n')
        .map((line) => line.split(' ')[0]),
    ).toEqual(['-NOAUTH', '-WRONGPASS', '-WRONGPASS', '-NOAUTH']);
    expect(await as(redis, 'admin', (admin) => admin.call('ACL', 'DRYRUN', 'default', 'EXEC'))).toBe('OK');
  });
});

describe('Files of the control Redis after a power cut', () => {
  const damages: readonly (readonly [string, (files: string) => void])[] = [
    ['zero bytes at its end', (files) => appendFileSync(join(files, 'appendonly.aof.1.incr.aof'), Buffer.alloc(186))],
    [
      'half a transaction at its end',
      (files) =>
        appendFileSync(
          join(files, 'appendonly.aof.1.incr.aof'),
          '*1\r\n$5\r\nMULTI\r\n*3\r\n$3\r\nSET\r\n$7\r\nbatch:',
        ),
    ],
    ['strange bytes at its end', (files) => appendFileSync(join(files, 'appendonly.aof.1.incr.aof'), '\u0001\u0002')],
  ];
  for (const [name, damage] of damages) {
    test(`Everything that was confirmed is there after ${name}`, async () => {
      const own = await ownServer(redisServers.control);
      const first = await own.start();
      await write(first);
      process.kill(first.pid, 'SIGKILL');
      await first.ended;
      damage(join(own.directory, 'redis', 'appendonlydir'));
      expect(await read(await own.start())).toEqual(['1', '2', '3', '4', '5']);
    });
  }

  test('A repair is reported, and the damaged original is kept', async () => {
    const own = await ownServer(redisServers.control);
    const first = await own.start();
    await write(first);
    await first.stop();
    const file = join(own.directory, 'redis', 'appendonlydir', 'appendonly.aof.1.incr.aof');
    appendFileSync(file, Buffer.alloc(186));
    const damaged = readFileSync(file);
    await own.start();
    expect(own.lines.join('\n')).toMatch(
      /were damaged. 186 bytes were cut.*The original is .*send the same file again/,
    );
    const original = /The original is (\S+)\. /.exec(own.lines.join('\n'))?.[1] ?? '';
    expect(readFileSync(join(original, 'appendonly.aof.1.incr.aof'))).toEqual(damaged);
  });

  test('The three newest damaged originals are kept', async () => {
    const own = await ownServer(redisServers.control);
    const folder = join(own.directory, 'redis');
    const originals: string[] = [];
    for (let time = 0; time < 5; time += 1) {
      await (await own.start()).stop();
      appendFileSync(join(folder, 'appendonlydir', 'appendonly.aof.1.incr.aof'), Buffer.alloc(9));
      await (await own.start()).stop();
      originals.push(
        readdirSync(folder)
          .filter((name) => name.includes('.damaged-'))
          .sort()
          .at(-1) ?? '',
      );
    }
    expect(new Set(originals).size).toBe(5);
    expect(
      readdirSync(folder)
        .filter((name) => name.includes('.damaged-'))
        .sort(),
    ).toEqual(originals.slice(-3));
  });

  const ruins: readonly (readonly [string, (files: string) => void])[] = [
    ['a base that was cut', (files) => truncateSync(join(files, 'appendonly.aof.1.base.rdb'), 40)],
    ['a manifest of zero bytes', (files) => writeFileSync(join(files, 'appendonly.aof.manifest'), Buffer.alloc(88))],
    ['an empty manifest', (files) => writeFileSync(join(files, 'appendonly.aof.manifest'), '')],
  ];
  for (const [name, ruin] of ruins) {
    test(`It starts empty with ${name}, and the original is kept`, async () => {
      const own = await ownServer(redisServers.control);
      const first = await own.start();
      await write(first);
      await first.stop();
      ruin(join(own.directory, 'redis', 'appendonlydir'));
      expect(await read(await own.start())).toEqual([null, null, null, null, null]);
      expect(own.lines.join('\n')).toContain('it starts empty');
      const original = readdirSync(join(own.directory, 'redis')).find((each) => each.includes('.damaged-')) ?? '';
      expect(readFileSync(join(own.directory, 'redis', original, 'appendonly.aof.1.incr.aof'), 'utf8')).toContain(
        'batch:a',
      );
    });
  }
});

test('A server that reports lost data at its start is refused, and its files are unchanged', async () => {
  const own = await ownServer(redisServers.control);
  const first = await own.start();
  await write(first);
  await first.stop();
  const file = join(own.directory, 'redis', 'appendonlydir', 'appendonly.aof.1.incr.aof');
  const before = readFileSync(file);
  // The server of the machine, with the line that Redis 7.0 writes for each transaction that it drops.
  const line =
    "# == CRITICAL == This server is sending an error to its AOF-loading-client: '-NOPERM ACLs rules changed'";
  const folder = join(own.directory, 'bin');
  mkdirSync(folder);
  const real = findRedis(process.env['PATH'] ?? '') ?? '';
  const script = `#!/bin/sh\necho "${line}"\nexec ${real} "$@"\n`;
  writeFileSync(join(folder, 'redis-server'), script, { mode: 0o755 });
  await expect(own.start(`${folder}:/usr/bin:/bin`)).rejects.toThrow(
    /could not read all of its own data.*NOPERM.*doctor/,
  );
  expect(readFileSync(file)).toEqual(before);
  // Once it is replaced, nothing is missing. Lines of earlier starts do not count.
  expect(await read(await own.start())).toEqual(['1', '2', '3', '4', '5']);
});

describe('The edge Redis', () => {
  test('The edge Redis writes nothing to the disk, and starts whatever an earlier version left there', async () => {
    const own = await ownServer(redisServers.edge);
    const folder = join(own.directory, 'redis');
    mkdirSync(join(folder, 'appendonlydir'), { recursive: true });
    writeFileSync(join(folder, 'appendonlydir', 'appendonly.aof.manifest'), Buffer.alloc(99));
    writeFileSync(join(folder, 'dump.rdb'), 'verified:0123');
    const redis = await own.start();
    expect(own.lines).toEqual([expect.stringContaining('Removed files of an earlier version')]);
    await as(redis, 'admin', (admin) => admin.set('verified:0123', '1'));
    await redis.stop();
    expect(readdirSync(folder).sort()).toEqual(['redis.conf', 'users.acl']);
    await own.start();
    expect(own.lines).toHaveLength(1);
  });
});

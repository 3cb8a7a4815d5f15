// TLS to the servers of a service: addresses with sslmode=verify-full and rediss:// connect where the authority is known, and to no
// other server. As docs/operations.md says, and as `popvote doctor` shows it.
import { spawn } from 'node:child_process';
import { chownSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startPostgres } from '../../src/local/postgres.ts';
import type { LocalPostgres } from '../../src/local/postgres.ts';
import { findRedis } from '../../src/local/redis.ts';
import { certificate } from '../support/certificate.ts';
import { popvote } from '../support/processes/popvote.ts';
import { freePort } from '../support/processes/ports.ts';

const root = mkdtempSync(join(tmpdir(), 'popvote-tls-'));
const server = certificate();
const authority = join(root, 'authority.pem');
const stranger = join(root, 'stranger.pem');
writeFileSync(authority, server.cert);
writeFileSync(stranger, certificate().cert);

let postgres: LocalPostgres;
let redisPort: number;
const cleanups: (() => unknown)[] = [];
beforeAll(async () => {
  postgres = await startPostgres({
    directory: join(root, 'postgres'),
    port: await freePort(),
    password: 'test',
    logFile: join(root, 'postgres.log'),
  });
  cleanups.push(async () => {
    await postgres.stop();
    rmSync(postgres.directory, { recursive: true, force: true });
  });
  const { uid, gid } = statSync(postgres.directory);
  for (const [name, text] of [
    ['server.key', server.key],
    ['server.crt', server.cert],
  ] as const) {
    const path = join(postgres.directory, name);
    writeFileSync(path, text, { mode: 0o600 });
    chownSync(path, uid, gid);
  }
  const client = new pg.Client({ connectionString: postgres.superuserUrl('postgres') });
  await client.connect();
  await client.query('alter system set ssl = on');
  await client.query('select pg_reload_conf()');
  await client.end();

  redisPort = await freePort();
  const key = join(root, 'redis.key');
  writeFileSync(key, server.key, { mode: 0o600 });
  const words = ['--port', '0', '--tls-port', String(redisPort), '--tls-cert-file', authority, '--tls-key-file', key];
  const options = ['--tls-auth-clients', 'no', '--bind', '127.0.0.1', '--save', '', '--dir', root];
  const redis = spawn(findRedis(process.env['PATH'] ?? '') ?? 'redis-server', [...words, ...options]);
  cleanups.push(() => redis.kill());
  await new Promise<void>((resolve, reject) => {
    redis.once('close', () => reject(new Error('Redis ended before it was ready')));
    redis.stdout.on('data', (data: Buffer) => {
      if (data.includes('Ready to accept connections')) resolve();
    });
  });
}, 120_000);
afterAll(async () => {
  for (const clean of cleanups.reverse()) await clean();
  rmSync(root, { recursive: true, force: true });
});

/** What doctor says of both servers; `ownAuthority` is the file of the authority that the process knows. */
async function reportOf(parameters: string, ownAuthority: string): Promise<string> {
  const { out } = await popvote(['doctor', 'worker', '--production'], {
    WORKER_BOX_DATABASE_URL: `${postgres.superuserUrl('postgres')}?${parameters}`,
    CONTROL_REDIS_URL: `rediss://127.0.0.1:${redisPort}`,
    NODE_EXTRA_CA_CERTS: ownAuthority,
  });
  return out.replaceAll(/ +/g, ' ');
}

test('With the right authority both servers are reached over TLS', async () => {
  const report = await reportOf(`sslmode=verify-full&sslrootcert=${authority}`, authority);
  expect(report).toContain('[+] worker CONTROL_REDIS_URL connected');
  expect(report).toContain('[+] worker WORKER_BOX_DATABASE_URL encryption TLS\n');
});

test('A server whose authority is not known is not used', async () => {
  const report = await reportOf(`sslmode=verify-full&sslrootcert=${stranger}`, stranger);
  expect(report).toContain('[-] worker CONTROL_REDIS_URL no connection');
  expect(report).toMatch(/\[-\] worker WORKER_BOX_DATABASE_URL /);
  expect(report).not.toContain('encryption');
});

test('TLS to any server, and none, are warned of', async () => {
  expect(await reportOf('sslmode=no-verify', authority)).toContain(
    '[!] worker WORKER_BOX_DATABASE_URL encryption TLS, but any server would do',
  );
  expect(await reportOf('sslmode=disable', authority)).toContain('[!] worker WORKER_BOX_DATABASE_URL encryption none');
});

// What the benches and the load generators rest on, checked in seconds: a guard that fails open or a client that misreads
// an answer would make every figure worthless.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { describe, expect, test } from 'vitest';
import { AnswerWatch } from '../../../bench/harness/answer-watch.ts';
import { median, ratioOf } from '../../../bench/harness/blocks.ts';
import { isLoopback, judgeElection } from '../../../bench/harness/guard.ts';
import { Connection, NoAnswer } from '../../../bench/harness/keep-alive-client.ts';
import { Latencies } from '../../../bench/harness/latencies.ts';
import { ballotRows } from '../../../bench/harness/report.ts';
import type { BallotCounts, Report } from '../../../bench/harness/report.ts';
import { publicationOf } from '../../../src/services/elections/publishing/publication.ts';
import { newKeyFiles } from '../../../src/platform/keys/new-keys.ts';
import { signingKey } from '../../../src/platform/keys/signatures.ts';
import { definition } from '../../support/elections.ts';
import { hkid, phone } from '../../support/identities.ts';

const k6 = (name: string): string => new URL(`../../../bench/k6/${name}`, import.meta.url).href;
type K6Options = Record<string, { value: string; meaning: string; scripts: string[] }>;

describe('The k6 scripts', () => {
  test('The k6 scripts have exactly the options and defaults that their README lists', async () => {
    const { options } = (await import(k6('options.js'))) as { options: K6Options };
    const readme = readFileSync(new URL('../../../bench/k6/README.md', import.meta.url), 'utf8');
    const rows = [...readme.matchAll(/^\| `([A-Z0-9_]+)` +\| (.*?) +\| (.*?) +\| (.*?) +\|$/gm)];
    const listed = rows.map(([, name, value, meaning, scripts]) => ({ name, value, meaning, scripts }));
    const expected = Object.entries(options).map(([name, { value, meaning, scripts }]) => ({
      name,
      value: value === '' ? 'empty' : `\`${value}\``,
      meaning,
      scripts: scripts.length === 5 ? 'all' : scripts.join(', '),
    }));
    expect(listed).toEqual(expected);
  });

  test('The k6 scripts make the same voters as the tests do', async () => {
    const module = (await import(k6('identities.js'))) as { hkid: typeof hkid; phone: typeof phone };
    for (const n of [0, 1, 7, 999_999, 1_000_000, 12_345_678, 25_999_999]) {
      expect([module.hkid(n), module.phone(n)]).toEqual([hkid(n), phone(n)]);
    }
  });
});

describe('The answers to voters during an upgrade', () => {
  test('Every answer is a rejection that is no success and does not say when to come again', () => {
    const watch = new AnswerWatch();
    const request = 'GET /v1/sessions/current?wait=25 HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n';
    const note = (status: number, retryAfterSeconds: number): void =>
      watch.note(request, { status, body: '{"code":"busy"}', retryAfterSeconds });
    for (const status of [200, 201]) note(status, 0);
    for (const status of [429, 503]) note(status, 2);
    expect(watch.kinds).toEqual([]);
    expect([...watch.waits.keys()].map((what) => what.split(': ')[1])).toEqual(['429 busy', '503 busy']);
    for (const status of [409, 429, 502, 503]) note(status, 0);
    note(502, 2);
    watch.note(request, new NoAnswer('the connection was closed'));
    const route = 'GET /v1/sessions/current: ';
    const kinds = ['1 times 409 busy', '1 times 429 busy', '2 times 502 busy', '1 times 503 busy'];
    const noted = watch.kinds.map((kind) => kind.replace(route, ''));
    expect(noted).toEqual([...kinds, '1 times the connection was closed']);
  });
});

describe('The guard of the load generator', () => {
  const keys = newKeyFiles();
  const document = (changes: Parameters<typeof definition>[0], phase = 1): string => {
    const publication = publicationOf(definition(changes), signingKey(keys.elections.publisher), 1);
    return JSON.stringify(publication.documents[phase]);
  };
  const conditions = { iKnow: false, publicKeys: keys.public };

  test('The load generator runs against an open rehearsal and refuses an election that counts', () => {
    expect(judgeElection(document({}), conditions)).toMatchObject({ allowed: true });
    const real = document({ rehearsal: false, minBatch: 50 });
    expect(judgeElection(real, conditions)).toMatchObject({ allowed: false });
    expect(judgeElection(real, { ...conditions, iKnow: true })).toMatchObject({ allowed: true });
  });

  test('The load generator refuses an unsigned rehearsal flag, a closed election and anything else', () => {
    const forged = document({ rehearsal: false, minBatch: 50 }).replace('"rehearsal":false', '"rehearsal":true');
    expect(judgeElection(forged, conditions)).toMatchObject({ allowed: false });
    expect(judgeElection(document({}, 2), conditions)).toMatchObject({ allowed: false });
    expect(judgeElection('<html>', conditions)).toMatchObject({ allowed: false });
  });

  test('The load generator recognises this machine by name alone', () => {
    expect(['127.0.0.1', '127.8.9.10', 'localhost', '[::1]', '::1'].every(isLoopback)).toBe(true);
    expect(['127.0.0.1.example.org', '192.0.2.1', 'vote.example.org', '128.0.0.1', ''].some(isLoopback)).toBe(false);
  });
});

describe('The client of the generators', () => {
  const answering = async (work: (connection: Connection) => Promise<void>, ...chunks: Buffer[]): Promise<void> => {
    const server = createServer((socket) => {
      socket.setNoDelay(true);
      socket.on('error', () => undefined);
      socket.on('data', () => {
        for (const chunk of chunks) socket.write(chunk);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const connection = await Connection.open({ host: '127.0.0.1', port, secure: false });
    try {
      await work(connection);
    } finally {
      connection.close();
      await new Promise((resolve) => server.close(resolve));
    }
  };

  test('The generators’ client reads an answer that comes byte by byte, with more bytes than characters', async () => {
    const body = '{"title":"演練"}';
    const head = `HTTP/1.1 503 Busy\r\nretry-after: 4\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n`;
    const bytes = [...Buffer.from(head + body)].map((byte) => Buffer.from([byte]));
    await answering(
      async (connection) => {
        for (const _ of [1, 2]) {
          expect(await connection.request('GET / HTTP/1.1\r\n\r\n')).toEqual({
            status: 503,
            body,
            retryAfterSeconds: 4,
          });
        }
      },
      ...bytes,
    );
  });

  test('The generators’ client rejects an answer without a length', async () => {
    await answering(async (connection) => {
      await expect(connection.request('GET / HTTP/1.1\r\n\r\n')).rejects.toBeInstanceOf(NoAnswer);
      expect(connection.usable).toBe(false);
    }, Buffer.from('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n'));
  });
});

describe('The figures of a run', () => {
  test('Figures are medians of the ratios of each round', () => {
    const rounds = [
      { ours: 4, peer: 2 },
      { ours: 9, peer: 3 },
      { ours: 10, peer: 1 },
    ];
    expect(ratioOf(rounds, 'ours', 'peer')).toMatchObject({ median: 3, low: 2, high: 10 });
    expect(median([4, 1, 3, 2])).toBe(2.5);
  });

  test('Percentiles of latencies are exact', () => {
    const latencies = new Latencies();
    latencies.addAll(Array.from({ length: 1_000 }, (_, index) => 1_000 - index));
    expect(latencies.percentiles()).toEqual({ count: 1_000, p50: 501, p95: 951, p99: 991, p999: 1_000, max: 1_000 });
  });

  test('The report of the drills adds up what became of ballots, and leaves out what was not measured', () => {
    const report = (bench: string, ballots: BallotCounts | null): Report => ({ bench, ballots }) as Report;
    const ballots = { acknowledged: 1_000, lost: 1, doubled: 2, receiptsDifferent: 3, gapSeconds: 4 };
    const rows = ballotRows([
      report('chaos', ballots),
      report('token', null),
      report('paper', { ...ballots, receiptsDifferent: null, gapSeconds: null }),
    ]);
    expect(rows.map((row) => row.trim().split(/ {2,}/))).toEqual([
      ['drill', 'acknowledged', 'lost', 'doubled', 'receipts different', 'longest gap'],
      ['chaos', '1,000', '1', '2', '3', '4.0 s'],
      ['paper', '1,000', '1', '2', '-', '-'],
      ['all', '2,000', '2', '4', '3', '4.0 s'],
    ]);
  });
});

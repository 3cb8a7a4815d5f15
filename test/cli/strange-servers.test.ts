// Commands against servers that are something else: a page, an answer that never ends or breaks off, none at all. Each ends
// with a message that says what to do, and quotes nothing of the answer.
import { lstatSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { ServerResponse } from 'node:http';
import { createServer as createSilentServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newKeyFiles } from '../../src/platform/keys/new-keys.ts';
import { command } from '../support/processes/command.ts';

const folder = mkdtempSync(join(tmpdir(), 'popvote-strange-'));
const definitionFile = join(folder, 'election.json');
const rollFile = join(folder, 'roll.csv');
const secret = 'hunter2';
const json = { 'content-type': 'application/json' };

function endless(response: ServerResponse, status: number): void {
  response.writeHead(status, json);
  const part = Buffer.alloc(1_048_576, secret);
  const write = (): void => {
    while (!response.destroyed && response.write(part));
    if (!response.destroyed) response.once('drain', write);
  };
  write();
}

/** What a server answers to everything. */
const strange = {
  'a page': (response: ServerResponse) =>
    response.writeHead(200, { 'content-type': 'text/html' }).end(`<html>${secret}</html>`),
  'a page of an error': (response: ServerResponse) => response.writeHead(500).end(`<h1>${secret}</h1>`),
  'a redirect': (response: ServerResponse) => response.writeHead(302, { location: '/' }).end(),
  'a body without an end': (response: ServerResponse) => endless(response, 200),
  'an error without an end': (response: ServerResponse) => endless(response, 500),
  'JSON of another form': (response: ServerResponse) => response.writeHead(200, json).end(`{"${secret}":1}`),
  'half of a token': (response: ServerResponse) => response.writeHead(200, json).end(`{"accessToken":"${secret}`),
  'a body that breaks off': (response: ServerResponse) => {
    response.writeHead(200, { ...json, 'content-length': '100' }).write(`{"${secret}`);
    setImmediate(() => response.destroy());
  },
  'no HTTP': (response: ServerResponse) => response.socket?.end(`${secret}\r\n\r\n`),
  'nothing, and the connection ends': (response: ServerResponse) => response.destroy(),
} as const;
let answer: (response: ServerResponse) => unknown = strange['a page'];
const server = createServer((request, response) => {
  request.resume();
  answer(response);
});
let origin = '';
let environment: Record<string, string> = {};

const session = join(folder, 'session.json');
const later = '2999-01-01T00:00:00.000Z';
function logIn(accessExpiresAt = later): void {
  const user = { id: '00000000-0000-4000-8000-000000000000', role: 'administrator' };
  const tokens = { accessToken: `${secret}a`, refreshToken: `${secret}r` };
  const pair = { ...tokens, accessExpiresAt, refreshExpiresAt: later, user };
  writeFileSync(session, JSON.stringify({ origin, email: 'a@b.org', pair }), { mode: 0o600 });
}

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
  const keys = JSON.stringify(newKeyFiles().elections);
  environment = { POPVOTE_SESSION_FILE: session, ELECTIONS_KEYS: keys, ELECTIONS_ORIGIN: origin };
  writeFileSync(definitionFile, (await command(['election', 'example'])).out);
  writeFileSync(rollFile, 'id\n1\n');
});
afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  rmSync(folder, { recursive: true });
});

const panelCommands: readonly (readonly string[])[] = [
  ['whoami'],
  ['logout'],
  ['login', '--email', 'a@b.org', '--origin'],
  ['call'],
  ['call', 'listElections'],
];
const electionCommands: readonly (readonly string[])[] = [
  ['list'],
  ['show', 'e'],
  ['counts', 'e'],
  ['load', definitionFile],
  ['roll', 'e', rollFile],
  ['roll-list', 'e'],
  ['roll-remove', 'e', '1', '--reason', 'x'],
  ['close', 'e', '--reason', 'x'],
  ['recount', 'e'],
];
const all = [...panelCommands, ...electionCommands.map((words) => ['election', ...words])];

async function expectFailure(words: readonly string[]): Promise<string> {
  const { code, err } = await command(words.at(-1) === '--origin' ? [...words, origin] : words, environment, 'x\n');
  expect([words, code === 1 || code === 6, err]).toEqual([
    words,
    true,
    expect.stringMatching(/^popvote: .{10}[^\n]*$/),
  ]);
  expect(err).not.toMatch(/hunter2|undefined|\[object/);
  return err;
}

describe('Servers that are something else', () => {
  test.each(Object.entries(strange))('Each command fails in a line where it gets %s', async (_name, how) => {
    answer = how;
    for (const words of all) {
      logIn();
      await expectFailure(words);
    }
  });

  test.each(Object.entries(strange))('A login is not renewed by %s', async (_name, how) => {
    answer = how;
    logIn('2020-01-01T00:00:00.000Z');
    await expectFailure(['whoami']);
  });

  test('A file that cannot be read to its end is named, and not the server', async () => {
    answer = (response) => response.req.on('end', () => response.end('{}'));
    expect(await expectFailure(['election', 'roll', 'e', folder])).toBe(`popvote: ${folder} cannot be read (EISDIR).`);
  });
});

describe('An answer to a call', () => {
  const described = (types: Readonly<Record<string, object>>): object => ({
    openapi: '3.1.0',
    paths: {
      '/v1/thing': { get: { operationId: 'readThing', responses: { 200: { description: '', content: types } } } },
    },
  });
  const ask = (types: Readonly<Record<string, object>>, text: string, ...words: readonly string[]) => {
    answer = (response) => {
      const isDocument = response.req.url?.endsWith('/openapi.json') === true;
      response
        .writeHead(200, isDocument ? json : { 'content-type': 'text/html' })
        .end(isDocument ? JSON.stringify(described(types)) : text);
    };
    return command(['call', 'readThing', '--origin', origin, ...words], environment);
  };

  test('A page in the place of a file is neither printed nor kept', async () => {
    const file = join(folder, 'thing.csv');
    for (const words of [[], ['--json'], ['--out', file]]) {
      const { code, out, err } = await ask({ 'text/csv': {} }, '<html>', ...words);
      expect([code, out, err]).toEqual([1, '', 'popvote: The panel answered with text/html instead of text/csv.']);
    }
    expect(readdirSync(folder).filter((name) => name.startsWith('thing'))).toEqual([]);
  });

  test('An answer that goes to a device leaves the device', async () => {
    // By a link: a fault here would replace the device itself, for the whole machine.
    const device = join(folder, 'device');
    symlinkSync('/dev/null', device);
    const { code, err } = await ask({ 'text/html': {} }, '<html>', '--out', device);
    expect([code, err]).toEqual([0, `Kept in ${device}.`]);
    expect(lstatSync(device).isSymbolicLink()).toBe(true);
    expect((await ask({ 'text/html': {} }, '<html>', '--out', folder)).err).toBe(
      `popvote: ${folder} cannot be written (EISDIR).`,
    );
  });
});

describe('A database that is silent', () => {
  const silent = createSilentServer((socket) => void socket.resume().on('error', () => undefined));
  let address = '';
  beforeAll(async () => {
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    address = `postgres://popvote:${secret}@127.0.0.1:${(silent.address() as { port: number }).port}/any`;
  });
  afterAll(() => new Promise((resolve) => silent.close(resolve)));

  test.each([
    ['migrate', ['migrate']],
    ['recount', ['recount']],
    ['admin create', ['admin', 'create', '--email', 'a@b.org']],
    ['admin suspend', ['admin', 'suspend', '--email', 'a@b.org']],
  ])('The command %s ends within seconds, and says so', async (_name, words) => {
    const { code, err } = await command(words, { MIGRATE_BOX_URL: address, ACCESS_DATABASE_URL: address });
    expect([code, err]).toEqual([1, expect.stringMatching(/^popvote: no answer from the server[^\n]*$/)]);
    expect(err).not.toContain(secret);
  });
});

// The control zone as its people meet it: on real processes, over the addresses of its APIs, and by the command line.
import { randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { issueAdministrator } from '../../src/services/access/operator-acts.ts';
import { readCatalogue } from '../../src/cli/control/catalogue.ts';
import type { ControlOperation } from '../../src/cli/control/operations.ts';
import { panelClient } from '../../src/cli/control/panel-client.ts';
import { requestOf } from '../../src/cli/control/request-of.ts';
import type { WireRequest } from '../../src/cli/control/request-of.ts';
import { command } from '../support/processes/command.ts';
import { controlCall } from '../support/control.ts';
import { startPlatform } from '../support/processes/processes.ts';
import type { Control, Platform } from '../support/processes/processes.ts';
import { until } from '../support/until.ts';

let platform: Platform & { readonly control: Control };

beforeAll(async () => {
  platform = await startPlatform({ control: true });
}, 120_000);
afterAll(() => platform[Symbol.asyncDispose]());

test('Somebody who logs out is out of every service with the next request, also when Redis loses data', async () => {
  const { control } = platform;
  const colleague = await control.person('administrator');
  const ask = async () =>
    Promise.all(
      [
        ['access', '/v1/users'],
        ['elections', '/v1/elections'],
        ['officials', '/v1/batches'],
      ].map(async ([service, path]) => (await colleague.call(service as 'access', 'GET', path!)).status),
    );
  expect(await ask()).toEqual([200, 200, 200]);
  const body = { refreshToken: colleague.refreshToken };
  expect((await colleague.call('access', 'POST', '/v1/logout', { body })).status).toBe(204);
  await control.redis.flushall();
  expect(await ask()).toEqual([401, 401, 401]);
});

test('The access service and its callers can restart one after the other without ending sessions', async () => {
  const { control } = platform;
  const auditor = await control.person('auditor');
  for (const service of ['access', 'elections', 'officials'] as const)
    await platform.restart(service, { signal: 'SIGKILL' });
  expect((await auditor.call('elections', 'GET', '/v1/elections')).status).toBe(200);
  expect((await (await auditor.logIn()).call('elections', 'GET', '/v1/elections')).status).toBe(200);
}, 120_000);

test('A whole election is run by popvote alone, from the one-time password to the results', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'popvote-story-'));
  const fileOf = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text, { mode: 0o600 });
    return join(folder, name);
  };
  const popvote = (...words: string[]) => command(words, { XDG_STATE_HOME: folder });
  const byOfficial = (...words: string[]) => command(words, { XDG_STATE_HOME: join(folder, 'official') });
  const call = async (...words: string[]): Promise<Record<string, unknown>> => {
    const { code, out, err } = await popvote('call', ...words, '--json');
    expect([words[0], code, err]).toEqual([words[0], 0, expect.any(String)]);
    return (out === '' ? {} : JSON.parse(out)) as Record<string, unknown>;
  };
  const issued = await issueAdministrator({
    databaseUrl: platform.databases.url('access', 'popvote_access'),
    email: `${randomUUID()}@example.org`,
    forename: 'Ada',
    surname: 'Operator',
    onlyFirst: false,
  });
  if (!('password' in issued)) throw new Error(issued.outcome);
  const files = {
    once: fileOf('once', issued.password),
    chosen: fileOf('chosen', 'seven otters borrow a violin'),
  };
  const login = ['login', '--origin', platform.control.panel, '--email', issued.email, '--password-file', files.once];
  expect((await popvote(...login, '--new-password-file', files.chosen)).code).toBe(0);

  const options: { participantId: string }[] = [];
  for (const name of ['River Party', 'Hill Party']) {
    const { participant } = await call('createParticipant', 'kind=party', `name=${name}`);
    options.push({ participantId: (participant as { id: string }).id });
  }
  const id = `command-${randomUUID()}`;
  const definition = fileOf('election.json', JSON.stringify(definitionOf(options)));
  expect(await call('createElection', '--body', definition, `id=${id}`)).toMatchObject({ election: { id } });
  const at = `electionId=${id}`;
  const title = 'title={"en":"Assembly of the valley"}';
  const blind = await popvote('call', 'changeElection', at, title);
  expect([blind.code, blind.err]).toEqual([2, expect.stringContaining('popvote call getElection electionId=…')]);
  const [, tag = ''] = /^ETag: (.+)$/m.exec((await popvote('call', 'getElection', at)).err) ?? [];
  await call('changeElection', at, title, '--if-match', tag);
  expect((await popvote('call', 'changeElection', at, title, '--if-match', tag)).code).toBe(5);
  await call('announceElection', at);

  const rows = Array.from({ length: 300 }, (_, index) => `${randomUUID()},${index < 100 ? 1 : 2}`);
  const paper = fileOf('box.csv', `${[...rows, `${randomUUID()},9`].join('\n')}\n`);
  let batchId = '';
  const official = await platform.control.person('official');
  const passwordFile = fileOf('password-of-official', official.password);
  const asOfficial = ['--email', official.email, '--password-file', passwordFile];
  expect((await byOfficial('login', '--origin', platform.control.panel, ...asOfficial)).code).toBe(0);
  // Officials hear of the election a moment later.
  await until(async () => {
    const upload = await byOfficial('call', 'uploadBatch', at, '--body', paper, '--json');
    if (upload.code === 0) batchId = (JSON.parse(upload.out) as { batch: { id: string } }).batch.id;
    else expect([3, 4, 6]).toContain(upload.code);
    return upload.code === 0;
  });
  let last: unknown;
  // A stream may end before the batch is done: then it is asked for again.
  await until(async () => {
    const { out } = await popvote('call', 'watchBatch', `batchId=${batchId}`);
    last = JSON.parse(out.trimEnd().split('\n').at(-1) ?? 'null');
    return (last as { batch: { state: string } }).batch.state === 'done';
  });
  expect(last).toMatchObject({ batch: { rows: { received: 301, counted: 300, invalid: 1 } } });
  expect((await popvote('call', 'getInvalidRows', `batchId=${batchId}`)).out.trimEnd().split('\r\n')).toHaveLength(2);

  expect((await popvote('call', 'countElection', at)).code).toBe(5);
  await call('closeElection', at, 'reason=All boxes are in');
  await until(async () => (await popvote('call', 'countElection', at)).code === 0);
  await call('publishResults', at);
  const results = join(folder, 'results.csv');
  expect((await popvote('call', 'getResultsCsv', at, '--out', results)).code).toBe(0);
  expect(readFileSync(results, 'utf8')).toMatch(/River Party[^\n]*100/);
  await until(async () => (await fetch(`${platform.origins.api}/v1/elections/${id}/results`)).status === 200);
  expect(await call('verifyAuditLog')).toMatchObject({ broken: null });
  const exported = (await popvote('call', 'exportAuditLog')).out.trimEnd().split('\n');
  expect(exported.filter((line) => line.includes(id)).length).toBeGreaterThan(4);
  expect((await popvote('logout')).code).toBe(0);
  rmSync(folder, { recursive: true });
}, 180_000);

const definitionOf = (options: readonly { participantId: string }[]) => ({
  title: { en: 'Assembly' },
  opensAt: new Date(Date.now() - 60_000).toISOString(),
  closesAt: new Date(Date.now() + 3_600_000).toISOString(),
  timeZone: 'Europe/Belgrade',
  rehearsal: true,
  channels: ['online', 'batches'],
  minBatch: 1,
  graceSeconds: 0,
  identity: { scheme: 'hkid' },
  verification: { methods: ['text-in'], verifiedSecondsMax: 900 },
  contests: [
    {
      id: 'assembly',
      title: { en: 'Assembly' },
      method: 'dhondt',
      seats: 10,
      thresholdPercent: 5,
      minChoices: 1,
      maxChoices: 1,
      abstain: false,
      options,
    },
  ],
});

// The last of this file: it sends what the examples say, to settings too.
test('Every operation that the services describe can be called by name and by file', async () => {
  const client = panelClient(platform.control.panel);
  const { operations, unavailable } = await readCatalogue(client);
  expect(unavailable).toEqual([]);
  const described = await Promise.all(
    ['access', 'elections', 'officials'].map(async (service) => {
      const text = await (await fetch(`${platform.control.panel}/api/${service}/openapi.json`)).text();
      return text.match(/"operationId":/g)?.length ?? 0;
    }),
  );
  expect(operations.length).toBe(described.reduce((sum, count) => sum + count));
  // One name each, whatever the service.
  expect(new Set(operations.map(({ id }) => id.toLowerCase())).size).toBe(operations.length);
  const { token } = await platform.control.person('administrator');
  for (const operation of operations) {
    for (const request of requestsOf(operation)) {
      expect([operation.id, request.method]).toEqual([operation.id, operation.method]);
      expect(request.path).toMatch(new RegExp(`^/api/${operation.service}/[^{}]+$`));
      // They would end the session of this very test.
      if (['logIn', 'logOut', 'refresh', 'endMySessions'].includes(operation.id)) continue;
      const headers = { authorization: `Bearer ${token}`, ...request.headers, ...typeOf(request) };
      const raw = request.body.kind === 'json' ? request.body.text : request.body.kind === 'file' ? 'a,b\n' : undefined;
      const what = { headers, ...(raw !== undefined && { raw }) };
      // A stream that goes on would be waited for; there is no such batch.
      const answer = await controlCall(platform.control.panel, request.method, request.path, what);
      const summary = `${operation.id} ${answer.status} ${answer.text}`;
      expect(['not-found', 'unauthenticated', 'unsupported-media-type', 'invalid-request'], summary).not.toContain(
        answer.body['code'],
      );
      expect(answer.status, summary).not.toBe(500);
    }
  }
  await client.close();
});

const typeOf = ({ body }: WireRequest): { 'content-type'?: string } =>
  body.kind === 'none' ? {} : { 'content-type': body.kind === 'file' ? body.type : 'application/json' };

/** One request for each example of the body: its members by name, but for secrets, and the whole as a file. */
function requestsOf(operation: ControlOperation): readonly WireRequest[] {
  const values = operation.parameters.flatMap(({ name, in: place, required, kinds }) => {
    if (place === 'path' || (place === 'query' && required)) {
      return [`${name}=${name === 'batchId' ? 'A'.repeat(43) : randomUUID()}`];
    }
    return place === 'query' && kinds.has('integer') ? [`${name}=1`] : [];
  });
  const options = { values, ifMatch: '"1"' };
  const { body } = operation;
  if (body === null) return [requestOf(operation, { ...options, body: { kind: 'none' } })];
  if (body.kind === 'file') return [requestOf(operation, { ...options, body: { kind: 'file' } })];
  expect([operation.id, body.examples.length]).not.toEqual([operation.id, 0]);
  return body.examples.map(({ value }) => {
    const whole = requestOf(operation, { ...options, body: { kind: 'json', value } });
    const secret = body.members.filter((member) => member.secret).map(({ name }) => name);
    const fields = Object.entries(value as object).filter(([name]) => !secret.includes(name));
    const words = fields.map(([name, part]) => `${name}=${typeof part === 'string' ? part : JSON.stringify(part)}`);
    if (secret.length === 0) {
      const byName = requestOf(operation, { values: [...values, ...words], ifMatch: '"1"', body: { kind: 'none' } });
      expect([operation.id, byName.body]).toEqual([operation.id, whole.body]);
    }
    return whole;
  });
}

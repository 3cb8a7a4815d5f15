// Schemathesis against the four OpenAPI documents, on real processes: requests that fit the documents and requests that
// do not, for two minutes in all, with ids that exist. No answer is 5xx but 503, and every answer is as documented.
// https://schemathesis.readthedocs.io
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { accessExamples } from '../../src/services/access/examples.ts';
import { controlCall } from '../support/control.ts';
import { definition } from '../support/elections.ts';
import { startPlatform } from '../support/processes/processes.ts';
import type { Control, Platform } from '../support/processes/processes.ts';

/** For each document, in seconds. */
const secondsMax = 30;
const isHere = spawnSync('schemathesis', ['--version']).status === 0;
const unless = isHere ? '' : ' (not here: no schemathesis)';

let platform: Platform & { control: Control };
let directory: string;
/** Ids that exist, by the name of their parameter. */
let ids: Readonly<Record<string, readonly string[]>>;
beforeAll(async () => {
  if (!isHere) return;
  directory = mkdtempSync(join(tmpdir(), 'popvote-schemathesis-'));
  platform = await startPlatform({ control: true });
  ids = await seed(platform);
}, 180_000);
afterAll(async () => {
  if (!isHere) return;
  await platform[Symbol.asyncDispose]();
  rmSync(directory, { recursive: true, force: true });
});

async function seed({ control: { administrator, origins, person } }: typeof platform): Promise<typeof ids> {
  const create = async (path: string, body: object): Promise<Record<string, { id: string }>> => {
    const answer = await administrator.call('elections', 'POST', path, { body });
    expect(answer.status, answer.text).toBe(201);
    return answer.body as Record<string, { id: string }>;
  };
  const inHours = (hours: number): string => new Date(Date.now() + hours * 3_600_000).toISOString();
  const { participant } = await create('/v1/participants', { name: 'Lantern', kind: 'party' });
  const elections: string[] = [];
  for (const opensAt of [inHours(-1), inHours(5)]) {
    const { id: _id, ...body } = definition({ opensAt, closesAt: inHours(30), channels: ['online', 'batches'] });
    const { election } = await create('/v1/elections', { ...body, rehearsal: true });
    elections.push(election!.id);
    const announced = await administrator.call('elections', 'POST', `/v1/elections/${election!.id}/announce`, {
      body: {},
    });
    expect(announced.status, announced.text).toBe(200);
  }
  const { id: userId } = await person('auditor');
  // The user of the examples in the document, so that an example logs in.
  const invitation = await administrator.call('access', 'POST', '/v1/invitations', { body: { role: 'auditor' } });
  const { email, password } = accessExamples.login;
  const user = { email, password, forename: 'Ana', surname: 'Anić', invitation: invitation.body['token'] };
  const registration = await controlCall(origins.access, 'POST', '/v1/users', { body: user });
  expect(registration.status, registration.text).toBe(201);
  return { electionId: elections, participantId: [participant!.id], userId: [userId] };
}

test.skipIf(!isHere).concurrent.each(['api', 'elections', 'officials', 'access'] as const)(
  `Schemathesis finds no fault in the document of %s${unless}`,
  { timeout: (secondsMax + 120) * 1_000 },
  async (service) => {
    const { control, origins } = platform;
    const origin = service === 'api' ? origins.api : control.origins[service];
    const { status, output } = await schemathesis(service, origin);
    expect(status, output.slice(-8_000)).toBe(0);
    expect(Number(/(\d+) generated/.exec(output)?.[1])).toBeGreaterThan(100);
    if (service === 'api') return;
    // Three are operations with which people sign in. Of many operations, a slow run asks one or two more without the token
    // only. Without it nearly all answer 401 only. Voters' tokens are made by a vote. A made-up invitation is answered with 403.
    const unauthorized = Number(/401 Unauthorized \((\d+) operations?\)/.exec(output)?.[1] ?? 0);
    const tested = Number(/Tested: (\d+)/.exec(output)?.[1]);
    expect(unauthorized, output.slice(-8_000)).toBeLessThanOrEqual(Math.max(3, tested / 10));
  },
);

async function schemathesis(service: string, origin: string): Promise<{ status: number | null; output: string }> {
  const { token } = platform.control.administrator;
  const config = join(directory, `${service}.toml`);
  const values = (of: readonly string[]): string => of.map((id) => JSON.stringify(id)).join(', ');
  const lines = [
    ...(service === 'api' ? [] : ['[auth.openapi.accessToken]', `bearer = ${JSON.stringify(token)}`]),
    '[checks.not_a_server_error]',
    'expected-statuses = ["2xx", "3xx", "4xx", "503"]',
    '[parameters]',
    ...Object.entries(ids).map(([name, of]) => `${name} = [${values(of)}]`),
  ];
  writeFileSync(config, `${lines.join('\n')}\n`, { mode: 0o600 });
  const checks = 'not_a_server_error,response_schema_conformance,content_type_conformance,status_code_conformance';
  // They would end the session of the others.
  const exclusion = ['--exclude-operation-id-regex', 'logOut|Session|[pP]assword|SecondFactor|deleteUser|changeUser'];
  const words = ['run', `${origin}/openapi.json`, '--checks', checks, '--max-time', String(secondsMax), '--no-color'];
  const child = spawn('schemathesis', ['--config-file', config, ...words, ...exclusion], { cwd: directory });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const status = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { status, output };
}

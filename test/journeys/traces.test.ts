// Traces of the control zone, as a collector receives them: an administrator announces a vote through the panel, an official
// sends a file, and a voter votes meanwhile. The spans have names and links, and nothing of a person or of the vote.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { publicationOf } from '../../src/services/elections/publishing/publication.ts';
import { signingKey } from '../../src/platform/keys/signatures.ts';
import { tracedServices } from '../../src/platform/tracing/span.ts';
import { publicationsKey } from '../../src/protocol/public-document.ts';
import { batchElection, csvOf, row } from '../support/batches.ts';
import { ballot, definition } from '../support/elections.ts';
import { startPlatform } from '../support/processes/processes.ts';
import type { Control, Platform } from '../support/processes/processes.ts';
import { motion } from '../support/services/elections.ts';
import { startTraceReceiver } from '../support/processes/trace-receiver.ts';
import type { ReceivedSpan, TraceReceiver } from '../support/processes/trace-receiver.ts';
import { until } from '../support/until.ts';
import { Voter } from '../support/voter/voter.ts';

const voterServices = ['api', 'sms', 'ballots', 'mixer', 'log', 'herald'] as const;
const behindPanel = ['access', 'elections', 'officials'] as const;

let platform: Platform & { readonly control: Control };
let receiver: TraceReceiver;
beforeAll(async () => {
  receiver = await startTraceReceiver();
  platform = await startPlatform({ control: true });
  // Those of voters get the setting too, and do not know it.
  const traces = { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.origin };
  for (const service of [...tracedServices, ...voterServices]) {
    const trusts = (behindPanel as readonly string[]).includes(service);
    const proxies = trusts ? { [`${service.toUpperCase()}_TRUSTED_PROXIES`]: '127.0.0.1' } : {};
    await platform.restart(service, { variables: { ...traces, ...proxies } });
  }
}, 240_000);
afterAll(async () => {
  await platform[Symbol.asyncDispose]();
  await receiver[Symbol.asyncDispose]();
});

test('Traces show the work of the control zone by names and links, and no person and no vote', async () => {
  const canaries = new Map<string, string>();
  const electionId = await announceThroughPanel(canaries);
  const batchId = await sendFile(canaries);
  await vote(canaries);
  await until(() => spansNamed('queue check').length > 0 && spansNamed('call ballots').length > 0, 'the spans');
  for (const service of tracedServices) await platform.end(service);

  const spans = receiver.spans();
  expect(new Set(spans.map(({ service }) => service))).toEqual(
    new Set(tracedServices.map((service) => `popvote-${service}`)),
  );
  for (const [name, value] of canaries) expect([name, receiver.text().includes(value)]).toEqual([name, false]);
  for (const value of [electionId, batchId]) expect(receiver.text()).not.toContain(value);
  // Names and values are words of the program: no text of more than that form.
  for (const { name, values } of spans) {
    expect(name).toMatch(/^([A-Z]+ [\w/:.*-]+|call [a-z]+|queue (check|register)|pv\.[a-z_]+|[a-z]+)$/);
    for (const value of Object.values(values)) expect(String(value)).toMatch(/^[\w/:.*-]+$/);
  }
  expectLinks(spans);
});

/** From the panel to a service, on to `access`, and down to its database. At the voters' zone it ends. */
function expectLinks(spans: readonly ReceivedSpan[]): void {
  const childrenOf = ({ spanId, traceId }: ReceivedSpan): readonly ReceivedSpan[] =>
    spans.filter((span) => span.parentSpanId === spanId && span.traceId === traceId);
  const inPanel = spans.find(
    ({ service, name, values }) =>
      service === 'popvote-panel' &&
      name.startsWith('POST /api/elections') &&
      values['http.response.status_code'] === 200,
  );
  expect(inPanel?.parentSpanId).toBe('');
  const [announced] = childrenOf(inPanel!);
  expect([announced?.service, announced?.name]).toEqual([
    'popvote-elections',
    'POST /v1/elections/:electionId/announce',
  ]);
  const inAnnounce = childrenOf(announced!);
  const [calledAccess] = inAnnounce.filter(({ name }) => name === 'call access');
  const [atAccess] = childrenOf(calledAccess!);
  expect([atAccess?.service, atAccess?.name]).toEqual(['popvote-access', 'GET /private/sessions/:sessionId']);
  expect(childrenOf(atAccess!).map(({ name }) => name)).toContainEqual(expect.stringMatching(/^pv\./));
  const callsOfBallots = inAnnounce.filter(({ name }) => name === 'call ballots');
  expect(callsOfBallots.map(({ values }) => values['popvote.outcome'])).toContain('answered');
  expect(callsOfBallots.flatMap(childrenOf)).toEqual([]);
  const [checked] = spansNamed('queue check');
  expect(childrenOf(checked!).map(({ name }) => name)).toContainEqual(expect.stringMatching(/^pv\./));
}

const spansNamed = (name: string): readonly ReceivedSpan[] => receiver.spans().filter((span) => span.name === name);

async function announceThroughPanel(canaries: Map<string, string>): Promise<string> {
  const { administrator, panel } = platform.control;
  canaries.set('e-mail', administrator.email).set('access token', administrator.token).set('user', administrator.id);
  const post = async (path: string, body?: object): Promise<Response> =>
    fetch(`${panel}/api/elections${path}?note=${administrator.email}`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${administrator.token}`,
        // A browser's own trace is not continued.
        traceparent: `00-${'c'.repeat(32)}-${'d'.repeat(16)}-01`,
        ...(body && { 'content-type': 'application/json' }),
      },
      ...(body && { body: JSON.stringify(body) }),
    });
  canaries.set('trace of a browser', 'c'.repeat(32));
  const created = await post('/v1/elections', motion());
  const { election } = (await created.json()) as { election: { id: string } };
  expect((await post(`/v1/elections/${election.id}/announce`)).status).toBe(200);
  return election.id;
}

async function sendFile(canaries: Map<string, string>): Promise<string> {
  const official = await platform.control.person('official');
  const electionId = `traced-${randomUUID()}`;
  const publisher = signingKey(platform.keys.elections.publisher);
  const publication = publicationOf(batchElection({ id: electionId }), publisher, 1);
  await platform.control.redis.hset(publicationsKey, electionId, JSON.stringify(publication));
  const id = randomUUID();
  canaries.set('ballot id', id).set('official', official.email).set('election of the file', electionId);
  const file = { raw: csvOf([row(1, id)]), headers: { 'content-type': 'text/csv' } };
  const answer = await official.call('officials', 'POST', `/v1/batches?electionId=${electionId}`, file);
  return (answer.body['batch'] as { id: string }).id;
}

async function vote(canaries: Map<string, string>): Promise<void> {
  const election = definition({ id: `voted-${randomUUID()}` });
  await platform.load(election);
  const voter = await new Voter(platform.origins, election.id).verify();
  canaries.set('identity', voter.identity).set('phone', voter.phone.slice(1)).set('ballot key', voter.ballotKey);
  canaries.set('session', voter.token).set('election of the voter', election.id);
  expect((await voter.cast(ballot())).status).toBe(201);
}

// A plausible, authorised request for every route: what its real caller sent while an election was prepared and voted in,
// else the example of its OpenAPI document.
import { createPrivateKey } from 'node:crypto';
import { SignJWT } from 'jose';
import type { ServiceName } from '../../../src/protocol/private-calls.ts';
import { invited, newAdministrator } from '../control.ts';
import type { ControlOrigins, Person } from '../control.ts';
import { inHours, motion } from '../services/elections.ts';
import { Voter } from '../voter/voter.ts';
import type { NotedApp, NotedRoute, WholePlatform } from './whole-platform.ts';

/** Elections, people and tokens that the requests name. */
export type Cast = {
  readonly administrator: Person;
  /** Somebody whose account the requests of `access` change. */
  readonly victim: Person;
  /** Ids by the name of their parameter. */
  readonly ids: Readonly<Record<string, string>>;
  readonly draft: string;
  readonly rollElection: string;
  readonly pendingToken: string;
  readonly verifiedToken: string;
};
export type BuiltRequest = {
  readonly method: string;
  readonly address: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
};

const csv = { type: 'text/csv', text: 'number\r\nA123456(3)\r\n' };

/** Prepares elections and votes in one, so that most routes have a request of their real caller. */
export async function prepareCast(platform: WholePlatform): Promise<Cast> {
  const origins: ControlOrigins = {
    access: platform.origin('access', 'access'),
    elections: platform.origin('elections', 'elections'),
    officials: platform.origin('officials', 'officials'),
  };
  const administrator = await newAdministrator(origins, platform.accessDatabaseUrl);
  const victim = await invited(origins, administrator, 'administrator');
  const call = (method: string, path: string, what: Parameters<Person['call']>[3] = {}) =>
    administrator.call('elections', method, path, what);
  const create = async (changes: object = {}): Promise<string> => {
    const { body, text } = await call('POST', '/v1/elections', { body: motion(changes) });
    const { election } = body as { election?: { id: string } };
    if (!election) throw new Error(text);
    return election.id;
  };
  const name = { name: `P ${Date.now()}`, kind: 'party' };
  const participant = (await call('POST', '/v1/participants', { body: name })).body['participant'] as { id: string };
  const later = await create();
  await call('POST', `/v1/elections/${later}/announce`);
  const amended = { body: motion({ title: { en: 'Longer hours' } }), headers: { 'if-match': '*' } };
  await call('PATCH', `/v1/elections/${later}`, amended);
  const rollElection = await create({ identity: { scheme: 'roll' } });
  await call('POST', `/v1/elections/${rollElection}/announce`);
  const roll = { raw: csv.text, headers: { 'content-type': csv.type } };
  await call('POST', `/v1/elections/${rollElection}/roll`, roll);
  const open = await create({ opensAt: inHours(-1) });
  const announced = await call('POST', `/v1/elections/${open}/announce`);
  if (announced.status >= 300) throw new Error(announced.text);
  await call('POST', `/v1/elections/${open}/extend`, { body: { closesAt: inHours(20), reason: 'More time.' } });
  const tokens = await vote(platform, open);
  const ids = { electionId: open, participantId: participant.id, userId: victim.id };
  return { administrator, victim, ids, draft: await create(), rollElection, ...tokens };
}

/** A person whose account may be changed and ended by the requests of one round. */
export async function withNewVictim(platform: WholePlatform, cast: Cast): Promise<Cast> {
  const origins = { access: platform.origin('access', 'access'), elections: '', officials: '' };
  const victim = await invited(origins, cast.administrator, 'administrator');
  return { ...cast, victim, ids: { ...cast.ids, userId: victim.id } };
}

async function vote(platform: WholePlatform, electionId: string) {
  const origins = { api: platform.origin('api', 'api'), sms: platform.origin('sms', 'public') };
  const election = await untilShown(`${origins.api}/v1/elections/${electionId}`);
  const { contests } = election as { contests: { id: string; options: { id: string }[] }[] };
  const voter = await new Voter(origins, electionId).verify();
  const choices = contests.map(({ id, options }) => ({ contestId: id, choices: [options[0]?.id] }));
  const cast = await voter.castOnce({ contests: choices });
  if (cast.status !== 201) throw new Error(cast.text);
  const other = new Voter(origins, electionId);
  const identified = await other.identify('code');
  if (identified.status !== 201) throw new Error(identified.text);
  await other.resend();
  await other.enter('00000000');
  return { pendingToken: other.token, verifiedToken: voter.token };
}

async function untilShown(address: string): Promise<object> {
  for (let tries = 0; tries < 100; tries += 1) {
    const response = await fetch(address);
    const body = (await response.json()) as { election?: object };
    if (response.ok) return body.election ?? body;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('The election was not published.');
}

/** The request for a route of an application that listens. */
export async function requestOf(platform: WholePlatform, noted: NotedApp, route: NotedRoute, cast: Cast) {
  const { app, requests } = noted;
  const method = route.method;
  const before = requests.get(`${method} ${route.url}`);
  const { port } = app.server.address() as { port: number };
  const path = isOwnPath(route) || !before ? pathOf(route, cast) : before.url;
  const content = bodyOf(noted, route, before?.body);
  const token = await tokenOf(platform, noted, route, cast);
  const request: BuiltRequest = {
    method,
    address: `http://127.0.0.1:${port}${path}`,
    headers: {
      ...(token !== null && { authorization: `Bearer ${token}` }),
      ...(content && { 'content-type': content.type }),
      ...(method === 'PATCH' && { 'if-match': '*' }),
    },
    body: content?.text,
  };
  return request;
}

// Where the request of the preparation named what exists once only, or was shortened.
const isOwnPath = ({ url }: NotedRoute): boolean => /announce|batches|:userId|roll$|\/current$/.test(url);

function pathOf({ method, url }: NotedRoute, cast: Cast): string {
  const isDraft = /announce$/.test(url) || (/^\/v1\/elections\/:electionId$/.test(url) && method !== 'GET');
  const electionId = isDraft ? cast.draft : /\/roll$/.test(url) ? cast.rollElection : cast.ids['electionId'];
  const filled = url
    .replace(':electionId', electionId ?? '')
    .replace(/:number/, encodeURIComponent('+85261234567'))
    .replace(/:provider/, 'simulator')
    .replace(/:batchId/, '11111111-2222-4333-8444-555555555555')
    .replace(/:(\w+)/g, (_whole, name: string) => cast.ids[name] ?? 'A'.repeat(22))
    .replace(/^\/api\/(access|elections|officials)\/\*$/, (_whole, service: string) => forwardedPaths[service] ?? '')
    .replace(/\*$/, 'index.html');
  if (url === '/v1/batches' && method === 'POST') return `${filled}?electionId=${cast.ids['electionId']}`;
  return url === '/v1/sessions/current' ? `${filled}?wait=1` : filled;
}

const forwardedPaths: Readonly<Record<string, string>> = {
  access: '/api/access/v1/users',
  elections: '/api/elections/v1/participants',
  officials: '/api/officials/v1/batches',
};

type Sent = { readonly type: string; readonly text: string };

function bodyOf({ app, service }: NotedApp, { method, url, operationId }: NotedRoute, before: unknown): Sent | null {
  if (method === 'GET' || method === 'HEAD' || method === 'OPTIONS') return null;
  if (/\/roll$/.test(url) && service === 'elections') return csv;
  if (url === '/v1/batches') return csv;
  if (before !== undefined && before !== null && !isStream(before)) return json(before);
  const example = operationId === undefined ? undefined : exampleOf(app, operationId);
  if (example !== undefined) return json(example);
  return method === 'DELETE' ? null : json({});
}

const json = (value: unknown): Sent => ({ type: 'application/json', text: JSON.stringify(value) });
const isStream = (value: unknown): boolean => typeof value === 'object' && value !== null && 'pipe' in value;

type Operation = {
  readonly operationId?: string;
  readonly requestBody?: {
    readonly content: Record<string, { readonly examples?: Record<string, { value: unknown }> }>;
  };
};

function exampleOf(app: NotedApp['app'], operationId: string): unknown {
  const { paths } = (app as unknown as { swagger(): { paths: Record<string, Record<string, Operation>> } }).swagger();
  const operations = Object.values(paths).flatMap((path) => Object.values(path));
  const operation = operations.find((each) => each.operationId === operationId);
  const examples = operation?.requestBody?.content['application/json']?.examples;
  return Object.values(examples ?? {})[0]?.value;
}

async function tokenOf({ keys }: WholePlatform, noted: NotedApp, { url, config }: NotedRoute, cast: Cast) {
  const { callers } = config as { callers?: readonly ServiceName[] };
  const [caller] = callers ?? [];
  if (caller !== undefined) return privateToken(keys, caller, noted.service as ServiceName);
  if (noted.service === 'api') return url === '/v1/ballots' ? cast.verifiedToken : cast.pendingToken;
  if (noted.service === 'access') return cast.victim.token;
  return noted.service === 'sms' ? null : cast.administrator.token;
}

function privateToken(keys: WholePlatform['keys'], caller: ServiceName, service: ServiceName): Promise<string> {
  const { caller: jwk } = keys[caller as 'api' | 'elections' | 'officials'];
  return new SignJWT()
    .setProtectedHeader({ alg: 'EdDSA', kid: jwk.kid })
    .setIssuer(caller)
    .setAudience(service)
    .setIssuedAt()
    .setExpirationTime('60s')
    .sign(createPrivateKey({ key: jwk, format: 'jwk' }));
}

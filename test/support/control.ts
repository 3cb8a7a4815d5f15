// The people of the control zone as they use it, over its addresses only: they are invited, register, log in and call.
// A new login renews the tokens where an action ended the old session.
import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { issueAdministrator } from '../../src/services/access/operator-acts.ts';
import { enrolAuthenticator } from './services/second-factor.ts';
import type { UserRole } from '../../src/domain/user.ts';

/** Times that a request is sent to a busy service, and the pause in between, in milliseconds. */
const timesBusyMax = 20;
const busyMs = 500;
/** The password of all users, because passwords are not under test. */
const password = 'copper lantern by the quiet river';

export type ControlOrigins = Readonly<Record<'access' | 'elections' | 'officials', string>>;
export type ControlAnswer = {
  readonly status: number;
  readonly text: string;
  /** The answer as JSON, or {} where it is none. */
  readonly body: Record<string, unknown>;
  readonly headers: Headers;
};
export type ControlCall = {
  readonly body?: unknown;
  /** Sent as it is instead of JSON, such as a CSV or a form. */
  readonly raw?: string | Buffer | FormData | ReadableStream;
  readonly headers?: Readonly<Record<string, string>>;
};

/** Somebody of the control zone, logged in. */
export class Person {
  readonly id: string;
  readonly email: string;
  readonly role: UserRole;
  readonly password = password;
  token: string;
  refreshToken: string;
  /** Unused ones of an authenticator that was set up. */
  recoveryCodes: string[] = [];
  readonly #origins: ControlOrigins;

  constructor(origins: ControlOrigins, email: string, pair: TokenPair) {
    this.#origins = origins;
    this.email = email;
    this.id = pair.user.id;
    this.role = pair.user.role;
    this.token = pair.accessToken;
    this.refreshToken = pair.refreshToken;
  }

  /** Calls a control API as this person, such as `call('elections', 'POST', '/v1/elections', {body})`. */
  call(service: keyof ControlOrigins, method: string, path: string, what: ControlCall = {}): Promise<ControlAnswer> {
    const headers = { authorization: `Bearer ${this.token}`, ...what.headers };
    return controlCall(this.#origins[service], method, path, { ...what, headers });
  }

  async logIn(): Promise<this> {
    const code = this.recoveryCodes.pop();
    return this.#use(await logIn(this.#origins, this.email, { password, ...(code !== undefined && { code }) }));
  }

  /** For acts on an election that counts. The session goes on with it. */
  async setUpSecondFactor(): Promise<this> {
    const post = async (path: string, body: object): Promise<unknown> => {
      const answer = await this.call('access', 'POST', path, { body });
      if (answer.status !== 200) throw new Error(`no second factor: ${answer.text}`);
      return answer.body;
    };
    this.recoveryCodes = await enrolAuthenticator(post, password);
    return this.#use((await post('/v1/refresh', { refreshToken: this.refreshToken })) as TokenPair);
  }

  #use({ accessToken, refreshToken }: TokenPair): this {
    this.token = accessToken;
    this.refreshToken = refreshToken;
    return this;
  }
}

type TokenPair = {
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly user: { readonly id: string; readonly role: UserRole };
};

/** A call without anybody's token. While the service is busy it is sent again: `busy` says that nothing was done. */
export async function controlCall(
  origin: string,
  method: string,
  path: string,
  what: ControlCall = {},
): Promise<ControlAnswer> {
  for (let times = 1; ; times += 1) {
    const answer = await send(origin, method, path, what);
    // What is read as it is sent cannot be sent again.
    if (answer.body['code'] !== 'busy' || what.raw instanceof ReadableStream || times === timesBusyMax) return answer;
    await pause(busyMs);
  }
}

async function send(
  origin: string,
  method: string,
  path: string,
  { body, raw, headers }: ControlCall,
): Promise<ControlAnswer> {
  const payload = raw ?? (body === undefined ? undefined : JSON.stringify(body));
  const response = await fetch(origin + path, {
    method,
    headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
    ...(payload !== undefined && { body: payload, duplex: 'half' as const }),
  });
  const text = await response.text();
  const isJson = /[/+]json/.test(response.headers.get('content-type') ?? '');
  const parsed = isJson ? (JSON.parse(text) as Record<string, unknown>) : {};
  return { status: response.status, text, body: parsed, headers: response.headers };
}

/** An administrator by the operator's way, beside those that are there. `databaseUrl` is that of popvote_access. */
export async function newAdministrator(origins: ControlOrigins, databaseUrl: string): Promise<Person> {
  const names = { forename: 'Ada', surname: 'First' };
  const issued = await issueAdministrator({ databaseUrl, email: someEmail(), ...names, onlyFirst: false });
  if (!('password' in issued)) throw new Error(`no administrator was made: ${issued.outcome}`);
  const first = { password: issued.password, newPassword: password };
  return remembered(origins, new Person(origins, issued.email, await logIn(origins, issued.email, first)));
}

/** An act on users: another administrator who was made here confirms it if it was only proposed. */
export async function actOnUsers(
  origins: ControlOrigins,
  by: Person,
  method: string,
  path: string,
  body?: object,
): Promise<ControlAnswer> {
  const answer = await by.call('access', method, path, body ? { body } : {});
  if (answer.status !== 202) return answer;
  const { id } = answer.body['proposal'] as { id: string };
  for (const other of administrators.get(origins.access) ?? []) {
    if (other.id === by.id) continue;
    const confirm = () => other.call('access', 'POST', `/v1/proposals/${id}/confirm`);
    let confirmation = await confirm();
    // A test may have ended the session, or the account.
    if (confirmation.status === 401 && (await other.logIn().catch(() => null)) !== null) confirmation = await confirm();
    if (confirmation.status === 200) return confirmation;
  }
  throw new Error('no administrator confirmed it');
}

/** Administrators that were made here, by the address of their `access`. */
const administrators = new Map<string, Person[]>();

function remembered(origins: ControlOrigins, person: Person): Person {
  if (person.role === 'administrator')
    administrators.set(origins.access, [...(administrators.get(origins.access) ?? []), person]);
  return person;
}

/** Somebody whom an administrator invites in a role. */
export async function invited(origins: ControlOrigins, by: Person, role: UserRole): Promise<Person> {
  const invitation = await actOnUsers(origins, by, 'POST', '/v1/invitations', { role });
  const email = someEmail();
  const names = { forename: 'Ana', surname: 'Anić' };
  const body = { email, ...names, password, invitation: invitation.body['token'] };
  const registered = await controlCall(origins.access, 'POST', '/v1/users', { body });
  if (registered.status !== 201) throw new Error(`not registered: ${registered.text}`);
  return remembered(origins, new Person(origins, email, await logIn(origins, email, { password })));
}

async function logIn(origins: ControlOrigins, email: string, secret: object): Promise<TokenPair> {
  const answer = await controlCall(origins.access, 'POST', '/v1/login', { body: { email, ...secret } });
  if (answer.status !== 200) throw new Error(`no login: ${answer.text}`);
  return answer.body as unknown as TokenPair;
}

const someEmail = (): string => `u${randomBytes(6).toString('hex')}@example.org`;

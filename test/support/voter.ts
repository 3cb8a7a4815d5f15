// A voter with a phone and a client: the steps of a vote as a client does them, over the public addresses only.
import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { hkid, phone } from './identities.ts';

export type Answer = { readonly status: number; readonly text: string; readonly body: Record<string, unknown> };
/** Times that a request is sent to a busy service, or a ballot whose outcome is unknown, and the pause in between, in milliseconds. */
const timesBusyMax = 20;
const busyMs = 500;
/** Held requests that one voter waits with for a text. */
const holdsMax = 3;

type Origins = { readonly api: string; readonly sms: string };

let next = 1 + Math.floor(Math.random() * 800_000);

export class Voter {
  readonly identity: string;
  readonly phone: string;
  readonly #origins: Origins;
  readonly #electionId: string;
  ballotKey = randomBytes(32).toString('base64url');
  token = '';
  code = '';
  sendTo = '';

  constructor(origins: Origins, electionId: string, same: { identity?: string; phone?: string } = {}) {
    next += 1;
    this.#origins = origins;
    this.#electionId = electionId;
    this.identity = same.identity ?? hkid(next);
    this.phone = same.phone ?? phone(next);
  }

  async identify(method: 'text-in' | 'code' = 'text-in', locale?: string): Promise<Answer> {
    const answer = await this.call('POST', '/v1/sessions', {
      electionId: this.#electionId,
      identity: { number: this.identity },
      phone: this.phone,
      method,
      ...(locale && { locale }),
    });
    const { token, verification } = answer.body as { token?: string; verification?: Record<string, string> };
    this.token = token ?? '';
    this.code = verification?.['code'] ?? '';
    this.sendTo = verification?.['sendTo'] ?? '';
    return answer;
  }

  /** Sends a text; by default the right code from the right phone. */
  async text(body = this.code, from = this.phone): Promise<number> {
    for (let times = 1; ; times += 1) {
      const response = await fetch(`${this.#origins.sms}/simulator/texts`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ from, to: this.sendTo, body }),
      });
      const said = await response.text();
      if (!said.includes('"busy"') || times === timesBusyMax) return response.status;
      await pause(busyMs);
    }
  }

  /** What the phone received last. */
  async received(): Promise<string[]> {
    const response = await fetch(`${this.#origins.sms}/simulator/phones/${encodeURIComponent(this.phone)}/texts`);
    const { texts } = (await response.json()) as { texts: { body: string }[] };
    return texts.map(({ body }) => body);
  }

  /** Waits for the verification; a verified answer brings the token that casts. */
  async wait(seconds = 25): Promise<Answer> {
    const answer = await this.call('GET', `/v1/sessions/current?wait=${seconds}`);
    this.#take(answer);
    return answer;
  }

  async enter(code: string): Promise<Answer> {
    const answer = await this.call('POST', '/v1/sessions/current/code', { code });
    this.#take(answer);
    return answer;
  }

  async resend(method?: 'text-in' | 'code'): Promise<Answer> {
    const answer = await this.call('POST', '/v1/sessions/current/resend', method ? { method } : {});
    const { token, verification } = answer.body as { token?: string; verification?: Record<string, string> };
    if (token) this.token = token;
    if (verification?.['code']) this.code = verification['code'];
    return answer;
  }

  /** Casts as clients do: the same bytes again while the outcome is unknown. */
  async cast(ballot: unknown, ballotKey = this.ballotKey): Promise<Answer> {
    for (let times = 1; ; times += 1) {
      const answer = await this.castOnce(ballot, ballotKey);
      if (answer.body['code'] !== 'outcome-unknown' || times === timesBusyMax) return answer;
      await pause(busyMs);
    }
  }

  castOnce(ballot: unknown, ballotKey = this.ballotKey): Promise<Answer> {
    return this.call('POST', '/v1/ballots', { ballotKey, ballot });
  }

  /** Identifies, texts and waits: from nothing to a token that casts. Throws where it comes to none. */
  async verify(): Promise<this> {
    await this.identify();
    const waiting = this.wait();
    await this.text();
    let answer = await waiting;
    // Hold after hold, as a client waits whose text is slow on its way.
    for (let holds = 1; answer.body['state'] === 'pending' && holds < holdsMax; holds += 1) answer = await this.wait();
    if (answer.body['state'] !== 'verified') throw new Error(`not verified: ${answer.text}`);
    return this;
  }

  /** A request. While the service is busy it is sent again, as clients do: `busy` says that nothing was done. */
  async call(method: string, path: string, body?: unknown): Promise<Answer> {
    for (let times = 1; ; times += 1) {
      const answer = await this.#send(method, path, body);
      if (answer.body['code'] !== 'busy' || times === timesBusyMax) return answer;
      await pause(busyMs);
    }
  }

  async #send(method: string, path: string, body?: unknown): Promise<Answer> {
    const response = await fetch(this.#origins.api + path, {
      method,
      headers: {
        ...(this.token && { authorization: `Bearer ${this.token}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, text, body: text === '' ? {} : (JSON.parse(text) as Record<string, unknown>) };
  }

  #take({ body }: Answer): void {
    if (body['state'] === 'verified') this.token = String(body['token']);
  }
}

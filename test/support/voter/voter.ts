// A voter with a phone and a client: the steps of a vote as a client does them, over the public addresses only.
import type { VerificationMethod } from '../../../src/domain/verification-methods.ts';
import { randomBytes } from 'node:crypto';
import { hkid, phone } from '../identities.ts';
import { castTagOf } from './proofs.ts';
import { voterRequests } from './voter-requests.ts';
import type { VoterRequest } from './voter-requests.ts';
import { sendUntilCertain, verifyByText } from './voter-steps.ts';

export type Answer = { readonly status: number; readonly text: string; readonly body: Record<string, unknown> };
/** Times that a request is sent to a busy service, or a ballot whose outcome is unknown, and the pause in between, in milliseconds. */
const timesBusyMax = 20;
const busyMs = 500;
/** Long-polls of one voter for a text. */
const waitsMax = 3;

type Origins = { readonly api: string; readonly sms: string };

let next = 1 + Math.floor(Math.random() * 800_000);

export class Voter {
  /** Empty where the phone alone is the identity. */
  readonly identity: string;
  readonly phone: string;
  readonly second: string | undefined;
  readonly #origins: Origins;
  readonly #electionId: string;
  ballotKey = randomBytes(32).toString('base64url');
  token = '';
  code = '';
  sendTo = '';

  constructor(origins: Origins, electionId: string, same: { identity?: string; phone?: string; second?: string } = {}) {
    next += 1;
    this.#origins = origins;
    this.#electionId = electionId;
    this.identity = same.identity ?? hkid(next);
    this.phone = same.phone ?? phone(next);
    this.second = same.second;
  }

  async identify(method: VerificationMethod = 'text-in', locale?: string): Promise<Answer> {
    const { second, phone } = this;
    const number = this.identity === '' ? {} : { number: this.identity };
    const session = {
      electionId: this.#electionId,
      ...number,
      second,
      phone,
      method,
      castTag: castTagOf(this.ballotKey),
    };
    const answer = await this.#request(voterRequests.session({ ...session, ...(locale && { locale }) }));
    const { token, verification } = answer.body as { token?: string; verification?: Record<string, string> };
    this.token = token ?? '';
    this.code = verification?.['code'] ?? '';
    this.sendTo = verification?.['sendTo'] ?? '';
    return answer;
  }

  /** Sends a text; by default the right code from the right phone. */
  async text(body = this.code, from = this.phone): Promise<number> {
    return (await sendText(this.#origins.sms, { from, to: this.sendTo, body })).status;
  }

  /** The texts that the phone received, newest first. */
  async received(): Promise<string[]> {
    return (await textsReceived(this.#origins.sms, this.phone)).map(({ body }) => body);
  }

  /** Waits for the verification; a verified answer brings the token that casts. */
  async wait(seconds = 25): Promise<Answer> {
    const answer = await this.#request(voterRequests.wait(seconds));
    this.#take(answer);
    return answer;
  }

  async enter(code: string): Promise<Answer> {
    const answer = await this.#request(voterRequests.code(code));
    this.#take(answer);
    return answer;
  }

  async resend(method?: VerificationMethod): Promise<Answer> {
    const answer = await this.#request(voterRequests.resend(method));
    const { token, verification } = answer.body as { token?: string; verification?: Record<string, string> };
    if (token) this.token = token;
    if (verification?.['code']) this.code = verification['code'];
    return answer;
  }

  /** Casts as clients do: the same bytes again while the outcome is unknown. */
  cast(ballot: unknown, ballotKey = this.ballotKey): Promise<Answer> {
    return sendUntilCertain(
      () => this.castOnce(ballot, ballotKey),
      ({ body }) => (body['code'] === 'outcome-unknown' ? busyMs : null),
      timesBusyMax,
    );
  }

  castOnce(ballot: unknown, ballotKey = this.ballotKey): Promise<Answer> {
    return this.#request(voterRequests.cast(ballotKey, ballot));
  }

  /** Identifies, texts and waits, up to a token that casts. Throws if the voter is not verified. */
  async verify(): Promise<this> {
    const identified = await this.identify();
    if (identified.status >= 300) throw new Error(`not identified: ${identified.text}`);
    const session = { token: this.token, code: this.code, sendTo: this.sendTo };
    const verification = await verifyByText(
      (service, request, token) => sendUnlessBusy(this.#origins[service], request, token),
      session,
      this.phone,
      waitsMax,
    );
    if (verification.outcome !== 'verified') throw new Error(`not verified: ${verification.answer.text}`);
    this.token = verification.token;
    return this;
  }

  /** A request. While the service is busy it is sent again, as clients do: `busy` says that nothing was done. */
  call(method: 'GET' | 'POST', path: string, body?: unknown): Promise<Answer> {
    return this.#request({ method, path, body });
  }

  #request(request: VoterRequest): Promise<Answer> {
    return sendUnlessBusy(this.#origins.api, request, this.token);
  }

  #take({ body }: Answer): void {
    if (body['state'] === 'verified') this.token = String(body['token']);
  }
}

/** Sends a text from a phone, again while the service is busy. */
export function sendText(origin: string, text: { from: string; to: string; body: string }): Promise<Answer> {
  return sendUnlessBusy(origin, voterRequests.text(text));
}

/** The texts that a simulated phone received, newest first. */
export async function textsReceived(
  origin: string,
  phoneNumber: string,
): Promise<{ from: string; body: string; at: string }[]> {
  const { body } = await sendOnce(origin, voterRequests.inbox(phoneNumber));
  return body['texts'] as { from: string; body: string; at: string }[];
}

function sendUnlessBusy(origin: string, request: VoterRequest, token?: string): Promise<Answer> {
  const pauseMsAfter = ({ body }: Answer) => (body['code'] === 'busy' ? busyMs : null);
  return sendUntilCertain(() => sendOnce(origin, request, token), pauseMsAfter, timesBusyMax);
}

async function sendOnce(origin: string, { method, path, body }: VoterRequest, token = ''): Promise<Answer> {
  const response = await fetch(origin + path, {
    method,
    headers: {
      ...(token && { authorization: `Bearer ${token}` }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, text, body: text === '' ? {} : (JSON.parse(text) as Record<string, unknown>) };
}

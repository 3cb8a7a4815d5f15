// Requests to the control panel with the tokens of the stored login. An expired access token is renewed and stored
// before it is used; two concurrent commands get the same pair. Redirects are not followed: a token is sent only to the
// address that issued it, and appears in no text.
import type { Readable } from 'node:stream';
import { Agent, request as send } from 'undici';
import type { Dispatcher } from 'undici';
import { tokenPair } from '../../protocol/control/access-api.ts';
import type { TokenPair } from '../../protocol/control/access-api.ts';
import { CommandFailed, exitCodes } from '../context.ts';
import { bodyAs } from './answer-bodies.ts';
import type { WireRequest } from './request-of.ts';
import type { KeptSession, SessionFile } from './session-file.ts';

/** Longest wait for a connection, in milliseconds. */
const connectMsMax = 10_000;
/** Longest wait for the beginning of an answer, in milliseconds: as the panel's own, for a large file. */
const answerMsMax = 15 * 60_000;
/** The same of an answer that is ready at once, in milliseconds. */
const readyMsMax = 60_000;
/** Longest silence within an answer, in milliseconds: above the interval of a stream's keep-alive. */
const silenceMsMax = 90_000;
/** An access token is renewed this long before it expires, in milliseconds: the allowed error of a clock. */
const renewMs = 30_000;

export type FileBody = { open(): Readable; readonly bytes: number | null; readonly again: boolean };
export type PanelAnswer = Dispatcher.ResponseData;
export type PanelClient = {
  readonly origin: string;
  /** Without a token. */
  send(request: WireRequest, file?: FileBody): Promise<PanelAnswer>;
  /** With the login stored for that panel. */
  sendAs(sessions: SessionFile, request: WireRequest, file?: FileBody): Promise<PanelAnswer>;
  close(): Promise<void>;
};

export function panelClient(origin: string): PanelClient {
  const agent = new Agent({
    connect: { timeout: connectMsMax },
    bodyTimeout: silenceMsMax,
  });
  const sendOne = async (wire: WireRequest, token: string | null, file?: FileBody): Promise<PanelAnswer> => {
    const { method, path, body } = wire;
    try {
      const answer = await send(`${origin}${path}`, {
        method,
        dispatcher: agent,
        headersTimeout: token === null || method === 'GET' ? readyMsMax : answerMsMax,
        body: contentOf(body, file),
        headers: {
          ...wire.headers,
          ...(token !== null && { authorization: `Bearer ${token}` }),
          ...(body.kind === 'json' && { 'content-type': 'application/json' }),
          ...(body.kind === 'file' && { 'content-type': body.type }),
          ...(body.kind === 'file' && file?.bytes != null && { 'content-length': String(file.bytes) }),
        },
      });
      // Who reads the body gets its error. A body that is not read to its end may break off.
      answer.body.on('error', () => undefined);
      return answer;
    } catch (error) {
      throw noAnswer(origin, method, error);
    }
  };
  return {
    origin,
    send: (wire, file) => sendOne(wire, null, file),
    async sendAs(sessions, wire, file) {
      const session = sessions.read();
      if (session?.origin !== origin) throw notLoggedIn(origin);
      const isOver = Date.parse(session.pair.accessExpiresAt) - renewMs <= Date.now();
      const pair = isOver ? await renewed(sessions, session, sendOne) : session.pair;
      const answer = await sendOne(wire, pair.accessToken, file);
      // Earlier only where this machine's clock is wrong, or the session was ended.
      if (answer.statusCode !== 401 || isOver || (file && !file.again)) return answer;
      await answer.body.dump();
      return sendOne(wire, (await renewed(sessions, session, sendOne)).accessToken, file);
    },
    // Nothing that is still under way is needed.
    close: () => agent.destroy(),
  };
}

const contentOf = (body: WireRequest['body'], file: FileBody | undefined): string | Readable | null =>
  body.kind === 'json' ? body.text : body.kind === 'file' ? (file?.open() ?? '') : null;

type SendOne = (wire: WireRequest, token: null) => Promise<PanelAnswer>;

async function renewed(sessions: SessionFile, previous: KeptSession, sendOne: SendOne): Promise<TokenPair> {
  // Another command may have renewed it in the meantime.
  const session = sessions.read() ?? previous;
  if (session.origin !== previous.origin) throw notLoggedIn(previous.origin);
  if (session.pair.accessToken !== previous.pair.accessToken) return session.pair;
  const text = JSON.stringify({ refreshToken: session.pair.refreshToken });
  const wire = { method: 'POST', path: '/api/access/v1/refresh', headers: {}, body: { kind: 'json', text } } as const;
  const answer = await sendOne(wire, null);
  if (answer.statusCode !== 200) {
    await answer.body.dump();
    if (answer.statusCode === 401) throw notLoggedIn(session.origin, 'The session is over.');
    throw new CommandFailed(`The login could not be renewed (${answer.statusCode}). Try again soon.`, exitCodes.busy);
  }
  const pair = await bodyAs(session.origin, answer.body, tokenPair);
  sessions.replace({ ...session, pair });
  return pair;
}

export function notLoggedIn(origin: string, why = `You are not logged in at ${origin}.`): CommandFailed {
  return new CommandFailed(`${why} Run: popvote login --origin ${origin} --email <address>`, exitCodes.notAllowed);
}

const tooLate = ['UND_ERR_CONNECT_TIMEOUT', 'UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT', 'ETIMEDOUT'];
const neverSent = ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'UND_ERR_CONNECT_TIMEOUT'];

function noAnswer(origin: string, method: string, error: unknown): unknown {
  if (error instanceof CommandFailed) return error;
  const { code = 'unknown' } = (error ?? {}) as { code?: string };
  const exitCode = tooLate.includes(code) ? exitCodes.busy : exitCodes.failed;
  const next = neverSent.includes(code)
    ? 'Start the panel there, or give its address: --origin.'
    : /CERT|SIGNED/.test(code)
      ? 'Its certificate is not trusted here: set NODE_EXTRA_CA_CERTS to that of its authority.'
      : method === 'GET'
        ? 'Try again.'
        : 'Whether it acted is unknown: look before you send it again.';
  return new CommandFailed(`No answer from ${origin} (${code}). ${next}`, exitCode);
}

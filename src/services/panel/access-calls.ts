// The panel's own calls to `access`: login, new tokens, logout. Passwords and tokens are passed on and not stored. The
// client's address is sent along, because `access` limits requests by it.
import { request } from 'undici';
import type { Dispatcher } from 'undici';
import { traceHeaders } from '../../platform/tracing/span.ts';
import type { Tracing } from '../../platform/tracing/span.ts';
import { retrySoon } from '../../platform/http/problems.ts';
import { tokenPair } from '../../protocol/control/access-api.ts';
import type { LoginRequest, TokenPair } from '../../protocol/control/access-api.ts';
import { Problem } from '../../protocol/problem.ts';

/** Longest wait for an answer, in milliseconds: password hashes queue up under load. */
const answerMsMax = 20_000;

/** A rejection by `access`, to be passed on unchanged. */
export type AccessRejection = {
  readonly status: number;
  readonly type: string;
  readonly body: string;
  /** Retry-After, if any. */
  readonly retryAfter: string | null;
};
export type PairAnswer =
  { readonly ok: true; readonly pair: TokenPair } | { readonly ok: false; readonly rejection: AccessRejection };

export type AccessCalls = {
  login(body: LoginRequest, address: string): Promise<PairAnswer>;
  refresh(refreshToken: string, address: string): Promise<PairAnswer>;
  logout(refreshToken: string, address: string): Promise<void>;
  /** Whether `access` accepts an access token now; `unknown` if it does not answer. */
  judge(accessToken: string): Promise<'accepted' | 'rejected' | 'unknown'>;
};

/** Every call except `judge` throws `busy` if `access` does not answer. */
export function createAccessCalls(parts: {
  readonly origin: string;
  readonly dispatcher: Dispatcher;
  readonly tracing?: Tracing | undefined;
}): AccessCalls {
  const trace = (): Readonly<Record<string, string>> => traceHeaders(parts.tracing, 'access');
  const post = async (path: string, body: object, address: string) => {
    try {
      const answer = await request(new URL(path, parts.origin), {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-forwarded-for': address, ...trace() },
        body: JSON.stringify(body),
        signal: AbortSignal.timeout(answerMsMax),
        dispatcher: parts.dispatcher,
      });
      return { ...answer, text: await answer.body.text() };
    } catch {
      // The cause is dropped: its message may quote the request.
      throw new Problem('busy', retrySoon());
    }
  };
  const pairOf = async (path: string, body: object, address: string): Promise<PairAnswer> => {
    const { statusCode: status, headers, text } = await post(path, body, address);
    if (status === 200) return { ok: true, pair: tokenPair.parse(JSON.parse(text)) };
    const { 'content-type': type, 'retry-after': after } = headers;
    return {
      ok: false,
      rejection: { status, type: String(type), body: text, retryAfter: after ? String(after) : null },
    };
  };
  return {
    login: (body, address) => pairOf('/v1/login', body, address),
    refresh: (refreshToken, address) => pairOf('/v1/refresh', { refreshToken }, address),
    async logout(refreshToken, address) {
      const { statusCode } = await post('/v1/logout', { refreshToken }, address);
      // Only a session that has ended may be reported as ended.
      if (statusCode >= 500 || statusCode === 429) throw new Problem('busy', retrySoon());
    },
    async judge(accessToken) {
      try {
        const { statusCode, body } = await request(new URL('/v1/account', parts.origin), {
          headers: { authorization: `Bearer ${accessToken}`, ...trace() },
          signal: AbortSignal.timeout(answerMsMax),
          dispatcher: parts.dispatcher,
        });
        await body.dump();
        if (statusCode === 401) return 'rejected';
        return statusCode < 500 ? 'accepted' : 'unknown';
      } catch {
        return 'unknown';
      }
    },
  };
}

// What the panel itself asks of `access`: a login, new tokens, a logout. Passwords and tokens pass through and stay
// nowhere. The address of whoever asks goes along, since `access` limits by it.
import { request } from 'undici';
import type { Dispatcher } from 'undici';
import { retrySoon } from '../../platform/http/problems.ts';
import { tokenPair } from '../../protocol/control/access-api.ts';
import type { LoginRequest, TokenPair } from '../../protocol/control/access-api.ts';
import { Problem } from '../../protocol/problem.ts';

/** Longest wait for an answer, in milliseconds: hashes of passwords queue up in a rush. */
const answerMsMax = 20_000;

/** A rejection of `access`, to be passed on as it is. */
export type AccessRejection = {
  readonly status: number;
  readonly type: string;
  readonly body: string;
  /** Retry-After, where there is one. */
  readonly retryAfter: string | null;
};
export type PairAnswer =
  { readonly ok: true; readonly pair: TokenPair } | { readonly ok: false; readonly rejection: AccessRejection };

export type AccessCalls = {
  login(body: LoginRequest, address: string): Promise<PairAnswer>;
  refresh(refreshToken: string, address: string): Promise<PairAnswer>;
  logout(refreshToken: string, address: string): Promise<void>;
  /** Whether an access token is taken at this moment; true where nobody can say. */
  takes(accessToken: string): Promise<boolean>;
};

/** Every call throws `busy` where `access` does not answer. */
export function createAccessCalls(parts: { readonly origin: string; readonly dispatcher: Dispatcher }): AccessCalls {
  const post = async (path: string, body: object, address: string) => {
    try {
      const answer = await request(new URL(path, parts.origin), {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-forwarded-for': address },
        body: JSON.stringify(body),
        signal: AbortSignal.timeout(answerMsMax),
        dispatcher: parts.dispatcher,
      });
      return { ...answer, text: await answer.body.text() };
    } catch {
      // Whatever it was, its message may quote what was sent.
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
      // Whoever signs out is told the truth: a session that may still stand is not called ended.
      if (statusCode >= 500 || statusCode === 429) throw new Problem('busy', retrySoon());
    },
    async takes(accessToken) {
      try {
        const { statusCode, body } = await request(new URL('/v1/account', parts.origin), {
          headers: { authorization: `Bearer ${accessToken}` },
          signal: AbortSignal.timeout(answerMsMax),
          dispatcher: parts.dispatcher,
        });
        await body.dump();
        return statusCode !== 401;
      } catch {
        return true;
      }
    },
  };
}

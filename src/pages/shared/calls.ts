// Calls to the public API. Each has one of three outcomes: an answer, a rejection by name, or nothing (lost), as after
// a network failure. Only the first two are reliable.
import type { ProblemBody } from '../../protocol/problem.ts';

/** The page decides by `recorded` and `retry`, so that an unknown code is handled correctly too. */
export type Rejection = Pick<ProblemBody, 'code' | 'recorded' | 'retry'> & {
  /** From Retry-After: how long to pause before the same call, and the whole time in seconds. */
  readonly retryAfterMs: number;
  readonly retryAfterSeconds: number;
  readonly triesLeft?: number | undefined;
};
export type Outcome<T> =
  | { readonly kind: 'answer'; readonly value: T }
  | { readonly kind: 'rejection'; readonly rejection: Rejection }
  | { readonly kind: 'lost' };

export type Call = {
  readonly token?: string | undefined;
  /** The body as text, so that a retry sends the same bytes. */
  readonly body?: string;
  readonly msMax?: number;
  readonly signal?: AbortSignal;
  /**
   * The header of the page asked for it already, and a browser takes that answer only for a call that may have cookies. There are
   * none.
   */
  readonly first?: boolean;
};

/** Longest wait for an ordinary answer, in milliseconds. */
export const answerMsMax = 12_000;
/** Longest pause that is accepted from a Retry-After, in milliseconds. */
const retryAfterMsMax = 60_000;

let serverAheadMs = 0;
/** The server's time, in milliseconds: clocks of phones may be wrong by hours. */
export const serverNow = (): number => Date.now() + serverAheadMs;

export async function call<T>(method: 'GET' | 'POST', path: string, options: Call = {}): Promise<Outcome<T>> {
  const abort = new AbortController();
  const cancel = (): void => abort.abort();
  const late = setTimeout(cancel, options.msMax ?? answerMsMax);
  options.signal?.addEventListener('abort', cancel);
  try {
    if (options.signal?.aborted) return { kind: 'lost' };
    const response = await fetch(path, {
      method,
      headers: {
        ...(options.token !== undefined && { authorization: `Bearer ${options.token}` }),
        ...(options.body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(options.body !== undefined && { body: options.body }),
      signal: abort.signal,
      credentials: options.first ? 'same-origin' : 'omit',
    });
    const aheadMs = Date.parse(response.headers.get('date') ?? '') - Date.now();
    // Whole seconds, and the transfer takes time: a small difference is none. A phone may correct its clock at any time.
    serverAheadMs = Math.abs(aheadMs) > 5_000 ? aheadMs : 0;
    const value: unknown = await response.json();
    if (response.ok) return { kind: 'answer', value: value as T };
    return rejectionOf(response, value as Partial<ProblemBody>);
  } catch {
    return { kind: 'lost' };
  } finally {
    clearTimeout(late);
    options.signal?.removeEventListener('abort', cancel);
  }
}

// A rejection without these fields comes from an intermediary, not from the service, so the outcome of the call is
// unknown.
function rejectionOf(response: Response, body: Partial<ProblemBody>): Outcome<never> {
  const { code, recorded, retry, triesLeft } = body;
  if (code === undefined || recorded === undefined || retry === undefined) return { kind: 'lost' };
  const retryAfterSeconds = Number(response.headers.get('retry-after')) || 0;
  const retryAfterMs = Math.min(retryAfterMsMax, retryAfterSeconds * 1_000);
  return { kind: 'rejection', rejection: { code, recorded, retry, retryAfterMs, retryAfterSeconds, triesLeft } };
}

// Calls of the control API through the panel's own address. The session lies in a cookie that no script can read. When it
// is over, a call waits until somebody has signed in again and is then made once more: no form is lost. What is sent or
// answered is never kept in the browser's storage.
import type { ProblemBody } from '../../protocol/problem.ts';

/** Longest wait for an answer, in milliseconds; files and counting take as long as they take. */
const answerMsMax = 30_000;

export type Service = 'access' | 'elections' | 'officials';
export type What = {
  readonly method?: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';
  readonly body?: unknown;
  /** Sent as it is instead of JSON. */
  readonly raw?: Blob | string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  /** Milliseconds; for what takes long. */
  readonly msMax?: number;
};

/** A rejection (RFC 9457), or no answer at all: then `status` is 0 and whether it was done is not known. */
export class Refused extends Error {
  readonly status: number;
  readonly problem: Pick<ProblemBody, 'title' | 'detail'> & Partial<ProblemBody>;
  /** After how long to try again, in seconds; null where the answer does not say. */
  readonly retryAfterSeconds: number | null;
  constructor(status: number, problem: Refused['problem'], retryAfter: string | null = null) {
    super(problem.title);
    this.name = 'Refused';
    this.status = status;
    this.problem = problem;
    this.retryAfterSeconds = retryAfter !== null && /^\d{1,9}$/.test(retryAfter) ? Number(retryAfter) : null;
  }
  is(...codes: readonly ProblemBody['code'][]): boolean {
    return this.problem.code !== undefined && codes.includes(this.problem.code);
  }
}

export type ApiAnswer<T> = { readonly data: T; readonly headers: Headers };

let signInAgain: (() => Promise<void>) | null = null;
/** Says what to do when a session is over: resolves when somebody is signed in again. */
export function onSignedOut(handler: (() => Promise<void>) | null): void {
  signInAgain = handler;
}

/** One call, such as `call<ElectionPage>('elections', '/v1/elections')`. Throws `Refused`. */
export async function callPanel<T>(service: Service, path: string, what: What = {}): Promise<ApiAnswer<T>> {
  try {
    return await fetchJson<T>(`/api/${service}${path}`, what);
  } catch (error) {
    if (!(error instanceof Refused) || !error.is('unauthenticated') || signInAgain === null) throw error;
    await signInAgain();
    return await fetchJson<T>(`/api/${service}${path}`, what);
  }
}

/** Without the wait for a new session: for signing in itself. */
export async function fetchJson<T>(address: string, what: What): Promise<ApiAnswer<T>> {
  const response = await send(address, what);
  const text = await response.text().catch(() => '');
  const isJson = /[/+]json/.test(response.headers.get('content-type') ?? '');
  if (response.ok) return { data: (isJson ? JSON.parse(text) : text) as T, headers: response.headers };
  if (isJson) throw new Refused(response.status, JSON.parse(text) as ProblemBody, response.headers.get('retry-after'));
  throw new Refused(response.status, {
    title: 'The answer cannot be read',
    detail:
      'Something between this page and the service answered. Try again; tell who runs the platform if it goes on.',
  });
}

async function send(address: string, { method = 'GET', body, raw, headers, signal, msMax }: What): Promise<Response> {
  const limits = [AbortSignal.timeout(msMax ?? answerMsMax), ...(signal ? [signal] : [])];
  const sent = raw ?? (body === undefined ? null : JSON.stringify(body));
  try {
    return await fetch(address, {
      method,
      headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
      body: sent,
      cache: 'no-store',
      signal: AbortSignal.any(limits),
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    const done = method === 'GET' ? '' : ' Whether it was done is not known: look before you do it again.';
    throw new Refused(0, {
      title: 'No answer',
      detail: `The control panel did not answer. Check the connection and try again.${done}`,
    });
  }
}

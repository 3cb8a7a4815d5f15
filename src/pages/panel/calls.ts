// Calls of the control API through the panel's own address. The session is in a cookie that no script can read. When it
// ends, a call waits for a new sign-in and is then repeated, so that no form is lost. Requests and responses are never
// kept in the browser's storage.
import type { ProposedAnswer } from '../../protocol/control/proposals-api.ts';
import type { UserActProposal } from '../../protocol/control/user-proposals-api.ts';
import type { ProblemBody } from '../../protocol/problem.ts';

/** Longest wait for a response, in milliseconds; uploads and counting set their own limits. */
const answerMsMax = 30_000;

export type Service = 'access' | 'elections' | 'officials';
export type What = {
  readonly method?: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';
  readonly body?: unknown;
  /** Sent unchanged instead of JSON. */
  readonly raw?: Blob | string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  /** Whether the call goes on when the page is left. */
  readonly keepalive?: boolean;
  /** Milliseconds; for slow calls. */
  readonly msMax?: number;
};

/** A rejection (RFC 9457), or a missing response: then `status` is 0 and the outcome is unknown. */
export class Refused extends Error {
  readonly status: number;
  readonly problem: Pick<ProblemBody, 'title' | 'detail'> & Partial<ProblemBody>;
  /** Seconds until the next try; null where the response does not say. */
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

export type ProposedAct = ProposedAnswer['proposal'] | UserActProposal;

/** Thrown instead of an answer where an act was proposed and not carried out: another administrator must confirm it. */
export class Proposed extends Error {
  readonly proposal: ProposedAct;
  constructor(proposal: ProposedAct) {
    super('The action was proposed.');
    this.name = 'Proposed';
    this.proposal = proposal;
  }
}

let showProposed: ((proposal: ProposedAct) => void) | null = null;
/** Sets the handler for acts that were proposed. */
export function onProposed(handler: ((proposal: ProposedAct) => void) | null): void {
  showProposed = handler;
}
export const noteProposed = ({ proposal }: Proposed): void => showProposed?.(proposal);

export type ApiAnswer<T> = { readonly data: T; readonly headers: Headers };

let signInAgain: (() => Promise<void>) | null = null;
/** Sets the handler for the end of a session: its promise resolves after a new sign-in. */
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

/** Without the wait for a new session: for the sign-in itself. */
export async function fetchJson<T>(address: string, what: What): Promise<ApiAnswer<T>> {
  const response = await send(address, what);
  const text = await response.text().catch(() => '');
  const isJson = /[/+]json/.test(response.headers.get('content-type') ?? '');
  if (response.status === 202 && isJson) {
    const { proposal } = JSON.parse(text) as { readonly proposal?: ProposedAct };
    if (proposal !== undefined) throw new Proposed(proposal);
  }
  if (response.ok) return { data: (isJson ? JSON.parse(text) : text) as T, headers: response.headers };
  if (isJson) throw new Refused(response.status, JSON.parse(text) as ProblemBody, response.headers.get('retry-after'));
  throw new Refused(response.status, {
    title: 'We could not reach the service',
    detail: 'Try again. Contact your operator if this continues.',
  });
}

async function send(
  address: string,
  { method = 'GET', body, raw, headers, signal, keepalive = false, msMax }: What,
): Promise<Response> {
  const limits = [AbortSignal.timeout(msMax ?? answerMsMax), ...(signal ? [signal] : [])];
  const content = raw ?? (body === undefined ? null : JSON.stringify(body));
  try {
    return await fetch(address, {
      method,
      headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
      body: content,
      cache: 'no-store',
      keepalive,
      signal: AbortSignal.any(limits),
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    const warning = method === 'GET' ? '' : ' Your change may have been saved. Check before you repeat it.';
    throw new Refused(0, {
      title: 'No connection',
      detail: `The control panel did not respond. Check your connection and try again.${warning}`,
    });
  }
}

// Uploads a file to the service and reports progress. The browser reads the file from disk during the upload; nothing
// is kept in memory. Only the response says whether the file was accepted; without a response the result is unknown.
import type { ProblemBody } from '../../../../protocol/problem.ts';
import type { Batch } from '../../../../protocol/control/officials-api.ts';
import { callPanel, Refused } from '../../calls.ts';

/** The identity of the file, without its rows or its name. */
export type UploadNote = {
  readonly userId: string;
  readonly electionId: string;
  readonly batchId: string;
  readonly rows: number;
  /** Of the protocol, where the election needs them. */
  readonly stationId?: string;
  readonly ballots?: number;
};

export type UploadOutcome =
  /** `queued` is false where every row was checked before and nothing was queued. */
  | { readonly kind: 'taken'; readonly batch: Batch; readonly queued: boolean }
  | { readonly kind: 'refused'; readonly rejection: Refused }
  /** No response: the file may have arrived. A browser does not know how much of it did. */
  | { readonly kind: 'unknown' }
  | { readonly kind: 'cancelled' };

export type Sending = {
  readonly file: Blob;
  readonly note: UploadNote;
  readonly signal: AbortSignal;
  readonly onSent: (bytes: number) => void;
};

/** Waits for a new sign-in if the session ended, then uploads the file. */
export async function sendFile(sending: Sending): Promise<UploadOutcome> {
  for (;;) {
    // Checked first, because a large upload would be wasted.
    try {
      await callPanel('access', '/v1/account', { signal: sending.signal });
    } catch (error) {
      if (sending.signal.aborted) return { kind: 'cancelled' };
      if (!(error instanceof Refused)) throw error;
      return { kind: 'refused', rejection: error };
    }
    const response = await sendOnce(sending);
    if (response.kind !== 'refused' || !response.rejection.is('unauthenticated')) return response;
  }
}

function sendOnce({ file, note, signal, onSent }: Sending): Promise<UploadOutcome> {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    request.open('POST', `/api/officials/v1/batches?${queryOf(note)}`);
    request.setRequestHeader('content-type', 'text/csv');
    request.upload.addEventListener('progress', ({ loaded }) => onSent(loaded));
    request.upload.addEventListener('load', () => onSent(file.size));
    const abort = (): void => request.abort();
    signal.addEventListener('abort', abort);
    request.addEventListener('abort', () => resolve({ kind: 'cancelled' }));
    request.addEventListener('error', () => resolve({ kind: 'unknown' }));
    request.addEventListener('load', () => resolve(answerOf(request)));
    request.addEventListener('loadend', () => signal.removeEventListener('abort', abort));
    if (signal.aborted) resolve({ kind: 'cancelled' });
    else request.send(file);
  });
}

function queryOf({ electionId, stationId, ballots }: UploadNote): string {
  const query = new URLSearchParams({ electionId });
  if (stationId !== undefined) query.set('stationId', stationId);
  if (ballots !== undefined) query.set('ballots', String(ballots));
  return query.toString();
}

function answerOf({ status, responseText }: XMLHttpRequest): UploadOutcome {
  const body = parseJson(responseText);
  if (status === 200 || status === 202) {
    const { batch } = body as { batch: Batch };
    return { kind: 'taken', batch, queued: status === 202 };
  }
  if (body !== null) return { kind: 'refused', rejection: new Refused(status, body as ProblemBody) };
  return { kind: 'unknown' };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}

// The one upload of this page. It continues on other pages of the panel; closing the panel ends it, after a
// confirmation. The browser's storage has only the hash and the number of rows, so that the panel can say later whether
// the file arrived.
import { useEffect, useState } from 'preact/hooks';
import type { Batch } from '../../../../protocol/control/officials-api.ts';
import { callPanel, Refused } from '../../calls.ts';
import { sendFile } from './send-file.ts';
import type { UploadNote, UploadOutcome } from './send-file.ts';
import { hasArrived } from './report-state.ts';

/** Delays between checks whether a file arrived whose response was lost, in milliseconds. */
const lookPausesMs = [500, 2_000, 5_000];
const noteKey = 'popvote-upload';

export type UploadState =
  | { readonly kind: 'sending'; readonly bytes: number; readonly bytesTotal: number }
  /** The upload is complete and the service has not answered. */
  | { readonly kind: 'waiting' }
  /** No response came; the page is checking whether the file arrived. */
  | { readonly kind: 'looking' }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'refused'; readonly rejection: Refused }
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'taken'; readonly batch: Batch; readonly queued: boolean };
export type Upload = UploadNote & { readonly state: UploadState };

let current: Upload | null = null;
let stop = new AbortController();
const listeners = new Set<() => void>();

function change(upload: Upload | null): void {
  current = upload;
  for (const listener of listeners) listener();
}

/** This person's upload in this page, if there is one. */
export function useUpload(userId: string): Upload | null {
  const [, show] = useState({});
  useEffect(() => {
    const listener = (): void => show({});
    listeners.add(listener);
    return () => void listeners.delete(listener);
  }, []);
  return current?.userId === userId ? current : null;
}

export const isUnderWay = ({ state: { kind } }: Upload): boolean =>
  kind === 'sending' || kind === 'waiting' || kind === 'looking';

/** Starts an upload; does nothing while another is in progress. */
export async function startUpload(file: Blob, note: UploadNote): Promise<void> {
  if (current && isUnderWay(current)) return;
  stop = new AbortController();
  const show = (state: UploadState): void => change({ ...note, state });
  show({ kind: 'sending', bytes: 0, bytesTotal: file.size });
  rememberUpload(note);
  addEventListener('beforeunload', askBeforeLeaving);
  const outcome = await sendFile({
    file,
    note,
    signal: stop.signal,
    onSent: (bytes) =>
      show(bytes < file.size ? { kind: 'sending', bytes, bytesTotal: file.size } : { kind: 'waiting' }),
  });
  if (outcome.kind === 'unknown') show({ kind: 'looking' });
  const state = await stateAfter(outcome, note.batchId);
  removeEventListener('beforeunload', askBeforeLeaving);
  if (isCertain(state)) forgetUpload();
  show(state);
}

/** A browser that leaves the page ends its calls without an answer: the note must survive that. */
const isCertain = (state: UploadState): boolean =>
  state.kind === 'refused' ? state.rejection.status !== 0 : state.kind !== 'unknown';

/** Only before the upload is complete, as far as is known: after that the service has the file. */
export function cancelUpload(): void {
  if (current?.state.kind === 'sending') stop.abort();
}
export const clearUpload = (): void => change(null);

async function stateAfter(outcome: UploadOutcome, batchId: string): Promise<UploadState> {
  if (outcome.kind !== 'unknown') return outcome;
  for (const pauseMs of lookPausesMs) {
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
    const existing = await uploadedBatch(batchId).catch(() => null);
    if (existing && hasArrived(existing)) return { kind: 'taken', batch: existing, queued: true };
  }
  return outcome;
}

/** Null where there is no visible batch. Throws a rejection where the answer is unknown. */
export async function uploadedBatch(batchId: string): Promise<Batch | null> {
  try {
    return (await callPanel<{ readonly batch: Batch }>('officials', `/v1/batches/${batchId}`)).data.batch;
  } catch (error) {
    if (error instanceof Refused && error.is('batch-not-found')) return null;
    throw error;
  }
}

function askBeforeLeaving(event: BeforeUnloadEvent): void {
  event.preventDefault();
}

const rememberUpload = (note: UploadNote): void => sessionStorage.setItem(noteKey, JSON.stringify(note));
export const forgetUpload = (): void => sessionStorage.removeItem(noteKey);

/** This person's upload when the page was closed. */
export function rememberedUpload(userId: string): UploadNote | null {
  const note = JSON.parse(sessionStorage.getItem(noteKey) ?? 'null') as UploadNote | null;
  // The identity is shown as it is stored.
  return note?.userId === userId && current?.batchId !== note.batchId ? note : null;
}

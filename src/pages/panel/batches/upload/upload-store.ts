// The one upload of this page. It goes on while somebody looks at other pages of the panel; only leaving the panel ends it,
// which is asked about. Of the file nothing is kept in the browser's storage but what names it: the hash of its rows and
// their number, so that whoever comes back is told whether it arrived.
import { useEffect, useState } from 'preact/hooks';
import type { Batch } from '../../../../protocol/control/officials-api.ts';
import { callPanel, Refused } from '../../calls.ts';
import { sendFile } from './send-file.ts';
import type { Sent } from './send-file.ts';

/** Pauses between questions whether a file arrived whose answer was lost, in milliseconds. */
const lookPausesMs = [500, 2_000, 5_000];
const noteKey = 'popvote-upload';

/** What names the file: no row of it and no name. */
export type UploadNote = {
  readonly userId: string;
  readonly electionId: string;
  readonly batchId: string;
  readonly rows: number;
};
export type UploadState =
  | { readonly kind: 'sending'; readonly bytes: number; readonly bytesTotal: number }
  /** All of it is sent, and the service has not answered. */
  | { readonly kind: 'waiting' }
  /** No answer came; it is being asked whether it arrived. */
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

/** The upload that this person began here, if there is one. */
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

/** Begins to send; nothing happens while another upload is under way. */
export async function startUpload(file: Blob, note: UploadNote): Promise<void> {
  if (current && isUnderWay(current)) return;
  stop = new AbortController();
  const show = (state: UploadState): void => change({ ...note, state });
  show({ kind: 'sending', bytes: 0, bytesTotal: file.size });
  rememberUpload(note);
  addEventListener('beforeunload', askBeforeLeaving);
  const sent = await sendFile({
    file,
    electionId: note.electionId,
    signal: stop.signal,
    onSent: (bytes) =>
      show(bytes < file.size ? { kind: 'sending', bytes, bytesTotal: file.size } : { kind: 'waiting' }),
  });
  if (sent.kind === 'unknown') show({ kind: 'looking' });
  const state = await stateAfter(sent, note.batchId);
  removeEventListener('beforeunload', askBeforeLeaving);
  if (state.kind !== 'unknown') forgetUpload();
  show(state);
}

/** Only before all of it is sent, as far as is known: afterwards the service has it. */
export function cancelUpload(): void {
  if (current?.state.kind === 'sending') stop.abort();
}
export const clearUpload = (): void => change(null);

async function stateAfter(sent: Sent, batchId: string): Promise<UploadState> {
  if (sent.kind !== 'unknown') return sent;
  for (const pauseMs of lookPausesMs) {
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
    const found = await uploadedBatch(batchId).catch(() => null);
    if (found && found.state !== 'incomplete') return { kind: 'taken', batch: found, queued: true };
  }
  return sent;
}

/** Null where there is none that one may see. Throws `Refused` where it cannot be known. */
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

/** What this person was sending when the page was left. */
export function rememberedUpload(userId: string): UploadNote | null {
  const note = JSON.parse(sessionStorage.getItem(noteKey) ?? 'null') as UploadNote | null;
  // What is known of here is shown as it is.
  return note?.userId === userId && current?.batchId !== note.batchId ? note : null;
}

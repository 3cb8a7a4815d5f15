// A note after the panel was closed during an upload: whether the file arrived, and what to do if it did not.
import { useEffect, useState } from 'preact/hooks';
import { Link } from 'wouter-preact';
import type { Batch } from '../../../../protocol/control/officials-api.ts';
import { Refused } from '../../calls.ts';
import { countText } from '../../words.ts';
import { hasArrived } from './report-state.ts';
import { uploadedBatch, forgetUpload, rememberedUpload } from './upload-store.ts';
import type { UploadNote } from './send-file.ts';

export function InterruptedNote({ userId }: { readonly userId: string }) {
  const [note, setNote] = useState<UploadNote | null>(() => rememberedUpload(userId));
  const [arrival, setArrival] = useState<Batch | 'looking' | 'absent' | 'unknown'>('looking');
  useEffect(() => {
    if (note === null) return;
    uploadedBatch(note.batchId).then(
      (batch) => setArrival(batch ?? 'absent'),
      (error: unknown) => {
        if (!(error instanceof Refused)) throw error;
        setArrival('unknown');
      },
    );
  }, [note]);
  if (note === null || arrival === 'looking') return null;
  const arrived = typeof arrival === 'object' && hasArrived(arrival);
  return (
    <div class={arrived ? 'note ok' : 'note warn'} role="status">
      <h2>
        {arrived
          ? `Your file with ${countText(note.rows, 'row')} arrived`
          : `The upload of ${countText(note.rows, 'row')} was interrupted`}
      </h2>
      <p>
        {arrived ? (
          <Link href={`/batches/${note.batchId}`}>See the batch</Link>
        ) : (
          <>
            {arrival === 'absent' ? 'The file did not arrive. ' : ''}Choose{' '}
            <Link href={`/batches/new?election=${note.electionId}`}>the same file again</Link>. No ballot counts twice.
          </>
        )}
      </p>
      <button
        type="button"
        class="small"
        onClick={() => {
          forgetUpload();
          setNote(null);
        }}
      >
        Close this note
      </button>
    </div>
  );
}

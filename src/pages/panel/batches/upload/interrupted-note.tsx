// For whoever left the panel while a file was on its way: whether it arrived, and what to do if not.
import { useEffect, useState } from 'preact/hooks';
import { Link } from 'wouter-preact';
import type { Batch } from '../../../../protocol/control/officials-api.ts';
import { Refused } from '../../calls.ts';
import { numberText } from '../../words.ts';
import { uploadedBatch, forgetUpload, rememberedUpload } from './upload-store.ts';
import type { UploadNote } from './upload-store.ts';

export function InterruptedNote({ userId }: { readonly userId: string }) {
  const [note, setNote] = useState<UploadNote | null>(() => rememberedUpload(userId));
  const [found, setFound] = useState<Batch | 'looking' | 'absent' | 'unknown'>('looking');
  useEffect(() => {
    if (note === null) return;
    uploadedBatch(note.batchId).then(
      (batch) => setFound(batch ?? 'absent'),
      (error: unknown) => {
        if (!(error instanceof Refused)) throw error;
        setFound('unknown');
      },
    );
  }, [note]);
  if (note === null || found === 'looking') return null;
  const arrived = typeof found === 'object' && found.state !== 'incomplete';
  return (
    <div class={arrived ? 'note ok' : 'note warn'} role="status">
      <h2>
        {arrived
          ? `Your file of ${numberText(note.rows)} rows arrived`
          : `The page was left while a file of ${numberText(note.rows)} rows was being sent`}
      </h2>
      <p>
        {arrived ? (
          <Link href={`/batches/${note.batchId}`}>See its batch</Link>
        ) : (
          <>
            {found === 'absent' ? 'It is not there. ' : ''}The browser forgot it: choose{' '}
            <Link href={`/batches/new?election=${note.electionId}`}>the same file again</Link>. Nothing counts twice.
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

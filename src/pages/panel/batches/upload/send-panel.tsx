// The upload of a checked file: whether it was uploaded before, its progress, and what is certain when no response
// comes. It says that nothing was recorded only where that is certain.
import { useEffect, useRef, useState } from 'preact/hooks';
import { Link } from 'wouter-preact';
import type { Batch } from '../../../../protocol/control/officials-api.ts';
import type { Refused } from '../../calls.ts';
import { Moment } from '../../parts/moment.tsx';
import { RejectionNote } from '../../parts/rejection-note.tsx';
import { countText, numberText } from '../../words.ts';
import { FileProgress, rowsText } from './file-progress.tsx';
import type { ReportState } from './report-state.ts';
import { cancelUpload, uploadedBatch } from './upload-store.ts';
import type { Upload } from './upload-store.ts';

/** The earlier upload of this file, by batch ID; undefined while it is read, and null where none is known. */
export function useKnownBatch(batchId: string | null): Batch | null | undefined {
  const [answer, setAnswer] = useState<{ readonly batchId: string | null; readonly batch: Batch | null }>(nothingKnown);
  useEffect(() => {
    let ended = false;
    if (batchId === null) return;
    const set = (batch: Batch | null): void => (ended ? undefined : setAnswer({ batchId, batch }));
    uploadedBatch(batchId).then(set, (error: unknown) => {
      // The upload itself finds it.
      if (!(error instanceof Error)) throw error;
      set(null);
    });
    return () => {
      ended = true;
    };
  }, [batchId]);
  if (batchId === null) return null;
  return answer.batchId === batchId ? answer.batch : undefined;
}

const nothingKnown = { batchId: null, batch: null };

export function SendActs({
  rows,
  state,
  earlier,
  onSend,
  onAgain,
}: {
  readonly rows: number;
  readonly state: ReportState;
  readonly earlier: Batch | null;
  readonly onSend: () => void;
  readonly onAgain: () => void;
}) {
  const again = state === 'already-uploaded';
  return (
    <>
      {again && earlier && (
        <div class="note">
          <p>
            It was accepted on <Moment at={earlier.acceptedAt} />. There is nothing to send.
          </p>
          <p>
            <Link href={`/batches/${earlier.id}`}>See the batch</Link>
          </p>
        </div>
      )}
      {earlier?.withdrawn && (
        <p class="note warn">
          It was withdrawn on <Moment at={earlier.withdrawn.at} />, with the reason: {earlier.withdrawn.reason} If you
          send it, it is a new upload and its ballots count.
        </p>
      )}
      {state === 'missing-rows' && (
        <p class="note warn">
          This file belongs to an incomplete batch. Send it again to add the missing rows. No ballot counts twice.
        </p>
      )}
      {!again && (
        <p>
          Keep this page open during the upload. If you close it, choose the same file again. No ballot counts twice.
        </p>
      )}
      <div class="acts">
        {!again && (
          <button type="button" class="primary" onClick={onSend}>
            Send {countText(rows, 'row')}
          </button>
        )}
        <button type="button" onClick={onAgain}>
          Choose another file
        </button>
      </div>
    </>
  );
}

/** The progress of the upload, or its end. */
export function UploadStatus({ upload, ...acts }: EndProps & { readonly upload: Upload }) {
  const { state, rows } = upload;
  switch (state.kind) {
    case 'sending':
      return (
        <section aria-labelledby="sending">
          <FocusedHeading id="sending">Upload in progress</FocusedHeading>
          <FileProgress
            label="Upload"
            done={state.bytes}
            total={state.bytesTotal}
            text={rowsText(state.bytes, state.bytesTotal, rows)}
          />
          <p>Keep the panel open. You can use its other pages meanwhile.</p>
          <div class="acts">
            <button type="button" onClick={cancelUpload}>
              Cancel
            </button>
          </div>
        </section>
      );
    case 'waiting':
    case 'looking':
      return (
        <section aria-labelledby="sending">
          <FocusedHeading id="sending">Service check</FocusedHeading>
          <p role="status">
            {state.kind === 'waiting'
              ? `${countText(rows, 'row')} sent. Wait while the service checks the file.`
              : 'The connection was lost. Checking whether the file arrived…'}
          </p>
          <progress aria-label="Service check" />
        </section>
      );
    case 'cancelled':
      return (
        <EndNote title="Upload cancelled" {...acts}>
          The file was probably not complete. If it was, it appears in your batches. You can send it again at any time.
          No ballot counts twice.
        </EndNote>
      );
    case 'unknown':
      return (
        <EndNote title="Connection lost" {...acts}>
          The file is not in the list of batches yet and may still arrive. Send the same file again. No ballot counts
          twice.
        </EndNote>
      );
    case 'refused':
      return <Rejection rejection={state.rejection} {...acts} />;
    case 'taken':
      return null;
  }
}

/** The pressed button has disappeared, so the focus moves to the heading that replaces it. */
function FocusedHeading({ id, children }: { readonly id: string; readonly children: string }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), [children]);
  return (
    <h2 id={id} tabIndex={-1} ref={heading}>
      {children}
    </h2>
  );
}

type EndProps = {
  /** Null where the page no longer has the file. */
  readonly onSendAgain: (() => void) | null;
  readonly onClose: () => void;
};

function Rejection({ rejection, onSendAgain, onClose }: EndProps & { readonly rejection: Refused }) {
  const { lines = [], linesTotal = 0 } = rejection.problem;
  return (
    <>
      <RejectionNote rejection={rejection} />
      {lines.length > 0 && (
        <ul>
          {lines.slice(0, rejectionLinesMax).map(({ line, row, text, detail }) => (
            <li key={line}>
              <strong>{row === null ? 'Heading' : `Row ${numberText(row)}`}</strong>:{' '}
              <code class="batch-raw">{text}</code> {detail}
            </li>
          ))}
          {linesTotal > rejectionLinesMax && <li>{numberText(linesTotal - rejectionLinesMax)} more</li>}
        </ul>
      )}
      <EndActs onSendAgain={onSendAgain} onClose={onClose} />
    </>
  );
}
/** Most lines of a rejection on the page: the check before lists all of them. */
const rejectionLinesMax = 20;

function EndNote({ title, children, ...acts }: EndProps & { readonly title: string; readonly children: string }) {
  return (
    <>
      <div class="note warn" role="alert">
        <h2>{title}</h2>
        <p>{children}</p>
      </div>
      <EndActs {...acts} />
    </>
  );
}

function EndActs({ onSendAgain, onClose }: EndProps) {
  return (
    <div class="acts">
      {onSendAgain !== null && (
        <button type="button" class="primary" onClick={onSendAgain}>
          Send the same file again
        </button>
      )}
      <button type="button" onClick={onClose}>
        Choose a file
      </button>
    </div>
  );
}

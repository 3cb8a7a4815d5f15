// Sending a file that was checked: whether it was sent before, how far it is, and what is known when no answer comes. It says
// that nothing was recorded only where that is certain.
import { useEffect, useRef, useState } from 'preact/hooks';
import { Link } from 'wouter-preact';
import type { PublicElection } from '../../../../protocol/public-document.ts';
import type { Batch } from '../../../../protocol/control/officials-api.ts';
import type { Refused } from '../../calls.ts';
import { Moment } from '../../parts/moment.tsx';
import { RejectionNote } from '../../parts/rejection-note.tsx';
import { numberText } from '../../words.ts';
import { FileProgress, rowsText } from './file-progress.tsx';
import { cancelUpload, uploadedBatch } from './upload-store.ts';
import type { Upload } from './upload-store.ts';

/** Whether this very file was sent before, by its id. While it is asked, and where it cannot be known, null. */
export function useKnownBatch(batchId: string | null): Batch | null {
  const [known, setKnown] = useState<Batch | null>(null);
  useEffect(() => {
    let gone = false;
    setKnown(null);
    if (batchId === null) return;
    uploadedBatch(batchId).then(
      (batch) => (gone ? undefined : setKnown(batch)),
      (error: unknown) => {
        // It is found out when the file is sent.
        if (!(error instanceof Error)) throw error;
      },
    );
    return () => {
      gone = true;
    };
  }, [batchId]);
  return known;
}

export function SendActs({
  rows,
  known,
  election,
  onSend,
  onAgain,
}: {
  readonly rows: number;
  readonly known: Batch | null;
  readonly election: PublicElection;
  readonly onSend: () => void;
  readonly onAgain: () => void;
}) {
  const again = known !== null && known.state !== 'incomplete';
  return (
    <>
      {again && (
        <div class="note" role="status">
          <h2>This file was sent before</h2>
          <p>
            It was taken on <Moment at={known.acceptedAt} zone={election.timeZone} />. Nothing was sent again.
          </p>
          <p>
            <Link href={`/batches/${known.id}`}>See that batch</Link>
          </p>
        </div>
      )}
      {known?.state === 'incomplete' && (
        <p class="note warn" role="status">
          This is the file of a batch that is incomplete. Send it again: what is missing is brought, and nothing counts
          twice.
        </p>
      )}
      {!again && (
        <p>
          Keep this page open while it is sent: a browser forgets the file when the page is left. If that happens,
          choose the same file again; nothing counts twice.
        </p>
      )}
      <div class="acts">
        {!again && (
          <button type="button" class="primary" onClick={onSend}>
            Send {numberText(rows)} {rows === 1 ? 'row' : 'rows'}
          </button>
        )}
        <button type="button" onClick={onAgain}>
          Choose another file
        </button>
      </div>
    </>
  );
}

/** How far the upload is, or how it ended. */
export function UploadStatus({ upload, ...acts }: EndProps & { readonly upload: Upload }) {
  const { state, rows } = upload;
  switch (state.kind) {
    case 'sending':
      return (
        <section aria-labelledby="sending">
          <FocusedHeading id="sending">Sending</FocusedHeading>
          <FileProgress
            label="Sending"
            done={state.bytes}
            total={state.bytesTotal}
            text={rowsText(state.bytes, state.bytesTotal, rows)}
          />
          <p>Keep the panel open. You can look at its other pages meanwhile.</p>
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
          <FocusedHeading id="sending">Sent</FocusedHeading>
          <p role="status">
            {state.kind === 'waiting'
              ? `All ${numberText(rows)} rows are sent. The service checks the file; wait for its answer.`
              : 'The answer was lost. It is being asked whether the file arrived.'}
          </p>
          <progress aria-label="Waiting for the answer" />
        </section>
      );
    case 'cancelled':
      return (
        <EndNote title="Sending was stopped" {...acts}>
          The file was not whole yet, as far as this page knows; had it been, it would be among your batches. It can be
          sent again at any time: nothing counts twice.
        </EndNote>
      );
    case 'unknown':
      return (
        <EndNote title="The answer was lost" {...acts}>
          The file is not among the batches yet, and it may still arrive. Send the same file again: nothing counts
          twice.
        </EndNote>
      );
    case 'refused':
      return <Rejection rejection={state.rejection} {...acts} />;
    case 'taken':
      return null;
  }
}

/** What was pressed to come here is gone: the focus goes to what came instead. */
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
  /** Null where the file is no longer at hand. */
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
          {lines.slice(0, linesShownMax).map(({ line, row, text, detail }) => (
            <li key={line}>
              <strong>{row === null ? 'Heading' : `Row ${numberText(row)}`}</strong>:{' '}
              <code class="batch-raw">{text}</code> {detail}
            </li>
          ))}
          {linesTotal > linesShownMax && <li>{numberText(linesTotal - linesShownMax)} more</li>}
        </ul>
      )}
      <EndActs onSendAgain={onSendAgain} onClose={onClose} />
    </>
  );
}
/** Lines that are shown of a rejection: the check before names them all. */
const linesShownMax = 20;

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

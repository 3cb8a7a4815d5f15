// The upload of a file of paper ballots: the election, the file format, the check on this computer, and the upload. The
// file survives the end of a session or connection. Its name is shown and never sent.
import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { Link, useLocation, useSearchParams } from 'wouter-preact';
import type { ElectionSummary } from '../../../../protocol/control/elections-api.ts';
import type { PublicElection } from '../../../../protocol/public-document.ts';
import { distinctNames } from '../../parts/distinct-names.ts';
import { SelectField } from '../../parts/field.tsx';
import { Loaded, PageShell } from '../../parts/page.tsx';
import { RehearsalBand } from '../../parts/state-tag.tsx';
import { useRefresh } from '../../remote.ts';
import { useMe } from '../../session/session.tsx';
import { momentText, titleInEnglish } from '../../words.ts';
import { CheckReport } from './check-report.tsx';
import { FileChoice, FileRules } from './file-choice.tsx';
import { bytesText, FileProgress } from './file-progress.tsx';
import { InterruptedNote } from './interrupted-note.tsx';
import { NothingOpen } from './open-elections.tsx';
import { electionZone, useElection, usePaperElections } from './paper-elections.ts';
import { noProtocol, OtherNumber, ProtocolFields, protocolOf } from './protocol-fields.tsx';
import type { Protocol } from './protocol-fields.tsx';
import { reportStateOf } from './report-state.ts';
import { SendActs, UploadStatus, useKnownBatch } from './send-panel.tsx';
import { clearUpload, isUnderWay, startUpload, useUpload } from './upload-store.ts';
import { useCheck } from './use-check.ts';
import type { Checking } from './use-check.ts';

export function UploadPage() {
  const me = useMe();
  const elections = usePaperElections();
  const [parameters] = useSearchParams();
  const requestedId = parameters.get('election');
  const open = elections.data?.open ?? [];
  const only = open.length === 1 ? open[0] : undefined;
  const selected = open.find(({ id }) => id === requestedId) ?? (requestedId === null ? only : undefined);
  // Its contests are needed. A file of a closed election may be uploaded again where some of its rows were lost.
  const read = useElection(elections.data ? (selected?.id ?? requestedId) : null);
  // An election that closes during a check stays selected, so that the file is not lost.
  const lastElection = useRef<PublicElection>();
  const election =
    read.data ?? (requestedId === null || requestedId === lastElection.current?.id ? lastElection.current : undefined);
  lastElection.current = election;
  return (
    <PageShell title="Upload a file" rehearsal={election?.rehearsal ?? false} zone={electionZone(read)}>
      {election?.rehearsal && <RehearsalBand />}
      <InterruptedNote userId={me.user.id} />
      <Loaded of={elections}>
        {({ next }) => (
          <>
            {open.length === 0 && requestedId === null && <NothingOpen next={next} />}
            {(open.length > 1 || (open.length === 1 && selected === undefined)) && (
              <ElectionField elections={open} selected={election} />
            )}
            {requestedId !== null && selected === undefined && (
              <Loaded of={read}>{(each) => <NotOpenNote election={each} />}</Loaded>
            )}
            {selected !== undefined && election === undefined && <Loaded of={read}>{() => null}</Loaded>}
            {election && <UploadSteps key={election.id} election={election} />}
          </>
        )}
      </Loaded>
    </PageShell>
  );
}

function ElectionField({
  elections,
  selected,
}: {
  readonly elections: readonly ElectionSummary[];
  readonly selected: Pick<PublicElection, 'id' | 'title'> | undefined;
}) {
  const [, setParameters] = useSearchParams();
  const isListed = selected === undefined || elections.some(({ id }) => id === selected.id);
  const each = isListed ? elections : [selected, ...elections];
  return (
    <SelectField
      label="Election"
      value={selected?.id ?? ''}
      onValue={(id) => setParameters({ election: id }, { replace: true })}
      options={[
        ...(selected === undefined ? [['', 'Choose an election'] as const] : []),
        ...distinctNames(each.map(({ id, title }) => [id, titleInEnglish(title)])),
      ]}
    />
  );
}

function NotOpenNote({
  election: { title, phase, opensAt, closesAt, timeZone, channels },
}: {
  readonly election: PublicElection;
}) {
  if (!channels.includes('batches')) {
    return (
      <p class="note warn">{titleInEnglish(title)} does not take paper ballots. You cannot upload a file for it.</p>
    );
  }
  return (
    <p class="note warn">
      {phase === 'scheduled'
        ? `${titleInEnglish(title)} opens on ${momentText(opensAt, timeZone)}. You can check a file now and upload it then.`
        : `${titleInEnglish(title)} closed on ${momentText(closesAt, timeZone)}. Only files with missing rows from an earlier upload can be sent again.`}
    </p>
  );
}

function UploadSteps({ election }: { readonly election: PublicElection }) {
  const me = useMe();
  const checking = useCheck();
  const upload = useUpload(me.user.id);
  const [, navigate] = useLocation();
  const refresh = useRefresh();
  const { check } = checking;
  const [pasted, setPasted] = useState('');
  const [typed, setTyped] = useState(noProtocol);
  const protocol = protocolOf(election.paper ?? {}, typed);
  const accepted = upload?.state.kind === 'taken' ? upload.state : null;
  useEffect(() => {
    if (accepted === null || upload === null) return;
    const before = !accepted.queued || accepted.batch.official !== me.user.id;
    clearUpload();
    checking.clear();
    void refresh('officials');
    navigate(`/batches/${accepted.batch.id}?sent=${before ? 'before' : 'now'}`, { replace: true });
  }, [accepted]);
  const send = (): void => {
    if (check.kind !== 'done' || check.checked.batchId === null || protocol === null) return;
    const { rows, batchId } = check.checked;
    const { station, ballots } = protocol;
    void startUpload(check.file, {
      userId: me.user.id,
      electionId: election.id,
      batchId,
      rows,
      ...(station !== null && { stationId: station.id }),
      ...(ballots !== null && { ballots }),
    });
  };
  if (upload) {
    const sendable = check.kind === 'done' && check.checked.batchId === upload.batchId;
    return (
      <UploadStatus
        upload={upload}
        onSendAgain={sendable && !isUnderWay(upload) ? send : null}
        onClose={() => {
          clearUpload();
          checking.clear();
        }}
      />
    );
  }
  return (
    <Choosing
      election={election}
      checking={checking}
      protocol={protocol}
      protocolFields={<ProtocolFields paper={election.paper ?? {}} typed={typed} onTyped={setTyped} />}
      pasted={pasted}
      onPasted={setPasted}
      onSend={send}
    />
  );
}

function Choosing({
  election,
  checking: { check, start, clear },
  protocol,
  protocolFields,
  pasted,
  onPasted,
  onSend,
}: {
  readonly election: PublicElection;
  readonly checking: Checking;
  readonly protocol: Protocol | null;
  readonly protocolFields: ComponentChildren;
  readonly pasted: string;
  readonly onPasted: (text: string) => void;
  readonly onSend: () => void;
}) {
  const earlier = useKnownBatch(check.kind === 'done' ? check.checked.batchId : null);
  const choose = (file: File): void => start(file, election, protocol?.station ?? null);
  if (check.kind === 'reading') return <Reading bytes={check.bytes} size={check.file.size} onCancel={clear} />;
  if (check.kind === 'done') {
    if (earlier === undefined) return <Comparing />;
    const state = reportStateOf(check.checked, earlier);
    const { rows } = check.checked;
    const ballots = protocol?.ballots ?? rows;
    const sendable =
      check.checked.batchId !== null &&
      ballots === rows &&
      election.phase !== 'scheduled' &&
      election.channels.includes('batches');
    return (
      <CheckReport file={check.file} checked={check.checked} election={election} state={state}>
        {ballots !== rows && <OtherNumber ballots={ballots} rows={rows} />}
        {sendable ? (
          <SendActs rows={rows} state={state} earlier={earlier} onSend={onSend} onAgain={clear} />
        ) : (
          <div class="acts">
            <button type="button" class="primary" onClick={clear}>
              Choose another file
            </button>
          </div>
        )}
      </CheckReport>
    );
  }
  return (
    <>
      {check.kind === 'unreadable' && (
        <p class="note bad" role="alert">
          The file cannot be read. If you changed or moved it, choose it again.
        </p>
      )}
      <ForElection election={election} />
      {protocolFields}
      {protocol !== null && <FileChoice pasted={pasted} onPasted={onPasted} onFile={choose} />}
      <FileRules contests={election.contests} electionId={election.id} />
      <p>
        <Link href="/batches">My batches</Link>
      </p>
    </>
  );
}

function Reading({
  bytes,
  size,
  onCancel,
}: {
  readonly bytes: number;
  readonly size: number;
  readonly onCancel: () => void;
}) {
  return (
    <section aria-labelledby="checking">
      <h2 id="checking">File check</h2>
      <FileProgress label="File check" done={bytes} total={size} text={`${bytesText(bytes)} of ${bytesText(size)}`} />
      <div class="acts">
        <button type="button" onClick={onCancel}>
          Cancel
        </button>
      </div>
    </section>
  );
}

function Comparing() {
  return (
    <section aria-labelledby="checking">
      <h2 id="checking">File check</h2>
      <p role="status">Checking whether this file was uploaded before…</p>
    </section>
  );
}

function ForElection({ election: { title, phase, closesAt, timeZone } }: { readonly election: PublicElection }) {
  return (
    <p>
      For <strong>{titleInEnglish(title)}</strong>
      {phase === 'open' && `, which takes paper ballots until ${momentText(closesAt, timeZone)}`}.
    </p>
  );
}

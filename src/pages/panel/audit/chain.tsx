// Whether the chain of the audit log is whole, as the service computed it anew; and whether an entry whose hash somebody noted
// before still has that hash.
import { useQuery } from '@tanstack/preact-query';
import { useEffect, useState } from 'preact/hooks';
import type { AuditVerification } from '../../../protocol/control/audit-log-api.ts';
import { callPanel } from '../calls.ts';
import type { Refused } from '../calls.ts';
import { CopyId } from '../parts/copy-id.tsx';
import { TextField } from '../parts/field.tsx';
import { RejectionNote } from '../parts/rejection-note.tsx';
import { useAct } from '../remote.ts';
import { clockText, numberText } from '../words.ts';

/** Longest wait for the whole chain to be walked, in milliseconds. */
const walkMsMax = 120_000;

const verify = async (entry?: string): Promise<AuditVerification> => {
  const query = entry === undefined ? '' : `?entry=${encodeURIComponent(entry)}`;
  return (await callPanel<AuditVerification>('elections', `/v1/audit-log/verification${query}`, { msMax: walkMsMax }))
    .data;
};

export function Chain() {
  // Once for each visit of the panel: the whole log is read for it.
  const chain = useQuery<AuditVerification, Refused>({
    queryKey: ['audit-chain'],
    queryFn: () => verify(),
    staleTime: Infinity,
  });
  return (
    <section aria-labelledby="chain-heading" class="chain no-print">
      <h2 id="chain-heading">Is the log whole?</h2>
      <RejectionNote rejection={chain.error} />
      {chain.data === undefined ? (
        chain.error === null && <p role="status">Every hash is being computed anew…</p>
      ) : (
        <Found found={chain.data} />
      )}
      <div class="acts">
        <button type="button" aria-disabled={chain.isFetching} onClick={() => void chain.refetch()}>
          Verify now
        </button>
        {chain.isFetching && <span role="status">Verifying…</span>}
      </div>
      <NotedHead verifiedAt={chain.data?.verifiedAt ?? ''} />
    </section>
  );
}

function Found({ found: { broken, entries, head, verifiedAt } }: { readonly found: AuditVerification }) {
  const time = `${clockText(verifiedAt)} (UTC)`;
  if (broken !== null) {
    return (
      <div class="note bad" role="alert">
        <h3>The chain is broken at entry {numberText(broken.number)}</h3>
        <p>{broken.detail}</p>
        <p>
          {broken.number === 1 ? 'No entry' : `Entries 1 to ${numberText(broken.number - 1)}`} fit. Found at {time}.
          Keep a copy of the database as it is, compare it with the logs of elections, which name the hash of each
          entry, and find out who reached the database.
        </p>
      </div>
    );
  }
  return (
    <div class="note ok" role="status">
      <p>
        <strong>
          {entries === 0 ? 'The log is empty' : `Chain verified up to entry ${numberText(entries)}`} at {time}.
        </strong>
      </p>
      {entries > 0 && (
        <p>
          Note this head elsewhere, to hold the log against it later: entry {numberText(head.number)},{' '}
          <CopyId id={head.hash} what="the hash of the head" />
        </p>
      )}
    </div>
  );
}

function NotedHead({ verifiedAt }: { readonly verifiedAt: string }) {
  const [number, setNumber] = useState('');
  const [hash, setHash] = useState('');
  const [tried, setTried] = useState(false);
  const [said, setSaid] = useState<{ readonly good: boolean; readonly text: string } | null>(null);
  // What was said of an older look is not true of a newer one.
  useEffect(() => setSaid(null), [verifiedAt]);
  const faults = {
    number: /^[1-9]\d{0,15}$/.test(number.trim()) ? undefined : 'Enter the number of the entry.',
    hash: /^[0-9a-f]{64}$/i.test(hash.trim()) ? undefined : 'Enter the hash: 64 digits and letters from a to f.',
  };
  const act = useAct(async () => {
    setSaid(null);
    const { noted, broken } = await verify(number.trim());
    const entry = `Entry ${number.trim()}`;
    if (noted?.hash === undefined || noted.hash === null) {
      const gap =
        broken && `The chain is broken at entry ${numberText(broken.number)}: nothing can be said of entries after it.`;
      setSaid({ good: false, text: gap ?? `${entry} is not in the log.` });
      return;
    }
    const same = noted.hash === hash.trim().toLowerCase();
    const text = same
      ? `${entry} still has the hash that you noted: nothing up to it was changed.`
      : `${entry} has another hash than you noted, ${noted.hash}: it or an entry before it was changed since.`;
    setSaid({ good: same, text });
  });
  const submit = (event: Event): void => {
    event.preventDefault();
    setTried(true);
    if (faults.number === undefined && faults.hash === undefined) void act.run();
  };
  return (
    <details>
      <summary>Compare with a head that you noted</summary>
      <form onSubmit={submit} noValidate>
        <RejectionNote rejection={act.rejection} />
        <TextField
          {...{ label: 'Number of the entry', inputMode: 'numeric', value: number, onValue: setNumber }}
          fault={tried ? faults.number : undefined}
        />
        <TextField
          {...{ label: 'Its hash', spellcheck: false, value: hash, onValue: setHash }}
          fault={tried ? faults.hash : undefined}
        />
        <button type="submit" aria-disabled={act.busy}>
          Compare
        </button>
        <div role="status" class="said">
          {said && <p class={`note ${said.good ? 'ok' : 'bad'}`}>{said.text}</p>}
        </div>
      </form>
    </details>
  );
}

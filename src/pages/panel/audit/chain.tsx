// Whether the hash chain of the audit log is intact, as the service computes it, and whether an entry still has the
// hash that somebody saved earlier.
import { useQuery } from '@tanstack/preact-query';
import { useEffect, useState } from 'preact/hooks';
import type { AuditVerification } from '../../../protocol/control/audit-log-api.ts';
import { callPanel } from '../calls.ts';
import type { Refused } from '../calls.ts';
import { CopyId } from '../parts/copy-id.tsx';
import { TextField } from '../parts/field.tsx';
import { RejectionNote } from '../parts/rejection-note.tsx';
import { useAct } from '../remote.ts';
import { Moment } from '../parts/moment.tsx';
import { numberText } from '../words.ts';

/** Longest wait for the verification of the whole chain, in milliseconds. */
const walkMsMax = 120_000;

const verify = async (entry?: string): Promise<AuditVerification> => {
  const query = entry === undefined ? '' : `?entry=${encodeURIComponent(entry)}`;
  return (await callPanel<AuditVerification>('elections', `/v1/audit-log/verification${query}`, { msMax: walkMsMax }))
    .data;
};

export function Chain() {
  // Once per visit, because the service reads the whole log for it.
  const chain = useQuery<AuditVerification, Refused>({
    queryKey: ['audit-chain'],
    queryFn: () => verify(),
    staleTime: Infinity,
  });
  return (
    <section aria-labelledby="chain-heading" class="chain no-print">
      <h2 id="chain-heading">Log integrity</h2>
      <RejectionNote rejection={chain.error} takesFocus={false} />
      {chain.data === undefined ? (
        chain.error === null && <p role="status">Computing every hash…</p>
      ) : (
        <ChainNote verification={chain.data} />
      )}
      <div class="acts">
        <button type="button" aria-disabled={chain.isFetching} onClick={() => void chain.refetch()}>
          Verify now
        </button>
        {chain.isFetching && <span role="status">Verifying…</span>}
      </div>
      <FingerprintForm verifiedAt={chain.data?.verifiedAt ?? ''} />
    </section>
  );
}

function ChainNote({
  verification: { broken: fault, entries, head, verifiedAt },
}: {
  readonly verification: AuditVerification;
}) {
  const time = <Moment at={verifiedAt} form="clock" />;
  if (fault !== null) {
    return (
      <div class="note bad" role="alert">
        <h3>The chain is broken at entry {numberText(fault.number)}</h3>
        <p>{fault.detail}</p>
        <p>
          {fault.number === 1
            ? 'No entries'
            : fault.number === 2
              ? 'Entry 1'
              : `Entries 1 to ${numberText(fault.number - 1)}`}{' '}
          are intact. Checked at {time}. Copy the database as it is now. Compare it with the log of the elections
          service, which has the hash of each entry. Find out who had access to the database.
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
          Save this fingerprint to check the log later: entry {numberText(head.number)},{' '}
          <CopyId id={head.hash} what="fingerprint" />
        </p>
      )}
    </div>
  );
}

function FingerprintForm({ verifiedAt }: { readonly verifiedAt: string }) {
  const [number, setNumber] = useState('');
  const [hash, setHash] = useState('');
  const [showFaults, setShowFaults] = useState(false);
  const [comparison, setComparison] = useState<{ readonly good: boolean; readonly text: string } | null>(null);
  // A comparison belongs to the verification before it.
  useEffect(() => setComparison(null), [verifiedAt]);
  const faults = {
    number: /^[1-9]\d{0,15}$/.test(number.trim()) ? undefined : 'Enter the entry number.',
    hash: /^[0-9a-f]{64}$/i.test(hash.trim()) ? undefined : 'Enter the fingerprint: 64 digits and letters from a to f.',
  };
  const act = useAct(async () => {
    setComparison(null);
    const { noted, broken: fault } = await verify(number.trim());
    const entry = `Entry ${number.trim()}`;
    if (noted?.hash === undefined || noted.hash === null) {
      const gap =
        fault && `The chain is broken at entry ${numberText(fault.number)}. Entries after it cannot be checked.`;
      setComparison({ good: false, text: gap ?? `${entry} is not in the log.` });
      return;
    }
    const same = noted.hash === hash.trim().toLowerCase();
    const text = same
      ? `${entry} has the hash that you saved. No entry up to it was changed.`
      : `${entry} has a different hash, ${noted.hash}. This entry or an earlier one was changed.`;
    setComparison({ good: same, text });
  });
  const submit = (event: Event): void => {
    event.preventDefault();
    setShowFaults(true);
    if (faults.number === undefined && faults.hash === undefined) void act.run();
  };
  return (
    <details>
      <summary>Compare with a saved fingerprint</summary>
      <form onSubmit={submit} noValidate>
        <RejectionNote rejection={act.rejection} />
        <TextField
          {...{ label: 'Entry number', inputMode: 'numeric', value: number, onValue: setNumber }}
          fault={showFaults ? faults.number : undefined}
        />
        <TextField
          {...{ label: 'Fingerprint', spellcheck: false, value: hash, onValue: setHash }}
          fault={showFaults ? faults.hash : undefined}
        />
        <button type="submit" aria-disabled={act.busy}>
          Compare
        </button>
        <div role="status" class="said">
          {comparison && <p class={`note ${comparison.good ? 'ok' : 'bad'}`}>{comparison.text}</p>}
        </div>
      </form>
    </details>
  );
}

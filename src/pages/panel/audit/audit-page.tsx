// The audit log as sentences, for administrators and auditors: found by filters that stand in the address, taken away as a
// file, and checked to be whole. Nothing here can change it.
import { useState } from 'preact/hooks';
import { useSearchParams } from 'wouter-preact';
import type { AuditLogPage } from '../../../protocol/control/audit-log-api.ts';
import { CheckField } from '../parts/field.tsx';
import { Empty, Loaded, PageShell } from '../parts/page.tsx';
import { RejectionNote } from '../parts/rejection-note.tsx';
import { ShowMore } from '../parts/show-more.tsx';
import { useAct, usePages } from '../remote.ts';
import { numberText } from '../words.ts';
import { Chain } from './chain.tsx';
import { Entries } from './entries.tsx';
import { exportEntries } from './export.ts';
import type { Exported } from './export.ts';
import { filterOf, queryOf } from './filter.ts';
import type { Filter } from './filter.ts';
import { FilterBar } from './filter-bar.tsx';
import { useNames } from './names.ts';
import type { Names } from './sentence.ts';
import './audit.css';

export function AuditPage() {
  const [search] = useSearchParams();
  const filter = filterOf(search);
  return (
    <PageShell title="Audit log">
      <p class="hint">
        What was done to elections and participants, by whom and why. What was done to accounts stands in the log of the
        service access.
      </p>
      <Chain />
      <h2>Entries</h2>
      <FilterBar />
      <Found key={search.toString()} filter={filter} />
    </PageShell>
  );
}

function Found({ filter }: { readonly filter: Filter }) {
  const pages = usePages<AuditLogPage>('elections', `/v1/audit-log?${queryOf(filter, 50)}`, 'before');
  const [attempts, setAttempts] = useState(false);
  const entries = (pages.data?.pages ?? []).flatMap((page) => page.entries.map(({ entry }) => entry));
  const names = useNames(entries);
  // An outcome is newer than its attempt, so it was read before it.
  const settled = new Set(entries.map(({ attempt }) => attempt));
  const shown = attempts ? entries : entries.filter(({ number }) => !settled.has(number));
  return (
    <Loaded of={{ data: pages.data, error: pages.error, isPending: pages.isPending }}>
      {() =>
        entries.length === 0 ? (
          <Empty title="No entry is like that">
            <p>Every act on an election or a participant is put here as it is done. Change the filter to see others.</p>
          </Empty>
        ) : (
          <>
            <CheckField
              label="Show attempts beside their outcomes"
              checked={attempts}
              onValue={setAttempts}
              hint="Each act is written down twice: before it is tried, and with what came of it."
            />
            <Entries entries={shown} names={names} settled={settled} />
            <ShowMore of={pages} count={entries.length} label="Show older" />
            <Export filter={filter} names={names} />
          </>
        )
      }
    </Loaded>
  );
}

function Export({ filter, names }: { readonly filter: Filter; readonly names: Names }) {
  const [done, setDone] = useState<Exported | null>(null);
  const act = useAct(async (kind: 'csv' | 'jsonl') => {
    setDone(null);
    setDone(await exportEntries(filter, kind, names));
  });
  const said =
    done && `${numberText(done.entries)} entries are in the file${done.whole ? '' : ': the newest, not all'}.`;
  return (
    <section aria-labelledby="export-heading" class="no-print">
      <h2 id="export-heading">Take it away</h2>
      <RejectionNote rejection={act.rejection} />
      <div class="acts">
        <button type="button" aria-disabled={act.busy} onClick={() => void act.run('csv')}>
          What is filtered, as CSV
        </button>
        <button type="button" aria-disabled={act.busy} onClick={() => void act.run('jsonl')}>
          What is filtered, as JSON lines
        </button>
        <a class="button" href="/api/elections/v1/audit-log/export" download>
          The whole log with its hashes
        </a>
        <span role="status">{act.busy ? 'Reading…' : said}</span>
      </div>
      <p class="hint">
        A filtered file holds 10,000 entries at most. That the whole log was taken away is an entry too.
      </p>
    </section>
  );
}

// The audit log as sentences, for administrators and auditors. The filter is part of the address. The page exports the
// log and shows whether it is intact; it changes nothing.
import { useState } from 'preact/hooks';
import { useSearchParams } from 'wouter-preact';
import type { AuditLogPage } from '../../../protocol/control/audit-log-api.ts';
import { CheckField } from '../parts/field.tsx';
import { Empty, Loaded, PageShell } from '../parts/page.tsx';
import { RejectionNote } from '../parts/rejection-note.tsx';
import { ShowMore } from '../parts/show-more.tsx';
import { useAct, usePages } from '../remote.ts';
import { countText } from '../words.ts';
import { Chain } from './chain.tsx';
import { Entries } from './entries.tsx';
import { exportEntries } from './export.ts';
import type { ExportResult } from './export.ts';
import { filterOf, queryOf } from './filter.ts';
import type { Filter } from './filter.ts';
import { FilterBar } from './filter-bar.tsx';
import { useNames } from './names.ts';
import type { Names } from './sentence.ts';

export function AuditPage() {
  const [search] = useSearchParams();
  const filter = filterOf(search);
  return (
    <PageShell title="Audit log">
      <p class="hint">Every action on elections, participants and accounts: who did it, when and why.</p>
      <Chain />
      <h2>Entries</h2>
      <FilterBar />
      <FilteredEntries key={search.toString()} filter={filter} />
    </PageShell>
  );
}

function FilteredEntries({ filter }: { readonly filter: Filter }) {
  const pages = usePages<AuditLogPage>('elections', `/v1/audit-log?${queryOf(filter, 50)}`, 'before');
  const [attempts, setAttempts] = useState(false);
  const entries = (pages.data?.pages ?? []).flatMap((page) => page.entries.map(({ entry }) => entry));
  const names = useNames(entries);
  // The newest entries come first, so an outcome is read before its attempt.
  const settled = new Set(entries.map(({ attempt }) => attempt));
  const visibleEntries = attempts ? entries : entries.filter(({ number }) => !settled.has(number));
  return (
    <Loaded of={{ data: pages.data, error: pages.error, isPending: pages.isPending }}>
      {() =>
        entries.length === 0 ? (
          <Empty title="No entries match">
            <p>
              Change the filter to see other entries. Every action on an election, a participant or an account is listed
              here.
            </p>
          </Empty>
        ) : (
          <>
            <CheckField
              label="Show attempts as well as outcomes"
              checked={attempts}
              onValue={setAttempts}
              hint="Each action has two entries: one before it runs and one with its outcome."
            />
            <Entries entries={visibleEntries} names={names} settled={settled} />
            <ShowMore of={pages} count={entries.length} label="Show older" />
            <Export filter={filter} names={names} />
          </>
        )
      }
    </Loaded>
  );
}

function Export({ filter, names }: { readonly filter: Filter; readonly names: Names }) {
  const [done, setDone] = useState<ExportResult | null>(null);
  const act = useAct(async (kind: 'csv' | 'jsonl') => {
    setDone(null);
    setDone(await exportEntries(filter, kind, names));
  });
  const summary =
    done && `${countText(done.entries, 'entry', 'entries')} exported${done.whole ? '' : ', the newest only'}.`;
  return (
    <section aria-labelledby="export-heading" class="no-print">
      <h2 id="export-heading">Export</h2>
      <RejectionNote rejection={act.rejection} />
      <div class="acts">
        <button type="button" aria-disabled={act.busy} onClick={() => void act.run('csv')}>
          Filtered entries (CSV)
        </button>
        <button type="button" aria-disabled={act.busy} onClick={() => void act.run('jsonl')}>
          Filtered entries (JSON lines)
        </button>
        <a class="button" href="/api/elections/v1/audit-log/export" download>
          Full log
        </a>
        <span role="status">{act.busy ? 'Loading…' : summary}</span>
      </div>
      <p class="hint">
        A filtered file has at most 10,000 entries. The full log includes hashes, and its export is recorded in the log.
      </p>
    </section>
  );
}

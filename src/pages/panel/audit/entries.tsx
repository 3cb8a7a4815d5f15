// Audit entries as sentences, newest first, each with its time, outcome and changes. An attempt is hidden once its
// outcome is listed, unless the reader asks for attempts.
import { Link } from 'wouter-preact';
import type { AuditEntry } from '../../../protocol/control/audit-log-api.ts';
import { Moment } from '../parts/moment.tsx';
import { numberText } from '../words.ts';
import { changesOf } from './changes.ts';
import { sentenceOf } from './sentence.ts';
import type { Names } from './sentence.ts';

const outcomes = {
  done: ['✓', 'Done', 'good'],
  refused: ['–', 'Rejected', 'warn'],
  failed: ['✕', 'Failed', 'bad'],
  attempted: ['…', 'Attempt', 'calm'],
} as const;

export function Entries(props: {
  readonly entries: readonly AuditEntry[];
  readonly names: Names;
  /** Numbers of the attempts whose outcome is listed. */
  readonly settled: ReadonlySet<number | null>;
}) {
  const { entries, names, settled } = props;
  return (
    <ol class="entries">
      {entries.map((entry) => (
        <li key={entry.number}>
          <Entry entry={entry} names={names} isOpen={entry.outcome === 'attempted' && !settled.has(entry.number)} />
        </li>
      ))}
    </ol>
  );
}

function Entry({ entry, names, isOpen }: { entry: AuditEntry; names: Names; isOpen: boolean }) {
  const [shape, word, tone] = outcomes[entry.outcome];
  return (
    <article aria-label={`Entry ${entry.number}`}>
      <p class="sentence">
        {sentenceOf(entry, names).map(({ text, name }, place) =>
          name ? <bdi key={place}>{text}</bdi> : <span key={place}>{text}</span>,
        )}{' '}
        <span class={`tag ${tone}`}>
          <span aria-hidden="true">{shape}</span> {word}
        </span>
      </p>
      {isOpen && (
        <p class="entry-facts">
          No outcome is listed. The action may still be running, the outcome may be outside the filter, or a crash may
          have stopped it.
        </p>
      )}
      <p class="entry-facts">
        Entry {numberText(entry.number)} · <Moment at={entry.at} />
        {entry.request !== null && (
          <>
            {' '}
            · request <code>{entry.request}</code>
          </>
        )}
      </p>
      <details class="no-print">
        <summary>Details{entry.changed === null ? '' : ' and changes'}</summary>
        <Changes entry={entry} />
        <p class="entry-facts">
          <code>{entry.act}</code> ·{' '}
          <Link
            href={`/audit?objectKind=${encodeURIComponent(entry.object.kind)}&objectId=${encodeURIComponent(entry.object.id)}`}
          >
            all entries about this {entry.object.kind}
          </Link>{' '}
          <code>{entry.object.id}</code> ·{' '}
          <Link href={`/audit?actor=${encodeURIComponent(actorId(entry))}`}>all entries by this actor</Link>{' '}
          <code>{actorId(entry)}</code>
          {entry.attempt !== null && ` · outcome of attempt ${numberText(entry.attempt)}`}
        </p>
      </details>
    </article>
  );
}

const actorId = ({ actor }: AuditEntry): string => (actor.kind === 'user' ? actor.userId : actor.kind);

function Changes({ entry }: { readonly entry: AuditEntry }) {
  const changes = changesOf(entry);
  if (changes.length === 0) return null;
  return (
    <div class="table" role="region" aria-label={`Changes in entry ${entry.number}`} tabIndex={0}>
      <table>
        <thead>
          <tr>
            <th scope="col">Field</th>
            <th scope="col">Before</th>
            <th scope="col">After</th>
          </tr>
        </thead>
        <tbody>
          {changes.map(({ member, before, after }) => (
            <tr key={member}>
              <th scope="row">{member}</th>
              <td data-head="Before">{before === null ? <span class="muted">empty</span> : <pre>{before}</pre>}</td>
              <td data-head="After">{after === null ? <span class="muted">empty</span> : <pre>{after}</pre>}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

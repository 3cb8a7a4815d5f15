// Entries as sentences, the newest first, each with its time, its outcome and what it changed. Of an act that has an outcome
// the attempt before it is not shown again, unless it is asked for.
import { Link } from 'wouter-preact';
import type { AuditEntry } from '../../../protocol/control/audit-log-api.ts';
import { Moment } from '../parts/moment.tsx';
import { numberText } from '../words.ts';
import { changesOf } from './changes.ts';
import { sentenceOf } from './sentence.ts';
import type { Names } from './sentence.ts';

const outcomes = {
  done: ['✓', 'Done', 'good'],
  refused: ['–', 'Refused', 'warn'],
  failed: ['✕', 'Failed', 'bad'],
  attempted: ['…', 'Attempt', 'calm'],
} as const;

export function Entries(props: {
  readonly entries: readonly AuditEntry[];
  readonly names: Names;
  /** Numbers of the attempts whose outcome was read. */
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
          No outcome is among the entries shown: it is under way, lies outside the filter, or was cut short by a crash.
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
        <summary>Details{entry.changed === null ? '' : ' and what changed'}</summary>
        <Changes entry={entry} />
        <p class="entry-facts">
          <code>{entry.act}</code> ·{' '}
          <Link
            href={`/audit?objectKind=${encodeURIComponent(entry.object.kind)}&objectId=${encodeURIComponent(entry.object.id)}`}
          >
            everything about this {entry.object.kind}
          </Link>{' '}
          <code>{entry.object.id}</code> ·{' '}
          <Link href={`/audit?actor=${encodeURIComponent(actorId(entry))}`}>everything by this actor</Link>{' '}
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
    <div class="table" role="region" aria-label={`What entry ${entry.number} changed`} tabIndex={0}>
      <table>
        <thead>
          <tr>
            <th scope="col">What</th>
            <th scope="col">Before</th>
            <th scope="col">After</th>
          </tr>
        </thead>
        <tbody>
          {changes.map(({ member, before, after }) => (
            <tr key={member}>
              <th scope="row">{member}</th>
              <td data-head="Before">{before === null ? <span class="muted">nothing</span> : <pre>{before}</pre>}</td>
              <td data-head="After">{after === null ? <span class="muted">nothing</span> : <pre>{after}</pre>}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

// Filtered entries as a file: CSV that no spreadsheet runs, or JSON lines for programs. The file is bounded and says so
// when it is cut.
import type { AuditEntry, AuditLogPage } from '../../../protocol/control/audit-log-api.ts';
import { csvRow } from '../../../domain/csv-text.ts';
import { callPanel } from '../calls.ts';
import { queryOf } from './filter.ts';
import type { Filter } from './filter.ts';
import { actorText, sentenceOf, textOf } from './sentence.ts';
import type { Names } from './sentence.ts';

/** Most entries in one file. The full log is an export of the service. */
export const exportEntriesMax = 10_000;
const pageEntries = 200;

export type ExportResult = { readonly entries: number; readonly whole: boolean };
type Line = AuditLogPage['entries'][number];

/** Reads the filtered entries and gives them to the browser as a file. */
export async function exportEntries(filter: Filter, kind: 'csv' | 'jsonl', names: Names): Promise<ExportResult> {
  const lines: Line[] = [];
  let next: string | null = null;
  do {
    const more: string = next === null ? '' : `&before=${encodeURIComponent(next)}`;
    const path: string = `/v1/audit-log?${queryOf(filter, pageEntries)}${more}`;
    const { data }: { data: AuditLogPage } = await callPanel<AuditLogPage>('elections', path);
    lines.push(...data.entries);
    next = data.next;
  } while (next !== null && lines.length < exportEntriesMax);
  const whole = next === null;
  const text = kind === 'csv' ? csvOf(lines, names, whole) : lines.map((line) => `${JSON.stringify(line)}\n`).join('');
  save(text, `audit-log.${kind}`, kind === 'csv' ? 'text/csv' : 'application/x-ndjson');
  return { entries: lines.length, whole };
}

/** Columns of the file. Their names never change. */
const columns = [
  'number',
  'at',
  'sentence',
  'outcome',
  'actorKind',
  'actor',
  'actorName',
  'act',
  'objectKind',
  'objectId',
  'reason',
  'request',
  'code',
  'changed',
  'hash',
] as const;

export function csvOf(lines: readonly Line[], names: Names, whole: boolean): string {
  const rows = lines.map(({ entry, hash }) => csvRow(cellsOf(entry, hash, names)));
  const cut = whole ? [] : [csvRow([`Only the newest ${lines.length} entries.`])];
  return [csvRow(columns), ...rows, ...cut].join('');
}

const cellsOf = (entry: AuditEntry, hash: string, names: Names) => [
  entry.number,
  entry.at,
  textOf(sentenceOf(entry, names)),
  entry.outcome,
  entry.actor.kind,
  entry.actor.kind === 'user' ? entry.actor.userId : entry.actor.kind,
  actorText(entry.actor, names),
  entry.act,
  entry.object.kind,
  entry.object.id,
  entry.reason,
  entry.request,
  entry.code,
  entry.changed === null ? null : JSON.stringify(entry.changed),
  hash,
];

function save(text: string, name: string, type: string): void {
  const address = URL.createObjectURL(new Blob([text], { type }));
  const link = Object.assign(document.createElement('a'), { href: address, download: name });
  link.click();
  URL.revokeObjectURL(address);
}

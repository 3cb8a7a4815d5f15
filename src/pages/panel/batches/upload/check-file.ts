// Looks at a file before it is sent, by the rules of the service: what it would be refused for, and what it would take
// and count as invalid. Counts are exact; lists are bounded, so that the memory of a file of any size is the same. What
// the file says stays in this page until it is sent.
import { createFileReader, shownLine } from '../../../../domain/batch-file.ts';
import { batchIdPrefix } from '../../../../domain/batch-row.ts';
import type { Delimiter, RowFaultKind } from '../../../../domain/batch-row.ts';
import type { FileFault } from '../../../../domain/batch-text.ts';
import type { Contest } from '../../../../domain/election.ts';
import { numberText } from '../../words.ts';
import { numberFaults } from '../number-words.ts';
import { createRepeatedIds } from './repeated-ids.ts';
import { createTextHash } from './text-hash.ts';

/** Most findings that are listed with their text, of those that must be mended and of the others each. */
export const listedMax = 10_000;
/** Different sets of numbers whose verdict is remembered. */
const verdictsMax = 4_096;

export type FindingKind = RowFaultKind | 'repeated-id' | 'not-on-ballot';
export type FileFinding = {
  readonly line: number;
  /** From 1, below the heading; null for the heading itself. */
  readonly row: number | null;
  readonly column: number | null;
  readonly value: string;
  /** The line as it stands in the file, shortened. */
  readonly text: string;
  /** How to mend it, or what becomes of it. */
  readonly detail: string;
};
/** What is mended in one way. `total` is exact; `listed` is where the list ends. */
export type FindingGroup = {
  readonly kind: FindingKind;
  readonly column: number | null;
  readonly total: number;
  readonly listed: readonly FileFinding[];
};
export type CheckedFile = {
  /** Why the file as a whole cannot be taken. */
  readonly fault: FileFault | null;
  readonly rows: number;
  readonly delimiter: Delimiter | null;
  readonly heading: boolean;
  readonly byteOrderMark: boolean;
  /** Any line here has the whole file refused. `rows` of them, `total` with the heading. */
  readonly wrong: { readonly rows: number; readonly total: number; readonly groups: readonly FindingGroup[] };
  /** Rows that would be taken and count as invalid. */
  readonly doubtful: { readonly rows: number; readonly groups: readonly FindingGroup[] };
  /** In how many rows of right form repeated ids were looked for. */
  readonly idsLooked: number;
  /** The id that the batch will have; null where it cannot be one. */
  readonly batchId: string | null;
};

export async function checkFile(
  source: AsyncIterable<Uint8Array>,
  { electionId, contests }: { readonly electionId: string; readonly contests: readonly Contest[] },
  onBytes: (bytes: number) => void = () => undefined,
): Promise<CheckedFile> {
  const wrong = createGroups();
  const doubtful = createGroups();
  const ids = createRepeatedIds();
  const hash = createTextHash();
  const faultsOf = createVerdicts(contests);
  hash.add(batchIdPrefix(electionId));
  const wrongCounts = { rows: 0, total: 0 };
  const doubtfulCounts = { rows: 0, total: 0 };
  const reader = createFileReader(contests, {
    row(text, row, line, asWritten) {
      if (wrongCounts.total === 0) hash.add(`${text}\n`);
      const cells = text.slice(text.indexOf(',') + 1);
      const first = ids.firstRow(text, row);
      const faults = faultsOf(cells);
      if (first === null && faults.length === 0) return;
      doubtfulCounts.rows += 1;
      const place = { line, row, text: asWritten };
      if (first !== null) {
        const detail = `The same ballot id stands in row ${numberText(first)}: that row stands, and this one does not count.`;
        doubtful.add('repeated-id', { ...place, column: 1, value: text.slice(0, text.indexOf(',')), detail });
      }
      if (faults.length > 0) {
        doubtful.add('not-on-ballot', { ...place, column: null, value: cells, detail: `${sentence(faults)}.` });
      }
    },
    wrong({ line, row, text, faults }) {
      wrongCounts.total += 1;
      if (row !== null) wrongCounts.rows += 1;
      for (const { kind, ...fault } of faults) wrong.add(kind, { line, row, text, ...fault });
    },
  });
  const { fault, byteOrderMark } = await readAll(source, reader, onBytes);
  return {
    ...reader.found(),
    fault,
    byteOrderMark,
    idsLooked: ids.looked,
    wrong: { ...wrongCounts, groups: wrong.groups() },
    doubtful: { rows: doubtfulCounts.rows, groups: doubtful.groups() },
    batchId: fault === null && wrongCounts.total === 0 ? hash.finish() : null,
  };
}

const sentence = (faults: readonly string[]): string => {
  const text = faults.join('; ');
  return text.charAt(0).toUpperCase() + text.slice(1);
};

async function readAll(
  source: AsyncIterable<Uint8Array>,
  reader: ReturnType<typeof createFileReader>,
  onBytes: (bytes: number) => void,
): Promise<{ readonly fault: FileFault | null; readonly byteOrderMark: boolean }> {
  const head: number[] = [];
  let bytes = 0;
  for await (const part of source) {
    if (head.length < 3) head.push(...part.subarray(0, 3 - head.length));
    const fault = reader.add(part);
    if (fault !== null) return { fault, byteOrderMark: false };
    bytes += part.length;
    onBytes(bytes);
  }
  const byteOrderMark = head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf;
  return { fault: reader.end(), byteOrderMark };
}

/** The faults of the numbers of a row. Ballots are few and rows are many: most were judged before. */
function createVerdicts(contests: readonly Contest[]): (cells: string) => readonly string[] {
  const known = new Map<string, readonly string[]>();
  return (cells) => {
    const found = known.get(cells);
    if (found) return found;
    if (known.size >= verdictsMax) known.clear();
    const faults = numberFaults(contests, cells);
    known.set(detached(cells), faults);
    return faults;
  };
}

function createGroups() {
  type Group = { kind: FindingKind; column: number | null; total: number; listed: FileFinding[] };
  const groups = new Map<string, Group>();
  let listed = 0;
  return {
    add(kind: FindingKind, { text, value, ...finding }: FileFinding): void {
      const { column } = finding;
      const key = `${kind}/${column ?? 0}`;
      const group = groups.get(key) ?? { kind, column, total: 0, listed: [] };
      if (group.total === 0) groups.set(key, group);
      group.total += 1;
      if (listed >= listedMax) return;
      listed += 1;
      group.listed.push({ ...finding, text: detached(shownLine(text)), value: detached(shownLine(value)) });
    },
    groups: (): readonly FindingGroup[] => [...groups.values()],
  };
}

/** The same text on its own: a part of a text keeps the whole of it in memory, which may be a megabyte of the file. */
const detached = (text: string): string => JSON.parse(JSON.stringify(text)) as string;

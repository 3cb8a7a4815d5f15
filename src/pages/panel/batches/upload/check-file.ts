// Checks a file before the upload, with the rules of the service: faults that reject the file, and rows that would
// count as invalid. Counts are exact; lists are bounded, so that memory use does not depend on the size of the file.
// The content stays in this page until the upload.
import { createFileReader, shownLine } from '../../../../domain/batch-file.ts';
import { batchIdPrefix } from '../../../../domain/batch-row.ts';
import type { RowFaultKind } from '../../../../domain/batch-row.ts';
import type { Delimiter } from '../../../../domain/tables/table-rows.ts';
import type { FileFault, RowTaker } from '../../../../domain/batch-file.ts';
import type { Station } from '../../../../domain/paper.ts';
import type { Contest } from '../../../../domain/election.ts';
import { numberText } from '../../words.ts';
import { numberFaults } from '../number-words.ts';
import { createRepeatedIds } from './repeated-ids.ts';
import { createTextHash } from './text-hash.ts';

/** Most findings with their text: of faults that must be fixed, and of other findings. */
export const listedMax = 10_000;
/** Different sets of numbers whose verdict is cached. */
const verdictsMax = 4_096;

export type FindingKind = RowFaultKind | 'repeated-id' | 'not-on-ballot';
export type FileFinding = {
  readonly line: number;
  /** From 1, below the heading; null for the heading itself. */
  readonly row: number | null;
  readonly column: number | null;
  readonly value: string;
  /** The line from the file, shortened. */
  readonly text: string;
  /** How to fix it, or how the service handles it. */
  readonly detail: string;
};
/** Findings with the same fix. `total` is exact; `listed` is bounded. */
export type FindingGroup = {
  readonly kind: FindingKind;
  readonly column: number | null;
  readonly total: number;
  readonly listed: readonly FileFinding[];
};
export type CheckedFile = {
  /** Why the service cannot accept the file as a whole. */
  readonly fault: FileFault | null;
  readonly rows: number;
  readonly delimiter: Delimiter | null;
  readonly heading: boolean;
  /** Rows above the heading. */
  readonly titles: number;
  readonly byteOrderMark: boolean;
  /** One such line rejects the whole file. `rows` of them, `total` with the heading. */
  readonly wrong: { readonly rows: number; readonly total: number; readonly groups: readonly FindingGroup[] };
  /** Rows that the service would accept and count as invalid. */
  readonly doubtful: { readonly rows: number; readonly groups: readonly FindingGroup[] };
  /** How many well-formed rows were checked for repeated IDs. */
  readonly idsLooked: number;
  /** The batch ID; null where the file cannot be a batch. */
  readonly batchId: string | null;
};

export type CheckedElection = {
  readonly electionId: string;
  readonly contests: readonly Contest[];
  /** Where the ballots are from; null in an election without stations. */
  readonly station: Station | null;
};

export async function checkFile(
  source: AsyncIterable<Uint8Array>,
  { electionId, contests, station }: CheckedElection,
  onBytes: (bytes: number) => void = () => undefined,
): Promise<CheckedFile> {
  const wrong = createGroups();
  const doubtful = createGroups();
  const ids = createRepeatedIds();
  const hash = createTextHash();
  const faultsOf = createVerdicts(contests);
  hash.add(batchIdPrefix(electionId, station?.id ?? null));
  const wrongCounts = { rows: 0, total: 0 };
  const doubtfulCounts = { rows: 0, total: 0 };
  const taker: RowTaker = {
    row(text, row, line, asWritten) {
      if (wrongCounts.total === 0) hash.add(`${text}\n`);
      const cells = text.slice(text.indexOf(',') + 1);
      const first = ids.firstRow(text, row);
      const faults = faultsOf(cells);
      if (first === null && faults.length === 0) return;
      doubtfulCounts.rows += 1;
      const place = { line, row, text: asWritten };
      if (first !== null) {
        const detail = `The same ballot ID is in row ${numberText(first)}. That row counts and this one does not.`;
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
  };
  const reader = createFileReader(contests, taker, station);
  const { fault, byteOrderMark } = await readAll(source, reader, onBytes);
  return {
    ...reader.findings(),
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

/** Faults in the numbers of a row. Rows repeat few distinct ballots, so most verdicts come from the cache. */
function createVerdicts(contests: readonly Contest[]): (cells: string) => readonly string[] {
  const verdicts = new Map<string, readonly string[]>();
  return (cells) => {
    const verdict = verdicts.get(cells);
    if (verdict) return verdict;
    if (verdicts.size >= verdictsMax) verdicts.clear();
    const faults = numberFaults(contests, cells);
    verdicts.set(detached(cells), faults);
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

/** A separate copy of the text: a slice keeps the whole string in memory, which may be a megabyte of the file. */
const detached = (text: string): string => JSON.parse(JSON.stringify(text)) as string;

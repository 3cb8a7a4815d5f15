// The rows of a batch that do not count, read from the service's CSV file (RFC 4180).
import { useQuery } from '@tanstack/preact-query';
import { callPanel } from '../calls.ts';
import type { Refused } from '../calls.ts';
import { readCsv } from '../parts/read-csv.ts';

/** Longest wait for the file, in milliseconds: it has up to 50,000 rows. */
const fileMsMax = 120_000;

export type InvalidCsvRow = {
  readonly row: number;
  readonly guid: string;
  /** The numbers as uploaded, with commas between columns. */
  readonly numbers: string;
  readonly reason: string;
  readonly contestId: string;
  readonly first: { readonly batchId: string; readonly row: number } | null;
};

/** Reads the file again when the number of rows changes; null waits. */
export function useInvalidRows(batchId: string, invalid: number | null) {
  return useQuery<{ readonly rows: readonly InvalidCsvRow[]; readonly omitted: number }, Refused>({
    queryKey: ['officials', 'invalid-rows', batchId, invalid],
    queryFn: async ({ signal }) => {
      const { data, headers } = await callPanel<string>('officials', `/v1/batches/${batchId}/invalid.csv`, {
        signal,
        msMax: fileMsMax,
      });
      return { rows: readInvalidRows(data), omitted: Number(headers.get('rows-omitted') ?? 0) };
    },
    enabled: invalid !== null && invalid > 0,
  });
}

function readInvalidRows(csv: string): readonly InvalidCsvRow[] {
  return readCsv(csv)
    .slice(1)
    .map(([row = '', guid = '', numbers = '', reason = '', contestId = '', firstBatchId = '', firstRow = '']) => ({
      row: Number(row),
      guid,
      numbers,
      reason,
      contestId,
      first: firstBatchId === '' ? null : { batchId: firstBatchId.replace(/^'/, ''), row: Number(firstRow) },
    }));
}

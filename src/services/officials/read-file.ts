// The first reading of a file. Every line is read, and malformed lines are listed. One malformed line rejects the whole
// file. The rules are in the domain. The panel's page checks a file by the same rules before it is sent.
import { setImmediate } from 'node:timers/promises';
import { createFileReader, shownLine } from '../../domain/batch-file.ts';
import type { FileFault, RowTaker } from '../../domain/batch-file.ts';
import type { Contest } from '../../domain/election.ts';
import type { Station } from '../../domain/paper.ts';
import { Problem } from '../../protocol/problem.ts';
import { wrongLinesMax } from '../../protocol/wrong-lines.ts';
import type { WrongLine } from '../../protocol/wrong-lines.ts';
import type { Spool } from './spool.ts';

/** Reads a whole file into the spool. Throws `invalid-batch` with the malformed lines, or `payload-too-large`. */
export async function readFile(
  source: AsyncIterable<Buffer>,
  { contests, station }: { readonly contests: readonly Contest[]; readonly station: Station | null },
  spool: Spool,
): Promise<void> {
  const lines: WrongLine[] = [];
  let linesTotal = 0;
  const taker: RowTaker = {
    row(text) {
      if (linesTotal === 0) spool.add(text);
    },
    wrong({ line, row, text, faults }) {
      linesTotal += 1;
      if (lines.length >= wrongLinesMax) return;
      lines.push({ line, row, text: shownLine(text), detail: faults.map(({ detail }) => detail).join(' ') });
    },
  };
  const reader = createFileReader(contests, taker, station);
  for await (const bytes of source) {
    rejectOn(reader.add(bytes));
    await spool.flush();
    // Other requests have their turn between two parts of a file, also when it arrives faster than it is read.
    await setImmediate();
  }
  rejectOn(reader.end());
  if (linesTotal > 0) throw new Problem('invalid-batch', { lines, linesTotal });
}

function rejectOn(fault: FileFault | null): void {
  if (fault !== null) throw new Problem(fault.code, { detail: `${fault.detail} Nothing was recorded.` });
}

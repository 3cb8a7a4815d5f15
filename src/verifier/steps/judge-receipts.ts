// Step 11: each receipt is signed for this log, and its leaf is in the tree.
import type { VerifiedManifest } from '../documents/manifest-document.ts';
import { leafOfReceipt } from '../log/receipts.ts';
import type { ReportDraft } from '../report/verification-report.ts';

const hashLength = 32;

/**
 * Judges receipts. `leaves`: the verified tiles of level 0, or null. `repeated`: the leaves of repeated ballots. An entry may
 * still be on its way to a log that is not `closed`.
 */
export function judgeReceipts(
  receipts: readonly Buffer[],
  manifest: VerifiedManifest,
  { leaves, repeated }: { readonly leaves: readonly Buffer[] | null; readonly repeated: ReadonlySet<string> },
  closed: boolean,
  report: ReportDraft,
): void {
  if (receipts.length === 0) return;
  const expected = new Set<string>();
  for (const receipt of receipts) {
    const leaf = leafOfReceipt(receipt, manifest);
    if (leaf === null) report.fail(11, 'receipt-signature');
    else expected.add(leaf.toString('base64'));
  }
  if (leaves === null) return;
  for (const tile of leaves) {
    for (let place = 0; place < tile.length && expected.size > 0; place += hashLength) {
      expected.delete(tile.toString('base64', place, place + hashLength));
    }
  }
  const absentLeaves = [...expected];
  if (absentLeaves.length === 0) report.judge(11);
  if (absentLeaves.some((leaf) => repeated.has(leaf))) report.fail(11, 'receipt-repeated');
  if (absentLeaves.every((leaf) => repeated.has(leaf))) return;
  if (closed) report.fail(11, 'receipt-not-in-log');
  else report.miss(11);
}

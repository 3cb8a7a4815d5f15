// Steps 12 to 14: the closing document against the tree and the entries of the log.
import { batchesAgree, readClosing } from '../documents/closing-document.ts';
import type { ClosingDocument } from '../documents/closing-document.ts';
import type { VerifiedManifest } from '../documents/manifest-document.ts';
import type { ReportDraft } from '../report/verification-report.ts';
import type { JudgedLog } from './judge-entries.ts';
import type { JudgedTree } from './judge-checkpoint.ts';

/** Reads the closing document (step 12); null if it is not signed. */
export function judgeClosingSignature(
  bytes: Buffer,
  manifest: VerifiedManifest,
  report: ReportDraft,
): ClosingDocument | null {
  const closing = readClosing(bytes, manifest);
  report.judge(12);
  if (closing === null) report.fail(12, 'closing-signature');
  return closing;
}

/** Compares the closing document with the tree (step 12). A log that has grown since has the tree of the closing in it. */
export function judgeClosingTree(
  closing: ClosingDocument,
  { checkpoint, roots }: JudgedTree,
  report: ReportDraft,
): void {
  const { size, root } = checkpoint;
  if (closing.size === size && closing.root.equals(root)) {
    if (closing.repeated > 0) report.note('ballots-repeated');
    return;
  }
  const grown = closing.size < size && roots.get(closing.size)?.equals(closing.root) === true;
  report.fail(12, grown ? 'grown-after-closing' : 'closing-size');
}

/** Compares the numbers of the closing document with the entries (steps 13 and 14). */
export function judgeClosingNumbers(closing: ClosingDocument, logged: JudgedLog, report: ReportDraft): void {
  const { online, batch, repeated, participation, batches } = closing;
  report.judge(13);
  if (online !== logged.online || batch !== logged.batch || online + repeated !== participation)
    report.fail(13, 'turnout');
  if (batches.length === 0 && logged.batch === 0) return;
  report.judge(14);
  if (!batchesAgree(batches, logged.batch)) report.fail(14, 'batches');
}

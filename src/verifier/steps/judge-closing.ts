// Steps 12 to 14: the closing document against the tree and the entries of the log.
import { batchesAgree, readClosing } from '../documents/closing-document.ts';
import type { ClosingDocument } from '../documents/closing-document.ts';
import type { VerifiedManifest } from '../documents/manifest-document.ts';
import type { ReportDraft } from '../report/verification-report.ts';
import type { JudgedTree } from './judge-checkpoint.ts';
import { repeatedLeaves } from './repeated-ballots.ts';
import type { LogWithRepeated } from './repeated-ballots.ts';

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

/**
 * Compares the numbers of the closing document with the entries (steps 13 and 14). Returns the leaves of the repeated ballots, if
 * step 13 passed.
 */
export async function judgeClosingNumbers(
  closing: ClosingDocument,
  log: LogWithRepeated,
  report: ReportDraft,
): Promise<ReadonlySet<string>> {
  const { online, batch, repeated, participation, batches } = closing;
  const { logged } = log;
  const leaves = await repeatedLeaves(closing, log);
  report.judge(13);
  if (online !== logged.online || batch !== logged.batch || online + repeated !== participation)
    report.fail(13, 'turnout');
  if (leaves === null) report.fail(13, 'repeated-entries');
  if (batches.length > 0 || logged.batch > 0) {
    report.judge(14);
    if (!batchesAgree(batches, logged.batch)) report.fail(14, 'batches');
  }
  return report.hasPassed(13) && leaves !== null ? leaves : new Set();
}

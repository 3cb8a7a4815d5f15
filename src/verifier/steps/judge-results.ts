// Steps 24 to 26: the results against the log, the closing document and the verifier's own counting.
import { readResults } from '../documents/results-document.ts';
import type { SignedResults } from '../documents/results-document.ts';
import type { ClosingDocument } from '../documents/closing-document.ts';
import type { VerifiedManifest } from '../documents/manifest-document.ts';
import type { ReportDraft } from '../report/verification-report.ts';
import type { JudgedLog } from './judge-entries.ts';
import { countHolds, statedVotes } from './results-count.ts';
import { isOfContest, sumsHold } from './results-sums.ts';

/** Reads the results (step 26); null if they are not signed. */
export function judgeResultsSignature(
  bytes: Buffer,
  manifest: VerifiedManifest,
  report: ReportDraft,
): SignedResults | null {
  const signed = readResults(bytes, manifest.publisher);
  if (signed === null) report.fail(26, 'results-signature');
  return signed;
}

/** Compares the tree that the results name with that of a closing document (step 26). Without one they still name a tree. */
export function judgeResultsRecord(
  { record, results }: SignedResults,
  manifest: VerifiedManifest,
  closing: ClosingDocument | null,
  report: ReportDraft,
): void {
  if (closing === null) {
    if (record === undefined) report.fail(26, 'results-record');
    return;
  }
  const isOfTree =
    record !== undefined &&
    record.origin === manifest.origin &&
    record.size === closing.size &&
    record.root.equals(closing.root);
  const isOfElection =
    results === undefined || (results.electionId === manifest.electionId && results.rehearsal === manifest.rehearsal);
  report.judge(26);
  if (!isOfTree || !isOfElection) report.fail(26, 'results-record');
}

/** Adds up the results again (step 24). */
export function judgeSums(
  { results }: SignedResults,
  { contests }: VerifiedManifest,
  { repeated }: ClosingDocument,
  logged: JudgedLog,
  report: ReportDraft,
): void {
  report.judge(24);
  if (results === undefined || !sumsHold(results, contests, { ...logged, repeated })) report.fail(24, 'results-sums');
}

/** Counts the results again from their votes (step 25). */
export function judgeCount(
  { results }: SignedResults,
  { contests }: VerifiedManifest,
  { withdrawn }: ClosingDocument,
  report: ReportDraft,
): void {
  // Results of another form have failed in step 24.
  if (results === undefined) return;
  const isOfContests =
    results.contests.length === contests.length &&
    results.contests.every((stated, place) => contests[place] !== undefined && isOfContest(contests[place], stated));
  report.judge(25);
  if (!isOfContests) {
    report.fail(25, 'results-count');
    return;
  }
  const counted = statedVotes(results, contests, withdrawn);
  if (!countHolds(results, counted)) report.fail(25, 'results-count');
  const atOpening = contests.flatMap(({ options }) => options.filter(({ withdrawnAt }) => withdrawnAt));
  const later = counted.reduce((sum, { withdrawn }) => sum + withdrawn.size, 0) - atOpening.length;
  if (later > 0) report.note('options-withdrawn');
}

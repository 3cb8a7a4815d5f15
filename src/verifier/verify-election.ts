// Verifies the record of an election: every step that can be made, in one report.
import { closingBytesMax } from './documents/closing-document.ts';
import type { VerifiedManifest } from './documents/manifest-document.ts';
import { resultsBytesMax } from './documents/results-document.ts';
import { openOpeningsFile } from './log/openings.ts';
import { noteBytesMax } from './log/signed-note.ts';
import { filesOf } from './reading/record-files.ts';
import type { RecordFiles } from './reading/record-files.ts';
import { UnreadableRecord } from './reading/record-source.ts';
import { createReportDraft } from './report/verification-report.ts';
import type { ReportDraft, VerificationReport } from './report/verification-report.ts';
import { judgeCheckpoint, judgeTree, savedTreesOf } from './steps/judge-checkpoint.ts';
import type { JudgedTree } from './steps/judge-checkpoint.ts';
import { judgeClosingNumbers, judgeClosingSignature, judgeClosingTree } from './steps/judge-closing.ts';
import { judgeEntries } from './steps/judge-entries.ts';
import type { JudgedLog } from './steps/judge-entries.ts';
import { judgeManifest } from './steps/judge-manifest.ts';
import type { ManifestRequest } from './steps/judge-manifest.ts';
import { judgeReceipts } from './steps/judge-receipts.ts';
import { judgeCount, judgeResultsRecord, judgeResultsSignature, judgeSums } from './steps/judge-results.ts';

export type VerificationRequest = ManifestRequest & {
  readonly savedCheckpoints: readonly Buffer[];
  readonly receipts: readonly Buffer[];
  /** File of an auditor's openings. */
  readonly openingsPath: string | null;
  readonly nowMs: number;
};

/** The documents of a record that may not be there yet. They are read before the checkpoint, which is then as new. */
type RecordDocuments = {
  readonly results: Buffer | null;
  readonly closing: Buffer | null;
  readonly checkpoint: Buffer;
};

/** Verifies an election. A record that cannot be read gives a report with exit code 4, and `why` for people. */
export async function verifyElection(
  request: VerificationRequest,
): Promise<{ readonly report: VerificationReport; readonly why: string | null }> {
  const { manifestHash, publisherKey, electionId } = request;
  const anchor = manifestHash !== null ? 'manifest' : publisherKey !== null ? 'publisher' : 'none';
  const report = createReportDraft(electionId, anchor);
  try {
    const supported = await judgeRecord(request, report);
    return {
      report: report.finish(supported),
      why: supported ? null : 'This version cannot verify sealed ballots or tokens.',
    };
  } catch (error) {
    if (!(error instanceof UnreadableRecord)) throw error;
    return { report: report.finish(false), why: error.message };
  }
}

/** Whether this version can verify the record. */
async function judgeRecord(request: VerificationRequest, report: ReportDraft): Promise<boolean> {
  const manifest = await judgeManifest(request, report);
  if (manifest === null) return true;
  if (manifest.sealing !== null || manifest.tokens !== null) {
    report.note('stage-not-supported');
    return false;
  }
  const files = filesOf(request.source, manifest.hash);
  const documents = await readDocuments(files);
  report.setOrigin(manifest.origin);
  const checkpoint = judgeCheckpoint(documents.checkpoint, manifest, request.nowMs, report);
  if (checkpoint === null) return true;

  const closing = documents.closing === null ? null : judgeClosingSignature(documents.closing, manifest, report);
  const saved = savedTreesOf(request.savedCheckpoints, manifest);
  const tree = await judgeTree(files, checkpoint, saved, closing === null ? [] : [closing.size], report);
  if (closing !== null) judgeClosingTree(closing, tree, report);
  const logged = await judgeLog(files, manifest, tree, request.openingsPath, report);
  const repeated =
    closing !== null && logged !== null && tree.leaves !== null && report.hasPassed(12)
      ? await judgeClosingNumbers(closing, { files, manifest, leaves: tree.leaves, logged }, report)
      : new Set<string>();
  judgeReceipts(request.receipts, manifest, { leaves: tree.leaves, repeated }, documents.closing !== null, report);
  judgeOpened(logged, documents.results !== null, report);

  const signed = documents.results === null ? null : judgeResultsSignature(documents.results, manifest, report);
  if (signed !== null && closing !== null && report.hasPassed(12)) {
    if (logged !== null && !report.hasFailed(15)) judgeSums(signed, manifest, closing, logged, report);
    // Wrong votes are not counted again.
    if (!report.hasFailed(24)) judgeCount(signed, manifest, closing, report);
    judgeResultsRecord(signed, manifest, closing, report);
  } else if (signed !== null && !report.hasPassed(12)) {
    judgeResultsRecord(signed, manifest, null, report);
  }
  missDocuments(documents, report);
  return true;
}

async function readDocuments(files: RecordFiles): Promise<RecordDocuments> {
  const results = await files.read('results.json', resultsBytesMax);
  const closing = await files.read('closing.json', closingBytesMax);
  const checkpoint = await files.read('checkpoint', noteBytesMax);
  if (checkpoint === null) throw new UnreadableRecord('The record has no checkpoint.');
  return { results, closing, checkpoint };
}

/** Judges the entries of a verified tree (steps 7 to 10); null if not all of them are known. */
async function judgeLog(
  files: RecordFiles,
  manifest: VerifiedManifest,
  { checkpoint, leaves }: JudgedTree,
  openingsPath: string | null,
  report: ReportDraft,
): Promise<JudgedLog | null> {
  if (leaves === null) return null;
  const openingsFile = openingsPath === null ? null : await openOpeningsFile(openingsPath);
  try {
    const logged = await judgeEntries({ files, manifest, size: checkpoint.size, leaves, openingsFile }, report);
    if (!report.hasPassed(7)) return null;
    if (logged.online > 0 && !logged.onlineIsOpen) report.note('online-contents-not-verified');
    return logged;
  } finally {
    await openingsFile?.close();
  }
}

/** Step 15 as a whole: what must be opened is opened once there are results. */
function judgeOpened(logged: JudgedLog | null, counted: boolean, report: ReportDraft): void {
  if (logged === null) return;
  for (const reason of logged.openingFaults) report.fail(15, reason);
  if (!logged.opens) return;
  if (logged.unopened === 0) report.judge(15);
  else if (counted) report.fail(15, 'opening-missing');
  else {
    report.miss(15);
    report.missDocument('openings');
  }
}

function missDocuments({ closing, results }: RecordDocuments, report: ReportDraft): void {
  if (closing === null) {
    report.miss(12);
    report.missDocument('closing');
  }
  if (results === null) {
    report.miss(26);
    report.missDocument('results');
  }
}

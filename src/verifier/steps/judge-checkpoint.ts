// Steps 3 to 6: the checkpoint, its witnesses, the checkpoints that were saved before, and the tree.
import type { VerifiedManifest } from '../documents/manifest-document.ts';
import { countWitnesses, isSignedByLog, readCheckpoint } from '../log/checkpoint.ts';
import type { Checkpoint } from '../log/checkpoint.ts';
import { readTree } from '../log/read-tiles.ts';
import type { RecordFiles } from '../reading/record-files.ts';
import type { ReportDraft } from '../report/verification-report.ts';

/** A saved checkpoint of the same log, signed by it. */
export type SavedTree = Pick<Checkpoint, 'size' | 'root'>;
export type JudgedTree = {
  readonly checkpoint: Checkpoint;
  /** The verified tiles of level 0; null if they could not be verified. */
  readonly leaves: readonly Buffer[] | null;
  /** The roots of smaller trees that were asked for. */
  readonly roots: ReadonlyMap<number, Buffer>;
};

/** Judges the checkpoint that is in the bytes (steps 3 and 4); null if the log did not sign it in this form. */
export function judgeCheckpoint(
  bytes: Buffer,
  manifest: VerifiedManifest,
  nowMs: number,
  report: ReportDraft,
): Checkpoint | null {
  const checkpoint = readCheckpoint(bytes);
  report.judge(3);
  if (checkpoint?.origin !== manifest.origin) {
    report.fail(3, 'checkpoint-form');
    return null;
  }
  if (!isSignedByLog(checkpoint, manifest.log.key)) {
    report.fail(3, 'checkpoint-signature');
    return null;
  }
  report.setTree(checkpoint);
  const { quorum, keys } = manifest.witnesses;
  const witnesses = countWitnesses(checkpoint, keys, nowMs);
  report.setWitnesses(witnesses, quorum);
  report.judge(4);
  if (witnesses < quorum) report.fail(4, 'witness-quorum');
  return checkpoint;
}

/** The saved checkpoints that are of this log and signed by it. Others prove nothing about it. */
export const savedTreesOf = (saved: readonly Buffer[], { origin, log }: VerifiedManifest): readonly SavedTree[] =>
  saved
    .map(readCheckpoint)
    .filter((checkpoint) => checkpoint?.origin === origin && isSignedByLog(checkpoint, log.key))
    .filter((checkpoint) => checkpoint !== null);

/** Judges the tree of a checkpoint, and that it contains the trees that were saved (steps 5 and 6). `sizes`: of further roots. */
export async function judgeTree(
  files: RecordFiles,
  checkpoint: Checkpoint,
  saved: readonly SavedTree[],
  sizes: readonly number[],
  report: ReportDraft,
): Promise<JudgedTree> {
  const { size, root } = checkpoint;
  for (const tree of saved) {
    if (tree.size > size) report.fail(5, 'rolled-back');
    else if (tree.size === size && !tree.root.equals(root)) report.fail(5, 'split-view');
  }
  const smaller = saved.filter((tree) => tree.size < size);
  const furtherSizes = new Set([...sizes, ...smaller.map((tree) => tree.size)]);
  const tree = await readTree(files, size, root, furtherSizes);
  report.judge(6);
  if (!tree.ok) {
    report.fail(6, tree.reason);
    if (saved.length > 0 && smaller.length === 0) report.judge(5);
    return { checkpoint, leaves: null, roots: new Map() };
  }
  if (smaller.some((each) => tree.roots.get(each.size)?.equals(each.root) !== true)) report.fail(5, 'not-consistent');
  if (saved.length > 0) report.judge(5);
  return { checkpoint, leaves: tree.leaves, roots: tree.roots };
}

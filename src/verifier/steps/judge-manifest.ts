// Steps 1 and 2: the manifest, and its hash and keys against what the caller knows from elsewhere.
import { manifestBytesMax, readManifest } from '../documents/manifest-document.ts';
import type { VerifiedManifest } from '../documents/manifest-document.ts';
import { UnreadableRecord } from '../reading/record-source.ts';
import type { RecordSource } from '../reading/record-source.ts';
import type { ReportDraft } from '../report/verification-report.ts';

/** Keys of a manifest that a caller may know, beside that of the publisher. */
export type GivenKeys = Readonly<Partial<Record<'receipts' | 'deposits' | 'log', Buffer | null>>>;
export type ManifestRequest = {
  readonly source: RecordSource;
  readonly electionId: string;
  /** M, from somewhere else than the site; null without it. */
  readonly manifestHash: Buffer | null;
  /** The key of the publisher, from somewhere else than the site; null without it. */
  readonly publisherKey: Buffer | null;
  /** Other keys, from somewhere else than the site. */
  readonly givenKeys?: GivenKeys;
};

/** Judges the manifest; null if nothing else can be judged with it. Throws UnreadableRecord if there is none. */
export async function judgeManifest(request: ManifestRequest, report: ReportDraft): Promise<VerifiedManifest | null> {
  const { source, electionId, manifestHash } = request;
  const bytes = await source.readManifest(manifestBytesMax);
  if (bytes === null) throw new UnreadableRecord(`${source.name} has no manifest of the election ${electionId}.`);
  const read = readManifest(bytes, electionId);
  report.judge(1);
  if (read === null) {
    report.fail(1, 'manifest-form');
    return null;
  }
  const { manifest, signed } = read;
  if (!signed) report.fail(1, 'manifest-signature');
  if (manifestHash !== null && !manifest.hash.equals(manifestHash)) report.fail(1, 'manifest-hash');
  if (!report.hasPassed(1)) return null;
  if (!judgeKeys(manifest, request, report)) return null;
  return manifest;
}

/** Step 2: each key that the caller gave is that of the manifest. */
function judgeKeys(manifest: VerifiedManifest, request: ManifestRequest, report: ReportDraft): boolean {
  const { publisherKey, givenKeys = {} } = request;
  const pairs = [
    [publisherKey, manifest.publisher.x],
    [givenKeys.receipts ?? null, manifest.receipts.x],
    [givenKeys.deposits ?? null, manifest.deposits.x],
    [givenKeys.log ?? null, manifest.log.key],
  ] as const;
  if (pairs.every(([key]) => key === null)) return true;
  report.judge(2);
  if (pairs.some(([key, own]) => key !== null && !key.equals(own))) report.fail(2, 'foreign-key');
  return report.hasPassed(2);
}

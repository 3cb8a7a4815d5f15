// Steps 1 and 2: the manifest, and its hash and keys against what the caller knows from elsewhere.
import { manifestBytesMax, readManifest } from '../documents/manifest-document.ts';
import type { VerifiedManifest } from '../documents/manifest-document.ts';
import { UnreadableRecord } from '../reading/record-source.ts';
import type { RecordSource } from '../reading/record-source.ts';
import type { ReportDraft } from '../report/verification-report.ts';

export type ManifestRequest = {
  readonly source: RecordSource;
  readonly electionId: string;
  /** M, from somewhere else than the site; null without it. */
  readonly manifestHash: Buffer | null;
  /** The key of the publisher, from somewhere else than the site; null without it. */
  readonly publisherKey: Buffer | null;
};

/** Judges the manifest; null if nothing else can be judged with it. Throws UnreadableRecord if there is none. */
export async function judgeManifest(request: ManifestRequest, report: ReportDraft): Promise<VerifiedManifest | null> {
  const { source, electionId, manifestHash, publisherKey } = request;
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
  if (publisherKey === null) return manifest;
  report.judge(2);
  if (manifest.publisher.x.equals(publisherKey)) return manifest;
  report.fail(2, 'foreign-key');
  return null;
}

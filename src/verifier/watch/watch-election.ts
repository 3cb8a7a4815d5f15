// `popvote-verify watch`: looks at an election again and again. It keeps every checkpoint and compares it with those it
// kept, and compares the voter's page with the signed list of its files.
import { setTimeout as pause } from 'node:timers/promises';
import { hashParts } from '../documents/record-bytes.ts';
import { noteBytesMax } from '../log/signed-note.ts';
import { filesOf } from '../reading/record-files.ts';
import { UnreadableRecord } from '../reading/record-source.ts';
import type { FailureReason } from '../report/reasons.ts';
import { createReportDraft } from '../report/verification-report.ts';
import { judgeCheckpoint, judgeTree, savedTreesOf } from '../steps/judge-checkpoint.ts';
import { judgeManifest } from '../steps/judge-manifest.ts';
import type { ManifestRequest } from '../steps/judge-manifest.ts';
import type { VerifiedManifest } from '../documents/manifest-document.ts';
import { clientBytesMax, comparePage, readClientDocument } from './client-document.ts';
import type { PageReader } from './client-document.ts';
import { keepCheckpoint, keepRevision, readKeptCheckpoints, readKeptRevisions } from './kept-files.ts';

export type WatchRequest = ManifestRequest & {
  /** Where checkpoints and revisions are kept. */
  readonly folder: string;
  readonly readPage: PageReader;
};

export type PageFinding =
  | 'client-missing'
  | 'client-signature'
  | 'client-revision-back'
  | 'client-revision-changed'
  | 'client-file-different'
  | 'client-file-unlisted';
export type Look = {
  readonly size: number | null;
  readonly failures: readonly (FailureReason | PageFinding)[];
  /** For people: files of the page that differ, or why the record cannot be read. */
  readonly details: readonly string[];
};

/** Looks once: steps 1 to 6 with the kept checkpoints, and the page. Keeps the checkpoint, also one that contradicts. */
export async function lookOnce(request: WatchRequest, nowMs: number): Promise<Look> {
  const report = createReportDraft(request.electionId, 'none');
  const manifest = await judgeManifest(request, report);
  const page = manifest === null ? { failures: [], details: [] } : await lookAtPage(request, manifest);
  if (manifest !== null) await lookAtLog(request, manifest, nowMs, report);
  const { size, failures } = report.finish(true);
  return { size, failures: [...failures.map(({ reason }) => reason), ...page.failures], details: page.details };
}

async function lookAtLog(
  { source, folder, electionId }: WatchRequest,
  manifest: VerifiedManifest,
  nowMs: number,
  report: ReturnType<typeof createReportDraft>,
): Promise<void> {
  const files = filesOf(source, manifest.hash);
  const bytes = await files.read('checkpoint', noteBytesMax);
  if (bytes === null) throw new UnreadableRecord('The record has no checkpoint.');
  const checkpoint = judgeCheckpoint(bytes, manifest, nowMs, report);
  if (checkpoint === null) return;
  const earlier = savedTreesOf(await readKeptCheckpoints(folder), manifest);
  await keepCheckpoint(folder, electionId, checkpoint, bytes);
  await judgeTree(files, checkpoint, earlier, [], report);
}

type PageLook = { readonly failures: readonly PageFinding[]; readonly details: readonly string[] };

async function lookAtPage(request: WatchRequest, manifest: VerifiedManifest): Promise<PageLook> {
  const { source, folder, electionId, readPage } = request;
  const bytes = await filesOf(source, manifest.hash).read('client.json', clientBytesMax);
  const earlier = (await readKeptRevisions(folder, electionId))
    .map((each) => readClientDocument(each, manifest.publisher))
    .filter((each) => each !== null);
  if (bytes === null) {
    if (earlier.length > 0) return { failures: ['client-missing'], details: [] };
    return { failures: [], details: ['There is no list of the files of the page: the page is not compared.'] };
  }
  const client = readClientDocument(bytes, manifest.publisher);
  if (client === null) return { failures: ['client-signature'], details: [] };
  const textOf = ({ files }: typeof client): string =>
    files.map(({ path, sha256 }) => `${path} ${sha256.toString('hex')}`).join('\n');
  await keepRevision(folder, electionId, client.revision, hashParts(textOf(client)), bytes);
  const failures: PageFinding[] = [];
  if (earlier.some(({ revision }) => revision > client.revision)) failures.push('client-revision-back');
  if (earlier.some((each) => each.revision === client.revision && textOf(each) !== textOf(client))) {
    failures.push('client-revision-changed');
  }
  const { different, unlisted } = await comparePage(client, readPage);
  if (different.length > 0) failures.push('client-file-different');
  if (unlisted.length > 0) failures.push('client-file-unlisted');
  return { failures, details: [...different, ...unlisted] };
}

/** Looks until the signal, and says what it sees. Whether every look was without a failure. */
export async function watchRecord(
  request: WatchRequest,
  everyMs: number,
  signal: AbortSignal,
  say: (line: string) => void,
): Promise<boolean> {
  let clean = true;
  while (!signal.aborted) {
    const look = await lookOnce(request, Date.now()).catch((error: unknown): Look => {
      if (!(error instanceof UnreadableRecord)) throw error;
      return { size: null, failures: [], details: [error.message] };
    });
    const state =
      look.failures.length > 0 ? `FAILED ${look.failures.join(' ')}` : look.size === null ? 'not readable' : 'ok';
    const size = look.size === null ? '' : `  ${look.size} ballots`;
    say([`${new Date().toISOString()}  ${state}${size}`, ...look.details].join('\n    '));
    if (look.failures.length > 0) clean = false;
    await pause(everyMs, undefined, { signal }).catch(() => undefined);
  }
  return clean;
}
